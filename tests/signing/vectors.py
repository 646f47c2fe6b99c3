"""The published vectors, and what random requests look like."""

from __future__ import annotations

import json
from dataclasses import dataclass
from string import printable
from typing import Any

from hypothesis import strategies as st

from tests.support.shared import SHARED

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36"
)
SCREEN = "1920|947|1920|1032|1920|1032|1920|1080|Win32"


@dataclass(frozen=True)
class PageRow:
    env: int
    nr: int
    nr_tag: tuple[int, int, int, int]
    detect: int
    page_id: int
    aid: int


def vectors(name: str) -> list[dict[str, Any]]:
    """Return the vectors of one signature; none where the material is absent."""
    path = SHARED / "api" / "signing_vectors.json"
    if not path.is_file():
        return []
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))[name]
    return found


def vector_id(vector: dict[str, Any]) -> str:
    return str(vector.get("tests") or vector["query"][:20])


# The lengths that known implementations sign wrongly come often enough.
lengths = st.integers(0, 40).flatmap(lambda n: st.text(min_size=n, max_size=n))
queries = lengths | st.text(max_size=1000)
bodies = st.binary(max_size=40) | st.binary(max_size=1000) | st.text().map(str.encode)
agents = st.text(printable[:95], max_size=200).filter(str.strip) | st.just(CHROME)

_values = st.text(st.characters(codec="utf-8", exclude_characters="|"), max_size=12)
fingerprints = st.just(SCREEN) | st.lists(_values, min_size=9, max_size=9).map("|".join)

_byte = st.integers(0, 255)
pages = st.builds(
    PageRow,
    env=st.integers(0, 0xFFFF),
    nr=st.integers(0, 0xFFFF),
    nr_tag=st.tuples(_byte, _byte, _byte, _byte),
    detect=st.integers(0, 0xFFFF_FFFF),
    page_id=st.integers(0, 0xFFFF_FFFF),
    aid=st.integers(0, 0xFFFF_FFFF),
)
