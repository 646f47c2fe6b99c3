"""The table of everything that can come back in place of data.

A row is a class: what it means, what the program does, how the walk ends if that
does not help, and what the user can do. ``classify.py`` finds the row for an answer
or an exception. After ``behaviour.md`` 4 of the API notes.
"""

# ruff: noqa: N818 - the names say what came back; all are errors

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from scrapy.exceptions import IgnoreRequest

from douyin_crawler.verdicts import Verdict


class Action(StrEnum):
    """What to do about an error, before its verdict ends the walk."""

    TRANSIENT = "transient"
    """Try again, freshly signed, after a growing pause."""
    REFUSED = "refused"
    """Try again a few times, slower."""
    MALFORMED = "malformed"
    """Try again once."""
    BLOCK = "block"
    """No retry can help, nor can another target."""
    BUDGET = "budget"
    """Nothing may be sent any more, whatever it is."""
    LOGIN = "login"
    GONE = "gone"
    PRIVATE = "private"
    RESTRICTED = "restricted"
    FAILED = "failed"
    """No retry can help; the next target may fare better."""


class ApiError(IgnoreRequest):
    """Something else than data came back."""

    slug: ClassVar[str] = ""
    """Short name, for stats and stored verdicts."""
    meaning: ClassVar[str] = ""
    action: ClassVar[Action]
    verdict: ClassVar[Verdict]
    advice: str = ""
    """What the user can do."""
    of_machine: ClassVar[bool] = False
    """Whether the fault is this machine's, and so the exit status that of usage."""

    def __init__(self, evidence: str = "", body: bytes = b"") -> None:
        self.evidence = evidence
        """Status, length, code, log id: never a query or a cookie."""
        self.body = body
        """The answer's text, where there was one."""
        self.what = f"{self.meaning} ({evidence})" if evidence else self.meaning
        """The message without the advice, which is for when nothing is tried again."""
        super().__init__(f"{self.what}; {self.advice}" if self.advice else self.what)

    def advise(self, advice: str) -> None:
        """Say what the user can do where it depends on how the run was set up."""
        self.advice = advice
        self.args = (f"{self.what}; {advice}",)


REPORT = "this is a fault of the program: report it with this line"
_PAUSE = "pause for some hours, then run the same command again, with a greater delay"
_BROWSER = (
    "open www.douyin.com in the browser that the cookies come from, solve what it "
    "shows, and copy the cookies again"
)


class BlockError(ApiError):
    action = Action.BLOCK
    verdict = Verdict.BLOCKED


class RefusedError(ApiError):
    action = Action.REFUSED
    verdict = Verdict.BLOCKED
    advice = _PAUSE


class LoginError(ApiError):
    action = Action.LOGIN
    verdict = Verdict.LOGIN
    advice = (
        "log in with scrapy login, or with a browser and put its cookies into "
        "DOUYIN_COOKIE or DOUYIN_COOKIES_FILE; if a login is there, it has expired: "
        "log in again"
    )


class FailedError(ApiError):
    action = Action.FAILED
    verdict = Verdict.FAILED


class MalformedError(ApiError):
    action = Action.MALFORMED
    verdict = Verdict.FAILED
    advice = "run the same command again; if it stays, report it with this line"


class UifidMissing(BlockError):
    slug = "uifid_missing"
    meaning = "the gateway asks for a uifid"
    advice = (
        "give the cookies of a browser that has visited www.douyin.com: "
        "UIFID or UIFID_TEMP is missing"
    )


class WebSignatureMissing(BlockError):
    slug = "web_signature_missing"
    meaning = "the gateway found no third signature"
    advice = REPORT


class UifidUnknown(BlockError):
    slug = "uifid_unknown"
    meaning = "the gateway does not know this uifid"
    advice = "copy the cookies of the browser again: UIFID is not one that was issued"


class WebSignatureWrong(BlockError):
    slug = "web_signature_wrong"
    meaning = "the gateway finds the third signature wrong"
    advice = REPORT


class GatewayRefused(RefusedError):
    slug = "gateway"
    meaning = "the gateway refuses"


class RateLimited(RefusedError):
    slug = "rate_limited"
    meaning = "too many requests"


class HeldOff(BlockError):
    slug = "held_off"
    meaning = "the service asks for a wait that is too long to sit out"
    advice = "run the same command again then"


class Redirected(RefusedError):
    slug = "redirected"
    meaning = "the API redirects, which it never does for data"


class CaptchaDemanded(BlockError):
    slug = "captcha_demanded"
    meaning = "a captcha is demanded"
    advice = _BROWSER


class IdentityCheck(BlockError):
    slug = "identity_check"
    meaning = "a second identity check is demanded for this account"
    advice = _BROWSER


class JavaScriptChallenge(BlockError):
    slug = "javascript_challenge"
    meaning = "a page with a JavaScript challenge came in place of data"
    advice = f"{_BROWSER}; check DOUYIN_BASE_URL"


class WafChallenge(BlockError):
    slug = "waf_challenge"
    meaning = "a page of the firewall came in place of data"
    advice = f"{_BROWSER}; check DOUYIN_BASE_URL"


