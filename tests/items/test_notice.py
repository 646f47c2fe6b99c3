from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.items.notice import Notice, parse_notice
from tests.items import captured
from tests.items.mapping import differences
from tests.items.places import changed, paths
from tests.items.strategies import ODD
from tests.items.typed import wrong_types
from tests.support import samples
from tests.support.shared import needs_shared

SAMPLE = samples.notice()
GENERAL = samples.notice_of(
    6, general_notice={"title": "助手", "content": "已更新", "schema_url": "aweme://w"}
)
EVERY = {
    "digg": SAMPLE,
    "at": samples.mention(),
    "follow": samples.follow(),
    "comment": samples.commented(),
    "general_notice": GENERAL,
}
PLACES = [
    (kind, path)
    for kind, value in EVERY.items()
    for path in paths(value)
    if path.count(".") < 4
]


def parsed(value: Any) -> Notice:
    """Return the notice of *value*, which must be one."""
    notice = parse_notice(value)
    assert notice is not None
    return notice


def test_every_typed_field_is_read_from_its_place() -> None:
    notice = parsed(SAMPLE)
    assert differences(notice, SAMPLE) == []
    assert [f.name for f in fields(notice) if getattr(notice, f.name) is None] == []
    assert (notice.nid, notice.kind, notice.type) == ("7569492243205730738", "digg", 41)
    assert notice.create_time == datetime(2025, 11, 6, 6, 15, 52, tzinfo=UTC)
    assert (notice.content, notice.text) == ("赞了你的评论", "赞了你的评论")
    assert (notice.aweme_id, notice.cid) == (samples.AWEME_ID, samples.CID)
    assert notice.from_users
    people = [user.sec_uid for user in notice.from_users]
    assert people == [samples.SEC_UID, "MS4wLjABAAAAliker2"]
    assert notice.sec_uid == samples.SEC_UID


def test_a_follow_has_one_user_alone() -> None:
    notice = parsed(samples.follow())
    assert notice.kind == "follow"
    assert notice.from_users
    assert [user.nickname for user in notice.from_users] == ["样本😀"]
    assert notice.sec_uid == samples.SEC_UID
    assert notice.text == notice.content == "关注了你"
    assert (notice.aweme, notice.comment, notice.cid) == (None, None, None)


def test_the_comment_of_a_mention_is_in_its_address() -> None:
    notice = parsed(samples.mention())
    assert notice.kind == "at"
    assert (notice.cid, notice.aweme_id) == (samples.CID, samples.AWEME_ID)
    assert (notice.title, notice.text) == ("朋友", "@了你")
    assert notice.sec_uid == samples.SEC_UID


@pytest.mark.parametrize(
    ("url", "cid"),
    [
        ("aweme://aweme/detail/?cid=74&x=1", "74"),
        ("aweme://aweme/detail/?x=1&cid=74#a", "74"),
        ("aweme://webview?url=https%3A%2F%2Fa%2F%3Fcid%3D74", "74"),
        ("aweme://aweme/detail/?acid=74", None),
        ("aweme://aweme/detail/?cid=0", None),
        ("?cid=", None),
        ("//[", None),
        (["?cid=74"], None),
        (None, None),
    ],
)
def test_addresses_of_mentions(url: Any, cid: str | None) -> None:
    assert parsed(changed(samples.mention(), "at.schema_url", url)).cid == cid


def test_who_wrote_the_comment_of_a_notice() -> None:
    notice = parsed(samples.commented())
    assert notice.kind == "comment"
    assert notice.text == "去看 #海边 和 @朋友[赞]"
    assert notice.content is None
    assert notice.sec_uid == samples.SEC_UID
    assert notice.comment
    assert notice.from_users == [notice.comment.user]
    assert (notice.cid, notice.aweme_id) == (samples.CID, samples.AWEME_ID)


def test_a_notice_of_the_service_itself() -> None:
    notice = parsed(GENERAL)
    assert (notice.kind, notice.title, notice.text) == (
        "general_notice",
        "助手",
        "已更新",
    )
    assert (notice.from_users, notice.sec_uid) == (None, None)


