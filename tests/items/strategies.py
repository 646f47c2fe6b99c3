"""JSON values of every kind that the service sends, or might."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ODD_NUMBERS = st.sampled_from(
    [0, 1, -1, 2, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30]
)
_HALVES = ["\ud83d", "\ude00x", "\ud83d\ude00"]
_DIGITS = ["0", "1", "-1", "12", " 7 ", "1_0", "１２", "1e400", "9" * 30, "9" * 500]
ODD_TEXTS = st.sampled_from([*_HALVES, *_DIGITS, "", "true", "null", "\0", "a\0b"])
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=12) | ODD_TEXTS
SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | ODD_NUMBERS
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=12,
)
"""Anything that JSON can say, half surrogates and integers beyond 64 bits included."""
ODD: st.SearchStrategy[Any] = VALUES | st.floats()
"""That, and what only Python's ``json`` reads: NaN and infinities."""
