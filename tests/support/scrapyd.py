"""A real Scrapyd on loopback, and the project deployed into it from a fresh clone."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.support.mongod import free_port
from tests.support.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

USER, PASSWORD = "operator", "s3cret%pass"
LOGIN = {"SCRAPYD_USERNAME": USER, "SCRAPYD_PASSWORD": PASSWORD}
PROJECT = "douyin_crawler"
_PATIENCE = 300.0
_LEFT_OUT = (
    ".git",
    ".venv",
    "__pycache__",
    "data",
    "build",
    "dist",
    ".env",
    ".*_cache",
)


def needs_scrapyd() -> None:
    """Skip the test where Scrapyd, its client or git is not installed."""
    if shutil.which("git") is None:
        pytest.skip("no git: it makes the clone that is deployed")
    for module in ("scrapyd", "scrapyd_client"):
        if find_spec(module) is None:
            pytest.skip(f"no {module}: pip install -r requirements-dev.txt")


def fresh_clone(folder: Path) -> Path:
    """Return a clone of the working tree as it is now, with a clean ``git status``."""
    ignore = shutil.ignore_patterns(*_LEFT_OUT, "*.egg-info", ".hypothesis")
    shutil.copytree(ROOT, folder / "tree", ignore=ignore)
    git(folder / "tree", "init", "-q")
    git(folder / "tree", "add", "-A")
    who = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    git(folder / "tree", *who, "commit", "-q", "-m", "as it is")
    git(folder, "clone", "-q", "tree", "clone")
    return folder / "clone"


def git(folder: Path, *arguments: str) -> str:
    """Run git in *folder*, apart from the settings of whoever tests."""
    apart = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=os.environ | apart,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@dataclass(slots=True)
class Scrapyd:
    """A process of Scrapyd with the configuration of ``deploy/``."""

    folder: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    command: tuple[str, ...] = ("scrapyd", "--pidfile=")
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """What it has written so far."""
        return (self.folder / "output").read_text("utf-8")

    def start(self, *, also: str = "", processes: int = 2) -> None:
        """Start it, and wait until it answers; jobs of a former start are known."""
        self.folder.mkdir(exist_ok=True)
        text = (ROOT / "deploy" / "scrapyd.conf").read_text("utf-8")
        text = text.replace("/var/lib/scrapyd", str(self.folder))
        text = text.replace("poll_interval = 5.0", "poll_interval = 0.1")
        text = text.replace("max_proc = 2", f"max_proc = {processes}")
        (self.folder / "scrapyd.conf").write_text(f"{text}\n{also}", "utf-8")
        clean = {k: v for k, v in os.environ.items() if not k.startswith("DOUYIN_")}
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                self._words(),
                cwd=self.folder,
                env=clean
                | LOGIN
                | {"SCRAPYD_HTTP_PORT": str(self.port), "PYTHONWARNINGS": "ignore"}
                | self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.wait(self._answers)

    def _words(self) -> list[str]:
        """Return the command, by the Python that tests, and not the one on the path."""
        python = {"python": [sys.executable], "scrapyd": [sys.executable, "-mscrapyd"]}
        return [word for given in self.command for word in python.get(given, [given])]

    def stop(self) -> int | None:
        """End it in order; return its exit status."""
        if (process := self._process) is None:
            return None
        self._process = None
        process.terminate()
        return process.wait(_PATIENCE)

    def _answers(self) -> bool:
        try:
            return bool(self.ask("daemonstatus"))
        except urllib.error.URLError:
            return False

    def ask(self, name: str, *, auth: bool = True, **values: Any) -> dict[str, Any]:
        """Ask one of its web services: POST where there are values."""
        data = urlencode(values, doseq=True).encode() if values else None
        path = name if ".json" in name else f"{name}.json"
        request = urllib.request.Request(f"{self.url}/{path}", data)  # noqa: S310
        if auth:
            token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            request.add_header("Authorization", f"Basic {token}")
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found

    def schedule(self, spider: str, **values: Any) -> str:
        """Schedule a job, and return its id."""
        answer = self.ask("schedule", project=PROJECT, spider=spider, **values)
        assert answer["status"] == "ok", answer
        job: str = answer["jobid"]
        return job

    def finished(self) -> set[str]:
        """Return the ids of the jobs that ended."""
        return {job["id"] for job in self.ask("listjobs")["finished"]}

    def wait_for(self, *jobs: str) -> None:
        """Wait until *jobs* have ended."""
        self.wait(lambda: self.finished().issuperset(jobs))

    def wait(self, done: Any) -> None:
        """Wait until *done* says so."""
        until = time.monotonic() + _PATIENCE
        while not done():
            assert time.monotonic() < until, self.output[-4_000:]
            time.sleep(0.3)

    def log(self, spider: str, job: str) -> str:
        """Return the log of a job."""
        path = self.folder / "logs" / PROJECT / spider / f"{job}.log"
        return path.read_text("utf-8")
