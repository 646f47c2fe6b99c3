from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime  # noqa: TC003  (read at run time)
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.items import coerce
from douyin_crawler.items import reader as module
from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.media import BitRate, Picture
from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.reader import Id, Words, at, is_ready, reader
from tests.items.places import changed, paths
from tests.items.strategies import ODD
from tests.support import samples

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE = samples.post()


@dataclass(slots=True, kw_only=True)
class Leaf:
    """Something small."""

    name: str
    size: int | None = None


@dataclass(slots=True, kw_only=True)
class Tree:
    """Something of every type."""

    key: Annotated[str, coerce.identifier]
    other: Id = at("inner.id_str", "inner.id", "id")
    words: Words = None
    text: str | None = None
    flag: bool | None = None
    share: float | None = None
    seen: datetime | None = None
    leaf: Leaf | None = None
    leaves: list[Leaf] | None = None
    names: list[str] | None = None
    size: int | None = at("inner.size")

    def __bool__(self) -> bool:
        """Return whether it is none that was felled."""
        return self.text != "felled"


read = reader(Tree)


def test_every_type_is_read() -> None:
    tree = read(
        {
            "key": 5,
            "words": "",
            "text": "",
            "flag": "1",
            "share": "0.5",
            "seen": 1,
            "leaf": {"name": "a", "size": "7", "unknown": 1},
            "leaves": [{"name": "b"}, None, {"size": 1}, 5],
            "names": ["x", "", 7, None, {}],
            "inner": {"size": 3},
        }
    )
    assert tree is not None
    assert (tree.key, tree.words, tree.text, tree.flag) == ("5", "", None, True)
    assert (tree.share, tree.size) == (0.5, 3)
    assert tree.leaf == Leaf(name="a", size=7)
    assert tree.leaves == [Leaf(name="b")]
    assert tree.names == ["x", "7"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"inner": {"id_str": "1", "id": 2}, "id": 3}, "1"),
        ({"inner": {"id_str": "0", "id": 2}, "id": 3}, "2"),
        ({"inner": {"id_str": "", "id": None}, "id": 3}, "3"),
        ({"inner": [], "id": 3}, "3"),
        ({"inner": None}, None),
    ],
)
def test_the_first_place_with_a_value_holds(value: Any, expected: str | None) -> None:
    tree = read({"key": "1", **value})
    assert tree is not None
    assert tree.other == expected


@pytest.mark.parametrize("value", [None, [], "x", 5, {}, {"key": 0}, {"key": {}}])
def test_without_what_it_needs_there_is_none(value: Any) -> None:
    assert read(value) is None


def test_what_would_be_false_is_none() -> None:
    assert read({"key": "1", "text": "felled"}) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": "a"}, [Leaf(name="a")]),
        ({}, None),
        ("a", None),
        (5, None),
        ([], []),
        ([[]], []),
    ],
)
def test_what_stands_for_a_list(value: Any, expected: Any) -> None:
    tree = read({"key": "1", "leaves": value, "names": value})
    assert tree is not None
    assert tree.leaves == expected
    assert read({"key": "1", "names": "a"}) == Tree(key="1", names=["a"])


@pytest.fixture(scope="module")
def plain() -> Callable[[object], Post | None]:
    """Return the reader of posts without msgspec's help."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "is_ready", lambda kind: False)
        module._reader.cache_clear()
        read = reader(Post)
    module._reader.cache_clear()
    return read


def test_the_plain_way_is_another(plain: Callable[[object], Post | None]) -> None:
    assert is_ready(BitRate)
    assert not is_ready(Picture)
    quick = parse_post(SAMPLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(msgspec, "convert", None)
        post = plain(SAMPLE)
        with pytest.raises(TypeError):
            parse_post(SAMPLE)
    assert post is not None
    assert quick is not None
    quick.url = None
    assert post == quick


@given(place=st.sampled_from(paths(SAMPLE)), value=ODD)
def test_the_quick_way_reads_what_the_plain_one_does(
    plain: Callable[[object], Post | None], place: str, value: Any
) -> None:
    odd = changed(SAMPLE, place, value)
    post, expected = parse_post(odd), plain(odd)
    if post is not None and expected is not None:
        post.url = expected.url
    assert repr(post) == repr(expected)


def _classes(kind: Any) -> set[Any]:
    found = {kind}
    for hint in get_type_hints(kind).values():
        options = [hint, *get_args(hint)]
        options += [inner for option in options for inner in get_args(option)]
        found |= {option for option in options if is_dataclass(option)} - found
    nested = [_classes(inner) for inner in found - {kind}]
    return found.union(*nested)


def test_every_field_of_every_item_can_be_read_and_has_one_path_at_most_two_deep() -> (
    None
):
    for kind in KINDS.values():
        for part in _classes(kind.item):
            reader(part)
            for one in fields(part):
                for path in one.metadata.get("paths", ()):
                    assert path.count(".") <= 1
