"""Text to types: what is taken, and how a wrong value is shown."""

from __future__ import annotations

import pytest

from douyin_crawler.convert import convert, shown


def test_whole_numbers() -> None:
    assert [convert(text, int) for text in ("7", " +7 ", "-7", 7)] == [7, 7, -7, 7]


@pytest.mark.parametrize(
    "text", ["\u0663", "\uff13", "1_000", "1.0", "", "9" * 19, "9" * 5000]
)
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(ValueError, match="a whole number is needed, like 20"):
        convert(text, int)


@pytest.mark.parametrize("text", ["\u0663", "1_0.5", "nan", "inf", "x"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"a number is needed, like 1\.5"):
        convert(text, float)


def test_a_long_value_is_shown_shortened() -> None:
    assert shown("x" * 60) == "x" * 60
    assert shown("x" * 61) == "x" * 57 + "..."
