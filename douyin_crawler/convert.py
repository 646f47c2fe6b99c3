"""Text to the type of a setting or an argument, with errors for people."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_SHOWN = 60


def convert(value: object, kind: Any) -> Any:
    """Return *value* as *kind*: ``str``, ``int``, ``float``, ``bool`` or choices.

    ``Annotated[int, msgspec.Meta(ge=1)]`` sets a lower bound; ``| None`` is left off.

    Raises:
        ValueError: it is none; the message says what it has to be.
    """
    kind, least = _plain(kind)
    text = str(value).strip()
    if get_origin(kind) is Literal:
        if text not in get_args(kind):
            raise ValueError("use one of " + ", ".join(get_args(kind)))
        return text
    if kind is bool:
        return _boolean(text)
    if kind is int:
        if not _WHOLE.fullmatch(text) or (least is not None and int(text) < least):
            raise ValueError(f"a whole number{_from(least)} is needed, like 20")
        return int(text)
    if kind is float:
        return _number(text, least)
    return text


def shown(value: object) -> str:
    """Return *value* as an error message shows it: one printable line at most."""
    letters = str(value)[: _SHOWN + 1]
    text = "".join(letter if letter.isprintable() else " " for letter in letters)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _plain(kind: Any) -> tuple[Any, float | None]:
    """Return the type itself, and the least value that its annotation allows."""
    if get_origin(kind) is Annotated:
        inner, *marks = get_args(kind)
        bounds = [mark.ge for mark in marks if isinstance(mark, msgspec.Meta)]
        return inner, bounds[0] if bounds else None
    inner = [part for part in get_args(kind) if part is not type(None)]
    if inner and get_origin(kind) is not Literal:
        return _plain(inner[0])
    return kind, None


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise ValueError("true or false is needed")


def _number(text: str, least: float | None) -> float:
    try:
        number = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or (least is not None and number < least):
        raise ValueError(f"a number{_from(least)} is needed, like 1.5")
    return number


def _from(least: float | None) -> str:
    return "" if least is None else f" from {least:g}"
