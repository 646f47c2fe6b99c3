"""What the store keeps of a walk: how far it is, what it opens, how it ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from douyin_crawler.progress import Checkpoint, Opened
from douyin_crawler.verdicts import TargetVerdict, Verdict

if TYPE_CHECKING:
    from douyin_crawler.spiders.segment import Mark
    from douyin_crawler.spiders.walk import Walk

_MOST = 2**63
"""What no store can count to."""


def opened(walk: Walk, spider: str, run_id: str) -> Opened:
    """Return that a page's walk has opened *walk*."""
    assert walk.parent is not None
    return Opened(
        key=walk.key,
        parent=walk.parent.key,
        spider=spider,
        announced=walk.announced,
        run_id=run_id,
        at=_now(),
    )


def checkpoint(walk: Walk, run_id: str) -> Checkpoint:
    """Return how far *walk* is."""
    return Checkpoint(
        key=walk.key,
        token=walk.token or 0,
        cursor=walk.cursor,
        pages=walk.pages,
        got=walk.total,
        expected=_storable(walk.expected),
        state=walk.state(),
        run_id=run_id,
        at=_now(),
    )


def ending(
    walk: Walk,
    verdict: Verdict,
    reason: str,
    *,
    spider: str,
    run_id: str,
    settled: bool = False,
    mark: Mark | None = None,
) -> TargetVerdict:
    """Return how *walk* ended; *mark* is what it leaves for later ones."""
    ended = settled or verdict.final or verdict is Verdict.TRUNCATED
    return TargetVerdict(
        walk=walk.kind,
        id=walk.id,
        range=walk.range,
        spider=spider,
        verdict=verdict,
        reason=reason,
        expected=_storable(walk.expected),
        got=walk.total,
        pages=walk.pages,
        cursor=walk.cursor,
        run_id=run_id,
        at=_now(),
        settled=settled,
        named=walk.named,
        unfinished_below=walk.unfinished_below,
        token=walk.token,
        state=walk.state(ended=ended, mark=mark),
        parent=str(walk.opener or ""),
    )


def back_to_checkpoint(row: TargetVerdict, walk: Walk) -> TargetVerdict:
    """Return *row* as of the walk's last checkpoint, not of how far it came since."""
    if saved := walk.saved:
        row.cursor, row.state = saved.cursor, saved.state
        row.pages, row.got = saved.pages, saved.got
    return row


def _storable(number: int | None) -> int | None:
    return number if number is not None and number < _MOST else None


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
