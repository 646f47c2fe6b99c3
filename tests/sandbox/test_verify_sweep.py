"""Any one character changed is refused, unless it carried nothing but a free draw."""

from __future__ import annotations

import logging
import string
from base64 import b64decode
from collections import Counter
from dataclasses import replace
from functools import cache
from hashlib import md5
from random import Random
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.verify import Refused, check_web_signature
from douyin_crawler.sandbox.verify_crypto import STANDARD
from douyin_crawler.sandbox.verify_envelope import S4
from douyin_crawler.sandbox.verify_xbogus import XB
from tests.sandbox.test_verify_vectors import A_BOGUS, WEB, X_BOGUS, Signed
from tests.support.shared import needs_shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)

every_a_bogus = pytest.mark.parametrize("vector", A_BOGUS, ids=range(len(A_BOGUS)))
every_x_bogus = pytest.mark.parametrize("vector", X_BOGUS, ids=range(len(X_BOGUS)))
every_vector = pytest.mark.parametrize(
    "vector", A_BOGUS + X_BOGUS, ids=range(len(A_BOGUS + X_BOGUS))
)

HEAD, LEAD, SCALARS = 4, 8, 50
NOISE_OF_HEAD = b"\xaa\x55\0\0"  # n0
N1 = int.from_bytes(b"\xaa\x55", "big")  # bytes 2 and 3 of the head: it has a range
NOISE_OF_GROUP = b"\x91\x42\x2c\0"
# What each byte of a group of four carries of the three bytes of the body.
CARRIED = ((0x6E, 0, 0), (0, 0xBD, 0), (0, 0, 0xD3), (0x91, 0x42, 0x2C))


def refusal(check: Callable[[], object]) -> str | None:
    """The reason of a refusal; None if there was none."""
    try:
        check()
    except Refused as refused:
        return refused.reason
    return None


def raw_of(value: str) -> bytes:
    if "+" in value:
        raise ValueError("not a letter of the alphabet")
    return b64decode(value.encode().translate(bytes.maketrans(S4, STANDARD)))


@cache
def free_mask(length: int) -> int:
    """The bits of a decoded a_bogus that are a draw of noise without a range."""
    groups, rest = divmod(length - HEAD - LEAD, 4)
    mask = NOISE_OF_HEAD + bytes(LEAD) + NOISE_OF_GROUP * groups + bytes(rest)
    return int.from_bytes(mask, "big")


@cache
def fingerprint_mask(length: int, shown: bytes) -> int:
    """The bits that carry the fingerprint, by the layout of `wide`."""
    body = range(SCALARS, SCALARS + len(shown))
    groups, rest = divmod(length - HEAD - LEAD, 4)
    mask = [
        sum(bits for i, bits in enumerate(carried) if 3 * group + i in body)
        for group in range(groups)
        for carried in CARRIED
    ]
    return int.from_bytes(bytes(HEAD + LEAD) + bytes(mask) + bytes(rest), "big")


def n1_of(raw: bytes) -> int:
    return raw[2] & 0xAA | raw[3] & 0x55


def n1_range(agent: str) -> range:
    if "Edg" in agent:
        return range(125, 165)
    if "Chrome" in agent:
        return range(40)
    return range(40, 80) if "Firefox" in agent else range(81, 121)


def changes(value: str, alphabet: bytes, random: Random) -> Iterator[str]:
    """Each letter with each of its six bits flipped, and some other letters."""
    for at, letter in enumerate(value):
        index = alphabet.find(letter.encode())
        flipped = [alphabet[index ^ 1 << bit] for bit in range(6)] if index >= 0 else []
        others = random.choices(alphabet, k=2)
        for other in {*map(chr, flipped + others), "=", "+"} - {letter}:
            yield value[:at] + other + value[at + 1 :]


def verdict(vector: Signed, value: str) -> str:
    """What a changed value may at most be, by its bits: free, shown or covered."""
    try:
        before, after = raw_of(vector.value), raw_of(value)
    except ValueError:
        return "covered"
    size = len(before)
    if size != len(after) or before == after:
        return "covered"  # an equal value in another spelling is refused as well
    free = free_mask(size)
    if n1_of(after) in n1_range(vector.user_agent):
        free |= N1 << 8 * (size - HEAD)
    changed = (int.from_bytes(before, "big") ^ int.from_bytes(after, "big")) & ~free
    if not changed:
        return "free"
    shown = fingerprint_mask(size, vector.fingerprint or b"")
    return "covered" if changed & ~shown else "shown"


def outcome(vector: Signed, value: str) -> str:
    """What became of it: refused, free, or only a session would notice."""
    other = replace(vector, value=value)
    try:
        shown = other.check(session=False).fingerprint
    except Refused:
        return "refused"
    if shown == vector.fingerprint:
        return "free"
    assert refusal(other.check) == "fingerprint"
    return "refused by its session"


