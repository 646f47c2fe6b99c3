"""Crawls that are killed or stopped, and run again until they are done."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tests.torture.contents import behind, compared, contents
from tests.torture.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.torture.ground import Ended, Ground

KILLS = 50
_FORCED = ("checkpoint", "checkpoint", "checkpoint", "saved", "opened", "verdict")
_ANYWHERE = ("clock", "write", "record")
_STOPS = ("SIGTERM", "SIGINT", "SIGTERM:SIGTERM", "SIGINT:SIGINT")


def moments(random: Random, signals: str = "SIGKILL") -> Iterator[str]:
    """Yield moments: three in five forced, the others anywhere."""
    while True:
        if random.random() < 0.6:
            count = str(random.randint(1, 25))
            yield f"{random.choice(_FORCED)}:{count}:{signals}"
            continue
        moment = random.choice(_ANYWHERE)
        count = {
            "clock": f"{random.uniform(0, 3):.3f}",
            "write": str(random.randint(1, 15)),
            "record": str(random.randint(1, 300)),
        }[moment]
        yield f"{moment}:{count}:{signals}"


def killed(
    ground: Ground, kind: str, count: int = KILLS, most: int | None = None
) -> tuple[Row, list[str]]:
    """Kill a crawl *count* times at the least, and more until it is done.

    With *most*, each crawl is killed so many times and then left alone.
    """
    row = Row("SIGKILL", kind)
    calm = ground.calm(kind)
    ends: list[str] = []
    while row.points < count:
        url = ground.new_store(kind)
        some = itertools.islice(moments(ground.random), most)
        ended = ground.until_done(url, some)
        _judge(row, ground, ended)
        found = contents(url)
        row.add(compared(calm, found, still=False))
        for late in behind(ground.sandbox, found):
            row.expect(False, late)
        row.expect(set(ended.statuses[:-1]) <= {-9}, f"statuses {ended.statuses}")
        ends += ended.ends
        ground.free(url)
    return row, _distribution(ends)


def _judge(row: Row, ground: Ground, ended: Ended) -> None:
    row.points += len(ended.ends)
    row.runs += len(ended.statuses)
    row.expect(not ended.error, ended.error)


def _distribution(ends: list[str]) -> list[str]:
    """Return how the kills lie, by moment and by seconds since the first write."""
    late: dict[str, list[float]] = defaultdict(list)
    for end in ends:
        moment, seconds = end.split()
        late[moment].append(float(seconds))
    lines = []
    for moment, times in sorted(late.items(), key=lambda one: -len(one[1])):
        steps = Counter(min(int(t / 0.5), 6) for t in times)
        bars = " ".join(f"{steps.get(step, 0):>3}" for step in range(7))
        lines.append(f"    {moment:11}{len(times):>4}   {bars}")
    head = "    moment     kills   seconds since the run's first write: <0.5 <1 <1.5 "
    return [f"{head}<2 <2.5 <3 more", *lines]


def stopped(ground: Ground, kind: str, rounds: int = 2) -> list[Row]:
    """End a crawl by each signal, once and twice, at several points."""
    rows = []
    for signals in _STOPS:
        row = Row(signals.replace(":", ", then "), kind)
        url = ground.new_store(kind)
        few = itertools.islice(moments(ground.random, signals), 4 * rounds)
        ended = ground.until_done(url, few)
        _judge(row, ground, ended)
        row.add(compared(ground.calm(kind), contents(url), still=False))
        row.expect(set(ended.statuses[:-1]) <= {0, 3, 8}, f"statuses {ended.statuses}")
        row.expect(8 in ended.statuses, f"statuses {ended.statuses}")
        ground.free(url)
        rows.append(row)
    return rows
