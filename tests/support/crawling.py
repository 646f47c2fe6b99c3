"""Runs commands of the project as a user runs them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.started import start

if TYPE_CHECKING:
    from pathlib import Path

# Nothing here is asked but loopback, so there is nobody to be polite to.
HASTE = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "False"}
# A developer's own login stays out of tests.
NO_SESSION = {"DOUYIN_SESSION_FILE": ""}


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str


def scrapy(
    *arguments: str,
    environment: dict[str, str] | None = None,
    timeout: float = 120,
    binary: bool = False,
) -> Ran:
    """Run ``scrapy`` in the project with only the given DOUYIN_* variables."""
    process = start_scrapy(*arguments, environment=environment)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(
            f"still running after {timeout} s:\n{err[-4000:]}"
        ) from None
    return Ran(process.returncode, out, err)


def start_scrapy(
    *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start ``scrapy`` in the project; the caller waits for it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("DOUYIN_")}
    clean |= NO_SESSION
    utf_8 = {"PYTHONIOENCODING": "utf-8"}
    return start(arguments, clean | utf_8 | (environment or {}))


def crawl(
    spider: str,
    *,
    base_url: str,
    store: Path | str,
    arguments: dict[str, str],
    settings: dict[str, str] | None = None,
    environment: dict[str, str] | None = None,
    more: tuple[str, ...] = (),
    timeout: float = 120,
) -> Ran:
    """Run ``scrapy crawl`` against a server on loopback."""
    command = crawl_command(spider, arguments, settings, more)
    return scrapy(
        *command,
        environment=crawl_environment(base_url, store) | (environment or {}),
        timeout=timeout,
    )


def crawl_command(
    spider: str,
    arguments: dict[str, str],
    settings: dict[str, str] | None = None,
    more: tuple[str, ...] = (),
) -> list[str]:
    """Return the words of a ``scrapy crawl``."""
    given = [w for k, v in arguments.items() for w in ("-a", f"{k}={v}")]
    merged = HASTE | (settings or {})
    switches = [w for k, v in merged.items() for w in ("-s", f"{k}={v}")]
    return ["crawl", spider, *given, *switches, *more]


def crawl_environment(base_url: str, store: Path | str) -> dict[str, str]:
    """Return the variables that point a crawl at *base_url* and *store*.

    A path is the embedded store's; a text is any store's address.
    """
    return {
        "DOUYIN_BASE_URL": base_url,
        "DOUYIN_STORE": store if isinstance(store, str) else f"sqlite:///{store}",
        "DOUYIN_RETRY_PAUSE": "0.05",
        "DOUYIN_BREAKER_PAUSE": "0.05",
        **NO_SESSION,
    }


def rows(store: Path, query: str, *values: object) -> list[sqlite3.Row]:
    """Read the embedded store without the project's code."""
    connection = sqlite3.connect(store)
    connection.row_factory = sqlite3.Row
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def ask(url: str, body: Any = None, method: str | None = None) -> Any:
    """Return the JSON that a loopback server answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - loopback
        url, data, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        return json.loads(response.read() or b"null")
