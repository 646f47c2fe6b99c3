"""The answers hold every field of the contract, nested as real answers nest them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.answers import Ask, WorldAnswers
from douyin_crawler.sandbox.skeletons import template
from douyin_crawler.sandbox.world import MANY, PRIVATE, World
from tests.support.shared import CAPTURES, ROOT, SHARED, needs_shared

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACT = SHARED / "api" / "contract.json"
PATHS = {
    "aweme_post": "aweme/post/",
    "user_profile_other": "user/profile/other/",
    "user_profile_self": "user/profile/self/",
}
NAMES = [*PATHS, "aweme_detail"]
KINDS: dict[str, tuple[type, ...]] = {
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
}
# `images` is always null in contract and captures, `interaction_stickers` mostly.
VARYING = {"images", "interaction_stickers"}


def answer(name: str, user: int = MANY) -> Any:
    world = World(seed=1, users=20, day=1)
    answers = WorldAnswers(world)
    post = next(p for p in world.listed(MANY) if not p.dead)
    params = {"sec_user_id": world.user(user).sec_uid, "aweme_id": post.id}
    ask = {
        "aweme_post": answers.posts,
        "aweme_detail": answers.detail,
        "user_profile_other": answers.profile,
        "user_profile_self": answers.own_profile,
    }[name]
    return json.loads(ask(Ask({**params, "count": "18"}, True, 1.79e9, "x")))


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every member, without the places in lists."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)


def strays(shape: Any, value: Any, path: str = "") -> Iterator[str]:
    """Where a value is not of its template's type, or a member is missing."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no object"
            return
        for name, inner in shape.items():
            if name not in value:
                yield f"{path}.{name} is missing"
            elif name not in VARYING:
                yield from strays(inner, value[name], f"{path}.{name}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for inner in value:
            yield from strays(shape[0] if shape else "null", inner, f"{path}[]")
    elif not isinstance(value, KINDS[shape]) or (
        shape == "number" and isinstance(value, bool)
    ):
        yield f"{path}: {value!r} is no {shape}"


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_the_shape_is_there_in_its_type(name: str) -> None:
    value = answer(name)
    if name == "aweme_post":  # a dead post has no media: another test's matter
        value["aweme_list"] = [
            post for post in value["aweme_list"] if not post["status"]["is_delete"]
        ]
        assert len(value["aweme_list"]) > 10
    assert list(strays(template(name), value)) == []


@needs_shared
@pytest.mark.parametrize("name", PATHS)
def test_every_field_of_the_contract_occurs(name: str) -> None:
    contract = json.loads(CONTRACT.read_text("utf-8"))
    entry = next(e for e in contract if e["path"].endswith(f"web/{PATHS[name]}"))
    fields = {top["name"] for top in entry["response"]} | {
        inner["name"] for top in entry["response"] for inner in top.get("inside", [])
    }
    occurring = {path[-1] for path in leaves(answer(name))}
    occurring |= {path[-1] for path in leaves(answer(name, PRIVATE))}
    assert fields - occurring == set()


@needs_shared
@pytest.mark.parametrize("name", ["aweme_post", "aweme_detail", "user_profile_other"])
def test_nesting_agrees_with_the_captures(name: str) -> None:
    known = set(leaves(template(name)))
    for file in sorted((CAPTURES / name).glob("*.json")):
        assert set(leaves(json.loads(file.read_text("utf-8")))) - known == set()
    answered = set(leaves(answer(name))) | set(leaves(answer(name, PRIVATE)))
    missing = {path for path in known - answered if not VARYING & set(path[:-1])}
    assert missing == set()


@needs_shared
def test_the_shapes_are_those_of_the_contract(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.delitem(sys.modules, "nest_contract", raising=False)
    import nest_contract

    made = nest_contract.shapes(json.loads(CONTRACT.read_text("utf-8")), CAPTURES)
    assert made == {name: template(name) for name in NAMES}
