"""Pseudonyms: of one form, everywhere the same, and nothing beside them that tells."""

from __future__ import annotations

import json

import pytest

from douyin_crawler.api.targets import parse_user
from douyin_crawler.config import ConfigError
from douyin_crawler.items.comment import Comment
from douyin_crawler.items.kinds import to_fields
from douyin_crawler.privacy.person import Person
from douyin_crawler.privacy.pseudonymizer import Pseudonymizer
from douyin_crawler.privacy.pseudonyms import Pseudonyms
from tests.privacy.planted import (
    NAME,
    SEC_UID,
    UID,
    USER,
    observations,
    traces,
)
from tests.test_config import read

SALT = "sixteen letters and more"


@pytest.mark.parametrize("escaped", [True, False])
def test_nobody_is_left_in_records_and_payloads(*, escaped: bool) -> None:
    by = Pseudonymizer(SALT)
    to = Pseudonyms(SALT)
    seen = observations(escaped=escaped)
    for observation in seen:
        left = by.rewritten(observation, Person())
        assert left is not None
        assert left.item is not None
        assert traces(left.payload) == set()
        assert traces(repr(to_fields(left.item)).encode()) == set()
        assert b"face" not in left.payload
        assert left.kind != "user" or left.id.startswith("MS4wLjABAAAAPSEUDONYM")
    comments = [by.rewritten(one, Person()) for one in seen if one.kind == "comment"]
    items = {c.id: c.item for c in comments if c and isinstance(c.item, Comment)}
    own, other = items["8001"], items["8002"]
    assert (own.sec_uid, own.uid) == (to.sec_uid(SEC_UID), to.uid(UID))
    assert own.user is not None
    assert own.user.nickname == to.name(NAME) == other.reply_to_username
    assert other.reply_to_user_sec_id == own.sec_uid
    assert other.mentions is not None
    assert other.mentions[0].sec_uid == own.sec_uid
    assert (other.text or "").startswith("看@" + to.word(NAME))
    tag = (other.hashtags or [])[0]
    wide = (other.text or "").encode("utf-16-le")[2 * (tag.start or 0) :]
    assert wide.decode("utf-16-le") == "#话题"


def test_whom_one_asked_for_stays_in_their_posts() -> None:
    by = Pseudonymizer(SALT)
    own = next(one for one in observations() if one.id == "7002")
    clear = Person({SEC_UID}, {UID, "7654321"}, {"planted.handle"}, {NAME})
    assert by.rewritten(own, clear) is own


def test_the_author_of_a_post_is_not_marked_among_its_commenters() -> None:
    seen = next(one for one in observations() if one.id == "8001")
    value = json.loads(seen.payload) | {"label_text": "作者", "label_type": 1}
    seen.payload = json.dumps(value).encode()
    left = Pseudonymizer(SALT).rewritten(seen, Person())
    assert left is not None
    assert "作者".encode() not in left.payload


def test_pseudonyms_have_the_form_of_ids() -> None:
    one, other = Pseudonyms(SALT), Pseudonyms(SALT + "!")
    assert parse_user(one.sec_uid(SEC_UID)).kind == "sec_uid"
    assert int(one.uid(UID)) < 2**63
    assert one.sec_uid(SEC_UID) == Pseudonyms(SALT).sec_uid(SEC_UID)
    assert one.sec_uid(SEC_UID) != other.sec_uid(SEC_UID)
    assert SALT not in repr(one) + repr(vars(one))


def test_a_salt_is_needed_and_never_shown() -> None:
    for salt in ("", "short"):
        with pytest.raises(ConfigError, match="16 random characters") as raised:
            read(DOUYIN_PSEUDONYMIZE="true", DOUYIN_PSEUDONYM_SALT=salt)
        assert "short" not in str(raised.value)
    given = {"DOUYIN_PSEUDONYMIZE": "true", "DOUYIN_PSEUDONYM_SALT": SALT}
    config = read(**given)
    assert SALT in config.secrets
    assert SALT not in repr(config)
    with pytest.raises(ConfigError, match="refused as an argument"):
        read("cmdline", **given)


@pytest.mark.parametrize("depth", [50, 300, 600, 2000])
def test_what_is_nested_deeply_is_rewritten_or_left_out(depth: int) -> None:
    seen = next(one for one in observations() if one.id == "8001")
    deep = b'{"a":' * depth + json.dumps(USER).encode() + b"}" * depth
    seen.payload = seen.payload[:-1] + b',"x":' + deep + b"}"
    left = Pseudonymizer(SALT).rewritten(seen, Person())
    assert left is not None
    assert traces(left.payload) == set()


def test_what_is_no_json_is_not_stored() -> None:
    seen = observations()[0]
    seen.payload = b"<html>"
    assert Pseudonymizer(SALT).rewritten(seen, Person()) is None
