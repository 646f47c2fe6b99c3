"""The range of a walk as one text: part of what tells walks of a target apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from douyin_crawler.spiders.arguments import Range


def range_text(
    *, since: str = "", until: str = "", days: int | None = None, limit: int | None
) -> str:
    """Return the range as it was asked for; empty for all."""
    parts = []
    if days:
        parts.append(f"days={days}")
    elif since or until:
        parts.append(f"{since}..{until}")
    if limit:
        parts.append(f"limit={limit}")
    return ",".join(parts)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a range means when its walk begins."""

    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None

    @classmethod
    def of_text(cls, text: str) -> Bounds:
        """Return the bounds of a text of :func:`range_text`; days count from now."""
        since = until = limit = None
        for part in filter(None, text.split(",")):
            name, _, value = part.partition("=")
            if ".." in part:
                asked = Range.parse(*part.split("..", 1))
                since, until = asked.since, asked.until
            elif name == "days":
                since = datetime.now(UTC) - timedelta(days=int(value))
            elif name == "limit":
                limit = int(value)
        return cls(since, until, limit)
