"""Signals that come at a bad moment for who runs Scrapyd."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.scheduling import supervise
from douyin_crawler.scheduling.supervise import Supervisor

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Those of pytest, again when a test has ended."""
    kept = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_signals_after_scrapyd_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(scrapyd: subprocess.Popen[bytes]) -> int:
        os.waitid(os.P_PID, scrapyd.pid, os.WEXITED | os.WNOWAIT)
        for _ in range(2):  # it is a zombie now, which only _wait may reap
            signal.raise_signal(signal.SIGTERM)
        pid, status = os.waitpid(scrapyd.pid, 0)
        assert pid == scrapyd.pid
        signal.raise_signal(signal.SIGTERM)
        scrapyd.returncode = os.waitstatus_to_exitcode(status)
        signal.raise_signal(signal.SIGTERM)
        return scrapyd.returncode

    monkeypatch.setattr(supervise, "_wait", ended)
    monkeypatch.setattr(supervise, "_adopt_orphans", lambda: None)
    monkeypatch.setattr(Supervisor, "_end_jobs", lambda _: False)
    assert Supervisor([sys.executable, "-c", ""]).run() == 0
