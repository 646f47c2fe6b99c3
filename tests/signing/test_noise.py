from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random, SystemRandom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.signing.noise import draw_noise
from tests.signing.vectors import CHROME

BROWSERS = {
    CHROME: range(40),
    "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0": range(
        40, 80
    ),
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15": range(
        81, 121
    ),
    f"{CHROME} Edg/146.0.0.0": range(125, 165),
    "curl/8.5.0": range(210, 250),
}


class Scripted(Random):
    """Gives what it was told to."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data = data

    def randbytes(self, n: int) -> bytes:
        assert n == len(self.data)
        return self.data


def scripted_noise(lanes: list[int], agent: str = CHROME) -> list[int]:
    """Return the noise by the text, a lane's low 53 bits being Math.random()."""
    u = [Fraction(lane % 2**53, 2**53) for lane in lanes]
    r4, r5 = int(u[4] * 240), int(u[5] * 255)
    return [
        lanes[0] & 255,
        BROWSERS[agent].start + int(u[1] * 40),
        lanes[2] & 255,
        lanes[3] & 255,
        r4 if r4 <= 109 else (r4 + 1 if (r4 + 1) % 2 else r4 + 2),
        r5 & 0x4D | 0xB2,
        *(int(x * 1000) & 255 for x in u[6:]),
    ]


lanes = st.integers(0, 2**64 - 1) | st.sampled_from([0, 2**64 - 1, 2**53, 2**53 - 1])


@given(st.lists(lanes, min_size=6, max_size=60), st.sampled_from([*BROWSERS]))
def test_each_draw_follows_the_text(drawn: list[int], agent: str) -> None:
    random = Scripted(b"".join(lane.to_bytes(8, "little") for lane in drawn))
    noise = draw_noise(random, agent, len(drawn) - 6)
    assert list(noise) == scripted_noise(drawn, agent)


@pytest.mark.parametrize("agent", BROWSERS)
@pytest.mark.parametrize("random", [Random(1), SystemRandom()])
def test_ranges(random: Random, agent: str) -> None:
    draws = [draw_noise(random, agent, 33) for _ in range(3000)]
    assert {len(draw) for draw in draws} == {39}
    assert {draw[1] for draw in draws} == set(BROWSERS[agent])
    fourth = {draw[4] for draw in draws}
    assert fourth == {*range(110), *range(111, 242, 2)}
    assert {draw[5] for draw in draws} == {r & 0x4D | 0xB2 for r in range(255)}


def test_group_noise_is_of_thousands() -> None:
    random, seen = Random(2), Counter[int]()
    for _ in range(5000):
        seen.update(draw_noise(random, CHROME, 33)[6:])
    high = sum(seen[byte] for byte in range(232, 256)) / seen.total()
    assert set(seen) == set(range(256))
    assert high == pytest.approx(0.072, abs=0.003)


def test_draws_are_independent() -> None:
    random, equal = Random(3), 0
    for _ in range(5000):
        noise = draw_noise(random, CHROME, 33)
        equal += sum(noise[i] == noise[j] for i, j in ((0, 2), (2, 3), (6, 7), (8, 38)))
    assert equal / 20_000 == pytest.approx(1 / 256, abs=0.002)


def test_no_group_at_all() -> None:
    assert len(draw_noise(Random(1), CHROME, 0)) == 6
