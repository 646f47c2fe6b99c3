"""Hold an a_bogus value against the request that it came with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from douyin_crawler.sandbox.verify_crypto import arc4, encode64, sm3
from douyin_crawler.sandbox.verify_envelope import (
    Envelope,
    Scalars,
    open_a_bogus,
    unpair,
)
from douyin_crawler.sandbox.verify_fingerprint import check_fingerprint
from douyin_crawler.sandbox.verify_types import Refused

S3 = b"ckdp1h4ZKsUB80/Mfvw36XIgR25+WQAlEi7NLboqYTOPuzmFjJnryx9HVGDaStCe"
SALT = b"dhzx"
EPOCH_MS, FORTNIGHT_MS = 1_721_836_800_000, 1_209_600_000
AIDS = frozenset({6383, 2906})  # the site's, and one that a public client signs with
# The first that the user agent names decides (its token, lowest n1, highest n1).
BROWSERS = (
    ("Edg", 125, 164),
    ("Firefox", 40, 79),
    ("Chrome", 0, 39),
    ("Safari", 81, 120),
    ("", 210, 249),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a sound a_bogus says of its signer."""

    now_ms: int
    fingerprint: bytes


@lru_cache(maxsize=1024)
def _agent_digest(agent: bytes, key: bytes) -> bytes:
    return sm3(encode64(arc4(key, agent), S3))


def _salted(data: bytes) -> bytes:
    return sm3(sm3(data + SALT))


def _clean(digest: bytes, at: int, reserved: int, otherwise: int) -> int:
    return next((byte for byte in digest[at:] if byte != reserved), otherwise)


def _check_pairs(envelope: Envelope) -> None:
    """The fixed halves of head and lead, and the draws n4 and n5."""
    first, second = unpair(envelope.lead[:4]), unpair(envelope.lead[4:])
    fixed = (*unpair(envelope.head)[:2], *first[:2], *second[:2])
    if fixed != (3, 82, 1, 0, 1, 0):
        raise Refused("constants", "pair 3, 82 in head and 1, 0 twice in lead")
    n4, n5 = second[2:]
    if n4 > 109 and not (n4 % 2 and n4 <= 241):
        raise Refused("noise", "make n4 odd above 109, at most 241")
    if n5 & 0xB2 != 0xB2:
        raise Refused("noise", "set the bits B2 of n5")


def _check_browser(head: bytes, agent: str) -> None:
    n1 = unpair(head)[3]
    low, high = next((low, high) for name, low, high in BROWSERS if name in agent)
    if not low <= n1 <= high:
        raise Refused("noise", f"draw n1 from {low}..{high} for this user agent")


def _check_constants(v: Scalars) -> None:
    if v.bytes_at(24, 28, 66) != bytes((41, 3, 3)):
        raise Refused("constants", "v24, v28, v66 are 41, 3, 3")
    if not 3 <= v[27] <= 6:
        raise Refused("constants", "v27 counts down from 6 to 3")
    if v.number(71, 74) not in AIDS:
        raise Refused("constants", "v71..v74 are the aid, 6383")


def _fortnights(now_ms: int) -> int:
    past = now_ms - EPOCH_MS
    whole = abs(past) // FORTNIGHT_MS
    return (whole if past >= 0 else -whole) & 255


def _check_times(v: Scalars, tail: bytes) -> int:
    now_ms = v.number(29, 34)
    stated = (v.number(60, 65), v[26], tail)
    if stated != (now_ms - 1, _fortnights(now_ms), b"%d," % ((now_ms + 3) & 255)):
        raise Refused("times", "take v26, v29.., v60.. and tail from one clock")
    return now_ms


def _check_digests(v: Scalars, query: bytes, body: bytes, agent: bytes) -> None:
    q, b = _salted(query), _salted(body)
    if v.bytes_at(48, 49, 51) != bytes((q[9], q[18], _clean(q, 3, 11, 12))):
        raise Refused("query", "sign the query exactly as it goes out")
    if v.bytes_at(52, 53, 55) != bytes((b[10], b[19], _clean(b, 4, 8, 9))):
        raise Refused("body", "sign the body exactly as it goes out")
    env, detect = v.number(35, 36), v.number(44, 47)
    u = _agent_digest(agent, bytes((env >> 8, env & 255, detect & 255)))
    if v.bytes_at(56, 57, 59) != bytes((u[11], u[21], _clean(u, 5, 12, 13))):
        raise Refused("agent", "sign the user agent that is sent")


def check_a_bogus(value: str, query: bytes, body: bytes, agent: str) -> Opened:
    """Check all but the clock: `value` with its percent-encoding undone.

    `query` is what stands before the signature, `agent` stripped and ASCII.
    Refused, in this order: malformed, lengths, checksum, constants, noise (n4, n5),
    times, query, body, agent, noise (n1), fingerprint.
    """
    envelope = open_a_bogus(value)
    _check_pairs(envelope)
    _check_constants(envelope.v)
    now_ms = _check_times(envelope.v, envelope.tail)
    _check_digests(envelope.v, query, body, agent.encode())
    _check_browser(envelope.head, agent)
    check_fingerprint(
        envelope.fingerprint, query.decode("utf-8", "surrogateescape"), agent
    )
    return Opened(now_ms, envelope.fingerprint)
