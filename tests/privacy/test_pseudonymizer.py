"""Pseudonyms: of one form, everywhere the same, and nothing beside them that tells."""

from __future__ import annotations

import json
from typing import Any

import pytest

from douyin_crawler.api.targets import parse_user
from douyin_crawler.config import ConfigError
from douyin_crawler.items.comment import Comment
from douyin_crawler.items.kinds import to_fields
from douyin_crawler.items.observe import observe_post
from douyin_crawler.items.page import Entry
from douyin_crawler.privacy.person import Person
from douyin_crawler.privacy.pseudonymizer import Pseudonymizer
from douyin_crawler.privacy.pseudonyms import Pseudonyms
from tests.privacy.planted import (
    ELSE,
    NAME,
    SEC_UID,
    UID,
    USER,
    observations,
    traces,
)
from tests.stores.samples import at
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


def pseudonymised(**more: Any) -> dict[str, Any]:
    """Return a post of somebody else with *more* in it, as it would be stored."""
    value = {"aweme_id": "7001", "desc": "好", "author": ELSE, **more}
    seen = observe_post(Entry(text=json.dumps(value).encode()), "list", at(0))[0]
    left = Pseudonymizer(SALT).rewritten(seen, Person())
    assert left is not None
    found: dict[str, Any] = json.loads(left.payload)
    return found


def test_pictures_of_others_are_left_out_wherever_they_stand() -> None:
    inside = {"user_avatar_list": [{"uri": "face"}], "n": 1}
    left = pseudonymised(
        interaction_stickers=[{"flash_mob_info": inside, "attr": json.dumps(inside)}],
        seen_by={"avatarUrl": "face", "hide_avatar": True},
    )
    assert "face" not in json.dumps(left)
    assert left["interaction_stickers"][0]["flash_mob_info"]["n"] == 1
    assert left["seen_by"]["hide_avatar"] is True


@pytest.mark.parametrize("name", ["阿", "溪火Qc"])
def test_who_made_a_sound_or_a_song_is_not_named(name: str) -> None:
    to = Pseudonyms(SALT)
    for title in (f"@{name}创作的原声", f"{name}创作的原声"):
        song = {"author": name, "title": f"改变自己（@{name}）", "mixed_author": name}
        music = {"id_str": "1", "author": name, "title": title}
        left = pseudonymised(music=music | {"matched_pgc_sound": song})["music"]
        assert name not in json.dumps(left, ensure_ascii=False)
        assert left["author"] == to.name(name)
        assert left["title"] == title.replace(name, to.word(name))
    assert pseudonymised(desc="阿弥陀的原声")["desc"] == "阿弥陀的原声"


def test_uids_that_no_member_names() -> None:
    to = Pseudonyms(SALT)
    left = pseudonymised(
        share_url="https://a/?uid=54321&u_code=54321&x=%26uid%3D54321",
        schema="aweme://user/profile/98765432109?n=1",
        liked_by=[54321, "98765432109"],
        digged_users=[98765432109],
        uid_list="98765432109,54321",
        map={"98765432109": 1, "7001234567890123456": 2, "20": 3},
        extra=json.dumps({"u": "?uid=54321", "digg_users": 54321}),
        total_users=12345678,
    )
    short, long = to.uid("54321"), to.uid("98765432109")
    assert left["share_url"] == (
        f"https://a/?uid={short}&u_code=54321&x=%26uid%3D{short}"
    )
    assert left["schema"] == f"aweme://user/profile/{long}?n=1"
    assert left["liked_by"] == [int(short), long]
    assert left["digged_users"] == [int(long)]
    assert left["uid_list"] == f"{long},{short}"
    assert left["map"] == {long: 1, "7001234567890123456": 2, "20": 3}
    assert json.loads(left["extra"]) == {"u": f"?uid={short}", "digg_users": 54321}
    assert left["total_users"] == 12345678
