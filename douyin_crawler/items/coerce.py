"""Single values: what the service sends, whatever its JSON type, as what it means.

Each function returns None where the value says nothing, and never raises. Integers
beyond 64 bits, NUL and half surrogates pass: clean.py takes them out and counts them.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

INT64 = range(-(2**63), 2**63)
"""What stores can hold as an integer."""

_MAX_DIGITS = 400
_id = re.compile(r"(?!-?[0-9]+\Z)[!-~]{1,256}|0*[1-9][0-9]{0,255}").fullmatch
"""Printable ASCII without spaces; of digits alone, a number above 0."""
_BEYOND = 10**256
"""More digits than an id has, and still fewer than Python refuses to write."""
_MAX_SECONDS = 253_402_300_799  # the last second of the year 9999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TRUE = frozenset({"1", "true"})
_FALSE = frozenset({"0", "false"})


def text(value: object) -> str | None:
    """Return a text; an empty one is absent, a number is taken as its digits."""
    return words(value) or None


def words(value: object) -> str | None:
    """Return a text in which emptiness is a statement, as in a bio that was cleared."""
    if isinstance(value, str):
        return value
    return str(value) if _is_int64(value) else None


def identifier(value: object) -> str | None:
    """Return an id as text; 0, empty and negative ones are absent.

    Ids are printable ASCII without spaces, so what a store is keyed by needs no
    cleaning. As text they have room for any number.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if 0 < value < _BEYOND else ""
    if not isinstance(value, str):
        return None
    value = value.strip()
    return value if _id(value) else None


def integer(value: object) -> int | None:
    """Return a whole number, from a number or its digits."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and len(value) <= _MAX_DIGITS and value.isascii():
        digits = value.strip()
        return int(digits) if digits.removeprefix("-").isdigit() else None
    return None


def number(value: object) -> float | None:
    """Return a finite number, from a number or its digits."""
    if not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def boolean(value: object) -> bool | None:
    """Return a truth value, from true, 1 or their texts; None for other numbers."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value == 1 if value in (0, 1) else None
    if isinstance(value, str):
        lowered = value.strip().lower()
        return True if lowered in _TRUE else False if lowered in _FALSE else None
    return None


def moment(value: object) -> datetime | None:
    """Return a time, aware UTC, from Unix seconds; 0 and less is absent."""
    seconds = integer(value)
    if seconds is None or not 0 < seconds <= _MAX_SECONDS:
        return None
    return _EPOCH + timedelta(seconds=seconds)


def without_query(value: object) -> str | None:
    """Return an address without its query: it names who asked, and when."""
    address = text(value)
    return address.partition("?")[0] or None if address else None


def _is_int64(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in INT64
