"""What Prometheus reads: the stats of all crawls of this process, at that moment."""

from __future__ import annotations

import atexit
import logging
from collections import Counter
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Histogram, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from douyin_crawler.items.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prometheus_client.core import Metric

    from douyin_crawler.config import Config
    from douyin_crawler.extensions.run import RunExtension

logger = logging.getLogger(__name__)

_PORTS = 16
"""Processes of one machine that find a port of their own."""
_PREFIX = "douyin/"
_BY_PREFIX = {
    "refused": ("douyin_refusals", "Answers that were no data", "reason"),
    "verdict": ("douyin_walks_ended", "Walks that ended", "verdict"),
    "dropped": ("douyin_dropped", "Records that are not kept", "reason"),
}
_TABLES = frozenset(kind.table for kind in KINDS.values())
_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_ENTRIES = (1, 2, 5, 10, 20, 50, 100, 200, 500)


class Exporter(Collector):
    """Sums up the stats of the crawls that are watched, and of those that ended."""

    _shared: Exporter | None = None

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._running: dict[RunExtension, Callable[[], Mapping[str, object]]] = {}
        self._ended: Counter[str] = Counter()
        self._lags: list[Callable[[], Mapping[str, float]]] = []
        self._lefts: list[Callable[[], Mapping[str, int]]] = []
        self._store_seconds = Histogram(
            "douyin_store_write_seconds",
            "Time of a batch, waiting for a store that was away included",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._store_entries = Histogram(
            "douyin_store_batch_entries",
            "Entries of a batch",
            buckets=_ENTRIES,
            registry=self.registry,
        )
        self.registry.register(self)

    @classmethod
    def serving(cls, config: Config) -> Exporter:
        """Return the one of this process; the first call begins to serve it."""
        if cls._shared is None:
            cls._shared = cls()
            cls._shared.serve(config.metrics_host, config.metrics_port)
        return cls._shared

    def serve(self, host: str, first: int) -> None:
        """Serve on the first port that is free, of 16 from *first* on."""
        for port in range(first, min(first + _PORTS, 65_536)):
            try:
                server, _ = start_http_server(port, host, self.registry)
            except OSError as error:
                logger.debug("No metrics on %s:%d: %s", host, port, error)
                continue
            atexit.register(server.server_close)
            logger.info("Metrics are on http://%s:%d/metrics", host, port)
            return
        logger.warning("No metrics: no port from %d on is free at %s", first, host)

    def watch(
        self, run: RunExtension, stats: Callable[[], Mapping[str, object]]
    ) -> None:
        """Take the crawl in whose stats are what *stats* returns."""
        self._running[run] = stats
        run.batch_observers.append(self._observe)

    def ended(self, run: RunExtension) -> None:
        """Keep the last figures of a crawl."""
        stats = self._running.pop(run, dict)
        self._ended.update(_numbers(stats()))
        self._ended[f"ended/{run.exit_status.name.lower()}"] += 1

    def watch_lag(self, lags: Callable[[], Mapping[str, float]]) -> None:
        """Take in jobs that are due and wait: seconds by ``PLAN/JOB``."""
        self._lags.append(lags)

    def watch_left(self, left: Callable[[], Mapping[str, int]]) -> None:
        """Take in what is left of budgets by other processes' account."""
        self._lefts.append(left)

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics as they are now."""
        counts = Counter(self._ended)
        for stats in [*self._running.values()]:
            counts.update(_numbers(stats()))
        yield from _by_prefix(counts)
        yield _requests(counts)
        yield _records(counts)
        ended = CounterMetricFamily("douyin_runs_ended", "Runs", labels=["status"])
        for name, count in counts.items():
            if name.startswith("ended/"):
                ended.add_metric([name.partition("/")[2]], count)
        yield ended
        yield self._budgets()
        if self._lags:
            yield self._waiting()

    def _observe(self, entries: int, seconds: float) -> None:
        self._store_seconds.observe(seconds)
        self._store_entries.observe(entries)

    def _budgets(self) -> Metric:
        left = GaugeMetricFamily(
            "douyin_budget_left", "Requests that the day has left", labels=["budget"]
        )
        known: dict[str, int] = {}
        of_runs = (dict(run.pace.left) for run in [*self._running])
        for found in (*of_runs, *(lefts() for lefts in self._lefts)):
            for name, requests in found.items():
                known[name] = min(requests, known.get(name, requests))
        for name, requests in known.items():
            left.add_metric([name], requests)
        return left

    def _waiting(self) -> Metric:
        lag = GaugeMetricFamily(
            "douyin_due_lag_seconds",
            "How long a job is due and waits",
            labels=["plan_job"],
        )
        for lags in self._lags:
            for key, seconds in lags().items():
                lag.add_metric([key], seconds)
        return lag


def _numbers(stats: Mapping[str, object]) -> dict[str, int]:
    """Return the counts of ours; a copy, since the crawl goes on meanwhile."""
    return {
        name.removeprefix(_PREFIX): value
        for name, value in dict(stats).items()
        if name.startswith(_PREFIX) and isinstance(value, int)
    }


def _by_prefix(counts: Counter[str]) -> Iterator[Metric]:
    for prefix, (metric, text, label) in _BY_PREFIX.items():
        family = CounterMetricFamily(metric, text, labels=[label])
        for name, count in counts.items():
            first, _, rest = name.partition("/")
            if first == prefix:
                family.add_metric([rest], count)
        yield family


def _requests(counts: Counter[str]) -> Metric:
    labels = ["endpoint", "outcome"]
    family = CounterMetricFamily("douyin_requests", "Answered requests", labels=labels)
    for name, count in counts.items():
        first, _, rest = name.partition("/")
        endpoint, _, outcome = rest.partition("/")
        if first == "requests" and outcome:
            family.add_metric([endpoint, outcome], count)
    return family


def _records(counts: Counter[str]) -> Metric:
    labels = ["table", "outcome"]
    family = CounterMetricFamily("douyin_records", "Records stored", labels=labels)
    for name, count in counts.items():
        table, _, outcome = name.partition("/")
        if table in _TABLES:
            family.add_metric([table, outcome], count)
    return family
