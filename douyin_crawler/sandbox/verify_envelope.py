"""Take an a_bogus value apart: base64, cipher, masks, and the parts inside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import xor

from douyin_crawler.sandbox.verify_crypto import arc4, decode64
from douyin_crawler.sandbox.verify_types import Refused

S4 = b"Dkdpgh2ZmsQB80/MfvV36XI1R45-WUAlEixNLwoqYTOPuzKFjJnry79HbGcaStCe"
KEY = b"\xd3"
HEAD, LEAD, SCALARS = 4, 8, 50
# The place in the numbered set of each of the 50 scalars (`signing.md`, "order").
ORDER = (
    *(34, 44, 56, 61, 73, 29, 70, 45, 35, 49, 38, 66, 51, 68, 28, 48, 64, 47, 30, 71),
    *(26, 55, 31, 69, 59, 40, 62, 63, 27, 72, 41, 74, 57, 52, 42, 39, 33, 67, 53, 43),
    *(65, 46, 36, 24, 60, 32, 79, 80, 84, 85),
)


class Scalars:
    """The numbered set; multi-byte values are little-endian."""

    __slots__ = ("_at",)

    def __init__(self, scalars: bytes) -> None:
        self._at = bytearray(max(ORDER) + 1)
        for place, byte in zip(ORDER, scalars, strict=True):
            self._at[place] = byte

    def __getitem__(self, place: int) -> int:
        return self._at[place]

    def number(self, first: int, last: int) -> int:
        """The value of v`first`..v`last`."""
        return int.from_bytes(self._at[first : last + 1], "little")

    def bytes_at(self, *places: int) -> bytes:
        return bytes(self._at[place] for place in places)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of one a_bogus value; its checksum holds."""

    head: bytes
    lead: bytes
    v: Scalars
    fingerprint: bytes
    tail: bytes


def unpair(four: bytes) -> tuple[int, int, int, int]:
    """Undo `pair`: the values x and y, then their noise bytes n and m."""
    a, b, c, d = four
    x, n = a & 0x55 | b & 0xAA, a & 0xAA | b & 0x55
    y, m = c & 0x55 | d & 0xAA, c & 0xAA | d & 0x55
    return x, y, n, m


def _column(own: bytes, mask: int, shared: bytes) -> bytes:
    """The bits of `own` under the mask, the others from `shared`."""
    masks = int.from_bytes(bytes((mask,)) * len(own), "big")
    a, d = int.from_bytes(own, "big"), int.from_bytes(shared, "big")
    return (a & masks | d & ~masks).to_bytes(len(own), "big")


def narrow(wide: bytes) -> bytes:
    """Undo `wide`: three bytes from each four, and one or two left over."""
    end = len(wide) - len(wide) % 4
    body = bytearray(end // 4 * 3)
    for i, mask in enumerate((0x6E, 0xBD, 0xD3)):
        body[i::3] = _column(wide[i:end:4], mask, wide[3:end:4])
    return bytes(body) + wide[end:]


def _complete(body: bytes, length: int) -> bytes:
    """The body at its stated length, with the zero that `wide` left out."""
    short = length == len(body) + 1 and length % 3 == 2
    if not short and length != len(body):
        raise Refused("lengths", "make v79, v80, v84, v85 fill the signature")
    if not short and length % 3 == 2 and not body[-1]:
        raise Refused("lengths", "leave a zero out that is the second left over")
    return body + b"\0" if short else body


def open_a_bogus(value: str) -> Envelope:
    """Decode a value (percent-encoding undone); Refused where it has no such form."""
    try:
        raw = decode64(value, S4)
    except ValueError:
        raise Refused("malformed", "encode it with alphabet S4") from None
    plain = arc4(KEY, raw[HEAD:])
    lead, wide = plain[:LEAD], plain[LEAD:]
    body = narrow(wide)
    if len(body) <= SCALARS or len(wide) % 4 == 3:
        raise Refused("lengths", "three bytes are widened to four, never left over")
    v = Scalars(body[:SCALARS])
    tail_at = SCALARS + v.number(79, 80)
    body = _complete(body, tail_at + v.number(84, 85) + 1)
    if reduce(xor, lead + body[:SCALARS]) != body[-1]:
        raise Refused("checksum", "close with the XOR of lead and scalars")
    fingerprint, tail = body[SCALARS:tail_at], body[tail_at:-1]
    return Envelope(raw[:HEAD], lead, v, fingerprint, tail)
