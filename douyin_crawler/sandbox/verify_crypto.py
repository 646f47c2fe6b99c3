"""The ciphers, digests and alphabets that the checks undo (`signing.md`)."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from functools import lru_cache

STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def openssl_sm3(data: bytes) -> bytes:
    """SM3 of hashlib; ValueError where this OpenSSL was built without it."""
    return hashlib.new("sm3", data).digest()


def packaged_sm3(data: bytes) -> bytes:
    """SM3 of the cryptography package, which Scrapy depends on."""
    from cryptography.hazmat.primitives.hashes import SM3, Hash  # noqa: PLC0415

    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


try:
    openssl_sm3(b"")
except ValueError:
    sm3 = packaged_sm3
else:
    sm3 = openssl_sm3


def _generate(box: list[int], length: int) -> bytes:
    stream = bytearray()
    i = j = 0
    for _ in range(length):
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        stream.append(box[(box[i] + box[j]) % 256])
    return bytes(stream)


@lru_cache(maxsize=256)
def _rc4_stream(key: bytes, length: int) -> bytes:
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    return _generate(box, length)


@lru_cache(maxsize=256)
def _arc4_stream(key: bytes, length: int) -> bytes:
    box = list(range(255, -1, -1))
    j = 0
    for i in range(256):
        j = (j * box[i] + j + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    return _generate(box, length)


def _xor(data: bytes, stream: bytes) -> bytes:
    mixed = int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")
    return mixed.to_bytes(len(data), "big")


def rc4(key: bytes, data: bytes) -> bytes:
    return _xor(data, _rc4_stream(key, len(data)))


def arc4(key: bytes, data: bytes) -> bytes:
    """RC4 with the descending box and the multiplying key schedule."""
    return _xor(data, _arc4_stream(key, len(data)))


def encode64(data: bytes, alphabet: bytes = STANDARD) -> bytes:
    return b64encode(data).translate(bytes.maketrans(STANDARD, alphabet))


def decode64(text: str, alphabet: bytes) -> bytes:
    """Undo base64; ValueError for any but the one spelling of its bytes.

    Standard decoders let the unused bits of the last character pass.
    """
    letters = text.encode("ascii")
    standard = letters.translate(bytes.maketrans(alphabet, STANDARD))
    data = b64decode(standard, validate=True)
    if encode64(data, alphabet) != letters:
        raise ValueError("not the canonical base64 of anything")
    return data
