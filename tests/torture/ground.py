"""Where crawls are disturbed: a sandbox, stores of either kind, and what to walk."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.crawling import Ran, crawl, crawl_command, crawl_environment
from tests.support.mongod import Mongod
from tests.torture import kills
from tests.torture.contents import Contents, contents

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

DONE = (0, 3)
"""How a crawl ends that came to the end of every walk; 3: some were cut short."""
_MOST_RUNS = 400
_TIMEOUT = 600.0


@dataclass
class Ground:
    """One sandbox, and the crawl of it that everything is held against."""

    sandbox: SandboxProcess
    folder: Path
    random: random.Random
    users: list[str]
    mongod: Mongod | None = None
    comments: bool = True
    """Whether posts are walked with all below them, or alone."""
    moving: bool = True
    """Whether the sandbox's counters move while it is asked."""
    only: str = ""
    """The kind of store that is asked for alone."""
    _made: int = 0
    _calm: dict[str, Contents] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, str]:
        """Return what is walked: posts, their comments, the replies to these."""
        given = {"user": ",".join(self.users)}
        if self.comments:
            return given | {"comments": "true", "replies": "true"}
        return given | {"profile": "true"}

    @property
    def stores(self) -> list[str]:
        """Return the kinds of stores that there are."""
        there = ["sqlite", "mongodb"] if self.mongod else ["sqlite"]
        return [kind for kind in there if self.only in ("", kind)]

    def new_store(self, kind: str) -> str:
        """Return the address of a store that is not there yet."""
        self._made += 1
        if kind == "mongodb":
            assert self.mongod is not None
            return self.mongod.url(f"torture_{self._made}")
        return f"sqlite:///{self.folder / f'store{self._made}.db'}"

    def calm(self, kind: str) -> Contents:
        """Return what an undisturbed crawl leaves."""
        which = f"{kind} {self.moving} {self.arguments}"
        if which not in self._calm:
            self.sandbox.control("faults", "DELETE")
            url = self.new_store(kind)
            ran = self.crawl(url)
            assert ran.status in DONE, ran.err
            self._calm[which] = contents(url)
        return self._calm[which]

    @contextmanager
    def walking(self, *users: str, comments: bool) -> Iterator[None]:
        """Walk something else for a while."""
        before = self.users, self.comments
        self.users, self.comments = list(users), comments
        yield
        self.users, self.comments = before

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let no counter move for a while."""
        self.sandbox.control("moving", "DELETE")
        self.moving = False
        try:
            yield
        finally:
            self.sandbox.control("moving", "POST")
            self.moving = True

    def crawl(self, url: str, **given: Any) -> Ran:
        """Run the crawl once."""
        environment = {"DOUYIN_COOKIE": self.sandbox.login_cookie, **_NO_LIMIT}
        return crawl(
            given.pop("spider", "user_posts"),
            base_url=self.sandbox.url,
            store=url,
            arguments=given.pop("arguments", self.arguments),
            settings=given.pop("settings", None),
            environment=environment | given.pop("environment", {}),
            timeout=_TIMEOUT,
        )

    def command(
        self, url: str, settings: dict[str, str] | None = None, **environment: str
    ) -> tuple[list[str], dict[str, str]]:
        """Return the words and the variables of the crawl, to be started."""
        words = crawl_command("user_posts", self.arguments, settings)
        given = crawl_environment(self.sandbox.url, url) | _NO_LIMIT
        given["DOUYIN_COOKIE"] = self.sandbox.login_cookie
        return words, given | environment

    def until_done(self, url: str, moments: Iterable[str]) -> Ended:
        """Run it, ended at each of *moments*, again and again until it is done."""
        log = self.folder / f"ends{self._made}"
        log.write_text("")
        ended = Ended()
        left = iter(moments)
        while len(ended.statuses) < _MOST_RUNS:
            before = log.read_text().count("\n")
            moment = next(left, "none:0")
            environment = kills.variables(moment, log)
            ran = self.crawl(url, settings=kills.settings(), environment=environment)
            ended.statuses.append(ran.status)
            lines = log.read_text().splitlines()
            if len(lines) > before:
                ended.ends += lines[before:]
                continue
            if ran.status in DONE:
                return ended
            ended.error = ran.err[-3000:]
            return ended
        ended.error = "it does not come to an end"
        return ended

    def free(self, url: str) -> None:
        """Delete a store that is not needed any more."""
        if url.startswith("sqlite"):
            for path in self.folder.glob(f"{url.rpartition('/')[2]}*"):
                path.unlink()


@dataclass
class Ended:
    """What came of the runs of one crawl."""

    statuses: list[int] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    """One line for each time that a run was ended: the moment, and how late."""
    error: str = ""


_NO_LIMIT = {"DOUYIN_REQUEST_BUDGET": "0"}


def start_mongod(folder: Path) -> Mongod | None:
    """Start a server; None where there is none to start."""
    server = Mongod(folder)
    try:
        server.start()
    except pytest.skip.Exception:
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return server
