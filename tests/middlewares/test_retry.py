"""How long a header makes a retry wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.middlewares.retry import seconds_asked

DAY = 86_400


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        (" 7 ", 7),
        ("²", 0),
        ("٣", 0),
        ("-5", 0),
        ("soon", 0),
        ("\ufffd", 0),
        ("1800", 1800),
        ("9" * 5_000, DAY),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0),
        ("Fri, 31 Dec 99999999999999999999 23:59:59 GMT", 0),
        ("Fri, 31 Dec 1999 23:59:59 +99999999999999999999", 0),
    ],
)
def test_retry_after(header: str | None, seconds: float) -> None:
    assert seconds_asked(header) == seconds


@given(
    st.text(max_size=40)
    | st.from_regex(r"Fri, \d+ (Dec|Foo) \d+ \d+:\d+(:\d+)? [+-]?\w+", fullmatch=True)
)
def test_any_retry_after_is_a_bounded_pause(header: str) -> None:
    assert 0 <= seconds_asked(header) <= DAY
