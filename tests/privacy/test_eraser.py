"""A person taken out of texts: in which spelling ever, and nothing else with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from douyin_crawler.privacy.eraser import Eraser, is_telling
from douyin_crawler.privacy.person import Person
from tests.privacy.planted import (
    ELSE,
    HANDLE,
    NAME,
    OTHER,
    SEC_UID,
    UID,
    USER,
    comment,
    mentioning,
    traces,
)


@pytest.fixture
def eraser() -> Eraser:
    person = Person({SEC_UID})
    person.learn(USER)
    return Eraser(person)


@pytest.mark.parametrize("escaped", [True, False])
def test_no_spelling_is_left_of_a_mentioned_person(
    eraser: Eraser, *, escaped: bool
) -> None:
    text = json.dumps(mentioning(), ensure_ascii=escaped).encode()
    assert traces(text)
    left = eraser.payload("comment", text)
    assert left is not None
    assert traces(left) == set()
    value: dict[str, Any] = json.loads(left)
    assert [reply["cid"] for reply in value["reply_comment"]] == ["8004"]
    assert value["user"] == ELSE
    tag = value["text_extra"][0]
    wide = value["text"].encode("utf-16-le")
    assert wide[2 * tag["start"] : 2 * tag["end"]].decode("utf-16-le") == "#话题"
    assert value["digged"] == [0, 55501]


def test_what_is_their_own_goes(eraser: Eraser) -> None:
    own = json.dumps(comment("1", USER)).encode()
    assert eraser.payload("comment", own) is None
    post = json.dumps({"aweme_id": "1", "author": USER}).encode()
    assert eraser.payload("post", post) is None


def test_what_does_not_name_them_stays_byte_for_byte(eraser: Eraser) -> None:
    text = b'{"cid": "1",  "n": 198765432109, "big": 123456789012345678901234}'
    assert eraser.payload("comment", text) == text


def test_a_text_that_is_no_json_is_replaced_in_its_letters(eraser: Eraser) -> None:
    broken = f'<html>{NAME} {UID} {{"uid":{UID}'.encode()
    left = eraser.payload("page", broken)
    assert left is not None
    assert traces(left) == set()


def test_a_deep_payload_is_no_trouble(eraser: Eraser) -> None:
    text = b'{"a":' * 2000 + json.dumps(USER).encode() + b"}" * 2000
    left = eraser.payload("comment", text)
    assert left is not None
    assert traces(left) == set()


def test_common_words_are_erased_as_names_only() -> None:
    assert not is_telling("开心")
    assert not is_telling("douyin")
    assert is_telling("种下的人")
    eraser = Eraser(Person({SEC_UID}, names={"开心"}))
    text = json.dumps({"nickname": "开心", "text": "今天开心 @开心"}).encode()
    left = json.loads(eraser.payload("comment", text) or b"")
    assert left == {"nickname": "", "text": "今天开心 @**"}


def test_other_persons_ids_are_not_taken_for_theirs() -> None:
    person = Person({SEC_UID})
    person.learn({"nid": "1", "user_id": "55501", "sec_uid": SEC_UID})
    person.learn({"reply_to_userid": "55501", "user": USER, "sec_uid": OTHER})
    assert person.uids == {UID, "7654321"}
    assert person.sec_uids == {SEC_UID}
    assert person.handles == {HANDLE}
