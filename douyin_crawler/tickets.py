"""Targets that workers share: the tickets of a queue, as stores keep them.

A ticket is a row of ``targets`` beside that of the walk: it names a target as a
person did (it may still have to be looked up), and whoever walks that target holds
its lease. It has no cookie, no session and no request in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from douyin_crawler.progress import Checkpoint, WalkKey
from douyin_crawler.verdicts import TargetVerdict, Verdict

if TYPE_CHECKING:
    from douyin_crawler.progress import Holder

WALK = "queue"
"""The ``walk`` of a ticket's key; its range is the name of the queue."""
MOST_TRIES = 3
"""Workers that may end over a target, none of which came on with it."""
ASIDE = f"{MOST_TRIES} workers ended over it, and none came on with it: set aside"

Stage: TypeAlias = Literal["waiting", "walking", "done", "failed", "aside"]
"""``walking``: waiting, and leased; ``failed``: ended, and not by a final verdict."""
STAGES: tuple[Stage, ...] = ("waiting", "walking", "done", "failed", "aside")


@dataclass(slots=True, kw_only=True)
class Ticket:
    """One target of a queue."""

    queue: str
    target: str
    kind: str = ""
    """What it is named by: ``sec_uid``, ``aweme_id``, ``handle``, ``short_link``."""
    found: str = ""
    """The id that was found for it, while its walk has to wait."""
    spider: str
    at: datetime
    """When it ended last, or was put in: the oldest comes first."""
    token: int = 0
    tries: int = 0
    """Workers that took it since one last came on with it, the present one too."""
    verdict: Verdict | None = None
    reason: str = ""
    holder: Holder | None = None
    progressed: bool = field(default=False, compare=False)
    """Whether this run has come on with it."""

    @property
    def key(self) -> WalkKey:
        """The key of its row."""
        return WalkKey(WALK, self.target, self.queue)

    @property
    def suspect(self) -> bool:
        """Whether a worker ended over it, so that nothing else should be at risk."""
        return self.tries > 1 and not self.progressed

    def ended(self, ending: TargetVerdict) -> TargetVerdict:
        """Return what ends it as its walk has ended."""
        return replace(
            ending,
            walk=WALK,
            id=self.target,
            range=self.queue,
            cursor=self.found,
            token=self.token,
            state=b"",
            parent="",
        )

    def given_back(self, run_id: str, reason: str) -> TargetVerdict:
        """Return what lets it wait again, behind the others."""
        return TargetVerdict(
            walk=WALK,
            id=self.target,
            range=self.queue,
            spider=self.spider,
            verdict=Verdict.LEASED,
            reason=reason,
            expected=None,
            got=0,
            pages=0,
            cursor=self.found,
            run_id=run_id,
            at=datetime.now(UTC).replace(microsecond=0),
            token=self.token,
        )

    def came_on(self, run_id: str) -> Checkpoint:
        """Return what says that its walk is further than before."""
        self.progressed = True
        return Checkpoint(
            key=self.key,
            token=self.token,
            cursor="",
            pages=0,
            got=0,
            expected=None,
            state=b"",
            run_id=run_id,
            at=self.at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The answer to a worker that wants a target."""

    outcome: Literal["granted", "aside", "alone", "none"]
    """``aside``: the oldest one is set aside now; ``alone``: a worker ended over the
    oldest one, so it is given to one that walks nothing else; ``none``: none waits."""
    ticket: Ticket | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueued:
    """What became of targets that were put in."""

    new: int = 0
    again: int = 0
    """They had ended, or were set aside."""
    there: int = 0
    """They wait, or are being walked."""
    forgotten: int = 0
    """Of persons who are never to be stored."""

    def __add__(self, other: Enqueued) -> Enqueued:
        """Return both together."""
        return Enqueued(
            new=self.new + other.new,
            again=self.again + other.again,
            there=self.there + other.there,
            forgotten=self.forgotten + other.forgotten,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """How many tickets of a queue are where."""

    queue: str
    spider: str
    counts: dict[Stage, int]
