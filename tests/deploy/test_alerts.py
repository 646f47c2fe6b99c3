"""The alert rules: their metrics exist, and Prometheus' own tool takes them."""

from __future__ import annotations

import asyncio
import re
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from prometheus_client import generate_latest

from douyin_crawler.metrics import Exporter
from douyin_crawler.stores import open_store
from douyin_crawler.verdicts import ExitStatus, RunRecord
from tests.support.crawling import start_scrapy
from tests.support.mongod import free_port
from tests.support.prometheus import (
    DEPLOY,
    alerts,
    get,
    needs_prometheus,
    prometheus,
    value,
    wait,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RULES = DEPLOY / "prometheus-alerts.yml"
_STATS = {
    "douyin/requests/user_posts/data": 3,
    "douyin/requests/user_posts/empty": 1,
    "douyin/refused/empty": 1,
    "douyin/posts/new": 40,
    "douyin/dropped/repeat": 2,
    "douyin/verdict/complete": 1,
    "douyin/store/name": "no number",
    "item_scraped_count": 9,
}
_CASE = """
rule_files: [{rules}]
tests:
  - interval: 1m
    input_series:
      - series: 'douyin_requests_total{{endpoint="user_posts",outcome="empty"}}'
        values: '0+10x40'
      - series: 'douyin_refusals_total{{reason="empty"}}'
        values: '0+10x40'
      - series: 'douyin_job_last_run{{plan_job="daily/words",status="ok"}}'
        values: '1x40'
      - series: 'douyin_due_lag_seconds{{plan_job="daily/words"}}'
        values: '0+300x40'
      - series: 'douyin_job_failures_in_a_row{{plan_job="daily/users"}}'
        values: '0 1 2 3x37'
      - series: 'douyin_node_up{{node="http://a"}}'
        values: '1x5 0x35'
      - series: 'douyin_plan_last_look_timestamp_seconds{{plan="daily"}}'
        values: '0x40'
    alert_rule_test:
      - {{eval_time: 30m, alertname: DouyinBlocked}}
      - {{eval_time: 30m, alertname: DouyinStoreSlow}}
      - eval_time: 30m
        alertname: DouyinRefused
        exp_alerts:
          - exp_labels: {{severity: warning}}
            exp_annotations:
              summary: More than a fifth of the answers are refusals.
              action: >-
                Go slower (DOWNLOAD_DELAY), and look at the session in a browser.
      - eval_time: 30m
        alertname: DouyinNoData
        exp_alerts:
          - exp_labels: {{severity: critical}}
            exp_annotations:
              summary: Requests are sent, and none brings data.
              action: See the reasons in douyin_refusals_total, and the log.
      - eval_time: 30m
        alertname: DouyinJobLate
        exp_alerts:
          - exp_labels: {{severity: warning, plan_job: daily/words}}
            exp_annotations:
              summary: daily/words is due and has waited for an hour.
              action: More processes (parallel), another session, or fewer targets.
      - eval_time: 30m
        alertname: DouyinJobFails
        exp_alerts:
          - exp_labels: {{severity: warning, plan_job: daily/users}}
            exp_annotations:
              summary: daily/users has failed 3 times in a row.
              action: Look at its log, and at the reason in `scrapy status`.
      - eval_time: 30m
        alertname: DouyinNodeDown
        exp_alerts:
          - exp_labels: {{severity: warning, node: "http://a"}}
            exp_annotations:
              summary: http://a does not answer.
              action: Start it again; what it has in its queue waits for it.
      - {{eval_time: 14m, alertname: DouyinSchedulerStuck}}
      - eval_time: 16m
        alertname: DouyinSchedulerStuck
        exp_alerts:
          - exp_labels: {{severity: critical, plan: daily}}
            exp_annotations:
              summary: Nobody has looked at plan daily for a quarter of an hour.
              action: >-
                See the scheduler's (or the timer's) log, and whether the store answers.
"""


def exported() -> str:
    """Return what a process exposes in which one run goes on and one has ended."""
    exporter = Exporter()
    pace = SimpleNamespace(left={"visitor": 70, "plan daily": 5})
    for status in (ExitStatus.OK, ExitStatus.BLOCKED):
        run: Any = SimpleNamespace(pace=pace, batch_observers=[], exit_status=status)
        watched = _Run(run)
        exporter.watch(watched, lambda: _STATS)  # type: ignore[arg-type]
        watched.batch_observers[0](200, 0.03)
        if status is ExitStatus.BLOCKED:
            exporter.ended(watched)  # type: ignore[arg-type]
    exporter.watch_lag(lambda: {"daily/words": 61.0})
    return generate_latest(exporter.registry).decode()


class _Run:
    """A run, as far as an exporter looks."""

    def __init__(self, facts: Any) -> None:
        self.__dict__.update(vars(facts))

    batch_observers: list[Any]


def test_figures_of_all_runs() -> None:
    text = exported()
    for line in (
        'douyin_requests_total{endpoint="user_posts",outcome="data"} 6.0',
        'douyin_refusals_total{reason="empty"} 2.0',
        'douyin_records_total{outcome="new",table="posts"} 80.0',
        'douyin_walks_ended_total{verdict="complete"} 2.0',
        'douyin_runs_ended_total{status="blocked"} 1.0',
        'douyin_budget_left{budget="plan daily"} 5.0',
        'douyin_due_lag_seconds{plan_job="daily/words"} 61.0',
        "douyin_store_batch_entries_sum 400.0",
        'douyin_store_write_seconds_bucket{le="0.05"} 2.0',
    ):
        assert line in text, text


@needs_prometheus
def test_prometheus_takes_and_fires_them(tmp_path: Path) -> None:
    case = tmp_path / "case.yml"
    case.write_text(_CASE.format(rules=_RULES), "utf-8")
    for command in (
        ["check", "config", str(DEPLOY / "prometheus.yml")],
        ["test", "rules", str(case)],
    ):
        ran = subprocess.run(["promtool", *command], capture_output=True, check=False)
        assert ran.returncode == 0, ran.stdout.decode() + ran.stderr.decode()


class Served(NamedTuple):
    """A ``scrapy schedule`` that stays up."""

    metrics: str
    """Address and port of its figures."""
    file: Path


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One whose job ``words`` was blocked last, on another machine."""
    folder = tmp_path_factory.mktemp("scheduler")
    store = f"sqlite:///{folder / 'runs.db'}"
    asyncio.run(write_runs(store))
    plan = folder / "daily.toml"
    plan.write_text('[jobs.words]\nspider = "hot_list"\nevery = "1d"\n', "utf-8")
    port, file = free_port(), folder / "daily.prom"
    with idle_node() as node:
        process = start_scrapy(
            *("schedule", str(plan), "--scrapyd", node, "--interval", "0.5"),
            *("--metrics-file", str(file)),
            environment={"DOUYIN_STORE": store, "DOUYIN_METRICS_PORT": str(port)},
        )
        try:
            wait(lambda: file.exists() or process.poll(), "no metrics")
            assert process.poll() is None, process.communicate()
            yield Served(f"127.0.0.1:{port}", file)
        finally:
            process.terminate()
            process.communicate(timeout=60)


async def write_runs(url: str) -> None:
    """Two runs of the job ``words``: a good one, and then one that was blocked."""
    store = open_store(url)
    await store.open()
    now = datetime.now(UTC)
    for name, age, status in (("good", 20, 0), ("bad", 5, 4)):
        began = now - timedelta(hours=age)
        run = RunRecord(
            id=name,
            spider="hot_list",
            arguments={},
            started_at=began,
            finished_at=now,
            exit_status=status,
            counts={"verdict/blocked": 1, "left/visitor": 950 + age},
            host="elsewhere",
            plan="daily/words",
            seen_at=now,
        )
        await store.save_run(run)
    await store.close()


@contextmanager
def idle_node() -> Iterator[str]:
    """Answer as a Scrapyd that has no jobs."""

    class Idle(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status": "ok"}')

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Idle) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_scheduler_tells_how_jobs_ended_anywhere(scheduler: Served) -> None:
    served = get(f"http://{scheduler.metrics}/metrics")
    of_jobs = (
        'douyin_job_last_run{plan_job="daily/words",status="blocked"} 1.0',
        'douyin_job_last_end_timestamp_seconds{plan_job="daily/words",status="ok"}',
        'douyin_job_last_run_walks{plan_job="daily/words",verdict="blocked"} 1.0',
        'douyin_job_failures_in_a_row{plan_job="daily/words"} 1.0',
        'douyin_due_lag_seconds{plan_job="daily/words"} 0.0',
        'douyin_plan_last_look_timestamp_seconds{plan="daily"}',
    )
    of_all = 'douyin_budget_left{budget="visitor"} 955.0', "douyin_node_up{node="
    for line in (*of_jobs, *of_all):
        assert line in served, served
    written = scheduler.file.read_text("utf-8")
    for line in of_jobs:
        assert line in written, written
    assert "budget" not in written, "two plans would write the same series"
    named = {*re.findall(r"\bdouyin_[a-z_]+", _RULES.read_text("utf-8"))}
    sampled = re.findall(r"^(douyin_[a-z_]+)", exported() + served, re.MULTILINE)
    assert named - {"douyin_crawler", "douyin_scheduler"} <= {*sampled}


@needs_prometheus
def test_a_real_prometheus(scheduler: Served, tmp_path: Path) -> None:
    with prometheus(tmp_path, scheduler.metrics) as url:
        looks = "count_over_time(douyin_node_up[1m])"
        # Whatever fires in error has had the time for it by then.
        wait(lambda: value(url, looks) >= 4, "it scrapes nothing")
        wait(lambda: "DouyinBlocked" in alerts(url), "DouyinBlocked does not fire")
        found = alerts(url)
    assert {*found} == {"DouyinBlocked"}
    assert found["DouyinBlocked"]["state"] == "firing"
    said = found["DouyinBlocked"]["annotations"]["summary"]
    assert said == "The last run of daily/words ended blocked."
