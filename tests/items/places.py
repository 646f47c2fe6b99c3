"""Samples with something else in one place."""

from __future__ import annotations

import copy
from typing import Any


def changed(value: dict[str, Any], path: str, new: Any) -> dict[str, Any]:
    """Return a copy of *value* in which *new* stands at *path* (names with dots)."""
    result = copy.deepcopy(value)
    *parents, name = path.split(".")
    holder: Any = result
    for parent in parents:
        holder = holder[int(parent) if isinstance(holder, list) else parent]
    holder[int(name) if isinstance(holder, list) else name] = new
    return result


def paths(value: Any, above: str = "") -> list[str]:
    """Return the paths of all parts of *value*, as :func:`changed` takes them."""
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for name, part in parts:
        path = f"{above}.{name}" if above else str(name)
        found.append(path)
        if isinstance(part, dict | list):
            found.extend(paths(part, path))
    return found
