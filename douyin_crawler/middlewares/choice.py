"""Who signs the requests of a run: an algorithm, the site's page, or both in turn."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from douyin_crawler.api import errors
from douyin_crawler.middlewares.advice import advice_for

if TYPE_CHECKING:
    from douyin_crawler.api.errors import ApiError
    from douyin_crawler.config import Config

logger = logging.getLogger(__name__)

AUTO, PLAIN, BROWSER = "auto", "a_bogus", "browser"

_REFUSED = (errors.GatewayRefused, errors.EmptyBody, errors.Redirected)
"""Refusals that a fresh signature may mend. Those of too many requests are none: the
browser would only go on with them."""
_AT_ONCE = (
    errors.UifidMissing,
    errors.UifidUnknown,
    errors.WebSignatureMissing,
    errors.WebSignatureWrong,
    errors.JavaScriptChallenge,
    errors.WafChallenge,
    errors.NoTokens,
)
"""Those that no fresh signature mends, while the site's own script may."""


class SignerChoice:
    """The signer of the next request. With ``auto`` the run goes over, once, for good.

    It goes over when freshly signed requests are refused all the same: one as often
    as it is tried, or as many in a row as open the breaker.
    """

    def __init__(self, config: Config) -> None:
        self._is_auto = config.signer == AUTO
        self._in_a_row = 0
        self._most = config.breaker_refusals
        self._breaker_rounds = config.breaker_rounds
        self.name = PLAIN if self._is_auto else config.signer
        """As the request's meta has it."""
        self._lacking = _lacking(config.chromium) if self._is_auto else ""
        self._lacked = False
        if self._lacking:
            logger.warning(
                "DOUYIN_SIGNER=auto has no browser to go over to, and stays with %s: "
                "%s",
                PLAIN,
                self._lacking,
            )

    def answered(self) -> None:
        """Take note that plain requests bring data."""
        self._in_a_row = 0
        self._lacked = False

    @property
    def missed(self) -> str:
        """Why there is no browser, if the last answers were such as to need one."""
        return self._lacking if self._lacked else ""

    def goes_over(self, signer: str, error: ApiError, *, used_up: bool) -> bool:
        """Return whether the request that *signer* made is made again in the browser.

        *used_up*: it has had all its retries.
        """
        if not self._is_auto or signer in ("", BROWSER):
            return False
        if self._lacking:
            self._lacked = self._lacked or mendable(error)
            return False
        if not mendable(error):
            self._in_a_row = 0
            return False
        self._in_a_row += 1
        if self.name == BROWSER:
            return True  # sent before the run went over
        # With no retries, what the breaker tries next is the first fresh signature.
        fresh = self._in_a_row > 1 or not self._breaker_rounds
        enough = (used_up and fresh) or self._in_a_row >= self._most
        if not enough and isinstance(error, _REFUSED):
            return False
        self.name = BROWSER
        logger.warning(
            "Refused although freshly signed: %s (%s). The rest of the run goes "
            "through the browser",
            error.meaning,
            error.evidence,
        )
        return True

    def explained(
        self, error: ApiError, signer: str = PLAIN, *, logged_in: bool = False
    ) -> ApiError:
        """Return *error* with what to do about a request that *signer* made.

        Where only the browser is missing, it is that.
        """
        if not signer or not mendable(error):
            return error
        if self._lacking:
            evidence = f"{error.slug}, {error.evidence}; {self._lacking}"
            return errors.NoBrowser(evidence, error.body)
        in_browser = signer == BROWSER
        error.advise(advice_for(error, in_browser=in_browser, logged_in=logged_in))
        return error


def mendable(error: ApiError) -> bool:
    """Return whether the site's own page may fare better than a plain request."""
    return isinstance(error, (*_REFUSED, *_AT_ONCE))


def _lacking(chromium: str) -> str:
    """Return why there is no browser, with the commands that install it; else ""."""
    # It imports Playwright, which plain crawls need not wait for.
    from douyin_crawler.browser.chromium import (  # noqa: PLC0415
        BrowserMissing,
        find_chromium,
    )

    try:
        find_chromium(chromium)
    except BrowserMissing as error:
        return str(error)
    return ""
