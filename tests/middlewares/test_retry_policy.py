"""What is tried again, how often, and when it is the breaker's to say."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request
from scrapy.settings import Settings

from douyin_crawler.api.errors import (
    CaptchaDemanded,
    EmptyBody,
    HtmlAnswer,
    PostGone,
    RateLimited,
    UifidMissing,
)
from douyin_crawler.api.failures import ConnectionLost
from douyin_crawler.api.requests import PAUSE, SIGNER
from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.middlewares import choice
from douyin_crawler.middlewares.breaker import Breaker
from douyin_crawler.middlewares.choice import SignerChoice
from douyin_crawler.middlewares.retry import RetryPolicy

if TYPE_CHECKING:
    from douyin_crawler.api.errors import ApiError

TIMES, ROUNDS = 2, 3


@pytest.fixture
def counted() -> Counter[str]:
    """What was counted under ``douyin/``."""
    return Counter()


@pytest.fixture
def policy(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    counted: Counter[str],
) -> RetryPolicy:
    """A policy of two retries, with a breaker of three rounds; its parameter signs."""
    config: Any = SimpleNamespace(
        signer=getattr(request, "param", "a_bogus"),
        chromium="",
        retry_times=TIMES,
        retry_pause=1.0,
        breaker_refusals=99,
        breaker_pause=60.0,
        breaker_rounds=ROUNDS,
    )

    async def pause(seconds: float) -> None:
        pass

    monkeypatch.setattr(choice, "_lacking", lambda chromium: "")
    run = SimpleNamespace(
        breaker=Breaker(config, pause, lambda: 100.0),
        signer=SignerChoice(config),
        count=lambda name: counted.update([name]),
        first_visit=SimpleNamespace(refused=lambda meta, error: False),
    )
    monkeypatch.setattr(RunExtension, "find", lambda crawler: run)
    stats = SimpleNamespace(inc_value=lambda name: None)
    crawler: Any = SimpleNamespace(settings=Settings(), stats=stats)
    crawler.spider = SimpleNamespace(crawler=crawler)
    return RetryPolicy(crawler, config)


def pauses(policy: RetryPolicy, *errors: ApiError) -> list[float]:
    """Return the pauses before the retries of a request that meets *errors*."""
    request, found = Request("http://host/"), []
    for error in errors:
        again = policy.retry(request, error)
        if again is None:
            break
        request = again
        found.append(request.meta[PAUSE])
    return found


def test_pauses_grow_and_a_refusal_s_are_longer(policy: RetryPolicy) -> None:
    lost = pauses(policy, *[ConnectionLost()] * 5)
    refused = pauses(policy, *[EmptyBody()] * 5)
    assert lost == pytest.approx([1, 2], rel=0.31)
    assert refused[:TIMES] == pytest.approx([2, 4], rel=0.31)


def test_advice_is_for_when_nothing_is_tried_again(
    policy: RetryPolicy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "douyin_crawler.middlewares.retry")
    error = HtmlAnswer("200, 5 bytes")
    pauses(policy, error)
    (line,) = caplog.messages
    assert error.what in line
    assert error.advice not in line
    assert error.advice in str(error)


def test_retries_used_up_open_the_breaker_which_then_waits(policy: RetryPolicy) -> None:
    found = pauses(policy, *[EmptyBody()] * 20)
    assert found[TIMES:] == [0.0] * ROUNDS, "the breaker is what waits"


def test_one_that_is_refused_among_answers_ends_too(policy: RetryPolicy) -> None:
    request, attempts = Request("http://host/"), 1
    while again := policy.retry(request, EmptyBody()):
        policy._breaker.answered()
        request, attempts = again, attempts + 1
    assert attempts == 1 + TIMES + ROUNDS


def test_one_fault_spends_no_other_s_retries(policy: RetryPolicy) -> None:
    faults: list[ApiError] = [EmptyBody(), ConnectionLost(), HtmlAnswer()]
    faults += [RateLimited(), ConnectionLost()]
    assert len(pauses(policy, *faults)) == len(faults)


@pytest.mark.parametrize("error", [CaptchaDemanded(), PostGone()])
def test_what_no_retry_mends_is_not_tried_again(
    policy: RetryPolicy, error: ApiError
) -> None:
    assert policy.retry(Request("http://host/"), error) is None


def test_another_session_is_tried_once(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy._visits, "refused", lambda meta, error: True)
    assert len(pauses(policy, *[UifidMissing()] * 3)) == 1


def test_the_service_s_own_wait_is_kept_to(policy: RetryPolicy) -> None:
    for error in (RateLimited(), ConnectionLost()):
        again = policy.retry(Request("http://host/"), error, 1_200.0)
        assert again
        assert again.meta[PAUSE] == 1_200


@pytest.mark.parametrize("policy", ["auto"], indirect=True)
def test_auto_goes_over_with_retries_afresh_and_ends_as_blocked(
    policy: RetryPolicy, counted: Counter[str]
) -> None:
    def signed(request: Request) -> Request:
        return request.replace(meta={**request.meta, SIGNER: policy._signer.name})

    request, late = signed(Request("http://host/1")), signed(Request("http://host/2"))
    signers = []
    while again := policy.retry(request, EmptyBody()):
        if policy._signer.name == "browser" and request.meta[SIGNER] == "a_bogus":
            assert again.meta[PAUSE] == 0
            assert not policy._breaker.open, "what waits goes on"
        request = signed(again)
        signers.append(request.meta[SIGNER])
    plain, browser = TIMES, 1 + TIMES + ROUNDS
    assert signers == ["a_bogus"] * plain + ["browser"] * browser
    assert policy.retry(late, EmptyBody()), "one that was under way is not lost"
    assert counted == {"signer/switched": 1}


@pytest.mark.parametrize("policy", ["auto"], indirect=True)
def test_a_late_refusal_holds_no_one_up(policy: RetryPolicy) -> None:
    """One that was signed before, and is what an open breaker tries."""
    late = Request("http://host/", meta={SIGNER: "a_bogus"})
    policy._signer.goes_over("a_bogus", UifidMissing(), used_up=True)
    policy._breaker.refused(EmptyBody(), used_up=True)
    policy._breaker._trying = True
    assert policy.retry(late, EmptyBody())
    assert not policy._breaker._trying
