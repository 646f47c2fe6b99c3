"""a_bogus, the signature that the site's own script sends (156-200 characters).

Source: ``signing.md`` of the API notes (script version 1.0.1.19-fix.01), whose
numbered set of bytes ``v`` is the table here; ``tests/signing/plain.py`` is the
same algorithm written for reading.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from douyin_crawler.signing.agent import clean_agent
from douyin_crawler.signing.alphabets import S3, S4, b64
from douyin_crawler.signing.arc4 import arc4
from douyin_crawler.signing.mask import pair, widen
from douyin_crawler.signing.noise import draw_noise
from douyin_crawler.signing.pages import PAGES, Page
from douyin_crawler.signing.sm3 import sm3

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

__all__ = ["PAGES", "ABogus", "Page", "draw_noise"]

_SALT = b"dhzx"
_ORDER = bytes.fromhex(
    "22 2c 38 3d 49 1d 46 2d 23 31 26 42 33 44 1c 30 40 2f 1e 47 1a 37 1f 45 3b"
    "28 3e 3f 1b 48 29 4a 39 34 2a 27 21 43 35 2b 41 2e 24 18 3c 20 4f 50 54 55"
)
_TAILS = [b"%d," % number for number in range(256)]
_EPOCH_MS, _FORTNIGHT_MS = 1_721_836_800_000, 1_209_600_000
# v27 of a page that has made so many signatures, and no more.
_MADE = ((139, 6), (1283, 5), (10745, 4))
_MADE_MORE = 3


class ABogus:
    """Signs for one user agent, window and page, whose parts never change.

    *fingerprint* is nine values joined by ``|``: inner, outer, available and
    screen width and height in pixels, and the platform.

    Raises:
        ValueError: the user agent is not printable ASCII, or the fingerprint has
            not nine values.
    """

    def __init__(
        self, user_agent: str, fingerprint: str, page: Page = PAGES["default"]
    ) -> None:
        if fingerprint.count("|") != 8:
            raise ValueError(
                "The fingerprint must be nine values joined by '|': inner, outer, "
                "available and screen width and height, and the platform"
            )
        self.user_agent = clean_agent(user_agent)
        self._fingerprint = _encode(fingerprint)
        self._table = self._constants(page)

    def sign(
        self, query: str, body: bytes, now_ms: int, noise: Sequence[int], made: int = 0
    ) -> str:
        """Return the signature, not yet percent-encoded.

        *now_ms* is the time in unix milliseconds, *made* the number of signatures
        that this page made before; *noise* is n0..n5 and a byte a group, of which
        `groups` tells the number.

        Raises:
            ValueError: *noise* has another length.
        """
        noise = bytes(noise)
        tail = _TAILS[now_ms + 3 & 255]
        scalars = self._scalars(query.encode(), body, now_ms, made, len(tail))
        n0, n1, n2, n3, n4, n5 = noise[:6]
        lead = pair(1, 0, n2, n3) + pair(1, 0, n4, n5)
        # The masks of a pair are complements, so its XOR is that of x, y, n and m.
        check = _xor(scalars) ^ n2 ^ n3 ^ n4 ^ n5
        text = b"".join((scalars, self._fingerprint, tail, bytes((check,))))
        cipher = _under_d3(lead + widen(text, noise[6:]))
        return b64(pair(3, 82, n0, n1) + cipher, S4).decode()

    def sign_now(
        self,
        query: str,
        body: bytes,
        *,
        clock: Callable[[], float],
        random: Random,
        made: int = 0,
    ) -> str:
        """Return the signature at the time of *clock*, with noise from *random*."""
        now_ms = int(clock() * 1000)
        return self.sign(query, body, now_ms, self.draw(random, now_ms), made)

    def draw(self, random: Random, now_ms: int) -> bytes:
        """Return the noise for one signature at *now_ms*."""
        return draw_noise(random, self.user_agent, self.groups(now_ms))

    def groups(self, now_ms: int) -> int:
        """Return how many groups of three bytes a signature at *now_ms* widens."""
        tail = _TAILS[now_ms + 3 & 255]
        return (len(_ORDER) + len(self._fingerprint) + len(tail) + 1) // 3

    def _constants(self, page: Page) -> bytes:
        v = bytearray(256)
        agent_key = bytes((page.env >> 8 & 255, page.env & 255, page.detect & 255))
        agent = b64(arc4(agent_key, self.user_agent.encode()), S3)
        v[24], v[28], v[66] = 41, 3, 3
        v[35:37] = page.env.to_bytes(2, "little")
        v[38:40] = page.nr.to_bytes(2, "little")
        v[40:44] = bytes(page.nr_tag)
        v[44:48] = page.detect.to_bytes(4, "little")
        v[52:56] = _EMPTY_BODY
        v[56:60] = _places(sm3(agent), 11, 21, 5, 12)
        v[67:71] = page.page_id.to_bytes(4, "little")
        v[71:75] = page.aid.to_bytes(4, "little")
        v[79:81] = len(self._fingerprint).to_bytes(2, "little")
        return bytes(v)

    def _scalars(
        self, query: bytes, body: bytes, now_ms: int, made: int, tail: int
    ) -> bytes:
        v = bytearray(self._table)
        v[26] = int((now_ms - _EPOCH_MS) / _FORTNIGHT_MS) & 255
        v[27] = _made(made)
        v[29:35] = now_ms.to_bytes(6, "little")
        v[48:52] = _places(sm3(sm3(query + _SALT)), 9, 18, 3, 11)
        if body:
            v[52:56] = _body_places(body)
        v[60:66] = (now_ms - 1).to_bytes(6, "little")
        v[84] = tail
        return _ORDER.translate(v)


def _places(digest: bytes, first: int, second: int, third: int, reserved: int) -> bytes:
    """Return the bytes v48..v51 of a digest (v50 is not used), or their like.

    The third is the first from its place on that is not *reserved*.
    """
    clean = digest[third:].lstrip(bytes((reserved,)))
    last = clean[0] if clean else reserved + 1
    return bytes((digest[first], digest[second], 0, last))


def _body_places(body: bytes) -> bytes:
    return _places(sm3(sm3(body + _SALT)), 10, 19, 4, 8)


_EMPTY_BODY = _body_places(b"")


def _made(made: int) -> int:
    for last, value in _MADE:
        if made <= last:
            return value
    return _MADE_MORE


def _encode(fingerprint: str) -> bytes:
    units = fingerprint.encode("utf-16-be", "surrogatepass")
    pairs = zip(units[::2], units[1::2], strict=True)
    return b"".join(bytes((high, low) if high else (low,)) for high, low in pairs)


def _xor(data: bytes) -> int:
    """Return the XOR of all bytes (at most 64)."""
    number = int.from_bytes(data, "big")
    for shift in (256, 128, 64, 32, 16, 8):
        number ^= number >> shift
    return number & 255


def _under_d3(data: bytes) -> bytes:
    length = len(data)
    return (int.from_bytes(data, "big") ^ _d3_keystream(length)).to_bytes(length, "big")


@lru_cache(maxsize=64)
def _d3_keystream(length: int) -> int:
    return int.from_bytes(arc4(b"\xd3", bytes(length)), "big")
