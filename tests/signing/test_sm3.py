from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douyin_crawler.signing.sm3 import choose, sm3
from tests.signing import plain_sm3

if TYPE_CHECKING:
    from collections.abc import Callable

# The two examples of GB/T 32905-2016, appendix A.
EXAMPLES = [
    (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
]


@pytest.fixture
def without_openssl(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], bytes]:
    def new(name: str, **kwargs: object) -> None:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", new)
    return choose()


@pytest.mark.parametrize(("data", "digest"), EXAMPLES)
def test_examples(
    data: bytes, digest: str, without_openssl: Callable[[bytes], bytes]
) -> None:
    for algorithm in (sm3, without_openssl, plain_sm3.sm3):
        assert algorithm(data).hex() == digest


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_equal_to_the_plain_one(data: bytes) -> None:
    assert sm3(data) == plain_sm3.sm3(data)
