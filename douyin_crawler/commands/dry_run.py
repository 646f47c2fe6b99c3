"""``scrapy crawl X -a ... --dry-run``: what a run would ask for, before it is begun."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.targets import read_targets
from douyin_crawler.progress import WalkKey
from douyin_crawler.session.pace import today
from douyin_crawler.session.session import Session
from douyin_crawler.spiders.targets import TargetSpider
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreAbsent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.settings import BaseSettings

    from douyin_crawler.config import Config
    from douyin_crawler.spiders.arguments import Arguments
    from douyin_crawler.spiders.base import DouyinSpider
    from douyin_crawler.stores.base import Store

_COUNTS = {"posts": ("user", "aweme_count"), "comments": ("post", "comment_count")}
"""By the kind of walk: which record says how much a target's list holds."""
_LOOKED_UP = frozenset({"handle", "short_link", "self"})
"""Kinds of target whose id a request has to find."""
_CHUNK = 500
_SHOWN = 3
_MORE = {
    "comments": "the comments of the posts",
    "replies": "the replies to the comments",
}
"""What a walk opens as it goes, by the argument that asks for it."""


@dataclass(slots=True)
class Estimate:
    """The least that a run would ask for."""

    targets: int = 0
    first: list[str] = field(default_factory=list)
    pages: int = 0
    look_ups: int = 0
    """Requests that find the ids of targets."""
    known: int = 0
    """Targets whose number of records the store knows."""
    records: int = 0
    visits: int = 0

    @property
    def requests(self) -> int:
        """All of them."""
        return self.pages + self.look_ups + self.visits


async def dry_run(
    spider: type[DouyinSpider],
    arguments: Arguments,
    config: Config,
    settings: BaseSettings,
) -> list[str]:
    """Return what a run of *spider* would ask for, in lines; nothing is asked now.

    The store is read, if there is one, and not written.

    Raises:
        StoreError: there is a store, and it can't be read.
    """
    session = Session(config.cookies)
    store: Store | None = open_store(config.store)
    assert store is not None
    opened = store
    try:
        try:
            await store.open(create=False)
        except StoreAbsent:
            store = None
        estimate = await _estimate(spider, arguments, session, store)
        spent = await store.spent(session.key, today()) if store else 0
    finally:
        await opened.close()
    return [
        f"Dry run of {spider.name}: nothing is asked, nothing is stored.",
        _targets(estimate),
        _requests(estimate, arguments, known=store is not None),
        _pace(estimate, settings),
        _budget(estimate, session, spent, config.request_budget),
    ]


async def _estimate(
    spider: type[DouyinSpider],
    arguments: Arguments,
    session: Session,
    store: Store | None,
) -> Estimate:
    found = Estimate(visits=int(session.needs_visit))
    targets = _named(spider, arguments)
    while chunk := list(islice(targets, _CHUNK)):
        found.targets += len(chunk)
        shown = (f"{kind} {key}".strip() for kind, key in chunk)
        found.first += islice(shown, _SHOWN - len(found.first))
        found.look_ups += sum(1 for kind, _ in chunk if kind)
        ids = [key for kind, key in chunk if not kind]
        counts = await _left(spider, arguments, ids, store)
        found.known += len(counts)
        found.records += sum(counts.values())
        found.pages += sum(_pages(spider, counts.get(key), session) for _, key in chunk)
    if batch := getattr(spider, "batch", 0):
        found.pages = math.ceil(found.pages / batch)
    if getattr(arguments, "profile", False):
        found.pages += found.targets
    return found


def _named(
    spider: type[DouyinSpider], arguments: Arguments
) -> Iterator[tuple[str, str]]:
    """Yield the targets: what each is, if that is no id yet, and its name."""
    if not issubclass(spider, TargetSpider):
        yield "", spider.name
        return
    named: str = getattr(arguments, spider.target_argument)
    if not named:  # those that the store has unfinished
        return
    for target in read_targets(named, spider.parse_target):
        kind = target.kind if target.kind in _LOOKED_UP else ""
        yield kind.replace("_", " "), target.value


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
            limit = getattr(arguments, "limit", None) or count
            counts[key] = max(0, min(count, limit) - min(count, done))
    return counts


def _is_part(arguments: Arguments) -> bool:
    """Return whether a range is asked for, of which nobody knows what it holds."""
    asked = (getattr(arguments, name, None) for name in ("since", "until", "days"))
    return any(asked) or getattr(arguments, "mode", "") == "refresh"


async def _done(
    spider: type[DouyinSpider], arguments: Arguments, id: str, store: Store
) -> int:
    """Return how many records an earlier walk read, if this one goes on from there."""
    progress = await store.progress(WalkKey(spider.walk_kind, id))
    if progress is None or getattr(arguments, "resume", "") == "never":
        return 0
    if progress.final and getattr(arguments, "mode", "full") == "full":
        return 0
    return progress.expected or progress.got if progress.final else progress.got


def _pages(spider: type[DouyinSpider], records: int | None, session: Session) -> int:
    """Return the least number of pages for so many records."""
    endpoints: dict[str, str] = getattr(spider, "endpoints", {})
    name = endpoints.get(getattr(spider, "walk_kind", ""), "")
    if name not in ENDPOINTS or not records:
        return 1
    endpoint = ENDPOINTS[name]
    walled = endpoint.login == "first_page" and not session.logged_in
    if walled or endpoint.paging is None:
        return 1
    return math.ceil(records / endpoint.paging.count)


def _targets(found: Estimate) -> str:
    if not found.targets:
        return "Targets: those that an earlier run left unfinished"
    more = ", ..." if found.targets > len(found.first) else ""
    return f"Targets: {found.targets:,} ({', '.join(found.first)}{more})"


def _requests(found: Estimate, arguments: Arguments, *, known: bool) -> str:
    parts = [f"{found.pages:,} for pages"]
    if found.look_ups:
        parts.append(f"{found.look_ups:,} to find ids")
    if found.visits:
        parts.append("the first visit of a visitor")
    line = f"Requests, at least: {found.requests:,} ({', '.join(parts)})"
    if found.known:
        line += f"; the store knows of {found.records:,} records of {found.known:,}"
    elif not known:
        line += "; there is no store yet that knows how long the lists are"
    more = [text for name, text in _MORE.items() if getattr(arguments, name, False)]
    return line + "".join(f"; {text} come on top" for text in more)


def _pace(found: Estimate, settings: BaseSettings) -> str:
    delay = settings.getfloat("DOWNLOAD_DELAY")
    if settings.getbool("AUTOTHROTTLE_ENABLED"):
        delay = max(delay, settings.getfloat("AUTOTHROTTLE_START_DELAY"))
    if not delay:
        return "Pace: no delay is set (DOWNLOAD_DELAY)"
    delay *= 1 + settings.getfloat("DOWNLOAD_DELAY_JITTER") / 2
    minutes = math.ceil(found.requests * delay / 60)
    return (
        f"Pace: one request every {delay:.2f} s on average, or slower: "
        f"{minutes:,} min at least"
    )


def _budget(found: Estimate, session: Session, spent: int, limit: int) -> str:
    if not limit:
        return "Budget: none is set (DOUYIN_REQUEST_BUDGET=0)"
    left = max(0, limit - spent)
    line = (
        f"Budget: {found.requests / limit:.1%} of the {limit:,} requests of "
        f"{session.key} a day; {left:,} are left today"
    )
    if found.requests > left:
        line += ": the run will end as budget; the same command goes on the next day"
    return line
