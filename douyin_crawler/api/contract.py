"""The fields of the answers: those that the API description lists, and further ones.

`contract.json` is made by `scripts/make_contract.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an answer."""

    path: str
    """Names with dots between them, and `[]` behind each list that is entered."""
    type: str
    """The description's word: `number`, `object []`, `array,null`, ..."""
    english: str = ""
    chinese: str = ""
    """Its meaning, where it is known."""

    @property
    def is_container(self) -> bool:
        """Whether it holds fields, or could."""
        return self.type.startswith("object")


@dataclass(frozen=True, slots=True)
class Table:
    """What an endpoint answers."""

    name: str
    title: str
    """The description's, as is `about`: Chinese."""
    about: str
    method: str
    path: str
    fields: tuple[Field, ...]
    beyond: tuple[Field, ...]
    """What real answers were seen to have, and the description lacks."""


@cache
def tables() -> dict[str, Table]:
    """Return the response tables by the names of their endpoints."""
    text = files(__package__).joinpath("contract.json").read_text("utf-8")
    return {entry["name"]: _table(entry) for entry in json.loads(text)}


def _table(entry: dict[str, Any]) -> Table:
    lists = {n: tuple(Field(*f) for f in entry[n]) for n in ("fields", "beyond")}
    return Table(**{**entry, **lists})