def test_the_member_decides_where_the_type_s_is_absent() -> None:
    digg = SAMPLE["digg"]
    assert parsed(samples.notice_of(31, digg=digg)).kind == "digg"
    assert parsed(samples.notice_of(99, digg=digg)).kind == "digg"
    both = samples.notice_of(33, digg=digg, follow=samples.follow()["follow"])
    notice = parsed(both)
    assert (notice.kind, notice.text, notice.aweme) == ("follow", "关注了你", None)
    assert parsed(samples.notice_of(33)).kind == "follow"
    assert parsed(samples.notice_of(99)).kind is None


def test_an_unknown_type_is_read_where_it_tells() -> None:
    duet = {"from_user": [samples.user()], "aweme": samples.post(), "content": "合拍"}
    notice = parsed(samples.notice_of(99, extra={"now": 1}, duet=duet))
    assert (notice.kind, notice.text) == ("duet", "合拍")
    assert (notice.sec_uid, notice.aweme_id) == (samples.SEC_UID, samples.AWEME_ID)


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("foo", [{"from_user": [samples.user()]}, {"video": samples.post()}]),
        ("user_data", {"user": samples.user(), "video": samples.post()}),
        ("deep", {"a": {"b": [{"c": samples.user()}], "d": samples.post()}}),
    ],
)
def test_an_unknown_type_is_read_wherever_it_tells(name: str, member: Any) -> None:
    notice = parsed(samples.notice_of(99, extra={"now": 1}, **{name: member}))
    assert notice.kind == name
    assert (notice.sec_uid, notice.aweme_id) == (samples.SEC_UID, samples.AWEME_ID)
    assert notice.from_users
    assert len(notice.from_users) == 1


def test_a_comment_of_an_unknown_type() -> None:
    about = {"info": {"said": samples.comment()}}
    notice = parsed(samples.notice_of(99, reply=about))
    assert (notice.kind, notice.cid) == ("reply", samples.CID)


def test_members_cannot_take_the_place_of_what_is_made() -> None:
    forged = {
        "kind": "x",
        "text": "x",
        "sec_uid": "x",
        "aweme_id": "x",
        "from_users": 1,
    }
    assert parsed({**SAMPLE, **forged}) == parsed(SAMPLE)


@needs_shared
def test_a_captured_notice_value_by_value() -> None:
    (value,) = captured.notices()
    notice = parsed(value)
    assert wrong_types(notice) == []
    assert (notice.nid, notice.kind) == (str(value["nid"]), "comment")
    about = value["comment"]
    assert notice.comment
    assert differences(notice.comment, about["comment"]) == []
    assert notice.aweme
    assert differences(notice.aweme, about["aweme"]) == []
    assert notice.create_time
    assert notice.create_time.timestamp() == value["create_time"]
    assert notice.text == about["comment"]["text"]
    assert (notice.cid, notice.aweme_id) == (
        about["comment"]["cid"],
        about["aweme"]["aweme_id"],
    )
    assert notice.from_users
    assert notice.from_users[0].uid == about["comment"]["user"]["uid"]


@given(st.sampled_from(PLACES), ODD)
def test_any_value_anywhere_leaves_a_notice_of_the_right_types(
    place: tuple[str, str], value: Any
) -> None:
    kind, path = place
    notice = parsed(changed(EVERY[kind], path, value))
    assert wrong_types(notice) == []


@given(ODD)
def test_anything_is_a_notice_or_none(value: Any) -> None:
    notice = parse_notice(value)
    assert notice is None or wrong_types(notice) == []


@given(st.dictionaries(st.sampled_from([f.name for f in fields(Notice)]), ODD))
def test_any_members_are_read(members: Any) -> None:
    assert wrong_types(parsed({**members, "nid_str": "5"})) == []


@pytest.mark.parametrize("value", [None, "", 0, "0", False, [], {}])
def test_the_number_is_the_id_where_there_is_no_text(value: Any) -> None:
    number = {**SAMPLE, "nid_str": value}
    assert parsed(number).nid == str(SAMPLE["nid"])
    assert parse_notice({**number, "nid": value}) is None
