"""What a sandbox is started with."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_PORT = 8765


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
    day: int | None = None
    latency: float = 0.0
    captures: Path | None = None
    max_age: float | None = 60.0

    def __post_init__(self) -> None:
        if not _is_loopback(self.host):
            raise SandboxError(
                f"--host {self.host}: the sandbox serves this machine only; "
                "use 127.0.0.1, ::1 or localhost"
            )
        if not 0 <= self.port <= 65535:
            raise SandboxError(f"--port {self.port}: give 0 (a free one) to 65535")
        if not 1 <= self.users <= 200_000:
            raise SandboxError(f"--users {self.users}: give 1 to 200000")
        if not 0 <= self.feed_posts <= 10_000:
            raise SandboxError(f"--feed-posts {self.feed_posts}: give 0 to 10000")
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
