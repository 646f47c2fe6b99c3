"""Notices as a person names them: by id and type, or by the group they stand in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from douyin_crawler.api.evidence import one_line
from douyin_crawler.api.links import TargetError

# Source: behaviour.md 2 of the API notes.
GROUPS = {"all": 700, "follow": 401, "mention": 601, "comment": 2, "like": 3}
"""Numbers of the groups that the site shows."""
_NOTICE = re.compile(r"([0-9]{1,20})(?:[:：]([0-9]{1,9}))?", re.ASCII)
_GROUP = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NoticeTarget:
    """One notice."""

    nid: str
    type: int
    """31 comment, 33 follow, 41 like, 45 mention; 0 where nobody knows."""


def parse_notice(text: str) -> NoticeTarget:
    """Return the notice that *text* names: ``ID:TYPE``, or ``ID`` alone.

    Raises:
        TargetError: it names none.
    """
    found = _NOTICE.fullmatch(text.strip())
    if not found:
        shown = one_line(text, 60)
        raise TargetError(f"{shown!r} is no notice; write ID:TYPE, like 7569492:31")
    return NoticeTarget(found[1], int(found[2] or 0))


def parse_group(text: str) -> int:
    """Return the number of the group that *text* names.

    Raises:
        TargetError: there is no such group.
    """
    if _GROUP.fullmatch(text):
        return int(text)
    if text not in GROUPS:
        names = ", ".join(GROUPS)
        raise TargetError(f"{one_line(text, 60)!r} is not one of {names}, or a number")
    return GROUPS[text]
