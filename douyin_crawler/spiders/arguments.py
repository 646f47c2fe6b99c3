"""Spider arguments (``-a NAME=VALUE``) as typed objects."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from douyin_crawler.convert import convert, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The service's time of day; China has had no summer time since 1991."""

_ALIASES = {"sec_user_id": "user", "aweme_id": "post"}
# They tie a run to Scrapyd's job, and to that of a plan.
_IGNORED = frozenset({"_job", "_plan"})


class ArgumentError(ValueError):
    """A spider argument that can't be used; one line that says what to do."""


class Arguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of a spider, one field each."""


A = TypeVar("A", bound=Arguments)


def read_arguments(
    kind: type[A], given: Mapping[str, Any], *, of: str = "this spider"
) -> A:
    """Return *given*, the arguments *of* what messages name, as a typed object.

    Raises:
        ArgumentError: a name is unknown or missing, or a value has another type.
    """
    named = _named(kind, given, of)
    types = {field.name: field for field in msgspec.structs.fields(kind)}
    for name, field in types.items():
        if field.required and not named.get(name):
            hint = _hint(kind) if len(types) > 1 else ""
            raise ArgumentError(f"-a {name}=... is missing{hint}")
    values = {n: _convert(n, v, types[n].type) for n, v in named.items()}
    return kind(**values)


def _named(kind: type[Arguments], given: Mapping[str, Any], of: str) -> dict[str, Any]:
    known = kind.__struct_fields__
    named: dict[str, Any] = {}
    for name, value in given.items():
        if name in _IGNORED:
            continue
        own = _ALIASES.get(name, name)
        if own not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {close[0]}?" if close else _hint(kind)
            raise ArgumentError(f"-a {shown(name)}=... is no argument of {of}{hint}")
        if own in named:
            raise ArgumentError(f"-a {own}=... is given twice (also as {name})")
        named[own] = value.strip() if isinstance(value, str) else value
    return named


def _convert(name: str, value: Any, kind: Any) -> Any:
    if value == "":
        raise ArgumentError(f"-a {name}= is empty: give a value, or leave it out")
    try:
        return convert(value, kind)
    except ValueError as error:
        raise ArgumentError(f"-a {name}={shown(value)}: {error}") from None


def _hint(kind: type[Arguments]) -> str:
    names = kind.__struct_fields__
    if len(names) < 2:
        return f"; the only one is {names[0]}" if names else "; it takes none"
    return "; the arguments are " + ", ".join(names)


@dataclass(frozen=True, slots=True)
class Range:
    """``since <= time < until``; either may be open."""

    since: datetime | None
    until: datetime | None

    @classmethod
    def parse(cls, since: str, until: str) -> Range:
        """Return the range of two arguments as they were written.

        Raises:
            ArgumentError: either is no time, or the range is empty.
        """
        start, end = parse_moment("since", since), parse_moment("until", until)
        if start and end and start >= end:
            raise ArgumentError(f"-a since={since} is not before until={until}")
        return cls(start, end)

    def __contains__(self, moment: datetime) -> bool:
        """Return whether *moment* lies in the range."""
        if self.since and moment < self.since:
            return False
        return not (self.until and moment >= self.until)


def parse_moment(name: str, text: str) -> datetime | None:
    """Return the time that *text* names: a date means 00:00 in Asia/Shanghai.

    Raises:
        ArgumentError: *text* is neither a date nor an ISO time with an offset.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment and moment.tzinfo is None and len(text) <= len("2024-01-31"):
        moment = moment.replace(tzinfo=SHANGHAI)
    if moment is None or moment.tzinfo is None:
        raise ArgumentError(
            f"-a {name}={shown(text)!r} is no time; write 2024-01-31 "
            "(00:00 in Asia/Shanghai) or 2024-01-31T12:00:00+08:00"
        )
    return moment
