"""Processes that a warm one forks (tests/support/warm.py): a command without imports.

To the caller each is a ``subprocess.Popen``.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import IO, TYPE_CHECKING, Any

import pytest

from tests.support.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

PYTHON = (sys.executable, "-W", "error::ResourceWarning", "-m")
FRESH = os.environ.get("DOUYIN_TEST_FRESH") == "1" or sys.platform != "linux"
"""Whether every command starts an interpreter of its own, as a user's shell does."""


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands of a test import all they need themselves."""
    monkeypatch.setattr(sys.modules[__name__], "FRESH", True)


def start(
    arguments: Sequence[str], environment: dict[str, str]
) -> subprocess.Popen[str]:
    """Start ``scrapy`` in the project; the caller waits for it."""
    if FRESH:
        return subprocess.Popen(
            [*PYTHON, "scrapy", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
    return Forked(arguments, environment)


@cache
def warm() -> socket.socket:
    """Start the warm process of this one; it ends when this one does."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [*PYTHON, "tests.support.warm", str(theirs.fileno())],
            cwd=ROOT,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    atexit.register(process.wait)
    atexit.register(ours.close)  # the first of the two
    return ours


class Forked(subprocess.Popen[str]):
    """A command in a fork of the warm process."""

    stdout: IO[str]
    stderr: IO[str]

    def __init__(self, arguments: Sequence[str], environment: dict[str, str]) -> None:
        self.args, self.stdin, self.returncode = list(arguments), None, None
        self._reading: list[Future[str]] = []
        pipes = [os.pipe() for _ in range(3)]
        task = os.memfd_create("task")
        asked = {"arguments": self.args, "environment": environment}
        with os.fdopen(task, "w", encoding="utf-8", closefd=False) as file:
            json.dump(asked, file)
        os.lseek(task, 0, os.SEEK_SET)
        given = [task, *(writing for _, writing in pipes)]
        socket.send_fds(warm(), [b"."], given)
        for descriptor in given:
            os.close(descriptor)
        out, err, status = (reading for reading, _ in pipes)
        self.stdout = os.fdopen(out, encoding="utf-8")
        self.stderr = os.fdopen(err, encoding="utf-8")
        self._status = os.fdopen(status, encoding="ascii")  # closed by wait()
        told = self._status.readline()
        assert told, "the warm process has ended; see what it wrote"
        self.pid = int(told)

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            with self._status as status:
                self.returncode = int(status.readline())
        return int(self.returncode)

    def communicate(
        self, input: Any = None, timeout: float | None = None
    ) -> tuple[str, str]:
        until = None if timeout is None else time.monotonic() + timeout

        def left() -> float | None:
            return None if until is None else max(until - time.monotonic(), 0)

        if not self._reading:
            pool = ThreadPoolExecutor(2)
            self._reading = [pool.submit(p.read) for p in (self.stdout, self.stderr)]
            pool.shutdown(wait=False)
        try:
            out, err = (reading.result(left()) for reading in self._reading)
        except TimeoutError:
            raise subprocess.TimeoutExpired(self.args, timeout or 0) from None
        self.wait(left())
        self.stdout.close()
        self.stderr.close()
        return out, err

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.Signals(sig))
