"""JSON texts, read and written again with other values in them."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from douyin_crawler.items.page import MalformedPage, decode_part


def read(text: bytes) -> Any:
    """Return the value of *text*, without what is nested too deeply to be read.

    Raises:
        MalformedPage: it is not JSON.
    """
    try:
        return decode_part(text)[0]
    except RecursionError:
        raise MalformedPage("nested too deeply") from None


def written(value: Any) -> bytes:
    """Return the JSON text of *value*: Chinese as it is, half surrogates escaped."""
    try:
        return msgspec.json.encode(value)
    except (OverflowError, UnicodeEncodeError, TypeError, RecursionError):
        return json.dumps(value, separators=(",", ":")).encode()


def within(text: str) -> Any:
    """Return the object or list whose JSON text is *text*; None where it is none."""
    if text[:1] not in ("{", "["):
        return None
    try:
        value = read(text.encode("utf-8", "surrogatepass"))
    except MalformedPage:
        return None
    return value if isinstance(value, dict | list) else None


def written_within(value: Any) -> str:
    """Return the JSON text of *value*, to stand inside another."""
    return written(value).decode()
