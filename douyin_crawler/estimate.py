"""What a run would ask for, by its arguments and what the store knows."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.progress import WalkKey
from douyin_crawler.spiders.ranges import range_text
from douyin_crawler.spiders.targets import TargetSpider

if TYPE_CHECKING:
    from douyin_crawler.progress import Progress
    from douyin_crawler.session.session import Session
    from douyin_crawler.spiders.arguments import Arguments
    from douyin_crawler.spiders.base import DouyinSpider
    from douyin_crawler.stores.base import Store

_COUNTS = {"posts": ("user", "aweme_count"), "comments": ("post", "comment_count")}
"""By the kind of walk: which record says how much a target's list holds."""
_SERVED = {"comments": 900}
"""Where the service ends a list, whatever the record says (behaviour.md 3)."""
_CHUNK = 500
_SHOWN = 3


@dataclass(slots=True)
class Estimate:
    """What a run would ask for: the least, unless ``known`` says otherwise."""

    targets: int = 0
    first: list[str] = field(default_factory=list)
    pages: int = 0
    look_ups: int = 0
    """Requests that find the ids of targets."""
    known: int = 0
    """Targets whose number of records the store knows: with any, all is an estimate.

    That of a post's comments counts replies, too, and that of a user's posts what is
    no longer shown.
    """
    records: int = 0
    visits: int = 0
    queue: str = ""
    """Of the store, which the targets wait in."""
    queue_exists: bool = False
    """Whether it was ever filled with targets of this spider."""

    @property
    def requests(self) -> int:
        """All of them."""
        return self.pages + self.look_ups + self.visits


async def estimate(
    spider: type[DouyinSpider],
    arguments: Arguments,
    session: Session,
    store: Store | None,
) -> Estimate:
    """Return what a run of *spider* would ask for.

    Raises:
        StoreError: *store* can't be read.
    """
    found = Estimate(visits=int(session.needs_visit))
    if _takes_unfinished(spider, arguments):
        await _add_unfinished(found, spider, session, store)
    elif queue := getattr(arguments, "queue", ""):
        await _add_queued(found, spider, queue, store)
    else:
        await _add_named(found, spider, arguments, session, store)
    if batch := getattr(spider, "batch", 0):
        found.pages = math.ceil(found.pages / batch)
    if getattr(arguments, "profile", False):
        found.pages += found.targets
    return found


def _takes_unfinished(spider: type[DouyinSpider], arguments: Arguments) -> bool:
    """Return whether the run's targets are those that the store has unfinished."""
    named = not issubclass(spider, TargetSpider) or getattr(
        arguments, spider.target_argument
    )
    return not named and not getattr(arguments, "queue", "")


async def _add_unfinished(
    found: Estimate, spider: type[DouyinSpider], session: Session, store: Store | None
) -> None:
    if store is None:
        return
    async for walk in store.unfinished(spider=spider.name):
        if walk.parent is not None:
            continue  # the walk that opened it goes on with it
        found.targets += 1
        if len(found.first) < _SHOWN:
            found.first.append(walk.key.id)
        left = None
        if walk.expected is not None:
            left = max(0, _served(spider, walk.expected) - walk.got)
        found.known += left is not None
        found.records += left or 0
        found.pages += _pages(spider, left, session)


async def _add_queued(
    found: Estimate, spider: type[DouyinSpider], queue: str, store: Store | None
) -> None:
    states = await store.queues(queue) if store else []
    own = [one for one in states if one.spider == spider.name]
    found.queue, found.queue_exists = queue, bool(own)
    found.targets = found.pages = sum(one.counts.get("waiting", 0) for one in own)


async def _add_named(
    found: Estimate,
    spider: type[DouyinSpider],
    arguments: Arguments,
    session: Session,
    store: Store | None,
) -> None:
    seen = Seen()
    named = spider.named_targets(arguments)
    targets = (one for one in named if seen.first_sight(" ".join(one)))
    while chunk := list(islice(targets, _CHUNK)):
        chunk = await _wanted(spider, arguments, chunk, store)
        found.targets += len(chunk)
        shown = (f"{kind} {key}".strip() for kind, key in chunk)
        found.first += islice(shown, _SHOWN - len(found.first))
        found.look_ups += sum(1 for kind, _ in chunk if kind)
        ids = [key for kind, key in chunk if not kind]
        counts = await _left(spider, arguments, ids, store)
        found.known += len(counts)
        found.records += sum(counts.values())
        found.pages += sum(_pages(spider, counts.get(key), session) for _, key in chunk)


