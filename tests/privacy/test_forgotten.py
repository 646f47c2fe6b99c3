"""Who was forgotten is found in later answers by hashes alone, in whatever place."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from douyin_crawler.items.comment import Comment
from douyin_crawler.items.observation import Observation
from douyin_crawler.items.observe import observe_comment
from douyin_crawler.items.page import Entry
from douyin_crawler.privacy.eraser import Eraser
from douyin_crawler.privacy.forgotten import (
    KEY,
    NOBODY,
    ForgottenList,
    Row,
    new_key,
    rows_of,
)
from douyin_crawler.privacy.person import Person
from douyin_crawler.progress import WalkKey
from douyin_crawler.verdicts import TargetVerdict
from tests.privacy.planted import ELSE, SEC_UID, UID, comment
from tests.stores.samples import at, run, verdict

PERSON = Person(
    sec_uids={SEC_UID},
    uids={UID, "54321"},
    handles={"Cat_Handle", "cat.dot-handle"},
    names={"青石板上的猫", "Stone Cat", "猫", "AB猫c", "石板"},
    links={"iAbC12x"},
)


def listed(person: Person = PERSON) -> ForgottenList:
    key = new_key()
    return ForgottenList.of_rows([key, *rows_of(person, key.hash)], 1)


PLACES: list[dict[str, Any]] = [
    {"digged_users": [98765432109]},
    {"liked_by": [54321, 1]},
    {"uid_list": "98765432109,77"},
    {"schema_url": "aweme://user/profile/98765432109"},
    {"share_url": "https://www.douyin.com/?a=1&uid=98765432109"},
    {"share_url": "https://www.douyin.com/?a=1&uid=54321&b=2"},
    {"map": {"98765432109": 1}},
    {"extra": json.dumps({"98765432109": {"n": json.dumps([98765432109])}})},
    {"key": "user_98765432109x"},
    {"at_user": {"unique_id": "cat_handle"}},
    {"at_user": {"unique_id": "CAT_HANDLE"}},
    {"text": "去看 cat_handle。\n"},
    {"text": "a\ncat.dot-handle."},
    {"text": "我爱青石板上的猫啊"},
    {"text": "by Stone Cat, 2024"},
    {"text": "＠猫 你看"},
    {"text": "@石板"},
    {"text": "谁AB猫c"},
    {"title": "猫"},
    {"url": quote("https://a/b?name=青石板上的猫")},
    {"url": "https://v.douyin.com/iAbC12x/"},
    {"a": f"https://www.douyin.com/user/{SEC_UID}?x=1"},
]
NEEDLES = {
    UID,
    "54321",
    SEC_UID,
    "iabc12x",
    "cat_handle",
    "cat.dot",
    "青石板",
    "stone cat",
}
NEEDLES |= {quote("青石板"), "ab猫", "@石板", "＠猫", '"猫"'}


def left_in(text: bytes) -> set[str]:
    """Return what of the person is in *text*, and in JSON and addresses in it."""
    shown = json.dumps(json.loads(text), ensure_ascii=False)
    deeper = shown.replace("\\", "").casefold()
    return {needle for needle in NEEDLES if needle.casefold() in deeper}


def held(known: ForgottenList, seen: Observation) -> Observation:
    """Return what a store would write of *seen*."""
    kept = known.kept(seen)
    assert isinstance(kept, Observation)
    return kept


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_place_is_found_and_erased(
    place: dict[str, Any], *, escaped: bool
) -> None:
    text = json.dumps(comment("1", ELSE) | place, ensure_ascii=escaped).encode()
    (seen, *_) = observe_comment(Entry(text=text), "list", at(0))
    for left in (held(listed(), seen).payload, Eraser(PERSON).payload("comment", text)):
        assert left
        assert left_in(left) == set(), left


def test_nothing_else_is_touched() -> None:
    value = comment("1", ELSE, text="石板路上 54321 只猫咪 Stone Cathedral cat_handle2")
    value |= {"n": 54321, "big": 987654321099, "id": "398765432109", "t": "cat"}
    text = json.dumps(value, ensure_ascii=False).encode()
    for seen in observe_comment(Entry(text=text), "list", at(0)):
        known = listed()
        assert known.kept(seen) is seen
        assert known.kept(seen) is seen, "and remembers it"
        assert NOBODY.kept(seen) is seen
    assert Eraser(PERSON).payload("comment", text) == text


@pytest.mark.parametrize("name", ["青石板上的猫", "猫", "从前的名字"])
@pytest.mark.parametrize("sign", ["@", "＠"])
def test_a_mention_tells_the_name(name: str, sign: str) -> None:
    size = len(f"{sign}{name}")
    tag = {"start": 1, "end": 1 + size, "user_id": UID, "sec_uid": SEC_UID}
    other = {"start": 30, "end": 33, "user_id": "55501"}
    value = comment("1", ELSE, text=f"看{sign}{name} 你看", text_extra=[tag, other])
    person = Person({SEC_UID})
    person.learn(value)
    assert person.names == {name}
    text = json.dumps(value).encode()
    (seen, *_) = observe_comment(Entry(text=text), "list", at(0))
    kept = held(listed(Person({SEC_UID})), seen)
    assert isinstance(kept.item, Comment)
    assert kept.item.text == f"看{sign}{'*' * len(name)} 你看"
    assert name not in json.dumps(json.loads(kept.payload), ensure_ascii=False)


def test_tags_of_another_text_tell_no_name() -> None:
    person = Person({SEC_UID})
    tag = {"start": 0, "end": 3, "sec_uid": SEC_UID}
    person.learn({"text": "今天很好 @某人", "text_extra": [tag]})
    assert person.names == set()


def test_arguments_links_and_handles() -> None:
    known = listed()
    for said in (
        "https://v.douyin.com/iAbC12x/",
        "8.99 复制 v.douyin.com/iAbC12x/ 看",
        "CAT_handle",
        f"x,{UID}",
        f"/user/{SEC_UID}",
    ):
        kept = known.run(replace(run(), arguments={"user": said, "count": "20"}))
        assert "***" in kept.arguments["user"]
        assert left_in(json.dumps(kept.arguments).encode()) == set()
        assert kept.arguments["count"] == "20"
    for target in ("https://v.douyin.com/iAbC12x/", "cat_HANDLE", SEC_UID):
        assert known.is_walk(WalkKey("posts", target))
        assert known.kept(verdict(id=target)) is None
    assert not known.is_walk(WalkKey("posts", "https://v.douyin.com/iAbC12X/"))
    ended = known.kept(replace(verdict(id="7001"), reason=f"leads to ({SEC_UID})"))
    assert isinstance(ended, TargetVerdict)
    assert ended.reason == "leads to (***)"


def test_what_a_link_led_to_is_erased_with_the_person() -> None:
    note = {"asked_for": "https://v.douyin.com/iAbC12x/", "sec_uid": SEC_UID}
    person = Person({SEC_UID})
    person.learn(note)
    person.learn({"asked_for": "Some_Handle", "sec_uid": SEC_UID})
    assert person.links == {"iAbC12x"}
    assert person.handles == {"Some_Handle"}
    eraser = Eraser(person)
    assert eraser.payload("page", json.dumps(note).encode()) is None
    said = b'{"user":"https://v.iesdouyin.com/iAbC12x/,some_handle,x"}'
    assert eraser.notes(said).count(b"*") >= 18
    assert Person.of_plain(person.to_plain()) == person


def test_rows_of_an_older_list_without_hints_count_still() -> None:
    key = new_key()
    old = [Row(r.hash, r.kind) for r in rows_of(PERSON, key.hash) if r.kind != "name"]
    known = ForgottenList.of_rows([Row(key.hash, KEY), *old], 1)
    text = json.dumps(
        comment("1", ELSE, a=[98765432109], b="x cat.dot-handle")
    ).encode()
    (seen, *_) = observe_comment(Entry(text=text), "list", at(0))
    assert left_in(held(known, seen).payload) == set()
