"""The figures of a run: what its stats say to a person."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.verdicts import TargetVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.crawler import Crawler

    from douyin_crawler.progress import WalkKey


logger = logging.getLogger(__name__)

_TOLD = 100
"""Endings named in the log; all of them are in the store."""
_TOLD_OF_OTHERS = 1_000
"""The same where some are not complete: each of these wants a look."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one moment of a run."""

    done: int
    new: int
    known: int
    pages: int
    refusals: int
    seconds: float
    rate: float | None = None
    """Records a second of late; None: of the whole run."""
    walking: str = ""
    """What the only open target has, of what is expected."""

    @property
    def records(self) -> int:
        """Records that were met."""
        return self.new + self.known

    def __str__(self) -> str:
        """Return one line."""
        rate = self.records / max(self.seconds, 1.0) if self.rate is None else self.rate
        walking = f" | {self.walking}" if self.walking else ""
        return (
            f"targets done {self.done:,}{walking} | records new {self.new:,}, "
            f"known {self.known:,} | pages {self.pages:,} | "
            f"refusals {self.refusals:,} | {rate:.1f}/s"
        )


def figures_of(crawler: Crawler, seconds: float) -> Figures:
    """Return the figures of *crawler*, by the records of its spider's own kind."""
    stats, table = crawler.stats.get_stats(), _own_table(crawler)
    changed = stats.get(f"douyin/{table}/changed", 0)
    return Figures(
        done=stats.get("douyin/targets/done", 0),
        new=stats.get(f"douyin/{table}/new", 0),
        known=changed + stats.get(f"douyin/{table}/unchanged", 0),
        pages=stats.get("douyin/pages", 0),
        refusals=sum(
            n
            for k, n in stats.items()
            if k.startswith("douyin/refused/") and not k.endswith("/browser_failed")
        ),
        seconds=seconds,
        walking=_only_walk(crawler),
    )


def _only_walk(crawler: Crawler) -> str:
    """Return what the open target has, if there is one alone."""
    walks: list[Any] = getattr(crawler.spider, "open_walks", list)()
    roots = [walk for walk in walks if walk.parent is None]
    if len(roots) != 1:
        return ""
    (walk,) = roots
    known = [n for n in (walk.expected, walk.limit) if n]
    if known:
        return f"{walk.total:,} of {min(known):,}"
    return f"{walk.total:,} so far" if walk.total else ""


_PASSED_OVER = {
    "finished_before": "not unfinished: passed over",
    "forgotten": "of persons who were erased: passed over",
    "repeated": "named more than once: read once",
}
"""Targets for which nothing was asked, by the stat that counts them."""


def passed_over(crawler: Crawler) -> Iterator[str]:
    """Yield a line for each reason for which targets were passed over."""
    stats = crawler.stats.get_stats()
    for name, why in _PASSED_OVER.items():
        if number := stats.get(f"douyin/targets/{name}", 0):
            yield f"{counted(number, 'target')} {why}"


def counted(number: int, noun: str) -> str:
    """Return *number* with *noun*, in the plural where it is not one."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _own_table(crawler: Crawler) -> str:
    item = getattr(crawler.spidercls, "item_class", None)
    return next((kind.table for kind in KINDS.values() if kind.item is item), "")


class Endings:
    """How the walks of a run ended: all are counted, some are told at the end."""

    def __init__(self) -> None:
        self.verdicts: Counter[Verdict] = Counter()
        """All of them; those that are settled too."""
        self._unsettled: Counter[Verdict] = Counter()
        self._told: list[TargetVerdict] = []
        self._more = 0
        self._causes: set[str] = set()
        self._untouched = 0

    def note(self, ending: TargetVerdict, *, told: bool) -> None:
        """Count *ending*, and keep it if it is to be told and there is room."""
        self.verdicts[ending.verdict] += 1
        if not ending.settled:
            self._unsettled[ending.verdict] += 1
        if told and self._is_told(ending):
            self._untouched += 1
        elif told and len(self._told) < _room(ending):
            self._told.append(ending)
        elif told:
            self._more += 1

    def causes(self) -> list[Verdict]:
        """Return the verdicts by which the run is judged."""
        return sorted(verdict for verdict, n in self._unsettled.items() if n > 0)

    def withdraw(self, key: WalkKey) -> None:
        """Take back how a walk ended that another run had taken over before."""
        for ending in self._told:
            if (ending.walk, ending.id, ending.range) == (key.walk, key.id, key.range):
                self._told.remove(ending)
                self.verdicts[ending.verdict] -= 1
                if not ending.settled:
                    self._unsettled[ending.verdict] -= 1
                return

    def incomplete(self) -> list[TargetVerdict]:
        """Return those told whose targets are incomplete for a reason of their own."""
        return [
            ending
            for ending in self._told
            if not (ending.final or ending.verdict.ends_run)
            and ending.verdict is not Verdict.LEASED
        ]

    def _is_told(self, ending: TargetVerdict) -> bool:
        """Return whether it says but again why the run ends, of a target not begun."""
        if not ending.verdict.ends_run:
            return False
        known = ending.reason in self._causes and not ending.pages
        self._causes.add(ending.reason)
        return known

    def log(self) -> None:
        """Say how the walks ended, a line each."""
        for ending in self._told:
            _log_ending(ending)
        if self._more:
            logger.info("and %d more: see the table targets", self._more)
        if self._untouched:
            logger.warning(
                "%d more targets were left for the same reason", self._untouched
            )


def _room(ending: TargetVerdict) -> int:
    return _TOLD if ending.verdict is Verdict.COMPLETE else _TOLD_OF_OTHERS


def _log_ending(ending: TargetVerdict) -> None:
    fine = ending.settled or ending.verdict is Verdict.COMPLETE
    level = logging.INFO if fine else logging.WARNING
    got = counted(ending.got, "record")
    if ending.expected is not None:
        got = f"{ending.got:,} of {counted(ending.expected, 'record')}"
    logger.log(
        level,
        "%s %s: %s, %s in %s%s",
        ending.walk,
        ending.id,
        ending.verdict,
        got,
        counted(ending.pages, "page"),
        f": {ending.reason}" if ending.reason else "",
    )
