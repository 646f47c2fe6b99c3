"""Openings, checkpoints and verdicts of walks, made by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

from douyin_crawler.progress import Checkpoint, Holder, Opened, WalkKey
from douyin_crawler.verdicts import TargetVerdict, Verdict
from tests.stores.samples import at, verdict

USER = WalkKey("posts", "MS4wAAA", "since=2026-01-01")
OTHER = WalkKey("posts", "MS4wBBB", "")
CHILD = WalkKey("comments", "7001", "")


def holder(run_id: str = "run1") -> Holder:
    """Return a run as a lease names it."""
    return Holder(run_id=run_id, host=f"host of {run_id}", lock=f"/run/{run_id}.lock")


def checkpoint(token: int, page: int = 1, key: WalkKey = USER) -> Checkpoint:
    """Return how far a walk is after so many pages."""
    return Checkpoint(
        key=key,
        token=token,
        cursor=f"c{page}",
        pages=page,
        got=18 * page,
        expected=99,
        state=b'{"page":%d}' % page,
        run_id="run1",
        at=at(page),
    )


def opened(
    key: WalkKey = CHILD, parent: WalkKey = USER, seconds: int = 0, **more: Any
) -> Opened:
    """Return a walk that a page opened."""
    about: dict[str, Any] = {"spider": "user_posts", "announced": 5, "run_id": "run1"}
    return Opened(key=key, parent=parent, at=at(seconds), **(about | more))


def ending(token: int | None = None, key: WalkKey = USER, **more: Any) -> TargetVerdict:
    """Return the end of a walk."""
    about: dict[str, Any] = {"verdict": Verdict.COMPLETE, "state": b'{"end":1}'}
    whose = {"walk": key.walk, "range": key.range, "token": token}
    return dataclasses.replace(verdict(key.id), **(whose | about | more))


def kept(ending: TargetVerdict) -> TargetVerdict:
    """Return what the history keeps of a verdict."""
    return dataclasses.replace(ending, token=None, state=b"")
