"""The parts that a walk is read in: its body, and what is new at its head.

A walk that is taken up again reads the list's head first, down to what it has read
before, and then goes on where it stopped. Each such stretch is a segment, the newest
last; when one meets what lies below it, both are one.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  (read at run time)
from typing import Literal, TypeAlias

import msgspec

from douyin_crawler.spiders.tally import Tally

Mode: TypeAlias = Literal["full", "new"]

_HEAD = 60
"""Ids of a list's head that are kept to know it again."""
WITNESSES = 3
"""Records in a row that must be known before everything below them is."""


class Mark(msgspec.Struct, omit_defaults=True):
    """The head of a stretch that was read: what lies from there on is known."""

    ids: list[str] = []
    oldest: float | None = None
    """Unix time of the oldest of them, where the list is ordered by time."""
    got: int = 0
    """Records that the complete walk got, for a mark that one left."""
    total: int | None = None
    """What the service said of their number then."""

    def covers(self, id: str, created: datetime | None) -> bool:
        """Return whether a record lies in the stretch that begins here."""
        if id in self.ids:
            return True
        older = created is not None and self.oldest is not None
        return older and created.timestamp() < self.oldest  # type: ignore[union-attr, operator]

    def note(self, id: str, created: datetime | None) -> None:
        """Add a record to the head, while there is room."""
        if len(self.ids) >= _HEAD or id in self.ids:
            return
        self.ids.append(id)
        if created is not None:
            time = created.timestamp()
            self.oldest = time if self.oldest is None else min(time, self.oldest)

    def joined(self, below: Mark) -> Mark:
        """Return the head of this stretch and the one *below* it together."""
        joined = Mark(ids=self.ids[:_HEAD], oldest=self.oldest)
        if len(joined.ids) < WITNESSES:
            ids = dict.fromkeys([*self.ids, *below.ids])
            joined = Mark(ids=list(ids)[:_HEAD], oldest=below.oldest)
        return joined


class SegmentState(msgspec.Struct, omit_defaults=True):
    """What a checkpoint keeps of a segment."""

    cursor: str
    top: Mark = msgspec.field(default_factory=Mark)
    got: int = 0
    recent: list[str] = []
    pinned: list[str] = []
    fresh: int = 0
    joined: int = 0
    accounted: int = 0
    seen: int = 0
    known: int = 0
    outside: int = 0


class Segment:
    """One stretch of a list, read from *cursor* on."""

    def __init__(self, cursor: str) -> None:
        self.cursor = cursor
        self.top = Mark()
        self.got = Tally()
        """Records in range."""
        self.fresh = 0
        """Those of them that do not lie below."""
        self.joined = 0
        """Records of the heads that were joined to it."""
        self.accounted = 0
        """Records that the entries speak of, where the number counts more."""
        self.seen = 0
        """Entries, in range or not."""
        self.known = 0
        """Entries in a row, up to now, that lie below."""
        self.pinned: list[str] = []
        """Ids met out of their place: they come again, maybe far below."""
        self.outside = Tally()
        """Records that are not in range."""
        self.news = 0
        """Records of the present page that were not met before."""
        self.nameless = 0
        """Entries of the present page that show no id."""
        self.seam = 0
        """Where it is taken up by an offset: entries to step back if none is known."""
        self.frontier: int | None = None
        """The offset up to which it was read before, while that is read again."""
        self.cursors: set[str] = set()
        """Cursors that pages were read at."""

    @property
    def begun(self) -> bool:
        """Whether a page of it was read."""
        return self.seen > 0 or bool(self.top.ids)

    @property
    def met(self) -> bool:
        """Whether it has come to what lies below."""
        return self.known >= WITNESSES

    def meet(self, id: str, created: datetime | None, below: Mark | None) -> None:
        """Take note of one entry, which stands at its place in the list."""
        self.top.note(id, created)
        if self.met:
            return
        covered = below is not None and below.covers(id, created)
        self.known = self.known + 1 if covered else 0

    def join(self, head: Segment) -> None:
        """Take over what the segment above, which has met this one, read."""
        self.top = head.top.joined(self.top)
        self.joined += head.fresh + head.joined
        self.seen += head.seen

    def state(self) -> SegmentState:
        """Return what a checkpoint keeps."""
        return SegmentState(
            cursor=self._farthest(),
            top=self.top,
            got=len(self.got),
            recent=self.got.recent(),
            pinned=[one for one in self.pinned[:_HEAD] if one in self.got],
            fresh=self.fresh,
            joined=self.joined,
            accounted=self.accounted,
            seen=self.seen,
            known=self.known,
            outside=len(self.outside),
        )

    def _farthest(self) -> str:
        if self.frontier is None or not self.cursor.isdigit():
            return self.cursor
        return str(max(int(self.cursor), self.frontier))

    @classmethod
    def from_state(cls, state: SegmentState) -> Segment:
        """Return the segment that a checkpoint kept."""
        segment = cls(state.cursor)
        segment.top = state.top
        segment.pinned = state.pinned
        segment.got = Tally(state.got, [*state.pinned, *state.recent])
        segment.fresh, segment.joined = state.fresh, state.joined
        segment.accounted, segment.seen = state.accounted, state.seen
        segment.known = state.known
        segment.outside = Tally(state.outside)
        return segment


class WalkState(msgspec.Struct, omit_defaults=True):
    """A walk's own notes, as stores keep them between runs."""

    segments: list[SegmentState] = []
    """Empty once the walk has ended for good."""
    mode: Mode = "full"
    born: datetime | None = None
    """When the walk began."""
    since: datetime | None = None
    until: datetime | None = None
    mark: Mark | None = None
    """Where the latest complete walk began, if there was one over the whole list."""
    limit: int | None = None
    empty: int = 0
    """Empty pages in a row, up to the cursor."""
    first: datetime | None = None
    """When the first page was answered, by the clock of answers."""
    latest: datetime | None = None
    """When the latest page was answered, by that clock."""
    total: int | None = None
    """What the first page said of the number of records."""
    gap: int | None = None
    """Records that were missing when the list ended short; a like gap is accepted."""

    @classmethod
    def decode(cls, text: bytes) -> WalkState:
        """Return the notes of *text*; nothing is known where it can't be read."""
        if not text:
            return cls()
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError:
            return cls()
