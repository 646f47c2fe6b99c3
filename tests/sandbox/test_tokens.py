from __future__ import annotations

import random

import pytest

from douyin_crawler.sandbox.tokens import LOGIN_COOKIES, Mint, is_ms_token, ms_token
from douyin_crawler.signing import tokens

MINT = Mint(5)


def cookies(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split("; "))


def test_tokens_are_known_again_after_a_restart() -> None:
    restarted = Mint(5)
    ttwid = MINT.ttwid(1_790_000_000)
    assert restarted.knows_ttwid(ttwid)
    assert restarted.webid(ttwid) == MINT.webid(ttwid)
    assert restarted.knows_uifid(MINT.uifid())
    assert restarted.login_cookie() == MINT.login_cookie()


def test_tokens_of_another_seed_are_not_known() -> None:
    other = Mint(6)
    assert not other.knows_ttwid(MINT.ttwid(1_790_000_000))
    assert not other.knows_uifid(MINT.uifid())
    assert other.knows_login(cookies(MINT.login_cookie())) is False


@pytest.mark.parametrize("size", [160, 192, 224, 320])
def test_a_uifid_with_any_digit_changed_is_not_known(size: int) -> None:
    uifid = MINT.uifid(size)
    assert len(uifid) == size
    assert MINT.knows_uifid(uifid)
    for place in range(size):
        digit = "0" if uifid[place] != "0" else "1"
        assert not MINT.knows_uifid(uifid[:place] + digit + uifid[place + 1 :])


@pytest.mark.parametrize("value", ["", "1|a|2|b", "1%7Ca%7C2%7Cb", "|", "x" * 200])
def test_a_made_up_ttwid_is_not_known(value: str) -> None:
    assert not MINT.knows_ttwid(value)


def test_a_webid_has_nineteen_digits() -> None:
    webid = MINT.webid(MINT.ttwid(1))
    assert (len(webid), webid.isdigit()) == (19, True)


@pytest.mark.parametrize("name", LOGIN_COOKIES)
def test_any_one_of_the_login_cookies_is_a_login(name: str) -> None:
    value = cookies(MINT.login_cookie())[name]
    assert MINT.knows_login({name: value}) is True
    assert MINT.knows_login({name: "expired"}) is False
    assert MINT.knows_login({"ttwid": "x"}) is None


def test_the_login_cookie_is_whole() -> None:
    read = cookies(MINT.login_cookie())
    assert MINT.knows_ttwid(read["ttwid"])
    assert MINT.knows_uifid(read["UIFID"])
    assert set(LOGIN_COOKIES) <= read.keys()


def test_both_our_ms_tokens_have_a_known_shape() -> None:
    assert is_ms_token(ms_token())
    assert is_ms_token(tokens.ms_token(random.Random(1)))


@pytest.mark.parametrize(
    "value", ["", "a" * 106, "a" * 182 + "=", "!" * 107, "中" * 107, "a" * 107 + "=="]
)
def test_other_shapes_are_no_ms_token(value: str) -> None:
    assert not is_ms_token(value)
