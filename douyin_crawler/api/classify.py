"""Reads what came back, and names it by the table of ``errors.py``.

Pure, and cheap on data: of a page of half a megabyte only the outermost keys are
looked at (0.2 ms).
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from douyin_crawler.api import errors, failures
from douyin_crawler.api.envelope import read_envelope
from douyin_crawler.api.evidence import one_line
from douyin_crawler.api.failures import classify_exception

if TYPE_CHECKING:
    from collections.abc import Mapping

    from douyin_crawler.api.endpoints import Endpoint
    from douyin_crawler.api.envelope import Envelope

__all__ = ["classify", "classify_exception", "classify_plain"]

_ErrorType = type[errors.ApiError]

_GATEWAY: tuple[tuple[bytes, _ErrorType], ...] = (
    (b"uifid not found", errors.UifidMissing),
    (b"signature not found", errors.WebSignatureMissing),
    (b"validate error", errors.UifidUnknown),
    (b"sign invalid", errors.WebSignatureWrong),
)
_STATUS: dict[int, _ErrorType] = {
    401: errors.NotLoggedIn,
    403: errors.GatewayRefused,
    407: failures.ProxyFailed,
    408: failures.ServerError,
    412: errors.RateLimited,
    429: errors.RateLimited,
    444: errors.RateLimited,
}
_PAGES: tuple[tuple[tuple[bytes, ...], _ErrorType], ...] = (
    ((b"_$jsvmprt", b"byted_acrawler", b"__ac_nonce"), errors.JavaScriptChallenge),
    ((b"_wafchallengeid", b"WAFJS"), errors.WafChallenge),
    (("验证码中间页".encode(), b"TTGCaptcha"), errors.CaptchaPage),
)
_CAPTCHA = "x-vc-bdturing-parameters"
_IDENTITY = "x-tt-verify-passport-decision"
_DEMANDS: dict[str, _ErrorType] = {
    _IDENTITY: errors.IdentityCheck,
    "x-whale-throughput-abort-data": errors.Throttled,
}
_RISK_CODES = (9, 2154, 2156, 10000, 10001)
_CODES: dict[int, _ErrorType] = {
    3: errors.TooOften,
    5: errors.ParameterRefused,
    7: errors.NoPermission,
    2096: errors.Private,
    2483: errors.LoginNeeded,
} | dict.fromkeys(_RISK_CODES, errors.RiskControl)
# Codes mean different things on different endpoints.
_CODES_OF: dict[str, dict[int, _ErrorType]] = {
    "user_profile_other": {2: errors.UserGone},
    "aweme_detail": {2053: errors.PostGone},
    "comment_list": {2053: errors.PostGone},
    "comment_list_reply": {2053: errors.PostGone},
}
_FILTER_REASONS: dict[str, _ErrorType] = {
    "core_dep": errors.PostUnknown,
    "status_audit": errors.PostInReview,
    "status_delete": errors.PostDeleted,
    "status_deleted": errors.PostDeleted,
    "status_self_see": errors.PostPrivate,
    "status_part_see": errors.PostPrivate,
    # Asked with another aid than the web client's.
    "images_base": errors.ParameterRefused,
}

# By ``Envelope.shape``: what is data under the payload's key, and what refuses it.
_DATA = {
    "list": ("array", "empty array", "null"),
    "filled list": ("array",),
    "object": ("object",),
}
_REFUSALS: dict[str, _ErrorType] = {
    "": errors.Restricted,
    "null": errors.RecordMissing,
    "empty object": errors.RecordMissing,
    "empty array": errors.RecordMissing,
}

_START = re.compile(rb"\s*(?:\xef\xbb\xbf\s*)?")
# The words of a login that ended are many, those of anything else are telling.
_NO_LOGIN_MATTER = re.compile(
    "参数|频繁|权限|不存在|已删除|系统|服务|网络|繁忙|稍后|"
    r"param|invalid (arg|id)|frequen|permission|not (found|exist)|busy|server|"
    "internal|system",
    re.IGNORECASE,
)
_LOGIN = re.compile("登[录陆]|log ?in|session|身份|过期", re.IGNORECASE)
_NO_USER = re.compile("用户不存在|账号已注销")


@dataclass(slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    envelope: Envelope | None = None

    def error(self, kind: _ErrorType, *details: str) -> errors.ApiError:
        """Return the error with the evidence for it."""
        logid = self.headers.get("x-tt-logid", "")
        if not logid and self.envelope:
            logid = self.envelope.logid
        facts = (
            f"HTTP {self.status}",
            f"{len(self.body)} bytes",
            *details,
            logid and f"logid {logid}",
        )
        shown = filter(None, map(one_line, facts))
        return kind(", ".join(shown), self.body)


def classify(
    endpoint: Endpoint, status: int, headers: Mapping[str, str], body: bytes
) -> errors.ApiError | None:
    """Return what an answer of *endpoint* is in place of data; None for data."""
    answer = _answer(status, headers, body)
    return (
        _by_status(answer)
        or _by_headers(answer)
        or _by_text(answer)
        or _by_json(endpoint, answer)
    )


def classify_plain(
    status: int, headers: Mapping[str, str], body: bytes
) -> errors.ApiError | None:
    """Return what refuses a request beside the API (a short link, a handle).

    A redirect is an answer there; the text is not looked into.
    """
    if 300 <= status < 400:
        return None
    answer = _answer(status, headers, body)
    return _by_status(answer) or _by_headers(answer) or _by_text(answer)


def _answer(status: int, headers: Mapping[str, str], body: bytes) -> _Answer:
    return _Answer(status, {k.lower(): v for k, v in headers.items()}, body)


def _by_status(answer: _Answer) -> errors.ApiError | None:
    status = answer.status
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return answer.error(errors.Redirected, _place(answer.headers))
    gateway = _gateway(answer) if status == 403 else errors.GatewayRefused
    # The edge says by its status that it refuses, and by a header what it wants.
    if gateway is errors.GatewayRefused and (demand := _demand(answer)):
        return demand
    if status == 403:
        return answer.error(gateway, _code(answer))
    if status >= 500:
        return answer.error(failures.ServerError)
    return answer.error(_STATUS.get(status, errors.UnexpectedStatus))


def _place(headers: Mapping[str, str]) -> str:
    try:
        parts = urlsplit(headers.get("location", ""))
    except ValueError:
        return ""
    return f"to {parts.hostname or ''}{parts.path}"


def _code(answer: _Answer) -> str:
    return answer.headers.get("argus_security_code", "")


def _gateway(answer: _Answer) -> _ErrorType:
    text = answer.body[:1000].lower()
    for words, kind in _GATEWAY:
        if words in text:
            return kind
    wrong = "sign_invalid" in _code(answer)
    return errors.WebSignatureWrong if wrong else errors.GatewayRefused


def _by_headers(answer: _Answer) -> errors.ApiError | None:
    if _CAPTCHA in answer.headers and not answer.body[:1000].strip():
        return _captcha(answer)
    for name, kind in _DEMANDS.items():
        if name in answer.headers:
            return answer.error(kind, f"header {name}")
    return None


def _demand(answer: _Answer) -> errors.ApiError | None:
    """Return what a refusal asks a person to do, by the header that says so."""
    if _CAPTCHA in answer.headers:
        return _captcha(answer)
    if _IDENTITY in answer.headers:
        return answer.error(errors.IdentityCheck, f"header {_IDENTITY}")
    return None


def _captcha(answer: _Answer) -> errors.ApiError:
    return answer.error(errors.CaptchaDemanded, _captcha_kind(answer.headers[_CAPTCHA]))


def _captcha_kind(header: str) -> str:
    try:
        parameters = json.loads(base64.b64decode(header))
    except (ValueError, RecursionError):
        return ""
    kind = parameters.get("subtype") if isinstance(parameters, dict) else None
    return f"kind {kind}" if isinstance(kind, str) else ""


def _by_text(answer: _Answer) -> errors.ApiError | None:
    body = answer.body
    start = _START.match(body)
    first = body[start.end() : start.end() + 1] if start else b""
    if not first:
        return answer.error(errors.EmptyBody)
    if len(body) < 100 and body.strip().lower() == b"blocked":
        return answer.error(errors.AccountBlocked)
    return answer.error(_page(body)) if first == b"<" else None


def _page(body: bytes) -> _ErrorType:
    for marks, kind in _PAGES:
        if any(mark in body for mark in marks):
            return kind
    return errors.HtmlAnswer


def _by_json(endpoint: Endpoint, answer: _Answer) -> errors.ApiError | None:
    envelope = read_envelope(endpoint.payload_key, answer.body)
    if envelope is None:
        return answer.error(errors.Malformed)
    answer.envelope = envelope
    if envelope.code:
        details = (f"status_code {envelope.code}", envelope.message)
        return answer.error(_by_code(endpoint, envelope), *details)
    if envelope.ticket:
        return answer.error(errors.RiskControl, "a verification ticket")
    return _by_payload(endpoint, answer, envelope)


def _by_code(endpoint: Endpoint, envelope: Envelope) -> _ErrorType:
    code, message = envelope.code or 0, envelope.message
    # By what code an account that is gone is told is not known, only the words are.
    if endpoint.name == "user_profile_other" and _NO_USER.search(message):
        return errors.UserGone
    if code == 8 and _is_of_login(endpoint, message):
        return errors.NotLoggedIn
    own = _CODES_OF.get(endpoint.name, {})
    return own.get(code) or _CODES.get(code, errors.UnknownCode)


def _is_of_login(endpoint: Endpoint, message: str) -> bool:
    """Return whether 8 means a login: other services use it for other things too."""
    if endpoint.login == "needed" or _LOGIN.search(message):
        return True
    return not _NO_LOGIN_MATTER.search(message)


def _by_payload(
    endpoint: Endpoint, answer: _Answer, envelope: Envelope
) -> errors.ApiError | None:
    key, shape = endpoint.payload_key, envelope.shape
    if shape in _DATA[endpoint.payload]:
        return None
    if reason := envelope.filter_reason:
        kind = _FILTER_REASONS.get(reason[0], errors.PostGone)
        return answer.error(kind, *reason)
    if shape not in _REFUSALS:
        return answer.error(errors.Malformed, f"{key} is of another type")
    if _CAPTCHA in answer.headers:
        return _captcha(answer)
    nobody = shape and endpoint.payload == "filled list"
    kind = errors.NobodyNamed if nobody else _REFUSALS[shape]
    return answer.error(kind, f"no {key}")
