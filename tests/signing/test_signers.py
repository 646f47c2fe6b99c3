from __future__ import annotations

import re
from itertools import count
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from douyin_crawler.signing import SIGNERS, Signer, make_signer
from douyin_crawler.signing.abogus import ABogus
from douyin_crawler.signing.xbogus import x_bogus
from tests.signing.vectors import CHROME, SCREEN

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_795_500_000.25


def signer(name: str, agent: str = CHROME) -> Signer:
    return make_signer(
        name,
        user_agent=agent,
        fingerprint=SCREEN,
        clock=lambda: NOW,
        random=Random(1),
    )


@pytest.mark.parametrize("name", SIGNERS)
def test_names(name: str) -> None:
    made = make_signer(name, user_agent=CHROME, fingerprint=SCREEN)
    assert made.name == name
    assert made.parameter == {"a_bogus": "a_bogus", "x_bogus": "X-Bogus"}[name]
    assert re.fullmatch(r"[A-Za-z0-9%-]+", made.sign("a=1", b""))


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'abogus'; there are a_bogus, x_bogus"):
        signer("abogus")


def test_x_bogus_is_percent_encoded() -> None:
    made = signer("x_bogus")
    values = [made.sign(f"a={number}", b"n=1") for number in range(200)]
    assert values == [
        quote(x_bogus(f"a={number}", b"n=1", CHROME, int(NOW)), safe="")
        for number in range(200)
    ]
    assert any("%2F" in value for value in values)


def test_a_bogus_is_percent_encoded_and_counts_what_it_made() -> None:
    made = make_signer(
        "a_bogus",
        user_agent=CHROME,
        fingerprint=SCREEN,
        clock=ticking(),
        random=Random(1),
    )
    algorithm, clock, random = ABogus(CHROME, SCREEN), ticking(), Random(1)
    for number in range(1300):
        query = f"a={number}"
        plain = algorithm.sign_now(
            query, b"n=1", clock=clock, random=random, made=number
        )
        assert made.sign(query, b"n=1") == quote(plain, safe="")


def ticking() -> Callable[[], float]:
    # Signatures of different milliseconds differ in length, and so in padding.
    ticks = count(1_795_500_000, 0.25)
    return lambda: next(ticks)


@pytest.mark.parametrize("name", SIGNERS)
@pytest.mark.parametrize("agent", ["", "  ", "Mozilla\n5.0", "Mozilla 浏览器", "a\x7f"])
def test_a_user_agent_is_printable_ascii(name: str, agent: str) -> None:
    with pytest.raises(ValueError, match="user agent must be printable ASCII"):
        signer(name, agent)


@pytest.mark.parametrize("name", SIGNERS)
def test_white_space_around_the_agent_is_not_signed(name: str) -> None:
    spaced = signer(name, f" \t{CHROME}\r\n").sign("a=1", b"")
    assert spaced == signer(name).sign("a=1", b"")
