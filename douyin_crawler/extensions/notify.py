"""Tells people of a run that needs them: once for each cause, by apprise."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from contextlib import aclosing
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from scrapy import signals
from scrapy.exceptions import NotConfigured

from douyin_crawler.config import Config
from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.plans.plan import RETRY
from douyin_crawler.progress import WalkKey
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreError
from douyin_crawler.verdicts import ExitStatus, Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from typing import Self

    from scrapy.crawler import Crawler

    from douyin_crawler.stores.base import Store
    from douyin_crawler.verdicts import TargetVerdict

logger = logging.getLogger(__name__)

_NEEDS_PEOPLE = {
    ExitStatus.BLOCKED: "ended blocked: the service refuses this session",
    ExitStatus.LOGIN: "needs a login: the session is missing or has expired",
}
_HISTORY = 50
_TOLD = 20
"""Causes that one notice names."""
_FAILED, _GOOD = "failed", "good"
"""Counters in the table ``budget``, in the place of a day."""
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
        if run.refused:
            return  # it did nothing, so no cause is over, and none is new
        store = open_store(self._config.store)
        try:
            await store.open(create=False)
            await self._tell(run, store)
        except StoreError as error:
            logger.warning("No notice: %s", error)
        finally:
            await store.close()

    async def _tell(self, run: RunExtension, store: Store) -> None:
        spider: Any = self._crawler.spider
        name = self._crawler.spidercls.name
        who = spider.recorded_arguments().get("_plan", "").removesuffix(RETRY) or name
        causes = await news(run, who, store)
        if not causes:
            return
        lines = [f"Run {run.id} of {name}, {run.store}", *(c.text for c in causes)]
        body = run.session.redact("\n".join(lines))
        sent = False
        try:
            sent = await send(self._config.notify_urls, f"douyin_crawler: {name}", body)
        finally:
            if not sent:
                await take_back(causes, store)


async def news(run: RunExtension, who: str, store: Store) -> list[Cause]:
    """Return causes that nobody was told of, and take note that somebody is."""
    found: list[Cause] = []
    async with aclosing(causes_of(run, who, store)) as causes:
        async for cause in causes:
            if await _is_new(cause, store):
                found.append(cause)
            if len(found) == _TOLD:
                break
    return found


async def take_back(causes: list[Cause], store: Store) -> None:
    """Let the next run tell *causes*: the notice of them did not arrive."""
    for cause in causes:
        await store.reserve(_of(cause), _FAILED, limit=0, interval=0.0)


async def causes_of(
    run: RunExtension, who: str, store: Store
) -> AsyncGenerator[Cause, None]:
    """Yield why people should look at *run*, which has ended.

    *who* ran: the job of a plan, or the spider. What is wrong with a session is one
    cause for all who use it, and lasts until one of those that it stopped ends in
    another way; of a target, until it is complete. What comes after is a new one.
    """
    good = f"notice good {run.session.key}"
    times = await store.spent(good, _GOOD)
    stopped = f"notice stopped {run.session.key} {times} {who}"
    if text := _NEEDS_PEOPLE.get(run.exit_status):
        await store.reserve(stopped, _FAILED, limit=0, interval=0.0)
        yield Cause(
            f"{run.exit_status.name} {good} {times}", f"It {text}. {run.reason}"
        )
    elif await store.spent(stopped, _FAILED):
        await store.reserve(good, _GOOD, limit=0, interval=0.0)
    for ending in run.endings.incomplete():
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


async def _is_new(cause: Cause, store: Store) -> bool:
    """Return whether *cause* is to be told now; atomic, for all processes."""
    failed = await store.spent(_of(cause), _FAILED)
    turn = f"once {failed}" if failed else "once"
    told = await store.reserve(_of(cause), turn, limit=1, interval=0.0)
    return told.granted


def _of(cause: Cause) -> str:
    digest = hashlib.sha256(cause.key.encode("utf-8", "replace")).hexdigest()[:24]
    return f"notice {digest}"


async def send(urls: str, title: str, body: str) -> bool:
    """Send a notice to *urls*, which are secrets; return whether any has it."""
    import apprise  # noqa: PLC0415 - it may be absent

    # Both would write addresses, and what stands in them, into the log.
    for name in ("apprise", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    known = apprise.Apprise()
    usable = bool(known.add(urls))
    all_of_them = left = [*known]
    for _ in range(_ATTEMPTS):
        left = [one for one in left if not await _reaches(one, title, body)]
    if left or not usable:
        logger.warning("A notice did not reach all of DOUYIN_NOTIFY_URLS")
    return len(left) < len(all_of_them)


async def _reaches(service: Any, title: str, body: str) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            return bool(await service.async_notify(title=title, body=body))
    except TimeoutError:
        return False
