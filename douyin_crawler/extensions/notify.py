"""Tells people of a run that needs them: once for each cause, by apprise."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from scrapy import signals
from scrapy.exceptions import NotConfigured

from douyin_crawler.config import Config
from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.progress import WalkKey
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreError
from douyin_crawler.verdicts import ExitStatus, Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Self

    from scrapy.crawler import Crawler

    from douyin_crawler.stores.base import Store
    from douyin_crawler.verdicts import TargetVerdict

logger = logging.getLogger(__name__)

_NEEDS_PEOPLE = {
    ExitStatus.BLOCKED: "ended blocked: the service refuses this session",
    ExitStatus.LOGIN: "needs a login: the session is missing or has expired",
}
_RUNS = 200
_HISTORY = 50
_TOLD = 20
"""Targets that one notice names."""
_SECONDS = 30.0
_ATTEMPTS = 2


class Cause(NamedTuple):
    """Why a notice is sent."""

    key: str
    """What it is told from other causes by."""
    text: str


class NotifyExtension:
    """Sends a notice when a run ends blocked, needs a login, or a target stays
    incomplete twice. What was told lies in the store, so none comes twice."""

    def __init__(self, crawler: Crawler, config: Config) -> None:
        self._crawler = crawler
        self._config = config

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension, if there is anybody to tell.

        Raises:
            NotConfigured: ``DOUYIN_NOTIFY_URLS`` is empty, or the spider is none of
                ours.
        """
        if not hasattr(crawler.spidercls, "item_class"):
            raise NotConfigured
        config = Config.from_settings(crawler.settings)
        if not config.notify_urls:
            raise NotConfigured
        notify = cls(crawler, config)
        crawler.signals.connect(notify.tell, signal=signals.spider_closed)
        return notify

    async def tell(self) -> None:
        """Send what is new, when the run has ended and all is stored."""
        run = RunExtension.find(self._crawler)
        await run.closed()
        try:
            causes = await self._news(run)
        except StoreError as error:
            logger.warning("No notice: %s", error)
            return
        if not causes:
            return
        name = self._crawler.spidercls.name
        lines = [f"Run {run.id} of {name}, {run.store}", *(c.text for c in causes)]
        body = run.session.redact("\n".join(lines))
        await send(self._config.notify_urls, f"douyin_crawler: {name}", body)

    async def _news(self, run: RunExtension) -> list[Cause]:
        """Return the causes that nobody was told of, and take note that they are."""
        store = open_store(self._config.store)
        try:
            await store.open(create=False)
            found = [cause async for cause in causes_of(run, store)]
            return [cause for cause in found if await _is_new(cause, store)]
        finally:
            await store.close()


async def causes_of(run: RunExtension, store: Store) -> AsyncIterator[Cause]:
    """Yield why people should look at *run*, which has ended.

    A cause lasts until a run ends in another way, or the target is complete: what
    comes after that is a new one.
    """
    if text := _NEEDS_PEOPLE.get(run.exit_status):
        since = await _last_good(run, store)
        yield Cause(
            f"{run.exit_status.name} {run.session.key} since {since}",
            f"It {text}. {run.reason}",
        )
    for ending in run.endings.incomplete()[:_TOLD]:
        key = WalkKey(ending.walk, ending.id, ending.range)
        of_target = filter(_own_fault, await store.last_verdicts(key, _HISTORY))
        streak = [*takewhile(_is_open, of_target)]
        if 2 <= len(streak) < _HISTORY:
            text = f"{ending.walk} {ending.id} stays {ending.verdict}: {ending.reason}"
            yield Cause(f"{key} since {streak[-1].run_id}", text)


def _is_open(ending: TargetVerdict) -> bool:
    return not ending.final


def _own_fault(ending: TargetVerdict) -> bool:
    """Return whether it says anything of the target, and not only of the run."""
    return not ending.verdict.ends_run and ending.verdict is not Verdict.LEASED


async def _last_good(run: RunExtension, store: Store) -> str:
    for other in await store.runs(_RUNS):
        if other.exit_status is not None and other.exit_status not in _NEEDS_PEOPLE:
            return other.id
    return ""


async def _is_new(cause: Cause, store: Store) -> bool:
    """Return whether *cause* comes for the first time; atomic, for all processes."""
    digest = hashlib.sha256(cause.key.encode("utf-8", "replace")).hexdigest()[:24]
    told = await store.reserve(f"notice {digest}", "once", limit=1, interval=0.0)
    return told.granted


async def send(urls: str, title: str, body: str) -> bool:
    """Send a notice to *urls*, which are secrets; return whether all have it."""
    import apprise  # noqa: PLC0415 - it may be absent

    # Both would write addresses, and what stands in them, into the log.
    for name in ("apprise", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    known = apprise.Apprise()
    usable = bool(known.add(urls))
    left = [*known]
    for _ in range(_ATTEMPTS):
        left = [one for one in left if not await _reaches(one, title, body)]
    if left or not usable:
        logger.warning("A notice did not reach all of DOUYIN_NOTIFY_URLS")
    return usable and not left


async def _reaches(service: Any, title: str, body: str) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            return bool(await service.async_notify(title=title, body=body))
    except TimeoutError:
        return False
