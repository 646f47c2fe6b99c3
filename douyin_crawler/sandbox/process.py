"""A sandbox in a process of its own, for the demo and for tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Self

from .config import SandboxError

if TYPE_CHECKING:
    from types import TracebackType

_ROOT = Path(__file__).parents[2]


class SandboxProcess:
    """A running sandbox: `with SandboxProcess("--seed", "2") as sandbox: ...`.

    Takes the options of `scrapy sandbox`; the port is a free one unless given. Raises
    `SandboxError` with the sandbox's own line where it does not start.
    """

    def __init__(self, *options: str, port: int = 0) -> None:
        self._options = [*options, "--port", str(port), "--ready-json"]
        self._process: subprocess.Popen[str] | None = None
        self.errors = ""  # what it wrote to standard error, once it has ended
        self.url = ""
        self.login_cookie = ""
        self.users: list[str] = []  # sec_user_ids, in the order of `world.MANY` ...
        self.handles: list[str] = []
        self.short_links: list[str] = []  # codes
        self.posts: dict[str, str] = {}  # aweme_ids by the names of `world_names`
        self.notices: list[str] = []  # "nid:type", newest first
        self.own = ""  # the login's own sec_user_id
        self.nickname = ""  # the login's
        self.day = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        command = [sys.executable, "-m", "douyin_crawler.sandbox", *self._options]
        path = os.pathsep.join(filter(None, [str(_ROOT), os.getenv("PYTHONPATH")]))
        # A file: a pipe that nobody reads would fill up.
        self._log = TemporaryFile()  # noqa: SIM115 closed by stop()
        self._process = subprocess.Popen(  # noqa: S603 our own module
            command,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self.stop()
            raise SandboxError(self.errors.rpartition("\n")[2] or "it did not start")
        ready = json.loads(line)
        for name, value in ready.items():
            setattr(self, name, value)

    def stop(self) -> int:
        """End it orderly; its exit status."""
        process = self._process
        if process is None:
            return 0
        self._process = None
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        with self._log as log:
            log.seek(0)
            self.errors = log.read().decode("utf-8", "replace").strip()
        return process.returncode

    def control(self, path: str, method: str = "GET", value: Any = None) -> Any:
        """Ask a control path (`faults`, `requests`, `truth?aweme_id=...`)."""
        data = None if value is None else json.dumps(value).encode()
        url = f"{self.url}/_sandbox/{path}"
        request = urllib.request.Request(url, data, method=method)  # noqa: S310
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise SandboxError(f"{path}: {error.read().decode()}") from None

    def add_faults(self, *faults: dict[str, Any]) -> None:
        """Plan failures (`faults.Fault` says which there are)."""
        self.control("faults", "POST", list(faults))

    def plant(self, **person: Any) -> None:
        """Let a made-up person into the world (`plant.Person` says which values)."""
        self.control("plant", "POST", person)

    def switch(self, name: str, *, on: bool = True) -> None:
        """Turn `browser-only`, `challenge` or `verify` on or off."""
        self.control(name, "POST" if on else "DELETE")

    def confirm_login(self) -> None:
        """Confirm the QR code that a page shows; raises where none is on show."""
        self.control("login", "POST")

    def misbehave(self, kind: str, after: int = 1) -> None:
        """Let the page of API call number `after` "hang" or "navigate"."""
        self.control("page", "POST", {"misbehave": kind, "after": after})

    def requests(self, ending: str = "", last: int = 0) -> list[dict[str, Any]]:
        """The requests received so far whose path has that ending (0: all)."""
        query = urllib.parse.urlencode({"path": ending, "last": last})
        found: list[dict[str, Any]] = self.control(f"requests?{query}")
        return found

    def counts(self) -> dict[str, Any]:
        """How many requests there were: in all, by second, by path, fault, status."""
        counts: dict[str, Any] = self.control("counts")
        return counts

    def served(self, kind: str, own: str) -> dict[str, Any]:
        """The counters last served for a "post", "comment" or "user" (`--moving`)."""
        query = urllib.parse.urlencode({"kind": kind, "id": own})
        served: dict[str, Any] = self.control(f"served?{query}")
        return served

    def all_users(self, count: int, first: int = 0) -> list[str]:
        """The sec_user_ids of `count` users; those that do not exist are left out."""
        query = urllib.parse.urlencode({"first": first, "count": count})
        users: list[str] = self.control(f"users?{query}")["users"]
        return users

    def comment_truth(self, aweme_id: str) -> dict[str, Any]:
        """The comments and replies that a walk must end with (`truth`)."""
        truth: dict[str, Any] = self.control(f"truth?aweme_id={aweme_id}")
        return truth

    def notice_truth(self) -> dict[str, Any]:
        """Every notice by "nid:type", and how many requests have marked as read."""
        truth: dict[str, Any] = self.control("truth?notices=")
        return truth

    def sticker_truth(self) -> list[str]:
        """The ids of all trending stickers."""
        truth: list[str] = self.control("truth?stickers=")["stickers"]
        return truth

    def emoji_truth(self) -> dict[str, str]:
        """`display_name` of every emoji by `origin_uri`."""
        truth: dict[str, str] = self.control("truth?emojis=")["emojis"]
        return truth

    def truth(self, sec_user_id: str) -> dict[str, Any]:
        """The posts that a full walk must end with, and today's counters."""
        query = urllib.parse.urlencode({"sec_user_id": sec_user_id})
        truth: dict[str, Any] = self.control(f"truth?{query}")
        return truth
