from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.signing.websign import web_signature
from tests.signing import plain
from tests.signing.vectors import vector_id, vectors
from tests.support.shared import needs_shared

UIFID = "ab12" * 40
parameters = st.sampled_from(
    ["a=1", "uifid=ab12", "uifid", "xuifid=1", "uifidx=1", "a=uifid", "UIFID=2", ""]
)


@needs_shared
@pytest.mark.parametrize("vector", vectors("web_signature"), ids=vector_id)
@pytest.mark.parametrize("algorithm", [web_signature, plain.web_signature])
def test_vector(algorithm: Any, vector: dict[str, Any]) -> None:
    wire = algorithm(vector["query"], vector["uifid"], vector["timestamp"])
    assert wire == vector["wire"]


@given(
    st.lists(parameters, max_size=6).map("&".join) | st.text(),
    st.text("0123456789abcdef", min_size=1),
    st.integers(0, 2**40),
)
def test_equal_to_the_plain_one(query: str, uifid: str, timestamp: int) -> None:
    wire = web_signature(query, uifid, timestamp)
    assert wire == plain.web_signature(query, uifid, timestamp)
    assert wire.startswith(query)


@pytest.mark.parametrize(
    ("query", "added"),
    [("a=1", 1), ("uifid=x&a=1", 0), ("a=1&uifid=x", 0), ("xuifid=x", 1)],
)
def test_adds_the_uifid_where_there_is_none(query: str, added: int) -> None:
    assert web_signature(query, UIFID, 1).count(f"&uifid={UIFID}") == added
