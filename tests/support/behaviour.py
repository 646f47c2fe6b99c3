"""What comes back in place of data, row by row, and what a crawl makes of it.

The rows of the API notes on behaviour, section 4, in their order. The faults are those
of the sandbox (``sandbox/fault_kinds.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from douyin_crawler.api import errors, failures
from douyin_crawler.verdicts import Verdict

# How often a request is sent, with the settings below.
ONCE, MALFORMED, TRANSIENT, REFUSED = 1, 2, 3, 4
RETRIES = {
    "DOUYIN_RETRY_TIMES": "2",
    "DOUYIN_RETRY_PAUSE": "0.01",
    "DOUYIN_BREAKER_PAUSE": "0.01",
    "DOUYIN_BREAKER_ROUNDS": "1",
}
STATUS = {"blocked": 4, "login": 5, "gone": 0, "private": 0}
"""Exit status by verdict; 3 for the others."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that comes back, on one endpoint."""

    what: str
    fault: str | dict[str, Any]
    """The sandbox's kind, or all of the fault."""
    spider: str
    slug: str
    verdict: str
    sent: int
    """Requests on the wire."""
    evidence: str = ""
    """What the line says beside status, length and log id."""
    advice: str = ""
    """Of what it says that one can do."""

    @property
    def ends_run(self) -> bool:
        return Verdict(self.verdict).ends_run

    @property
    def name(self) -> str:
        """What pytest shows."""
        return re.sub(r"\W+", "-", f"{self.spider} {self.what}")

    def planned(self, **where: Any) -> dict[str, Any]:
        """Return the fault for all requests that *where* selects."""
        fault = self.fault if isinstance(self.fault, dict) else {"kind": self.fault}
        return {"times": -1, **where, **fault}


def answer(**members: Any) -> dict[str, Any]:
    """Return the fault that answers with these beside ``status_code`` 0."""
    return {"kind": "json", "body": {"status_code": 0, **members}}


def html(page: str) -> dict[str, Any]:
    return {"kind": "html", "body": page}


def said(code: int, words: str) -> dict[str, Any]:
    """Return the fault that answers with a code and other words than usual."""
    return {"kind": f"code:{code}", "body": words}


# Of the lines that the user reads.
NOTHING = "HTTP 200, 0 bytes"
TICKET = "a verification ticket"
HELD = "pause for some hours"
SOLVE = "solve what it shows"
OURS = "fault of the program"
LOG_IN = "log in with scrapy login"
COOKIES = "cookies of a logged-in browser"
CHECK = "check the id"

RISK = "risk_control"
NO_DATA = '{"status_code":0}'