class CaptchaPage(BlockError):
    slug = "captcha_page"
    meaning = "a page with a captcha came in place of data"
    advice = _BROWSER


class Throttled(RefusedError):
    slug = "throttled"
    meaning = "the service throttles"


class EmptyBody(RefusedError):
    slug = "empty_body"
    meaning = "an empty answer, which is a refusal"
    advice = _PAUSE


class AccountBlocked(BlockError):
    slug = "account_blocked"
    meaning = "the account or session is blocked"
    advice = "stop using this session; try with fresh cookies after a day"


class RiskControl(BlockError):
    slug = "risk_control"
    meaning = "risk control refuses"
    advice = _PAUSE


class TooOften(RefusedError):
    slug = "too_often"
    meaning = "the service finds the requests too frequent"


class NoTokens(BlockError):
    slug = "no_tokens"
    meaning = "the first visit handed out no session"
    advice = (
        "check DOUYIN_VISITOR_URL, or give the cookies of a browser in DOUYIN_COOKIE"
    )


class NoBrowser(BlockError):
    slug = "no_browser"
    meaning = "plain requests are refused, and there is no browser to go over to"
    advice = "do that, or name one in DOUYIN_CHROMIUM; then run the same command again"


class BrowserFailed(BlockError):
    verdict = Verdict.STOPPED
    of_machine = True
    slug = "browser_failed"
    meaning = "Chromium does not start"
    advice = (
        "start it by hand to see why (chromium --headless --no-sandbox --dump-dom "
        "about:blank), or name another in DOUYIN_CHROMIUM"
    )


class NotLoggedIn(LoginError):
    slug = "not_logged_in"
    meaning = "the session is not logged in"


class LoginNeeded(LoginError):
    slug = "login_needed"
    meaning = "this needs a login"


class LoginMissing(LoginError):
    slug = "login_missing"
    meaning = "this can't be had without a login, and the cookies hold none"
    advice = (
        "log in to www.douyin.com with scrapy login, or with a browser and put its "
        "cookies into DOUYIN_COOKIE or DOUYIN_COOKIES_FILE (README: Cookies)"
    )


class BudgetSpent(ApiError):
    slug = "budget_spent"
    meaning = "the budget of requests is spent"
    action = Action.BUDGET
    verdict = Verdict.BUDGET
    advice = (
        "run the same command again then, or raise DOUYIN_REQUEST_BUDGET (0: no limit)"
    )


class GoneError(ApiError):
    action = Action.GONE
    verdict = Verdict.GONE


class UserGone(GoneError):
    slug = "user_gone"
    meaning = "there is no such user"
    advice = "check the address; the account may be deleted"


class HandleGone(ApiError):
    slug = "handle_gone"
    meaning = "no user has this handle"
    action = Action.GONE
    verdict = Verdict.GONE
    advice = "check the spelling"


class PostGone(GoneError):
    slug = "post_gone"
    meaning = "the post is not available"


class PostUnknown(PostGone):
    slug = "post_unknown"
    meaning = "there is no such post, or no longer"


class PostDeleted(PostGone):
    slug = "post_deleted"
    meaning = "the post is deleted"


class PostInReview(PostGone):
    slug = "post_in_review"
    meaning = "the post is in review by the service"


class Private(ApiError):
    slug = "private"
    meaning = "private by the owner's setting"
    action = Action.PRIVATE
    verdict = Verdict.PRIVATE


class PostPrivate(Private):
    slug = "post_private"
    meaning = "the post is shown to its author, or to some people only"


class Restricted(ApiError):
    slug = "no_payload"
    meaning = "an answer without its data, which is no end but a refusal"
    action = Action.RESTRICTED
    verdict = Verdict.RESTRICTED
    advice = (
        "visitors get the first page only: give the complete cookies of a logged-in "
        "browser; if they are given, copy them again or go slower"
    )


class RecordMissing(ApiError):
    slug = "record_missing"
    meaning = "an empty record and no reason, which is no end but a refusal"
    action = Action.MALFORMED
    verdict = Verdict.RESTRICTED
    advice = "give the cookies of a logged-in browser, or try again later"


class NobodyNamed(RecordMissing):
    slug = "nobody_named"
    meaning = "the service names nobody: the ids are unknown, or it refuses"
    advice = "check the ids, or try again later with fresh cookies"


class ParameterRefused(FailedError):
    slug = "parameter_refused"
    meaning = "the service refuses a parameter"
    advice = "check the id; if it is right, report this line"


class NoPermission(FailedError):
    slug = "no_permission"
    meaning = "the account may not do this"
    advice = "use another account, or leave this target out"


class UnknownCode(FailedError):
    slug = "unknown_code"
    meaning = "the service answers with a code that is not known here"
    advice = "report this line"


class UnexpectedStatus(FailedError):
    slug = "http_status"
    meaning = "an HTTP status that the API does not use"
    advice = "check DOUYIN_BASE_URL"


class Malformed(MalformedError):
    slug = "malformed"
    meaning = "the answer is no JSON object, or a part of one"


class HtmlAnswer(MalformedError):
    slug = "html"
    meaning = "an HTML page came in place of data"
    advice = "check DOUYIN_BASE_URL, DOUYIN_PROXY and the network's login page"
