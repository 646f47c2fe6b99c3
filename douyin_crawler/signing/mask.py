"""How ``a_bogus`` mixes its bytes with noise, before they are enciphered."""

from __future__ import annotations

from functools import lru_cache


def pair(x: int, y: int, n: int, m: int) -> bytes:
    """Return *x* and *y*, each halved over two bytes whose other halves are noise."""
    return bytes(
        (
            n & 0xAA | x & 0x55,
            n & 0x55 | x & 0xAA,
            m & 0xAA | y & 0x55,
            m & 0x55 | y & 0xAA,
        )
    )


def widen(text: bytes, noise: bytes) -> bytes:
    """Return four bytes for each three of *text*, by one noise byte."""
    groups, left = divmod(len(text), 3)
    end = len(text) - left
    wide = bytearray(4 * groups)
    wide[0::4], wide[1::4], wide[2::4] = text[:end:3], text[1:end:3], text[2:end:3]
    data = int.from_bytes(wide, "big")
    wide[0::4] = wide[1::4] = wide[2::4] = noise
    mixed = int.from_bytes(wide, "big")
    keep, swap, fourth = _masks(groups)
    moved = data & swap
    number = data & keep | mixed & swap
    number |= (moved >> 8 | moved >> 16 | moved >> 24) & fourth
    rest = text[end:]
    if rest[1:] == b"\x00":
        rest = rest[:1]
    return number.to_bytes(4 * groups, "big") + rest


@lru_cache(maxsize=64)
def _masks(groups: int) -> tuple[int, int, int]:
    """Return what stays of three bytes, what noise replaces, where the latter goes."""
    masks = ("6E BD D3 00", "91 42 2C 00", "00 00 00 FF")
    keep, swap, fourth = (bytes.fromhex(mask) * groups for mask in masks)
    return _number(keep), _number(swap), _number(fourth)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
