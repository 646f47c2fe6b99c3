"""The lines that a run writes while it goes on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from douyin_crawler.extensions.figures import Figures, figures_of
from douyin_crawler.extensions.progress import Rate, pause_at
from douyin_crawler.items.post import Post
from douyin_crawler.spiders.walk import Walk

STATS = {"douyin/posts/new": 1_200, "douyin/posts/changed": 3, "douyin/pages": 67}


def figures(*walks: Walk) -> Figures:
    crawler: Any = SimpleNamespace(
        stats=SimpleNamespace(get_stats=lambda: STATS),
        spidercls=SimpleNamespace(item_class=Post),
        spider=SimpleNamespace(open_walks=lambda: [*walks]),
    )
    return figures_of(crawler, 60.0)


def walk(total: int, expected: int | None, **more: Any) -> Walk:
    found = Walk(kind="posts", id="a", expected=expected, **more)
    for number in range(total):
        found.count(str(number))
    return found


def test_the_only_target_says_what_it_has() -> None:
    only = walk(944, 1_203)
    assert "targets done 0 | 944 of 1,203 | records new 1,200, known 3" in str(
        figures(only, walk(3, 9, parent=only))
    )
    assert " | 5 of 20 | " in str(figures(walk(5, 1_203, limit=20)))
    assert " | 5 so far | " in str(figures(walk(5, None)))
    assert "targets done 0 | records new" in str(figures(walk(0, None)))
    assert " of " not in str(figures(only, walk(3, 9)))
    assert str(figures()).endswith("pages 67 | refusals 0 | 20.1/s")


@pytest.mark.parametrize(
    ("age", "interval", "pause"),
    [(0, 5, 5), (40, 5, 5), (200, 5, 20), (9_000, 5, 60), (9_000, 300, 300)],
)
def test_lines_become_seldom(age: float, interval: float, pause: float) -> None:
    assert pause_at(age, interval) == pause


def test_the_rate_is_that_of_the_last_minute() -> None:
    rate = Rate()
    assert rate.at(10, 100) == 10
    assert rate.at(60, 600) == 10
    assert rate.at(120, 600) == 0
    assert rate.at(180, 660) == 1
