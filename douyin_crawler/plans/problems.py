"""What is wrong in a TOML table, said by table and key."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec

from douyin_crawler.convert import shown
from douyin_crawler.exposed import exposed
from douyin_crawler.plans.plan import DURATION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_VARIABLES = ("store", "cookie", "cookies_file")


def secrets(value: Any, where: str = "") -> Iterator[str]:
    """Yield a mistake for each text in *value* that looks like a cookie or password."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from secrets(inner, f"{where}.{name}" if where else str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from secrets(inner, where)
    elif isinstance(value, str) and exposed([f"text={value}"], ""):
        yield (
            f"{where}: this looks like a cookie or a password; a plan holds none: put "
            "it into an environment variable and write that variable's name"
        )


def unknown(given: dict[str, Any], known: Sequence[str], where: str) -> Iterator[str]:
    """Yield a mistake for each key of a table that means nothing."""
    for name in given:
        if name in known:
            continue
        close = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]}?" if close else "known: " + ", ".join(known)
        yield f"{where}{shown(name)} is not known; {hint}"


def typed(
    kind: type[Any], given: dict[str, Any], where: str, mistakes: list[str]
) -> dict[str, Any]:
    """Return those of *given* that have the type of *kind*'s field; note the others."""
    types = get_type_hints(kind, include_extras=True)
    values = {}
    for name in (name for name in given if name in types):
        try:
            values[name] = msgspec.convert(given[name], types[name])
        except msgspec.ValidationError as error:
            if "unknown field" in str(error):
                continue  # told already, with a hint
            mistakes.append(f"{where}{name}: {_for_people(name, given[name], error)}")
    return values


def _for_people(name: str, value: Any, error: msgspec.ValidationError) -> str:
    if name in _VARIABLES:
        # The value may be what the variable should hold, so it is not repeated.
        return "write the name of an environment variable, like DOUYIN_COOKIE"
    if DURATION in str(error):
        inner = str(error).partition("`$.")[2].rstrip("`")
        named = f"{inner}: " if inner else ""
        return f"{named}write a number and a unit, like 30m, 6h, 7d or 2w"
    if isinstance(value, dict | list):
        return _without_path(str(error))
    return f"{shown(value)!r}: {_without_path(str(error))}"


def _without_path(text: str) -> str:
    """Return msgspec's message with the key in front, and no backquotes."""
    message, _, path = text.partition(" - at `$.")
    path = path.rstrip("`")
    return f"{path}: {message}".replace("`", "") if path else message.replace("`", "")