async def _wanted(
    spider: type[DouyinSpider],
    arguments: Arguments,
    chunk: list[tuple[str, str]],
    store: Store | None,
) -> list[tuple[str, str]]:
    """Leave out what is not unfinished, where only that is asked for."""
    if getattr(arguments, "resume", "") != "only":
        return chunk
    wanted = []
    for kind, key in chunk:
        walk = await _progress(spider, arguments, key, store) if store else None
        if kind or (walk and not walk.final):
            wanted.append((kind, key))
    return wanted


class Seen:
    """Tells names that came before, in 4 MiB however many there are.

    A new one is taken for an old one now and then (of a million, two hundred), so what
    is counted is a least number.
    """

    def __init__(self) -> None:
        self._bits = bytearray(1 << 22)

    def first_sight(self, name: str) -> bool:
        """Return whether *name* is new."""
        digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass")).digest()
        new = False
        for start in range(0, 16, 4):
            place = int.from_bytes(digest[start : start + 4]) >> 7
            byte, bit = place >> 3, 1 << (place & 7)
            new = new or not self._bits[byte] & bit
            self._bits[byte] |= bit
        return new


async def _left(
    spider: type[DouyinSpider],
    arguments: Arguments,
    ids: list[str],
    store: Store | None,
) -> dict[str, int]:
    """Return how many records are left to read of the lists that the store knows."""
    kind, name = _COUNTS.get(getattr(spider, "walk_kind", ""), ("", ""))
    if store is None or not kind or _is_part(arguments):
        return {}
    counts = {}
    for key, record in (await store.load(kind, ids)).items():
        count = record.fields.get(name)
        if isinstance(count, int):
            done = await _done(spider, arguments, key, store)
            count = _served(spider, count)
            limit = getattr(arguments, "limit", None) or count
            counts[key] = max(0, min(count, limit) - min(count, done))
    return counts


def _served(spider: type[DouyinSpider], records: int) -> int:
    """Return how many of a list's *records* the service shows at most."""
    return min(records, _SERVED.get(spider.walk_kind, records))


def _is_part(arguments: Arguments) -> bool:
    """Return whether a range is asked for, of which nobody knows what it holds."""
    asked = (getattr(arguments, name, None) for name in ("since", "until", "days"))
    return any(asked) or getattr(arguments, "mode", "") == "refresh"


async def _done(
    spider: type[DouyinSpider], arguments: Arguments, id: str, store: Store
) -> int:
    """Return how many records an earlier walk read, if this one goes on from there."""
    progress = await _progress(spider, arguments, id, store)
    if progress is None or getattr(arguments, "resume", "") == "never":
        return 0
    if not progress.final:
        return progress.got
    # Only a walk over all that was complete lets the next one stop at what is known.
    follows = getattr(arguments, "mode", "full") != "full" and not progress.key.range
    return (progress.expected or progress.got) if follows else 0


async def _progress(
    spider: type[DouyinSpider], arguments: Arguments, id: str, store: Store
) -> Progress | None:
    """Return where the walk stands that *arguments* ask for."""
    given = {name: getattr(arguments, name, "") or "" for name in ("since", "until")}
    written = range_text(
        **given,
        days=getattr(arguments, "days", None),
        limit=getattr(arguments, "limit", None),
    )
    return await store.progress(WalkKey(spider.walk_kind, id, written))


def _pages(spider: type[DouyinSpider], records: int | None, session: Session) -> int:
    """Return the number of full pages for so many records."""
    endpoints: dict[str, str] = getattr(spider, "endpoints", {})
    name = endpoints.get(getattr(spider, "walk_kind", ""), "")
    if name not in ENDPOINTS or not records:
        return 1
    endpoint = ENDPOINTS[name]
    walled = endpoint.login == "first_page" and not session.logged_in
    if walled or endpoint.paging is None:
        return 1
    return math.ceil(records / endpoint.paging.count)
