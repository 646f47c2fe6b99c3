"""Which fields the sandbox's answers have: the description's, and the captured ones."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from .skeletons import template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@cache
def answered(endpoint: str) -> Mapping[str, str]:
    """Type by path of every field, written as in `api/contract.json`."""
    return dict(shown(template(endpoint)))


def shown(shape: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and type of every field of a template."""
    if isinstance(shape, list):
        for inner in shape:
            yield from shown(inner, f"{above}[]")
    elif isinstance(shape, dict):
        for name, inner in shape.items():
            path = f"{above}.{name}" if above else name
            yield path, _type(inner)
            yield from shown(inner, path)


def _type(shape: Any) -> str:
    if isinstance(shape, dict):
        return "object"
    if isinstance(shape, list):
        return f"{_type(shape[0])} []" if shape else "array"
    return str(shape)
