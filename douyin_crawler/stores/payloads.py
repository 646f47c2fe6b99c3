"""Payloads as they are kept: zstd frames of the exact text."""

from __future__ import annotations

from threading import local

import zstandard

_LEVEL = 1
"""A post of 50 KB becomes 12 KB in 80 us; level 3 saves 3 % more and takes half as
long again."""


class _Tools(local):
    """Contexts are not to be shared between threads."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_tools = _Tools()


def compress(text: bytes) -> bytes:
    """Return *text* as one zstd frame that names its own length."""
    return _tools.compressor.compress(text)


def decompress(frame: bytes) -> bytes:
    """Return the text of a frame made by :func:`compress`."""
    return _tools.decompressor.decompress(frame)
