"""A real Prometheus on loopback, with the configuration of ``deploy/`` sped up."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.support.mongod import free_port
from tests.support.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEPLOY = ROOT / "deploy"
needs_prometheus = pytest.mark.skipif(
    shutil.which("prometheus") is None or shutil.which("promtool") is None,
    reason="Prometheus is not here (Debian: apt-get install prometheus)",
)
_PATIENCE = 60.0


def get(url: str) -> str:
    """Return what *url* answers; empty while nobody listens there."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
            return str(answer.read().decode())
    except (urllib.error.URLError, ConnectionError):
        return ""


def wait(done: Callable[[], Any], what: str) -> None:
    """Wait until *done* says so."""
    until = time.monotonic() + _PATIENCE
    while not done():
        assert time.monotonic() < until, what
        time.sleep(0.2)


def alerts(url: str) -> dict[str, Any]:
    """Return the alerts of the one at *url* that fire or are about to, by name."""
    found = json.loads(get(f"{url}/api/v1/alerts"))["data"]["alerts"]
    return {one["labels"]["alertname"]: one for one in found}


def value(url: str, expression: str) -> float:
    """Return what *expression*, of one series, is now; 0 where there is none."""
    asked = urlencode({"query": expression})
    found = json.loads(get(f"{url}/api/v1/query?{asked}"))["data"]["result"]
    return float(found[0]["value"][1]) if found else 0.0


@contextmanager
def prometheus(folder: Path, scheduler: str) -> Iterator[str]:
    """Start one that scrapes *scheduler*; yield its address.

    It looks every second, and every ``for:`` of the rules is one.
    """
    config = (DEPLOY / "prometheus.yml").read_text("utf-8")
    config = config.replace("30s", "1s").replace("localhost:9400", scheduler)
    (folder / "prometheus.yml").write_text(config, "utf-8")
    rules = (DEPLOY / "prometheus-alerts.yml").read_text("utf-8")
    rules = re.sub(r"\bfor: \d+m", "for: 1s", rules)
    (folder / "prometheus-alerts.yml").write_text(rules, "utf-8")
    port = free_port()
    process = subprocess.Popen(
        [
            "prometheus",
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
        ],
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait(lambda: get(f"{url}/-/ready"), "Prometheus is not ready")
        yield url
    finally:
        process.terminate()
        process.wait(_PATIENCE)
