"""The field sets of the API's answers, nested, with neutral values."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

_NEUTRAL: dict[str, Any] = {"number": 0, "string": "", "boolean": False, "null": None}


def _neutral(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {name: _neutral(inner) for name, inner in shape.items()}
    if isinstance(shape, list):
        return [_neutral(inner) for inner in shape if not isinstance(inner, str)]
    return _NEUTRAL[shape]


def template(name: str) -> Any:
    """The nested types of an endpoint's answer (`scripts/nest_contract.py`)."""
    text = files(__package__).joinpath("shapes", f"{name}.json").read_text("utf-8")
    return json.loads(text)


@cache
def skeleton(name: str) -> Any:
    """An endpoint's answer with every field in its type; shared: never change it."""
    return _neutral(template(name))
