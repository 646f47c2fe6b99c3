"""Notices and their groups, as people name them."""

from __future__ import annotations

import pytest

from douyin_crawler.api.links import TargetError
from douyin_crawler.api.notice_targets import NoticeTarget, parse_group, parse_notice


@pytest.mark.parametrize(
    ("text", "nid", "type_"),
    [
        ("7569492243205730738:31", "7569492243205730738", 31),
        (" 7569492243205730738：45 ", "7569492243205730738", 45),
        ("7569492243205730738", "7569492243205730738", 0),
    ],
)
def test_a_notice(text: str, nid: str, type_: int) -> None:
    assert parse_notice(text) == NoticeTarget(nid, type_)


@pytest.mark.parametrize(
    "text", ["", "x", "1:", ":31", "1:2:3", "-1:31", "１:31", "1 31", "9" * 21]
)
def test_what_is_no_notice_is_named(text: str) -> None:
    with pytest.raises(TargetError, match=r"^[^\n]*write ID:TYPE[^\n]*$"):
        parse_notice(text)


def test_a_group_by_name_or_number() -> None:
    assert parse_group("all") == parse_group("700") == 700
    assert parse_group("520") == 520
    for text in ("likes", "ALL", "-1", "１", ""):
        with pytest.raises(TargetError, match="all, follow, mention, comment, like"):
            parse_group(text)
