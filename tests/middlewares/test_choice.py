"""When a run goes over to the browser, and when it has none."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.api import errors
from douyin_crawler.api.failures import ConnectionLost
from douyin_crawler.middlewares import choice
from douyin_crawler.middlewares.choice import SignerChoice

if TYPE_CHECKING:
    from douyin_crawler.api.errors import ApiError

_ADVICE = "no Chromium: install it"
_NEVER: tuple[ApiError, ...] = (
    errors.CaptchaDemanded(),
    errors.AccountBlocked(),
    errors.IdentityCheck(),
    errors.RiskControl(),
    errors.NotLoggedIn(),
    errors.RateLimited(),
    errors.Throttled(),
    errors.TooOften(),
    errors.HeldOff(),
    errors.Restricted(),
    errors.RecordMissing(),
    errors.PostGone(),
    ConnectionLost(),
)


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Empty: there is a browser; else why there is none."""
    found: list[str] = []
    monkeypatch.setattr(choice, "_lacking", lambda chromium: "".join(found))
    return found


def choose(signer: str = "auto") -> SignerChoice:
    config: Any = SimpleNamespace(
        signer=signer, chromium="", breaker_refusals=3, breaker_rounds=3
    )
    return SignerChoice(config)


@pytest.mark.usefixtures("lacking")
@pytest.mark.parametrize("signer", ["a_bogus", "x_bogus", "browser"])
def test_one_that_is_set_stays(signer: str) -> None:
    it = choose(signer)
    assert it.name == signer
    for _ in range(9):
        assert not it.goes_over(signer, errors.WebSignatureWrong(), used_up=True)
    assert it.name == signer


@pytest.mark.usefixtures("lacking")
@pytest.mark.parametrize(
    "error", [errors.UifidMissing(), errors.WebSignatureWrong(), errors.NoTokens()]
)
def test_what_no_signature_of_ours_mends_goes_over_at_once(
    error: ApiError, caplog: pytest.LogCaptureFixture
) -> None:
    it = choose()
    assert it.name == "a_bogus"
    assert it.goes_over("a_bogus", error, used_up=True)
    assert it.name == "browser"
    assert it.goes_over("a_bogus", error, used_up=True), "sent before"
    assert not it.goes_over("browser", error, used_up=True), "it is refused, too"
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


@pytest.mark.usefixtures("lacking")
def test_refusals_go_over_when_tried_often_enough_or_in_a_row() -> None:
    it, refused = choose(), errors.EmptyBody()
    assert not it.goes_over("a_bogus", refused, used_up=False)
    assert it.goes_over("a_bogus", refused, used_up=True)
    it = choose()
    assert not it.goes_over("a_bogus", refused, used_up=True), "none fresh was tried"
    assert it.goes_over("a_bogus", refused, used_up=True)
    it = choose()
    for answer in (
        it.answered,
        lambda: it.goes_over("a_bogus", _NEVER[5], used_up=True),
    ):
        assert not it.goes_over("a_bogus", refused, used_up=False)
        assert not it.goes_over("a_bogus", refused, used_up=False)
        answer()
    for left in (2, 1, 0):
        assert it.goes_over("a_bogus", refused, used_up=False) is not bool(left)


@pytest.mark.usefixtures("lacking")
@pytest.mark.parametrize("error", _NEVER, ids=lambda error: error.slug)
def test_what_is_no_matter_of_signatures_stays(error: ApiError) -> None:
    it = choose()
    assert not any(it.goes_over("a_bogus", error, used_up=True) for _ in range(9))
    assert it.explained(error) is error


@pytest.mark.usefixtures("lacking")
def test_a_request_that_is_not_signed_stays() -> None:
    assert not choose().goes_over("", errors.GatewayRefused(), used_up=True)


def test_without_a_browser_it_stays_and_says_what_to_do(
    lacking: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    lacking.append(_ADVICE)
    it, refused = choose(), errors.EmptyBody("HTTP 200, 0 bytes")
    assert _ADVICE in caplog.text
    assert not it.goes_over("a_bogus", refused, used_up=True)
    assert it.name == "a_bogus"
    explained = str(it.explained(refused))
    for part in ("no browser to go over to", "empty_body, HTTP 200", _ADVICE):
        assert part in explained
    assert len(caplog.records) == 1
