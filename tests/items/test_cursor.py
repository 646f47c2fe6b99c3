"""Which cursors lead on to a next page."""

from __future__ import annotations

import math
from typing import Any

import pytest

from douyin_crawler.spiders.paged import _cursor


@pytest.mark.parametrize(
    ("value", "cursor"),
    [
        (1_700_000_000_000, "1700000000000"),
        (1_700_000_000_000.0, "1700000000000"),
        (0, "0"),
        (" 20 ", "20"),
        ("a_B-9=", "a_B-9="),
        (1.5, None),
        (math.inf, None),
        (math.nan, None),
        (True, None),
        (None, None),
        ([], None),
        ("", None),
        ("a b", None),
        ("a\x00", None),
        ("\ud83d", None),
        ("１２", None),
    ],
)
def test_cursor(value: Any, cursor: str | None) -> None:
    assert _cursor(value) == cursor
