"""What every store can hold: the last resort for values that were not cleaned."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

MIN_INT, MAX_INT = -(2**63), 2**63 - 1


def storable(value: Any) -> Any:
    """Return *value*, of plain types, with what no store can hold replaced.

    Integers beyond 64 bits become None, half surrogates U+FFFD, and NUL goes from
    names.
    """
    if isinstance(value, str):
        return without_halves(value)
    if isinstance(value, int):
        return value if MIN_INT <= value <= MAX_INT else None
    if isinstance(value, dict):
        return {
            without_halves(name).replace("\0", ""): storable(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [storable(inner) for inner in value]
    return value


def without_halves(text: str) -> str:
    """Return *text* with U+FFFD for half surrogates, which UTF-8 does not have."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        halves = text.encode("utf-16-le", "surrogatepass")
        return halves.decode("utf-16-le", "replace")
    return text


def whole_second(time: datetime) -> datetime:
    """Return *time* in UTC, without the fraction that not every store keeps."""
    return time.astimezone(UTC).replace(microsecond=0)


def time_text(time: datetime) -> str:
    """Return *time* as ``YYYY-MM-DDTHH:MM:SSZ``, which sorts as it passes."""
    return whole_second(time).replace(tzinfo=None).isoformat() + "Z"