ALLOWED = {
    "free": {"free"},
    "shown": {"refused", "refused by its session"},
    "covered": {"refused"},
}


@needs_shared
@every_a_bogus
def test_any_bit_of_an_a_bogus(vector: Signed) -> None:
    """Refused but for noise; a changed fingerprint at the latest by its session."""
    met: Counter[str] = Counter()
    for value in changes(vector.value, S4, Random(1)):
        got = outcome(vector, value)
        assert got in ALLOWED[verdict(vector, value)], value
        met[got] += 1
    logger.info("%s", dict(met))  # shown by --log-cli-level=INFO
    assert 0 < met["free"] < met.total() / 4


@needs_shared
@every_x_bogus
def test_any_bit_of_an_x_bogus(vector: Signed) -> None:
    """Nothing in it is free."""
    for value in changes(vector.value, XB, Random(2)):
        assert refusal(replace(vector, value=value).check), value


@needs_shared
@every_vector
def test_any_character_of_the_parameter_on_the_wire(vector: Signed) -> None:
    """Its name, and its percent-encoding: `%2F` has no other spelling."""
    signature = vector.signature
    start = vector.wire.removesuffix(signature)
    value_at = signature.index("=") + 1
    for at, character in enumerate(signature):
        inside = at >= value_at and "%" not in signature[max(value_at, at - 2) : at + 1]
        others = "/=+%&.~ " if inside else "aAZ09/=+%&.~ "
        for other in set(others) - {character}:
            wire = f"{start}{signature[:at]}{other}{signature[at + 1 :]}"
            assert refusal(lambda w=wire: vector.check(w)), wire  # type: ignore[misc]


def replacements(text: str, random: Random) -> Iterator[str]:
    for at, character in enumerate(text):
        near = {character.swapcase(), chr(ord(character) ^ 1), "&", "="}
        near |= set(random.choices(string.printable[:95], k=3))
        for other in near - {character}:
            yield text[:at] + other + text[at + 1 :]


def alike(vector: Signed, one: str, other: str) -> bool:
    """Whether X-Bogus cannot tell them apart: it carries 16 bits of each digest."""
    tails = {md5(md5(text.encode()).digest()).digest()[14:] for text in (one, other)}
    return vector.kind == "x_bogus" and len(tails) == 1


@needs_shared
@every_vector
def test_any_character_of_the_query(vector: Signed) -> None:
    for query in replacements(vector.query, Random(3)):
        reason = refusal(replace(vector, query=query).check)
        expected = None if alike(vector, query, vector.query) else "query"
        assert reason == expected, query


@needs_shared
@every_vector
def test_any_character_of_the_body(vector: Signed) -> None:
    body = vector.body.decode()
    for other in (*replacements(body, Random(4)), body + "&", body + "\0"):
        reason = refusal(replace(vector, body=other.encode()).check)
        assert reason == (None if alike(vector, other, body) else "body"), other


@needs_shared
def test_sixteen_bits_can_be_alike() -> None:
    """A query that is one character off and signed alike, found by the sweep."""
    vector = next((v for v in X_BOGUS if v.query == "aid=6383"), None)
    assert vector is not None
    assert alike(vector, "aid=6&83", "aid=6383")


@needs_shared
@every_vector
def test_any_character_of_the_user_agent(vector: Signed) -> None:
    """White space around it is not signed, and white space may stand for it."""
    agent = vector.user_agent
    for other in replacements(agent, Random(5)):
        reason = refusal(replace(vector, user_agent=other).check)
        alike = other.strip() == agent.strip()
        assert reason == (None if alike else "agent"), other


@needs_shared
@every_vector
def test_a_character_more_or_less(vector: Signed) -> None:
    agent, query, value = vector.user_agent.strip(), vector.query, vector.value
    others = [replace(vector, value=value[:at] + value[at + 1 :]) for at in (0, 9, -1)]
    others += [replace(vector, value=value + more) for more in ("D", "=", "==", "DDDD")]
    others += [replace(vector, query=query + "&"), replace(vector, query=query + "0")]
    others += [replace(vector, user_agent=agent[:-1])]
    others += [replace(vector, user_agent=agent + "\N{CYRILLIC SMALL LETTER A}")]
    assert [other for other in others if not refusal(other.check)] == []


@needs_shared
@pytest.mark.parametrize("vector", WEB, ids=lambda v: v["tests"])
def test_any_character_of_a_web_signed_query(vector: dict[str, str]) -> None:
    known = vector["uifid"].__eq__
    for wire in replacements(vector["wire"], Random(6)):
        assert refusal(lambda w=wire: check_web_signature(w, known_uifid=known))  # type: ignore[misc]
