"""X-Bogus, the signature that the API's description names (28 characters).

Source: ``signing.md`` of the API notes; ``tests/signing/plain.py`` is the same
algorithm written for reading.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import md5

from douyin_crawler.signing.agent import clean_agent
from douyin_crawler.signing.alphabets import XB, b64
from douyin_crawler.signing.arc4 import rc4

_MAGIC = bytes.fromhex("40 00 01 0C")
_END = bytes.fromhex("20 00 BE 90")
_OPEN = bytes.fromhex("02 FF")
_KEYSTREAM = int.from_bytes(rc4(b"\xff", bytes(19)), "big")


class XBogus:
    """Signs for one user agent, whose part of the signature never changes.

    Raises:
        ValueError: the user agent is not printable ASCII.
    """

    def __init__(self, user_agent: str) -> None:
        agent = rc4(bytes.fromhex("00 01 0C"), clean_agent(user_agent).encode())
        self._agent_tail = md5(b64encode(agent)).digest()[14:]

    def sign(self, query: str, body: bytes, timestamp: int) -> str:
        """Return the signature of *query* and *body* at *timestamp* (unix seconds)."""
        plain = b"".join(
            (
                _MAGIC,
                _tail(query.encode()),
                _tail(body) if body else _EMPTY_TAIL,
                self._agent_tail,
                (timestamp & 0xFFFF_FFFF).to_bytes(4, "big"),
                _END,
            )
        )
        number = int.from_bytes(plain, "big")
        # The XOR of 18 bytes, halving: what folds below a byte is the sum of all.
        folded = number ^ number >> 64 ^ number >> 128
        folded ^= folded >> 32
        folded ^= folded >> 16
        number = number << 8 | (folded ^ folded >> 8) & 255
        cipher = (number ^ _KEYSTREAM).to_bytes(19, "big")
        return b64(_OPEN + cipher, XB).decode()


def x_bogus(query: str, body: bytes, user_agent: str, timestamp: int) -> str:
    """Return one signature; `XBogus` makes many of one user agent faster."""
    return XBogus(user_agent).sign(query, body, timestamp)


def _tail(data: bytes) -> bytes:
    return md5(md5(data).digest()).digest()[14:]


_EMPTY_TAIL = _tail(b"")
