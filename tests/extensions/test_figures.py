"""What the end of a run says of its targets."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from douyin_crawler.extensions.figures import Endings
from douyin_crawler.progress import WalkKey
from douyin_crawler.verdicts import TargetVerdict, Verdict

if TYPE_CHECKING:
    import pytest


def ending(
    id: str, verdict: Verdict, reason: str = "", pages: int = 0
) -> TargetVerdict:
    return TargetVerdict(
        walk="posts",
        id=id,
        range="",
        spider="user_posts",
        verdict=verdict,
        reason=reason,
        expected=None,
        got=0,
        pages=pages,
        cursor="0",
        run_id="r",
        at=datetime.now(UTC),
    )


def said(caplog: pytest.LogCaptureFixture, endings: Endings) -> list[str]:
    with caplog.at_level(logging.INFO):
        endings.log()
    return [record.getMessage() for record in caplog.records]


def test_why_a_run_ends_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    endings = Endings()
    endings.note(ending("a", Verdict.COMPLETE), told=True)
    endings.note(ending("b", Verdict.LOGIN, "expired", pages=3), told=True)
    for number in range(50):
        endings.note(ending(f"c{number}", Verdict.LOGIN, "expired"), told=True)
    lines = said(caplog, endings)
    assert len(lines) == 3
    assert lines[1].endswith("in 3 pages: expired")
    assert lines[2] == "50 more targets were left for the same reason"
    assert endings.verdicts[Verdict.LOGIN] == 51


def test_what_is_not_complete_is_named_behind_any_number_of_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    endings = Endings()
    for number in range(500):
        endings.note(ending(f"c{number}", Verdict.COMPLETE), told=True)
    endings.note(ending("missing", Verdict.GONE), told=True)
    lines = said(caplog, endings)
    assert len(lines) == 102
    assert "missing" in lines[100]
    assert lines[101].startswith("and 400 more")


def test_a_walk_that_another_run_took_over_does_not_count() -> None:
    endings = Endings()
    lost = ending("lost", Verdict.FAILED)
    endings.note(lost, told=True)
    endings.note(ending("done", Verdict.COMPLETE), told=True)
    endings.withdraw(WalkKey("posts", "lost"))
    endings.withdraw(WalkKey("posts", "never met"))
    assert endings.causes() == [Verdict.COMPLETE]
