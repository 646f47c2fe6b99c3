from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douyin_crawler.signing.abogus import PAGES, ABogus, Page, _places
from tests.signing import plain
from tests.signing.vectors import (
    CHROME,
    SCREEN,
    PageRow,
    agents,
    bodies,
    fingerprints,
    pages,
    queries,
    vector_id,
    vectors,
)
from tests.support.shared import needs_shared

NOW = 1_795_500_000_000
DEFAULT = PageRow(1, 33, (0, 0, 0, 0), 14, 6241, 6383)


def fast(
    query: str,
    body: bytes,
    user_agent: str,
    fingerprint: str,
    page: PageRow,
    now_ms: int,
    noise: Any,
    made: int,
) -> str:
    row = Page(page.env, page.nr, page.nr_tag, page.detect, page.page_id, page.aid)
    signer = ABogus(user_agent, fingerprint, row)
    return signer.sign(query, body, now_ms, noise, made)


@needs_shared
@pytest.mark.parametrize("vector", vectors("a_bogus"), ids=vector_id)
@pytest.mark.parametrize("algorithm", [fast, plain.a_bogus])
def test_vector(algorithm: Any, vector: dict[str, Any]) -> None:
    page = vector["page"]
    signature = algorithm(
        vector["query"],
        vector["body"].encode(),
        vector["user_agent"],
        vector["fingerprint"],
        PageRow(
            env=page["env_flags"],
            nr=page["nr_flags"],
            nr_tag=tuple(page["nr_tag"]),
            detect=page["detect_flags"],
            page_id=page["page_id"],
            aid=page["aid"],
        ),
        vector["now_ms"],
        vector["noise"],
        vector["signed_before"],
    )
    assert signature == vector["a_bogus"]


@settings(deadline=None)
@given(
    queries,
    bodies,
    agents,
    fingerprints,
    pages,
    st.integers(1, 2**45),
    st.integers(0, 20_000) | st.sampled_from([139, 140, 1283, 1284, 10745, 10746]),
    st.randoms(use_true_random=False),
)
def test_equal_to_the_plain_one(
    query: str,
    body: bytes,
    agent: str,
    fingerprint: str,
    page: PageRow,
    now_ms: int,
    made: int,
    random: Random,
) -> None:
    groups = ABogus(CHROME, fingerprint).groups(now_ms)
    noise = [random.randrange(256) for _ in range(6 + groups)]
    request = (query, body, agent, fingerprint, page, now_ms, noise, made)
    assert fast(*request) == plain.a_bogus(*request)


@pytest.mark.parametrize("digits", [1, 2, 3])
@pytest.mark.parametrize("platform", ["Win32", "Linux", "Android"])
def test_whatever_sizesare_left_over(platform: str, digits: int) -> None:
    """One of 256 checksums is 0, and left out as the second byte of two."""
    fingerprint = f"1|2|3|4|5|6|7|8|{platform}"
    now_ms = NOW - (NOW + 3) % 256 + {1: 5, 2: 50, 3: 200}[digits]
    signer = ABogus(CHROME, fingerprint)
    left = (50 + len(fingerprint) + digits + 1 + 1) % 3
    sizes = set()
    for n2 in range(256):
        noise = [9, 16, n2, 106, 99, 251, *range(signer.groups(now_ms))]
        signature = signer.sign("a=1", b"", now_ms, noise)
        assert signature == plain.a_bogus(
            "a=1", b"", CHROME, fingerprint, DEFAULT, now_ms, noise, 0
        )
        sizes.add(len(signature) * 3 // 4 - signature.count("="))
    assert len(sizes) == (2 if left == 2 else 1)


def test_long_inputs() -> None:
    signer, body = ABogus(CHROME, SCREEN), bytes(3 << 20)
    noise = signer.draw(Random(1), NOW)
    signature = signer.sign("a" * 2_000_000, body, NOW, noise)
    assert signature != signer.sign("a" * 2_000_000, body[1:], NOW, noise)
    request = ("q" * 20_000, bytes(10_000), CHROME, SCREEN)
    assert fast(*request, DEFAULT, NOW, noise, 0) == plain.a_bogus(
        *request, DEFAULT, NOW, noise, 0
    )


@pytest.mark.parametrize("reserved_run", [0, 1, 7, 29])
def test_a_reserved_byte_is_passed_over(reserved_run: int) -> None:
    """29 of them reach the digest's end, which no request will show."""
    digest = bytes((1, 2, 3, *[11] * reserved_run, *range(20, 49 - reserved_run)))
    assert _places(digest, 9, 18, 3, 11)[3] == plain.clean(digest, 3, 11, 12)


@pytest.mark.parametrize("name", PAGES)
def test_pages_sign_differently(name: str) -> None:
    noise = ABogus(CHROME, SCREEN).draw(Random(1), NOW)
    signature = ABogus(CHROME, SCREEN, PAGES[name]).sign("a=1", b"", NOW, noise)
    others = [PAGES[other] for other in PAGES if other != name]
    assert signature not in [
        ABogus(CHROME, SCREEN, page).sign("a=1", b"", NOW, noise) for page in others
    ]


def test_sign_now_is_sign_of_what_it_was_given() -> None:
    signer = ABogus(CHROME, SCREEN)
    signature = signer.sign_now(
        "a=1", b"x", clock=lambda: 1795500000.5, random=Random(7)
    )
    noise = signer.draw(Random(7), 1_795_500_000_500)
    assert signature == signer.sign("a=1", b"x", 1_795_500_000_500, noise)
    assert 156 <= len(signature) <= 200


@pytest.mark.parametrize("fingerprint", ["", "1920|947", SCREEN + "|", "|" * 9])
def test_a_fingerprint_has_nine_values(fingerprint: str) -> None:
    with pytest.raises(ValueError, match="nine values"):
        ABogus(CHROME, fingerprint)


@pytest.mark.parametrize("change", [-35, -1, 1])
def test_noise_of_another_length_is_refused(change: int) -> None:
    signer = ABogus(CHROME, SCREEN)
    noise = bytes(6 + signer.groups(NOW) + change)
    with pytest.raises(ValueError):  # noqa: PT011 - whatever Python says of it
        signer.sign("a=1", b"", NOW, noise)
