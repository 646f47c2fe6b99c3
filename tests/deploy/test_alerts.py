"""The alert rules: their metrics exist, and Prometheus' own tool takes them."""

from __future__ import annotations

import re
import shutil
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import generate_latest

from douyin_crawler.metrics import Exporter
from douyin_crawler.verdicts import ExitStatus
from tests.support.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_RULES = ROOT / "deploy" / "prometheus-alerts.yml"
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
      - series: 'douyin_runs_ended_total{{status="ok"}}'
        values: '1x40'
      - series: 'douyin_due_lag_seconds{{job="daily/words"}}'
        values: '0+300x40'
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
          - exp_labels: {{severity: warning, job: daily/words}}
            exp_annotations:
              summary: daily/words is due and has waited for an hour.
              action: More processes (parallel), another session, or fewer targets.
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
        'douyin_due_lag_seconds{job="daily/words"} 61.0',
        "douyin_store_batch_entries_sum 400.0",
        'douyin_store_write_seconds_bucket{le="0.05"} 2.0',
    ):
        assert line in text, text


def test_rules_name_metrics_that_exist() -> None:
    named = {*re.findall(r"\bdouyin_[a-z_]+", _RULES.read_text("utf-8"))}
    there = {*re.findall(r"^(douyin_[a-z_]+)", exported(), re.MULTILINE)}
    assert named - {"douyin_crawler"} <= there


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not here")
def test_prometheus_takes_and_fires_them(tmp_path: Path) -> None:
    case = tmp_path / "case.yml"
    case.write_text(_CASE.format(rules=_RULES), "utf-8")
    for command in (["check", "rules", str(_RULES)], ["test", "rules", str(case)]):
        ran = subprocess.run(["promtool", *command], capture_output=True, check=False)
        assert ran.returncode == 0, ran.stdout.decode() + ran.stderr.decode()
