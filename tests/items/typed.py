"""Whether the fields of a dataclass hold what their annotations say."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints


def wrong_types(item: Any, where: str = "") -> list[str]:
    """Return the paths of fields with values of other types than annotated."""
    kind: Any = type(item)
    hints = _hints(kind)
    found = []
    for part in fields(item):
        path = f"{where}.{part.name}"
        found += _wrong(getattr(item, part.name), hints[part.name], path)
    return found


def _wrong(value: Any, hint: Any, path: str) -> list[str]:
    if get_origin(hint) is list:
        if type(value) is list:
            parts, inner = enumerate(value), get_args(hint)[0]
            return [w for n, part in parts for w in _wrong(part, inner, f"{path}.{n}")]
    elif get_args(hint):
        option = next(one for one in get_args(hint) if one is not type(None))
        return [] if value is None else _wrong(value, option, path)
    elif type(value) is hint:
        if isinstance(value, datetime) and value.tzinfo is not UTC:
            return [f"{path}: not UTC"]
        return wrong_types(value, path) if is_dataclass(value) else []
    return [f"{path}: {value!r}"]


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)
