"""Runs Scrapyd, and ends its jobs in order when it is stopped; for POSIX.

``python -m douyin_crawler.scheduling.supervise [--grace SECONDS] scrapyd --pidfile=``

Scrapyd ends without a word to its jobs, which a container or systemd then kills. Here
Scrapyd ends first, so that no job in its queue takes the place of one that ends; then
each job gets a SIGTERM, as from ``cancel.json``, stores what came, and is waited for.

This file needs nothing else of the project: systemd starts it by its path.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GRACE = 75.0
"""Seconds: a job waits for the answer under way (``DOWNLOAD_TIMEOUT``), and stores."""
_PR_SET_CHILD_SUBREAPER = 36


class Supervisor:
    """One Scrapyd, and the jobs that it leaves behind."""

    def __init__(self, command: Sequence[str], grace: float = _GRACE) -> None:
        self.grace = grace
        """Seconds that the jobs have."""
        self._command = command
        self._scrapyd: subprocess.Popen[bytes] | None = None
        self._asked = False
        self._jobs: set[psutil.Process] = set()

    def run(self) -> int:
        """Run until Scrapyd has ended, by itself or by a signal, and its jobs too.

        Returns 0 for an orderly stop; else Scrapyd's exit status, or 1.
        """
        _adopt_orphans()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        # A session of its own: a Ctrl-C is for this process alone, and passed on once.
        scrapyd = subprocess.Popen(self._command, start_new_session=True)  # noqa: S603
        self._scrapyd = scrapyd
        if self._asked:
            self._tell(scrapyd)
        status = _wait(scrapyd)
        left = self._end_jobs()
        return int(left or not self._asked) and max(status, 1)

    def _stop(self, *_: object) -> None:
        self._asked = True
        if self._scrapyd is not None:
            self._tell(self._scrapyd)

    def _tell(self, scrapyd: subprocess.Popen[bytes]) -> None:
        """End *scrapyd*; not by ``terminate()``, which would reap it before _wait."""
        if scrapyd.returncode is None:
            self._jobs |= _children(scrapyd.pid)
            with suppress(ProcessLookupError):
                os.kill(scrapyd.pid, signal.SIGTERM)

    def _end_jobs(self) -> bool:
        """Stop the jobs, wait for them, and return whether any is left."""
        jobs = self._jobs | _children(os.getpid())
        if jobs:
            _say(f"stopping {len(jobs)} jobs: {_pids(jobs)}")
        for job in jobs:
            with suppress(psutil.NoSuchProcess):
                job.terminate()
        _, alive = psutil.wait_procs(jobs, self.grace)
        if alive:
            _say(f"not ended after {self.grace:.0f} s: {_pids(alive)}")
        elif jobs:
            _say("all jobs have ended")
        return bool(alive)


def _adopt_orphans() -> None:
    """Become the parent of what Scrapyd leaves behind, also if it was killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _wait(scrapyd: subprocess.Popen[bytes]) -> int:
    """Wait for *scrapyd*, and let no process that was adopted stay a zombie."""
    if sys.platform == "win32":
        return scrapyd.wait()
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == scrapyd.pid:
            scrapyd.returncode = os.waitstatus_to_exitcode(status)
            return scrapyd.returncode


def _children(pid: int) -> set[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return {*psutil.Process(pid).children()}
    return set()


def _pids(processes: Iterable[psutil.Process]) -> str:
    return ", ".join(str(process.pid) for process in processes)


def _say(line: str) -> None:
    print(f"supervise: {line}", file=sys.stderr, flush=True)  # noqa: T201 - its log


def main() -> int:
    """Run the command that is given."""
    parser = argparse.ArgumentParser(prog="supervise", description="Run Scrapyd.")
    what = "seconds that jobs have to end (default: %(default)s)"
    parser.add_argument("--grace", type=float, default=_GRACE, help=what)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    command = given.command or ["scrapyd", "--pidfile="]
    status = Supervisor(command, given.grace).run()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # Python's own end would set the default
    return status


if __name__ == "__main__":
    sys.exit(main())
