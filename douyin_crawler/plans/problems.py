"""What is wrong in a TOML table, said by table and key."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec

from douyin_crawler.convert import shown
from douyin_crawler.exposed import exposed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_VARIABLE = "write the name of an environment variable, like DOUYIN_COOKIE"
_SPAN = "write a number and a unit, like 30m, 6h, 7d or 2w"
_COUNT = "a whole number from 1 is needed, like 20"
_TEXT = 'a text is needed, in "quotes"'
_CONDITIONS = 'a table of conditions is needed, like { stored_within = "7d" }'
_NEEDED = {
    **dict.fromkeys(("store", "cookie", "cookies_file"), _VARIABLE),
    **dict.fromkeys(("every", "stored_within", "older_than", "younger_than"), _SPAN),
    **dict.fromkeys(("budget", "min_likes", "min_comments"), _COUNT),
    **dict.fromkeys(("parallel", "priority"), "a whole number is needed, like 2"),
    **dict.fromkeys(("spider", "queue", "cron"), _TEXT),
    **dict.fromkeys(("authors_of", "posts"), _CONDITIONS),
    "targets": 'a list of texts is needed, or "@file", or a table that asks the store',
    "arguments": "a table is needed, like { limit = 20 }",
}
"""What the value of each key has to be, for people."""
_UNREPEATED = (_VARIABLE, _SPAN)
"""What is said without the value: it may be what the variable should hold."""
_DEEPEST = 16
_INTEGERS = range(-(2**63), 2**63)
TOO_LARGE = "a number in it is too large"


def unreadable(given: dict[str, Any]) -> str | None:
    """Return why a TOML table can't be looked at at all; None: it can."""
    level: list[Any] = [given]
    for _ in range(_DEEPEST):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, int) and value not in _INTEGERS:
                return TOO_LARGE
            if isinstance(value, dict | list):
                inner += value.values() if isinstance(value, dict) else value
        level = inner
    return f"tables and lists lie more than {_DEEPEST} deep in it" if level else None


def secrets(value: Any, where: str = "") -> Iterator[str]:
    """Yield a mistake for each key or text in *value* that looks like a cookie or
    password; what does is not repeated."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if exposed([f"text={name}="], ""):
                yield (
                    f"{where or 'the plan'}: a key looks like a cookie or a password; "
                    "a plan holds none"
                )
                continue
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
            mistakes += [f"{where}{one}" for one in _told(name, given[name], error)]
    return values


def _told(name: str, value: Any, error: msgspec.ValidationError) -> Iterator[str]:
    if name == "arguments" and isinstance(value, dict):
        for inner, one in value.items():
            if not isinstance(one, str | int | float):
                needed = "a text, a number, true or false is needed"
                yield f"arguments.{shown(inner)}: {needed}"
        return
    path = re.sub(r"\[.*?\]", "", str(error).partition("`$")[2]).strip("`.")
    needed = _NEEDED[path.rpartition(".")[2] or name]
    if path:
        yield f"{name}: {path}: {needed}"
    elif needed in _UNREPEATED or isinstance(value, dict | list):
        yield f"{name}: {needed}"
    else:
        yield f"{name}: {shown(value)!r}: {needed}"
