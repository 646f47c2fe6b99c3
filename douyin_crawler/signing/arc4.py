"""RC4, and the variant of it that the site's script uses since ``a_bogus``.

Both are slow here and meant to be: they make constants of a session.
"""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def rc4(key: bytes, data: bytes) -> bytes:
    """Return *data* under plain RC4."""
    box = list(range(256))
    j = 0
    for i, k in zip(range(256), cycle(key), strict=False):
        j = (j + box[i] + k) % 256
        box[i], box[j] = box[j], box[i]
    return _under(box, data)


def arc4(key: bytes, data: bytes) -> bytes:
    """Return *data* under the script's RC4: a descending box, another schedule."""
    box = list(range(255, -1, -1))
    j = 0
    for i, k in zip(range(256), cycle(key), strict=False):
        j = (j * box[i] + j + k) % 256
        box[i], box[j] = box[j], box[i]
    return _under(box, data)


def _under(box: list[int], data: bytes) -> bytes:
    stream = islice(_keystream(box), len(data))
    return bytes(byte ^ mask for byte, mask in zip(data, stream, strict=True))


def _keystream(box: list[int]) -> Iterator[int]:
    j = 0
    for i in cycle((*range(1, 256), 0)):
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        yield box[(box[i] + box[j]) % 256]
