from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.signing.tokens import ms_token, verify_fp

MS_TOKEN = re.compile(r"[A-Za-z0-9_-]{182}==")
VERIFY_FP = re.compile(
    r"verify_([0-9a-z]+)_[0-9A-Za-z]{8}_[0-9A-Za-z]{4}_4[0-9A-Za-z]{3}"
    r"_[0-9A-Za-z]{4}_[0-9A-Za-z]{12}"
)


@given(st.integers())
def test_ms_token(seed: int) -> None:
    token = ms_token(Random(seed))
    assert MS_TOKEN.fullmatch(token)
    assert token == ms_token(Random(seed))


@given(st.integers(), st.integers(0, 2**45))
def test_verify_fp_tells_its_time(seed: int, now_ms: int) -> None:
    match = VERIFY_FP.fullmatch(verify_fp(Random(seed), now_ms))
    assert match
    assert int(match[1], 36) == now_ms


@pytest.mark.parametrize("make", [ms_token, lambda random: verify_fp(random, 1)])
def test_tokens_differ(make: object) -> None:
    random = Random(1)
    assert callable(make)
    assert len({make(random) for _ in range(100)}) == 100
