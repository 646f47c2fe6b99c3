"""The signers: against values made elsewhere, and by taking fresh ones apart."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from douyin_crawler.api.browser import Browser, UserAgentError
from douyin_crawler.api.errors import REPORT
from douyin_crawler.doctor.finding import failed, ok, skipped
from douyin_crawler.doctor.vectors import A_BOGUS, WEB_SIGNATURE, X_BOGUS
from douyin_crawler.sandbox.verify import (
    Received,
    Refused,
    check_signature,
    check_web_signature,
)
from douyin_crawler.signing import SIGNERS, make_signer
from douyin_crawler.signing.abogus import PAGES, ABogus
from douyin_crawler.signing.websign import web_signature
from douyin_crawler.signing.xbogus import x_bogus

if TYPE_CHECKING:
    from collections.abc import Callable

    from douyin_crawler.doctor.finding import About, Finding

_QUERY = "device_platform=webapp&aid=6383&sec_user_id=MS4w&count=18"
_BODY = b"sec_user_ids=%5B%5D"


async def check_signers(about: About) -> list[Finding]:
    """Sign what is known, and what is sent today; nothing is asked."""
    # Without the session, whose file may be damaged: that is another row.
    agent = about.config.user_agent
    try:
        browser = Browser.from_user_agent(agent)
    except UserAgentError:
        return [skipped("signer", "USER_AGENT has to be right before")]
    return [
        _judged("signer a_bogus", _a_bogus, lambda: _fresh("a_bogus", browser)),
        _judged("signer x_bogus", _x_bogus, lambda: _fresh("x_bogus", browser)),
        _judged("third signature", _web_signature, _fresh_web_signature),
    ]


def _judged(
    name: str, vectors: Callable[[], int], fresh: Callable[[], None]
) -> Finding:
    try:
        number = vectors()
        fresh()
    except _WrongValueError as error:
        return failed(name, str(error), REPORT)
    except Refused as error:
        return failed(name, f"a fresh one does not hold ({error})", REPORT)
    right = "a known value" if number == 1 else f"{number} known values"
    return ok(name, f"makes {right}, and fresh ones hold")


class _WrongValueError(Exception):
    """A signature is not the one that it has to be."""


def _a_bogus() -> int:
    for one in A_BOGUS:
        algorithm = ABogus(one.user_agent, one.fingerprint, PAGES[one.page])
        noise = bytes.fromhex(one.noise)
        _compare(algorithm.sign(one.query, one.body, one.now_ms, noise), one.value)
    return len(A_BOGUS)


def _x_bogus() -> int:
    for one in X_BOGUS:
        made = x_bogus(one.query, one.body, one.user_agent, one.seconds)
        _compare(made, one.value)
    return len(X_BOGUS)


def _web_signature() -> int:
    one = WEB_SIGNATURE
    wire = web_signature(one.query, one.uifid, one.seconds)
    _compare(wire.rpartition("=")[2], one.value)
    return 1


def _compare(made: str, known: str) -> None:
    if made != known:
        raise _WrongValueError("it makes another value than the known one")


def _fresh(name: str, browser: Browser) -> None:
    """Sign with the identity of the settings, and take it apart again.

    Raises:
        Refused: it does not hold.
    """
    assert name in SIGNERS
    agent = browser.user_agent
    signer = make_signer(name, user_agent=agent, fingerprint=browser.fingerprint)
    query = f"{_QUERY}&{signer.parameter}={signer.sign(_QUERY, _BODY)}"
    check_signature(
        Received(query=query, body=_BODY, user_agent=agent, now=time.time())
    )


def _fresh_web_signature() -> None:
    wire = web_signature(_QUERY, WEB_SIGNATURE.uifid, int(time.time()))
    check_web_signature(wire, known_uifid=WEB_SIGNATURE.uifid.__eq__)
