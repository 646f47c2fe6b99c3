"""How a walk over one target ends, and how a run ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Verdict(StrEnum):
    """Why a walk ended. Only the first three are final."""

    COMPLETE = "complete"
    GONE = "gone"
    PRIVATE = "private"
    RESTRICTED = "restricted"
    TRUNCATED = "truncated"
    STALLED = "stalled"
    FAILED = "failed"
    LEASED = "leased"
    BLOCKED = "blocked"
    LOGIN = "login"
    BUDGET = "budget"
    STOPPED = "stopped"

    @property
    def final(self) -> bool:
        """Whether the same command begins anew rather than going on."""
        return self in FINAL

    @property
    def ends_run(self) -> bool:
        """Whether no other target can fare better now."""
        return self in ENDS_RUN


FINAL = frozenset({Verdict.COMPLETE, Verdict.GONE, Verdict.PRIVATE})
ENDS_RUN = frozenset({Verdict.BLOCKED, Verdict.LOGIN, Verdict.BUDGET, Verdict.STOPPED})


class ExitStatus(IntEnum):
    """Exit status of every command that crawls."""

    OK = 0
    BUG = 1
    USAGE = 2
    INCOMPLETE = 3
    BLOCKED = 4
    LOGIN = 5
    STORE = 6
    BUDGET = 7
    STOPPED = 8


# Where several hold, the first of these is reported.
_PRECEDENCE = (
    ExitStatus.STORE,
    ExitStatus.LOGIN,
    ExitStatus.BLOCKED,
    ExitStatus.BUDGET,
    ExitStatus.STOPPED,
    ExitStatus.INCOMPLETE,
)
_STATUS = {
    Verdict.BLOCKED: ExitStatus.BLOCKED,
    Verdict.LOGIN: ExitStatus.LOGIN,
    Verdict.BUDGET: ExitStatus.BUDGET,
    Verdict.STOPPED: ExitStatus.STOPPED,
}


def exit_status(
    verdicts: Iterable[Verdict], *, store_failed: bool = False, bug: bool = False
) -> ExitStatus:
    """Return the exit status of a run whose walks ended as *verdicts*."""
    found = {
        ExitStatus.OK if v.final else _STATUS.get(v, ExitStatus.INCOMPLETE)
        for v in verdicts
    }
    if store_failed:
        found.add(ExitStatus.STORE)
    named = next((status for status in _PRECEDENCE if status in found), None)
    if bug and named in (None, ExitStatus.INCOMPLETE):
        return ExitStatus.BUG
    return named or ExitStatus.OK


def worst(statuses: Iterable[ExitStatus]) -> ExitStatus:
    """Return the one of several runs' that is reported; OK for none."""
    found = {*statuses} - {ExitStatus.OK}
    order = (*_PRECEDENCE[:-1], ExitStatus.BUG, *_PRECEDENCE[-1:], *sorted(found))
    return next((status for status in order if status in found), ExitStatus.OK)


@dataclass(slots=True, kw_only=True)
class TargetVerdict:
    """The end of one walk: a row of ``targets``."""

    walk: str
    """Kind of list that was read, e.g. ``posts``."""
    id: str
    """The target, e.g. a sec_uid."""
    range: str
    """The range asked for, as it was written; empty for all."""
    spider: str
    verdict: Verdict
    reason: str
    expected: int | None
    """Records that the service says there are, or None where it says nothing."""
    got: int
    pages: int
    cursor: str
    run_id: str
    at: datetime
    settled: bool = False
    """Whether it is final though its verdict alone is not: it ended alike twice."""
    unfinished_below: bool = False
    """Whether a walk that it opened has to be read again, and it for that one."""
    named: bool = True
    """Whether ``id`` is the API's; else it is what was asked for, and not looked up."""
    token: int | None = None
    """Of the lease under which it is written; None where there was none."""
    state: bytes = b""
    """The spider's notes, for the next walk; see :class:`Progress`."""
    parent: str = ""
    """The walk that opened it, as text; empty for a target that was asked for."""

    @property
    def final(self) -> bool:
        """Whether the same command begins anew rather than going on."""
        return (self.settled or self.verdict.final) and not self.unfinished_below


@dataclass(slots=True, kw_only=True)
class RunRecord:
    """One process that crawled: a row of ``runs``."""

    id: str
    spider: str
    arguments: dict[str, str]
    started_at: datetime
    finished_at: datetime | None = None
    exit_status: int | None = None
    reason: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    job: str = ""
    """The job of Scrapyd that it was, if it was one."""
    host: str = ""
    lock: str = ""
    """Path of the file that it holds locked while it lives."""
    plan: str = ""
    """``PLAN/JOB`` where a plan began it."""
    seen_at: datetime | None = None
    """When it wrote this last: a sign of life."""
