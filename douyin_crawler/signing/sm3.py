"""SM3 (GB/T 32905-2016), from the fastest library at hand."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SM3, Hash

if TYPE_CHECKING:
    from collections.abc import Callable


def _from_hashlib() -> Callable[[bytes], bytes]:
    # Copying a fresh state costs half as much as looking the algorithm up.
    fresh = hashlib.new("sm3", usedforsecurity=False)

    def digest(data: bytes) -> bytes:
        state = fresh.copy()
        state.update(data)
        return state.digest()

    return digest


def _from_cryptography() -> Callable[[bytes], bytes]:
    fresh = Hash(SM3())

    def digest(data: bytes) -> bytes:
        state = fresh.copy()
        state.update(data)
        return state.finalize()

    return digest


def choose() -> Callable[[bytes], bytes]:
    """Return hashlib's SM3 where its OpenSSL has one, else cryptography's."""
    try:
        return _from_hashlib()
    except ValueError:
        return _from_cryptography()


sm3 = choose()