ALONE = (
    # -- HTTP 403 of the gateway -------------------------------------------------------
    Row("no uifid", "argus:uifid_not_found", "user_posts", "uifid_missing",
        "blocked", ONCE, "HTTP 403, 46 bytes", "UIFID_TEMP is missing"),
    Row("no web signature", "argus:signature_not_found", "posts",
        "web_signature_missing", "blocked", ONCE, "HTTP 403", OURS),
    Row("uifid nobody issued", "argus:validate_error", "feed", "uifid_unknown",
        "blocked", ONCE, "HTTP 403", "copy the cookies"),
    Row("wrong web signature", "argus:sign_invalid", "user_posts",
        "web_signature_wrong", "blocked", ONCE, "web_id_sign_invalid", OURS),
    # -- rate rules of the edge --------------------------------------------------------
    Row("403 otherwise", "403", "comments", "gateway", "blocked", REFUSED,
        "HTTP 403, 9 bytes", HELD),
    Row("429", "429", "user_posts", "rate_limited", "blocked", REFUSED,
        "HTTP 429", HELD),
    Row("412", "412", "user_profile", "rate_limited", "blocked", REFUSED,
        "HTTP 412", HELD),
    Row("444", "444", "posts", "rate_limited", "blocked", REFUSED, "HTTP 444", HELD),
    # -- headers that name a cause, empty bodies, text ---------------------------------
    Row("captcha header", "captcha_header", "replies", "captcha_demanded",
        "blocked", ONCE, f"{NOTHING}, kind slide", SOLVE),
    Row("captcha header, no data", {"kind": "captcha_header", "body": NO_DATA},
        "posts", "captcha_demanded", "blocked", ONCE, "17 bytes, kind slide", SOLVE),
    Row("identity check", "identity_check", "user_info", "identity_check",
        "blocked", ONCE, "header x-tt-verify-passport-decision", SOLVE),
    Row("throughput", "throughput", "user_profile", "throttled", "blocked", REFUSED,
        "header x-whale-throughput-abort-data", HELD),
    Row("empty body", "empty", "feed", "empty_body", "blocked", REFUSED,
        NOTHING, HELD),
    Row("text blocked", "blocked_text", "user_posts", "account_blocked", "blocked",
        ONCE, "HTTP 200, 7 bytes", "stop using this session"),
    # -- pages in place of data --------------------------------------------------------
    Row("JavaScript challenge", "challenge", "user_profile", "javascript_challenge",
        "blocked", ONCE, "HTTP 200, 72000 bytes", SOLVE),
    Row("proof of work", "waf", "comments", "waf_challenge", "blocked", ONCE,
        "HTTP 200, 2500 bytes", SOLVE),
    Row("slider", "captcha_page", "posts", "captcha_page", "blocked", ONCE,
        "HTTP 200, 6000 bytes", SOLVE),
    # -- codes that no other target escapes --------------------------------------------
    Row("8, not logged in", "code:8", "user_posts", "not_logged_in", "login", ONCE,
        "status_code 8, 用户未登录", LOG_IN),
    Row("8, not logged in", "code:8", "notices", "not_logged_in", "login", ONCE,
        "status_code 8", LOG_IN),
    Row("8 in other words", said(8, "session expired"), "comments", "not_logged_in",
        "login", ONCE, "status_code 8, session expired", LOG_IN),
    Row("401", "401", "user_profile", "not_logged_in", "login", ONCE, "HTTP 401",
        LOG_IN),
    Row("2483, login needed", "code:2483", "stickers", "login_needed", "login", ONCE,
        "status_code 2483, 请先登录", LOG_IN),
    Row("2154", "code:2154", "user_posts", RISK, "blocked", ONCE,
        "status_code 2154", HELD),
    Row("2156", "code:2156", "comments", RISK, "blocked", ONCE,
        "status_code 2156", HELD),
    Row("9", "code:9", "user_profile", RISK, "blocked", ONCE, "status_code 9", HELD),
    Row("10000", "code:10000", "posts", RISK, "blocked", ONCE,
        "status_code 10000", HELD),
    Row("10001", "code:10001", "hot_list", RISK, "blocked", ONCE,
        "status_code 10001", HELD),
    Row("verify_ticket", "verify_ticket", "posts", RISK, "blocked", ONCE,
        TICKET, HELD),
    Row("verify_center_decision_conf", "verify_center", "feed", RISK, "blocked",
        ONCE, TICKET, HELD),
    Row("3, too often", "code:3", "comments", "too_often", "blocked", REFUSED,
        "status_code 3, 操作过于频繁", HELD),
    # -- the same where there is one target, or one request for all --------------------
    Row("no payload key on page two", "no_payload", "feed", "no_payload",
        "restricted", ONCE, "17 bytes, no aweme_list", COOKIES),
    Row("no payload key", "no_payload", "notices", "no_payload", "restricted", ONCE,
        "no notice_list_v2", COOKIES),
    Row("5, parameter", "code:5", "user_info", "parameter_refused", "failed", ONCE,
        "status_code 5", CHECK),
    # -- the proxy ---------------------------------------------------------------------
    Row("407", "407", "user_profile", "proxy", "blocked", TRANSIENT, "HTTP 407",
        "DOUYIN_PROXY"),
)  # fmt: skip
"""Each row in a crawl of its own: it ends the run, or there is but one target."""


@cache
def error_named(slug: str) -> type[errors.ApiError]:
    """Return the row of the program's own table."""
    kinds = (*vars(errors).values(), *vars(failures).values())
    found: type[errors.ApiError]
    found = next(kind for kind in kinds if getattr(kind, "slug", None) == slug)
    return found
