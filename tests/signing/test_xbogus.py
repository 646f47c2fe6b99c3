from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douyin_crawler.signing.xbogus import XBogus, x_bogus
from tests.signing import plain
from tests.signing.vectors import (
    CHROME,
    agents,
    bodies,
    queries,
    vector_id,
    vectors,
)
from tests.support.shared import needs_shared


@needs_shared
@pytest.mark.parametrize("vector", vectors("x_bogus"), ids=vector_id)
@pytest.mark.parametrize("algorithm", [x_bogus, plain.x_bogus])
def test_vector(algorithm: Any, vector: dict[str, Any]) -> None:
    body, agent = vector["body"].encode(), vector["user_agent"]
    signature = algorithm(vector["query"], body, agent, vector["time"])
    assert signature == vector["x_bogus"]


@settings(deadline=None)
@given(queries, bodies, agents, st.integers(0, 2**32 - 1))
def test_equal_to_the_plain_one(
    query: str, body: bytes, agent: str, timestamp: int
) -> None:
    signature = x_bogus(query, body, agent, timestamp)
    assert signature == plain.x_bogus(query, body, agent, timestamp)
    assert len(signature) == 28


def test_megabytes() -> None:
    signer, body = XBogus(CHROME), bytes(3 << 20)
    signature = signer.sign("a" * 2_000_000, body, 1_795_500_000)
    assert signature == plain.x_bogus("a" * 2_000_000, body, CHROME, 1_795_500_000)
    assert signature != signer.sign("a" * 2_000_000, body[1:], 1_795_500_000)
