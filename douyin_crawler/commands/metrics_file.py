"""``--metrics-file``: how a plan's jobs stand, for what reads files (cron, timers)."""

from __future__ import annotations

import logging
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from douyin_crawler.plans.plan import Plan

logger = logging.getLogger(__name__)


def add_metrics_file(parser: ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--metrics-file",
        metavar="FILE.prom",
        help="write how the jobs stand, for the textfile collector of Prometheus",
    )


def metrics_file(opts: Namespace) -> Path | None:
    """Return the file that is asked for.

    Raises:
        UsageError: it can't be written: no package, no folder, or no plain file,
            which a link or a device is not either: it would be replaced.
    """
    if not opts.metrics_file:
        return None
    if find_spec("prometheus_client") is None:
        raise UsageError(
            "--metrics-file needs the package prometheus-client: pip install "
            "prometheus-client"
        )
    path = Path(opts.metrics_file)
    if not path.parent.is_dir():
        raise UsageError(f"--metrics-file {path}: there is no folder {path.parent}")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError(f"--metrics-file {path}: that is no plain file; name one")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"--metrics-file {path}: {path.parent} can't be written to")
    return path


async def write_metrics(path: Path, plan: Plan, store_url: str) -> None:
    """Write how the jobs of *plan* stand by the store; a warning where it is away."""
    from douyin_crawler.scheduling.metrics import (  # noqa: PLC0415 - it may be absent
        PlanMetrics,
        now,
    )

    metrics, store = PlanMetrics(), open_store(store_url)
    try:
        await store.open(create=False)
        await metrics.look(plan, store, now())
        metrics.write(path)
    except StoreError as error:
        logger.warning("No metrics in %s: %s", path, error)
    finally:
        await store.close()
