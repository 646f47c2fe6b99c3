"""What a sandbox is started with."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .faults import Fault

DEFAULT_PORT = 8765
_RANGES = {
    "users": (1, 200_000),
    "feed_posts": (0, 10_000),
    "notices": (0, 10_000),
    "comments_of_big": (0, 1_000_000),
    "most_posts": (1, 1500),
    "log": (1, 1_000_000),
}


class SandboxError(Exception):
    """The sandbox cannot start; the message is one line and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """Options of one sandbox, checked on creation; raises `SandboxError`.

    `day` counts from 2026-01-01 (Shanghai); None is today. `latency` is in seconds,
    `max_age` the oldest signature that passes, in seconds (None: any).
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT  # 0: a free one
    seed: int = 1
    users: int = 2000
    feed_posts: int = 300  # different posts in the feed
    notices: int = 160  # of the made-up login
    day: int | None = None
    latency: float = 0.0
    captures: Path | None = None
    max_age: float | None = 60.0
    faults: tuple[Fault, ...] = ()
    moving: bool = False  # whether counters move from answer to answer
    log: int = 10_000  # requests remembered
    comments_of_big: int = 0  # of the post "vast"; 0: there is no such post
    most_posts: int = 1500  # of a user without a name
    browser_only: bool = False  # admit what a page's script made, nothing else
    challenge: bool = False  # a script to run before the first page
    distinct_fields: bool = False  # a value of its own in each field (`distinct`)

    def __post_init__(self) -> None:
        if not _is_loopback(self.host):
            raise SandboxError(
                f"--host {self.host}: the sandbox serves this machine only; "
                "use 127.0.0.1, ::1 or localhost"
            )
        if not 0 <= self.port <= 65535:
            raise SandboxError(f"--port {self.port}: give 0 (a free one) to 65535")
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                option = name.replace("_", "-")
                raise SandboxError(f"--{option} {value}: give {low} to {high}")
        if self.day is not None and not 0 <= self.day <= 36_500:
            raise SandboxError(
                f"--day {self.day}: give days since 2026-01-01, 0 or more"
            )
        if not 0 <= self.latency <= 3600:
            raise SandboxError(f"--latency {self.latency}: give 0 to 3600 seconds")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
