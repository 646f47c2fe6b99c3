"""One target read from its first page to its last."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from douyin_crawler.progress import WalkKey
from douyin_crawler.spiders.segment import Mark, Segment, WalkState

if TYPE_CHECKING:
    from scrapy import Request

    from douyin_crawler.progress import Checkpoint, Progress
    from douyin_crawler.spiders.segment import Mode
    from douyin_crawler.spiders.tally import Tally
    from douyin_crawler.tickets import Ticket
    from douyin_crawler.verdicts import Verdict

_HEADS = 8
"""Unfinished stretches that a walk keeps, of runs that were stopped in its head."""


def _now() -> datetime:
    """Return the time as rows have it: to the second."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(slots=True, eq=False)
class Walk:
    """Where a walk stands; the spider moves it on page by page."""

    kind: str
    """Kind of list, e.g. ``posts``."""
    id: str
    """The target: a sec_uid, an aweme_id, the cid whose replies are read."""
    range: str = ""
    """The range asked for, as it was written."""
    limit: int | None = None
    """Records asked for, those of its children among them."""
    parent: Walk | None = None
    """The walk that opened this one: the comments of the post, for replies."""
    above: WalkKey | None = None
    """The walk that opened this one, where that is not read in this run."""
    own_limit: bool = False
    """Whether the limit of the walk that opened it is not for its records."""
    announced: int | None = None
    """Records that the entry which opened it spoke of."""
    since: datetime | None = None
    """First moment of the range."""
    until: datetime | None = None
    """First moment behind the range."""
    start: str = "0"
    """Cursor of the first page."""
    slot: bool = True
    """Whether the next target may begin when this one ends."""
    named: bool = True
    """Whether ``id`` is what the API takes; else it has to be looked up."""

    mode: Mode = "full"
    mark: Mark | None = None
    """Where the latest complete walk over the whole list began."""
    gap: int | None = None
    """Records that were missing when such a walk last ended short."""
    sure: bool = True
    """Whether nothing is missing, or as much as the time before."""
    first: datetime | None = None
    """When its first page was answered, by the clock of answers."""
    latest: datetime | None = None
    """When its latest page was answered, by that clock."""
    first_total: int | None = None
    """What the first page said of the number of records."""
    born: datetime = field(default_factory=_now)
    segments: list[Segment] = field(default_factory=list)
    pages: int = 0
    expected: int | None = None
    """What the walk itself saw of the number of records."""
    kept: set[str] = field(default_factory=set)
    """Where there is a limit: ids of the records, those of children among them."""
    met: set[bytes] = field(default_factory=set)
    """Texts of the authors that the present page showed already."""
    empty: int = 0
    """Empty pages in a row."""
    idle: int = 0
    """Pages in a row that held nothing but what was met before."""
    profile_read: bool = False
    """Whether the profile was asked for ahead of the list."""
    stalled: bool = False
    """Whether the page is read again because its cursor did not move."""

    ticket: Ticket | None = None
    """What a queue gave for it, if it is of a queue."""
    token: int | None = None
    """Of the lease that this run has on it."""
    before: int = 0
    """Records that an earlier run had of it, which did not end it."""
    lost: bool = False
    """Whether another run has taken the lease over."""
    saved: Checkpoint | None = None
    """The latest checkpoint that is on its way to the store."""
    resumed: bool = False
    """Whether an earlier run began it."""

    opening: list[Walk] = field(default_factory=list)
    """Walks that the present page may open."""
    children: int = 0
    """Walks that this one opened and that have no verdict yet."""
    pending: deque[WalkKey] = field(default_factory=deque)
    """Those of them that an earlier run left, and that are still to be begun."""
    held: Request | None = None
    """The next page's request, kept back while many children are open."""
    reading: bool = False
    """Whether its latest page is still on its way to the store."""
    unfinished_below: bool = False
    """Whether a walk that it opened ended, or was lost, before its time."""
    awaiting: tuple[Verdict, str, bool] | None = None
    """How it ends once those have ended."""

    def __post_init__(self) -> None:
        """Begin at the first page."""
        self.begin_anew()

    @property
    def key(self) -> WalkKey:
        """What tells walks apart."""
        return WalkKey(self.kind, self.id, self.range)

    @property
    def opener(self) -> WalkKey | None:
        """The walk that opened this one."""
        return self.parent.key if self.parent else self.above

    @property
    def root(self) -> Walk:
        """The walk over the target that was asked for."""
        return self.parent.root if self.parent else self

    @property
    def depth(self) -> int:
        """How many walks lie above it."""
        return self.parent.depth + 1 if self.parent else 0

    # -- where it stands ---------------------------------------------------------

    @property
    def segment(self) -> Segment:
        """The stretch that is read now."""
        return self.segments[-1]

    @property
    def cursor(self) -> str:
        """Where the next page is read."""
        return self.segment.cursor

    @cursor.setter
    def cursor(self, cursor: str) -> None:
        self.segment.cursor = cursor

    @property
    def got(self) -> Tally:
        """The records in range of the stretch that is read now."""
        return self.segment.got

    @property
    def below(self) -> Mark | None:
        """Where that begins which was read before."""
        if len(self.segments) > 1:
            return self.segments[-2].top
        return self.mark if self.mode == "new" else None

    @property
    def seen(self) -> int:
        """Entries of all pages, in range or not."""
        return sum(segment.seen for segment in self.segments)

    @property
    def total(self) -> int:
        """Records in range that are known of it."""
        bottom = self.segments[0]
        own = len(bottom.got)
        if self.mode == "new" and self.mark and len(self.segments) == 1 and bottom.met:
            own = self.mark.got + bottom.fresh
        return own + bottom.joined + sum(head.fresh for head in self.segments[1:])

    def meet(
        self, id: str, created: datetime | None = None, *, in_place: bool = True
    ) -> None:
        """Take note of an entry; one that is pinned does not stand in its place."""
        if in_place:
            self.segment.meet(id, created, self.below)
        elif id not in self.segment.pinned:
            self.segment.pinned.append(id)

    def count(
        self, id: str, created: datetime | None = None, *, entry: str | None = None
    ) -> bool:
        """Count the record *id*; return False for one that was counted before.

        Where it stands inside another one, that is the *entry* by which it is known.
        """
        if not self.got.add(id):
            return False
        self.segment.news += 1
        below = self.below
        if below is None or not below.covers(entry or id, created):
            self.segment.fresh += 1
        return True

    def pass_by(self, id: str) -> None:
        """Take note of a record that is not in range."""
        if self.segment.outside.add(id):
            self.segment.news += 1

    def answered(self, at: datetime) -> None:
        """Take note of one more page."""
        self.first, self.latest = self.first or at, at
        self.pages += 1
        self.met.clear()
        self.segment.news = self.segment.nameless = 0

    def join(self) -> None:
        """Go on with the stretch below, which the present one has met."""
        head = self.segments.pop()
        self.segment.join(head)
        self.empty, self.idle, self.stalled = 0, 0, False

    # -- the limit ---------------------------------------------------------------

    @property
    def limiter(self) -> Walk:
        """The walk whose limit counts."""
        if self.parent is None or self.own_limit:
            return self
        return self.parent.limiter

    @property
    def full(self) -> bool:
        """Whether the limit asked for is reached."""
        limiter = self.limiter
        return limiter.limit is not None and len(limiter.kept) >= limiter.limit

    def admit(self, id: str) -> bool:
        """Count the record *id* once; return False for one beyond the limit."""
        limiter = self.limiter
        if limiter.limit is not None and id not in limiter.kept:
            if self.full:
                return False
            limiter.kept.add(id)
        return True

    # -- between runs ------------------------------------------------------------

    def begin_anew(self) -> None:
        """Stand at the first page."""
        self.segments = [Segment(self.start)]

    def remember(self, state: WalkState) -> None:
        """Take over what earlier walks over this target left."""
        self.mark, self.gap, self.latest = state.mark, state.gap, state.latest

    def resume(self, progress: Progress, state: WalkState) -> None:
        """Go on where an earlier run stopped, the head first."""
        self.mode = state.mode
        self.since, self.until = state.since, state.until
        self.limit = state.limit if self.limit is None else self.limit
        self.first, self.first_total = state.first, state.total
        self.empty = state.empty
        self.born = state.born or self.born
        self.pages, self.expected = progress.pages, progress.expected
        self.announced = self.announced or progress.announced
        self.segments = [Segment.from_state(one) for one in state.segments]
        if len(self.segments) > _HEADS:
            del self.segments[1:]  # their stretches are read again, from the head on
        self.resumed = True
        if self.segment.begun:
            self.segments.append(Segment(self.start))

    def state(self, *, ended: bool = False, mark: Mark | None = None) -> bytes:
        """Return the walk's notes for the next run."""
        return msgspec.json.encode(
            WalkState(
                segments=[] if ended else [one.state() for one in self.segments],
                mode=self.mode,
                born=self.born,
                since=self.since,
                until=self.until,
                limit=self.limit,
                empty=self.empty,
                first=self.first,
                latest=self.latest,
                total=self.first_total,
                mark=mark or self.mark,
                gap=self.gap,
            )
        )

    def new_mark(self) -> Mark:
        """Return the mark that a complete walk over the whole list leaves."""
        top = self.segments[-1].top
        total = self.first_total if self.sure else None
        return Mark(ids=top.ids, oldest=top.oldest, got=self.total, total=total)
