"""Payloads as they are kept: zstd frames of the exact text."""

from __future__ import annotations

from threading import local

import zstandard

from douyin_crawler.stores.base import StoreError

_LEVEL = 1
"""A post of 50 KB becomes 12 KB in 80 us; level 3 saves 3 % more and takes half as
long again."""


class _Tools(local):
    """Contexts are not to be shared between threads."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_tools = _Tools()


class DamagedPayload(ValueError):  # noqa: N818
    """What is stored is no zstd frame, or not all of one."""


def compress(text: bytes) -> bytes:
    """Return *text* as one zstd frame that names its own length."""
    return _tools.compressor.compress(text)


def decompress(frame: bytes) -> bytes:
    """Return the text of a frame made by :func:`compress`.

    Raises:
        DamagedPayload: it is not what was stored.
    """
    try:
        return _tools.decompressor.decompress(frame)
    except (zstandard.ZstdError, TypeError, MemoryError) as error:
        raise DamagedPayload(str(error)) from None


def readable(frame: bytes) -> bytes:
    """Return the text of *frame*, b"" where it is damaged: no payload's text."""
    try:
        return decompress(frame)
    except DamagedPayload:
        return b""


def damaged(kind: str, id: str) -> StoreError:
    """Return what is said of a payload that can't be read."""
    return StoreError(f"the payload of {kind} {id} is damaged: crawl it again")
