"""Hold an X-Bogus value against the request that it came with."""

from __future__ import annotations

from functools import lru_cache, reduce
from operator import xor

from douyin_crawler.sandbox.verify_crypto import decode64, encode64, md5, rc4
from douyin_crawler.sandbox.verify_types import Refused

XB = b"Dkdpgh4ZKsQB80/Mfvw36XI1R25-WUAlEi7NLboqYTOPuzmFjJnryx9HVGcaStCe"
AGENT_KEY, VALUE_KEY = b"\x00\x01\x0c", b"\xff"
OPENING, CLOSING = b"\x40\x00\x01\x0c", b"\x20\x00\xbe\x90"
LENGTH = 28


@lru_cache(maxsize=1024)
def _agent_tail(agent: bytes) -> bytes:
    return md5(encode64(rc4(AGENT_KEY, agent)))[14:]


def _open(value: str) -> bytes:
    """The 18 bytes inside, their checksum and constants holding."""
    try:
        raw = decode64(value, XB)
    except ValueError:
        raise Refused("malformed", "encode it with alphabet XB") from None
    if len(value) != LENGTH or raw[:2] != b"\x02\xff":
        raise Refused("malformed", "28 characters, from 02 FF on")
    *plain, checksum = rc4(VALUE_KEY, raw[2:])
    if reduce(xor, plain) != checksum:
        raise Refused("checksum", "close with the XOR of the 18 bytes")
    if bytes(plain[:4] + plain[14:]) != OPENING + CLOSING:
        raise Refused("constants", "open with 40 00 01 0C, close with 20 00 BE 90")
    return bytes(plain)


def check_x_bogus(value: str, query: bytes, body: bytes, agent: bytes) -> int:
    """Check all but the clock and give the Unix seconds it was signed at.

    `query` is what stands before the signature, `agent` stripped. Refused, in this
    order: malformed, checksum, constants, query, body, agent.
    """
    plain = _open(value)
    if plain[4:6] != md5(md5(query))[14:]:
        raise Refused("query", "sign the query exactly as it goes out")
    if plain[6:8] != md5(md5(body))[14:]:
        raise Refused("body", "sign the body exactly as it goes out")
    if plain[8:10] != _agent_tail(agent):
        raise Refused("agent", "sign the user agent that is sent")
    return int.from_bytes(plain[10:14], "big")
