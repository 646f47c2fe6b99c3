"""One fault at a time in an a_bogus that is otherwise sealed as it should be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from operator import xor
from random import Random

import pytest

from douyin_crawler.sandbox.verify import Received, Refused, check_signature
from douyin_crawler.sandbox.verify_crypto import arc4, encode64, sm3
from douyin_crawler.sandbox.verify_envelope import ORDER, S4

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/146.0.0.0 Safari/537.36"
S3 = b"ckdp1h4ZKsUB80/Mfvw36XIgR25+WQAlEi7NLboqYTOPuzmFjJnryx9HVGDaStCe"
NOISE = (200, 39, 7, 255, 109, 0xB2)


def pair(x: int, y: int, n: int, m: int) -> bytes:
    wide = (n & 0xAA | x & 0x55, n & 0x55 | x & 0xAA)
    return bytes((*wide, m & 0xAA | y & 0x55, m & 0x55 | y & 0xAA))


def widen(body: bytes, random: Random, *, keep_zero: bool) -> bytes:
    wide = bytearray()
    end = len(body) - len(body) % 3
    for i in range(0, end, 3):
        x, y, z = body[i : i + 3]
        n = random.randrange(256)
        wide += bytes((n & 0x91 | x & 0x6E, n & 0x42 | y & 0xBD, n & 0x2C | z & 0xD3))
        wide.append(x & 0x91 | y & 0x42 | z & 0x2C)
    rest = body[end:]
    return bytes(wide) + (rest if keep_zero or len(rest) < 2 else rest.rstrip(b"\0"))


def digest(data: bytes) -> bytes:
    return sm3(sm3(data + b"dhzx"))


@dataclass(kw_only=True)
class Recipe:
    """What to seal; every field but the first five is there to be spoiled."""

    query: str = "device_platform=webapp&aid=6383&max_cursor=0"
    body: bytes = b""
    agent: str = AGENT
    now_ms: int = 1_795_500_000_123
    fingerprint: bytes = b"1920|947|1920|1032|1920|1032|1920|1080|Win32"
    seed: int = 0
    noise: tuple[int, ...] = NOISE
    head: tuple[int, int] = (3, 82)
    lead: tuple[int, int, int, int] = (1, 0, 1, 0)
    tail: bytes | None = None
    places: dict[int, int] = field(default_factory=dict)  # of the numbered set
    checksum: int = 0  # what its XOR is off by
    keep_zero: bool = False

    @property
    def own_tail(self) -> bytes:
        return b"%d," % ((self.now_ms + 3) & 255)

    def numbered(self, tail: bytes) -> dict[int, int]:
        q, b = digest(self.query.encode()), digest(self.body)
        env, detect = 1, 14
        agent = arc4(bytes((0, env, detect)), self.agent.encode())
        u = sm3(encode64(agent, S3))
        fortnights = int((self.now_ms - 1721836800000) / 1209600000) & 255
        v = {24: 41, 26: fortnights, 27: 6, 28: 3, 66: 3, 38: 33, 35: env, 44: detect}
        v |= {48: q[9], 49: q[18], 51: next(c for c in q[3:] if c != 11)}
        v |= {52: b[10], 53: b[19], 55: next(c for c in b[4:] if c != 8)}
        v |= {56: u[11], 57: u[21], 59: next(c for c in u[5:] if c != 12)}
        for first, size, value in (
            (29, 6, self.now_ms),
            (60, 6, self.now_ms - 1),
            (67, 4, 6241),
            (71, 4, 6383),
            (79, 2, len(self.fingerprint)),
            (84, 2, len(tail)),
        ):
            v |= dict(enumerate(value.to_bytes(size, "little"), first))
        return v | self.places

    def seal(self) -> str:
        tail = self.own_tail if self.tail is None else self.tail
        v = self.numbered(tail)
        scalars = bytes(v.get(place, 0) for place in ORDER)
        n0, n1, n2, n3, n4, n5 = self.noise
        lead = pair(*self.lead[:2], n2, n3) + pair(*self.lead[2:], n4, n5)
        checksum = reduce(xor, lead + scalars) ^ self.checksum
        body = scalars + self.fingerprint + tail + bytes((checksum,))
        wide = widen(body, Random(self.seed), keep_zero=self.keep_zero)
        sealed = pair(*self.head, n0, n1) + arc4(b"\xd3", lead + wide)
        return encode64(sealed, S4).decode()

    def received(self) -> Received:
        value = self.seal().replace("/", "%2F").replace("=", "%3D")
        wire = f"{self.query}&a_bogus={value}"
        return Received(wire, self.body, self.agent, self.now_ms / 1000)


def reason(recipe: Recipe) -> str:
    with pytest.raises(Refused) as refused:
        check_signature(recipe.received())
    return refused.value.reason


def fits(noise: tuple[int, ...], agent: str = AGENT) -> bool:
    try:
        check_signature(Recipe(noise=noise, agent=agent).received())
    except Refused as refused:
        return refused.reason != "noise"
    return True


def draw(random: Random) -> Recipe:
    r = random.randrange(240)
    n4 = r if r <= 109 else r + 1 + r % 2
    n5 = random.randrange(255) & 0x4D | 0xB2
    n0, n2, n3 = random.randbytes(3)
    return Recipe(
        query="aid=6383&x=" + "y" * random.randrange(60),
        body=random.randbytes(random.randrange(4)),
        now_ms=random.randrange(1_600_000_000_000, 1_900_000_000_000),
        fingerprint=b"1|2|3|4|5|6|7|8|Win" + b"3" * random.randrange(1, 9),
        noise=(n0, random.randrange(40), n2, n3, n4, n5),
        seed=random.randrange(1 << 32),
    )


def test_whatever_is_drawn_is_accepted() -> None:
    """Every draw, length and clock that the formulas allow."""
    random = Random(9)
    for _ in range(2_000):
        recipe = draw(random)
        checked = check_signature(recipe.received())
        assert checked.signed_at == recipe.now_ms / 1000
        assert checked.fingerprint == recipe.fingerprint


def zero_last() -> Recipe:
    """A recipe whose checksum is 0 and the second of two bytes left over."""
    base = Recipe()
    length = 50 + len(base.fingerprint) + len(base.own_tail) + 1
    base = replace(base, fingerprint=base.fingerprint + b"0" * ((2 - length) % 3))
    full = len(base.seal().rstrip("="))
    found = (replace(base, query=f"aid=6383&n={i}") for i in range(10_000))
    return next(r for r in found if len(r.seal().rstrip("=")) < full)


def test_a_zero_left_over_second_is_left_out() -> None:
    recipe = zero_last()
    assert check_signature(recipe.received()).age == 0
    assert reason(replace(recipe, keep_zero=True)) == "lengths"


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({24: 40}, "constants"),
        ({28: 4}, "constants"),
        ({66: 0}, "constants"),
        ({27: 2}, "constants"),
        ({27: 7}, "constants"),
        ({71: 0}, "constants"),
        ({74: 1}, "constants"),
        ({26: 0}, "times"),
        ({29: 0}, "times"),
        ({34: 2}, "times"),
        ({60: 0}, "times"),
        ({48: 0}, "query"),
        ({49: 0}, "query"),
        ({51: 0}, "query"),
        ({52: 0}, "body"),
        ({53: 0}, "body"),
        ({55: 0}, "body"),
        ({56: 0}, "agent"),
        ({57: 0}, "agent"),
        ({59: 0}, "agent"),
        ({35: 0}, "agent"),
        ({36: 1}, "agent"),
        ({44: 8}, "agent"),
        ({79: 0}, "lengths"),
        ({79: 43}, "lengths"),
        ({80: 255}, "lengths"),
        ({84: 0}, "lengths"),
        ({79: 43, 84: 5}, "times"),
    ],
)
def test_a_wrong_scalar(places: dict[int, int], expected: str) -> None:
    assert reason(Recipe(places=places)) == expected


@pytest.mark.parametrize("places", [{27: 3}, {67: 1}, {38: 1, 39: 2}, {40: 132}])
def test_what_a_page_is_free_to_say(places: dict[int, int]) -> None:
    assert check_signature(Recipe(places=places).received()).signer == "a_bogus"


@pytest.mark.parametrize("tail", [b"1,", b"126", b"126,,", b"0126,", b""])
def test_a_wrong_tail(tail: bytes) -> None:
    assert reason(Recipe(tail=tail)) == "times"


@pytest.mark.parametrize(
    ("agent", "lowest", "highest"),
    [
        ("Chrome/1 Safari/1", 0, 39),
        ("Firefox/1", 40, 79),
        ("Version/1 Safari/1", 81, 120),
        ("Chrome/1 Safari/1 Edg/1", 125, 164),
        ("curl/8", 210, 249),
    ],
)
def test_n1_belongs_to_the_browser(agent: str, lowest: int, highest: int) -> None:
    assert {n1 for n1 in range(256) if fits((0, n1, 0, 0, 0, 0xFF), agent)} == {
        *range(lowest, highest + 1)
    }


def test_n4_and_n5_have_their_form() -> None:
    drawn = {r if r <= 109 else r + 1 + r % 2 for r in range(240)}
    assert {n4 for n4 in range(256) if fits((*NOISE[:4], n4, 0xFF))} == drawn
    forms = {r & 0x4D | 0xB2 for r in range(255)}
    assert {n5 for n5 in range(256) if fits((*NOISE[:5], n5))} == forms


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        (Recipe(head=(3, 83)), "constants"),
        (Recipe(head=(2, 82)), "constants"),
        (Recipe(lead=(1, 1, 1, 0)), "constants"),
        (Recipe(lead=(1, 0, 3, 0)), "constants"),
        (Recipe(checksum=1), "checksum"),
        (Recipe(fingerprint=b"1920x1080"), "fingerprint"),
        (Recipe(agent="Mozilla/5.0 \N{SNOWMAN}"), "agent"),
    ],
)
def test_other_faults(recipe: Recipe, expected: str) -> None:
    assert reason(recipe) == expected
