"""Where walks stand: what a store keeps of each between runs, and who holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from douyin_crawler.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class WalkKey:
    """What a walk is over: a row of ``targets``."""

    walk: str
    """Kind of list, e.g. ``posts``."""
    id: str
    """The target, e.g. a sec_uid."""
    range: str = ""
    """The range asked for, as it was written; empty for all."""

    def __str__(self) -> str:
        """Return it as one text, which :meth:`parse` reads."""
        return f"{self.walk}:{self.id}:{self.range}"

    @classmethod
    def parse(cls, text: str) -> WalkKey:
        """Return the key whose text is *text*; neither kind nor id holds a colon."""
        return cls(*text.split(":", 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A run, as a lease names it."""

    run_id: str
    host: str
    lock: str
    """Path of the file that the run holds locked for as long as it lives."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """What is durably stored of one walk: a row of ``targets``."""

    key: WalkKey
    spider: str
    """The spider that walks it, or whose walk opened it."""
    parent: WalkKey | None = None
    """The walk that opened this one, and waits for it."""
    announced: int | None = None
    """Records that the entry which opened it spoke of, e.g. a ``comment_count``."""
    verdict: Verdict | None = None
    """How it ended last; None while it is open."""
    final: bool = False
    """Whether the same command begins anew rather than going on."""
    reason: str = ""
    expected: int | None = None
    got: int = 0
    pages: int = 0
    cursor: str = ""
    state: bytes = b""
    """The spider's own notes, in JSON; opaque to stores."""
    run_id: str = ""
    """The run that wrote last."""
    at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Opened:
    """A walk that a page opened, to be read before the page's own walk is complete.

    The row is made, or opened again: verdict None, final off, and where it was final,
    cursor and counts from the start. ``state`` stays.
    """

    key: WalkKey
    parent: WalkKey
    spider: str
    announced: int | None
    run_id: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Checkpoint:
    """How far a walk is stored: it follows its page's records and openings."""

    key: WalkKey
    token: int
    """Of the lease under which it is written; a token that is not current is lost."""
    cursor: str
    pages: int
    got: int
    expected: int | None
    state: bytes
    run_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The answer to who wants to walk a target."""

    progress: Progress
    token: int | None
    """The lease's fencing token, greater with each claim; None: another run has it."""
    holder: Holder | None = None
    """Who has it, where another run does."""
    held_token: int = 0
    """That run's token: what :meth:`Store.claim` takes as ``over``."""
