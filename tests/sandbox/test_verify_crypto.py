"""The ciphers and digests against published values."""

from __future__ import annotations

import pytest

from douyin_crawler.sandbox.verify_crypto import (
    STANDARD,
    decode64,
    encode64,
    openssl_sm3,
    packaged_sm3,
    rc4,
    sm3,
)
from douyin_crawler.sandbox.verify_envelope import S4

ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905


@pytest.mark.parametrize("digest", [sm3, packaged_sm3])
def test_sm3(digest: object) -> None:
    assert callable(digest)
    assert digest(b"abc").hex() == ABC


def test_sm3_of_openssl() -> None:
    try:
        assert openssl_sm3(b"abc").hex() == ABC
    except ValueError:
        pytest.skip("this OpenSSL has no SM3")


def test_rc4() -> None:
    assert rc4(b"Key", b"Plaintext").hex() == "bbf316e8d940af0ad3"


@pytest.mark.parametrize("length", range(9))
def test_base64_has_one_spelling(length: int) -> None:
    data = bytes(range(255, 255 - length, -1))
    text = encode64(data, S4).decode()
    assert decode64(text, S4) == data
    if length % 3:
        at = text.index("=") - 1
        other = chr(S4[S4.index(text[at].encode()) ^ 1])
        with pytest.raises(ValueError, match="canonical"):
            decode64(text[:at] + other + text[at + 1 :], S4)


@pytest.mark.parametrize("text", ["AAA+", "AAA", "AA A", "A===", "AAA\n", "中文中文"])
def test_no_letter_from_outside(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode64(text, S4)


def test_the_alphabets_are_permutations() -> None:
    assert len(set(S4)) == len(STANDARD) == 64
