"""The noise inside ``a_bogus``, drawn as the site's script draws it."""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

# Edge also says Chrome, and Chrome also says Safari.
_FIRST = (("Edg", 125), ("Firefox", 40), ("Chrome", 0), ("Safari", 81))
_FIRST_OF_OTHERS = 210

# A draw is a lane of 64 random bits; the low 53 are the script's Math.random().
_LANE, _BITS = 8, 53
_LOW = (1 << _BITS) - 1
_HEAD = Struct("<6Q")


def draw_noise(random: Random, user_agent: str, groups: int) -> bytes:
    """Return n0..n5 and a byte for each of *groups*, each from draws of its own."""
    # One call to the source for all of them: a call is what costs time.
    lanes = random.randbytes(_HEAD.size + _LANE * groups)
    u0, u1, u2, u3, u4, u5 = _HEAD.unpack_from(lanes)
    head = (
        u0 & 255,
        first_noise(user_agent)[_below(40, u1)],
        u2 & 255,
        u3 & 255,
        _odd_above(_below(240, u4)),
        _below(255, u5) & 0x4D | 0xB2,
    )
    return bytes(head) + _thousands(lanes[_HEAD.size :])


@lru_cache(maxsize=16)
def first_noise(user_agent: str) -> range:
    """Return the values of n1 by which the script marks the browser."""
    for name, start in _FIRST:
        if name in user_agent:
            return range(start, start + 40)
    return range(_FIRST_OF_OTHERS, _FIRST_OF_OTHERS + 40)


def _below(limit: int, lane: int) -> int:
    return (lane & _LOW) * limit >> _BITS


def _odd_above(r: int) -> int:
    return r if r <= 109 else r + 1 + r % 2


def _thousands(lanes: bytes) -> bytes:
    """Return the low byte of 0..999 for each lane, all lanes in one number."""
    # A thousandfold of 53 bits stays within its lane.
    draws = int.from_bytes(lanes, "little") & _low_bits(len(lanes))
    return (draws * 1000 >> _BITS).to_bytes(len(lanes), "little")[::_LANE]


@lru_cache(maxsize=64)
def _low_bits(length: int) -> int:
    return int.from_bytes(_LOW.to_bytes(_LANE, "little") * (length // _LANE), "little")
