from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from douyin_crawler.items import coerce
from tests.items.strategies import ODD

if TYPE_CHECKING:
    from collections.abc import Callable

CASES: list[tuple[Callable[[Any], Any], list[Any], Any]] = [
    (coerce.text, ["", None, [], {}, True, 1.5, 2**64, -(10**5_000)], None),
    (coerce.text, ["12", 12], "12"),
    (coerce.text, [" "], " "),
    (coerce.words, [""], ""),
    (coerce.words, [None, False, []], None),
    (coerce.identifier, [7, "7", " 7\n"], "7"),
    (coerce.identifier, ["007"], "007"),
    (coerce.identifier, ["MS4wLjAB_-x"], "MS4wLjAB_-x"),
    (coerce.identifier, [0, "0", "000", "", " ", None, True, 7.0, []], None),
    (
        coerce.identifier,
        [-7, "-7", True, 7.0, [], {}, "a b", "海", "a\0", "\ud83d"],
        None,
    ),
    (coerce.identifier, [2**63, str(2**63)], str(2**63)),
    (coerce.identifier, [10**5_000, 10**256, "9" * 257, "a" * 257, "１２"], None),
    (coerce.integer, [12, "12", " 12 ", 12.0, "0012"], 12),
    (coerce.integer, ["-12", -12.0], -12),
    (coerce.integer, [True], 1),
    (
        coerce.integer,
        ["", "1.0", "1_0", "１２", "²", "--1", "+1", "a", "9" * 500],
        None,
    ),
    (coerce.integer, [1.5, math.nan, math.inf, None, [], {}], None),
    (coerce.integer, [2**64, str(2**64)], 2**64),
    (coerce.number, [1.5, "1.5", " 1.5 "], 1.5),
    (coerce.number, [math.nan, math.inf, "nan", "1e400", 10**400, "", None, []], None),
    (coerce.boolean, [True, 1, 1.0, "1", "true", " TRUE "], True),
    (coerce.boolean, [False, 0, 0.0, "0", "false"], False),
    (coerce.boolean, [2, -1, 0.5, math.nan, "", "yes", None, [], {}, 2**64], None),
    (coerce.moment, [0, -1, "", None, 10**12, 2**64, math.nan, "x", []], None),
    (coerce.moment, [1, "1", 1.0], datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
    (coerce.without_query, ["", "?a=1", None, []], None),
    (coerce.without_query, ["https://a/b?c=d?e", "https://a/b"], "https://a/b"),
]
FUNCTIONS = sorted({case[0] for case in CASES}, key=lambda function: function.__name__)


@pytest.mark.parametrize(
    ("function", "values", "expected"), CASES, ids=lambda x: getattr(x, "__name__", "")
)
def test_table(
    function: Callable[[Any], Any], values: list[Any], expected: Any
) -> None:
    for value in values:
        result = function(value)
        assert result == expected, repr(value)[:40]
        assert type(result) is type(expected)


def test_the_last_second_of_the_calendar() -> None:
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert coerce.moment(253_402_300_799) == last
    assert coerce.moment(253_402_300_800) is None


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
@given(value=ODD)
def test_nothing_raises(function: Callable[[Any], Any], value: Any) -> None:
    function(value)
