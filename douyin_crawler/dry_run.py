"""``scrapy crawl X -a ... --dry-run``: what a run would ask for, before it is begun."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from douyin_crawler.estimate import estimate
from douyin_crawler.session.pace import today
from douyin_crawler.session.session import Session
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreAbsent

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from douyin_crawler.config import Config
    from douyin_crawler.estimate import Estimate
    from douyin_crawler.spiders.arguments import Arguments
    from douyin_crawler.spiders.base import DouyinSpider
    from douyin_crawler.stores.base import Store

_MINUTE = 60
_MORE = {
    "comments": "the comments of the posts",
    "replies": "the replies to the comments",
}
"""What a walk opens as it goes, by the argument that asks for it."""


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
        found = await estimate(spider, arguments, session, store)
        spent = await store.spent(session.key, today()) if store else 0
    finally:
        await opened.close()
    return [
        f"Dry run of {spider.name}: nothing is asked, nothing is stored.",
        _targets(found),
        _requests(found, arguments, known=store is not None),
        _pace(found, settings),
        _budget(found, session, spent, config.request_budget),
    ]


def _targets(found: Estimate) -> str:
    if found.queue and not found.queue_exists:
        return (
            f"Targets: none; there is no queue {found.queue} for this spider "
            "(scrapy queue names those that exist)"
        )
    if name := found.queue:
        waiting = f"{found.targets:,} that wait in the queue {name}"
        return f"Targets: {waiting} (scrapy queue {name})"
    if not found.targets:
        return "Targets: none; no run left one unfinished"
    more = ", ..." if found.targets > len(found.first) else ""
    return f"Targets: {found.targets:,} ({', '.join(found.first)}{more})"


def _requests(found: Estimate, arguments: Arguments, *, known: bool) -> str:
    parts = [f"{found.pages:,} for pages"]
    if found.look_ups:
        parts.append(f"{found.look_ups:,} to find ids")
    if found.visits:
        parts.append("the first visit of a visitor")
    bound = "about" if found.known else "at least"
    line = f"Requests, {bound}: {found.requests:,} ({', '.join(parts)})"
    if found.known:
        whose = f"{found.known:,} target" + ("s" if found.known > 1 else "")
        line += f"; by the store {found.records:,} records are left of {whose}"
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
    lasts = _duration(found.requests * delay)
    return f"Pace: one request every {delay:.2f} s on average, or slower: " + (
        f"about {lasts}" if found.known else f"{lasts} at least"
    )


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.3g} s"
    minutes = math.ceil(seconds / _MINUTE)
    hours, rest = divmod(minutes, 60)
    return f"{hours:,} h {rest} min" if hours else f"{minutes} min"


def _budget(found: Estimate, session: Session, spent: int, limit: int) -> str:
    if not limit:
        return "Budget: none is set (DOUYIN_REQUEST_BUDGET=0)"
    left = max(0, limit - spent)
    line = (
        f"Budget: {found.requests / limit:.1%} of the {limit:,} requests of "
        f"{session.key} a day; {left:,} are left today"
    )
    if found.requests > left:
        end = "may" if found.known else "will"
        line += f": the run {end} end as budget; the same command goes on the next day"
    return line
