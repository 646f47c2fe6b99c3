"""What Prometheus reads of a plan: how its jobs stand, by their rows in ``runs``.

These figures are of all machines that share the store, and do not end with a crawl.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, write_to_textfile
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from douyin_crawler.scheduling.standing import budgets_left, standing, waiting_since

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from prometheus_client.core import Metric

    from douyin_crawler.metrics import Exporter
    from douyin_crawler.plans.plan import Plan
    from douyin_crawler.scheduling.standing import Standing
    from douyin_crawler.stores.base import Store
    from douyin_crawler.verdicts import RunRecord

logger = logging.getLogger(__name__)

_RUNS = 10
"""Runs of each job that are read at each look."""
_FIRST = 200
"""The same at the first look: the last good run may be long ago."""


class PlanMetrics(Collector):
    """The figures of one plan, as the last look at the store found them."""

    def __init__(self) -> None:
        self.left: Mapping[str, int] = {}
        """Requests that today has left, by budget, as the runs knew last."""
        self._jobs: Mapping[str, Standing] = {}
        self._waiting: dict[str, datetime] = {}
        self._lags: Mapping[str, float] = {}
        self._looked: Mapping[str, float] = {}

    async def look(self, plan: Plan, store: Store, now: datetime) -> None:
        """Read the runs of *plan*.

        Raises:
            StoreError: the store is out of reach.
        """
        rows: dict[str, list[RunRecord]] = {}
        for key in map(plan.key, plan.jobs):
            limit = _RUNS if key in self._jobs else _FIRST
            rows[key] = await store.runs(limit, plan=key)
        runs = [run for own in rows.values() for run in own]
        self._waiting = waiting_since(plan, runs, self._waiting, now)
        # Another thread collects: each of these is replaced as a whole.
        self._lags = {key: self._lag(key, now) for key in rows}
        before = self._jobs
        self._jobs = {k: standing(own, before.get(k), now) for k, own in rows.items()}
        self.left = budgets_left(runs, now)
        self._looked = {plan.name: now.timestamp()}

    def _lag(self, key: str, now: datetime) -> float:
        since = self._waiting.get(key, now)
        return max(0.0, (now - since).total_seconds())

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of the last look."""
        jobs = self._jobs
        yield _gauge(
            "douyin_due_lag_seconds",
            "How long a job is due and waits",
            {(key,): lag for key, lag in self._lags.items()},
            "plan_job",
        )
        yield _gauge(
            "douyin_job_last_run",
            "How the last run of a job ended; always 1",
            {(key, job.status): 1.0 for key, job in jobs.items() if job.status},
            "plan_job",
            "status",
        )
        yield _gauge(
            "douyin_job_last_end_timestamp_seconds",
            "When a run of a job ended so last",
            {(k, how): at for k, job in jobs.items() for how, at in job.ended.items()},
            "plan_job",
            "status",
        )
        yield _gauge(
            "douyin_job_last_run_walks",
            "Walks of the last run of a job",
            {(k, how): n for k, job in jobs.items() for how, n in job.walks.items()},
            "plan_job",
            "verdict",
        )
        yield _gauge(
            "douyin_job_failures_in_a_row",
            "Runs in a row that ended blocked, login, store, usage, bug or killed",
            {(key,): job.failures for key, job in jobs.items()},
            "plan_job",
        )
        yield _gauge(
            "douyin_plan_last_look_timestamp_seconds",
            "When the runs of a plan were read last",
            {(plan,): at for plan, at in self._looked.items()},
            "plan",
        )

    def write(self, path: Path) -> None:
        """Write them as the textfile collector of a node exporter reads them."""
        registry = CollectorRegistry()
        registry.register(self)
        try:
            write_to_textfile(str(path), registry)
        except OSError as error:
            logger.warning("No metrics in %s: %s", path, error.strerror)


class NodeMetrics(Collector):
    """Which nodes answer."""

    def __init__(self, nodes_up: Callable[[], Mapping[str, bool]]) -> None:
        self._nodes_up = nodes_up

    def collect(self) -> Iterator[Metric]:
        """Yield 1 for each node that answered last, 0 for each that did not."""
        yield _gauge(
            "douyin_node_up",
            "Whether a node answered when it was asked last",
            {(node,): up for node, up in self._nodes_up().items()},
            "node",
        )


def serve(
    exporter: Exporter, plan: PlanMetrics, nodes_up: Callable[[], Mapping[str, bool]]
) -> None:
    """Let *exporter* serve the figures of a plan and of its nodes."""
    exporter.registry.register(plan)
    exporter.registry.register(NodeMetrics(nodes_up))
    exporter.watch_left(lambda: plan.left)


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def _gauge(
    name: str, text: str, values: Mapping[tuple[str, ...], float], *labels: str
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for of, value in values.items():
        family.add_metric(of, value)
    return family
