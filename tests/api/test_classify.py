"""What comes back, row by row (``behaviour.md`` 4 of the API notes)."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import socket
import timeit
import zlib
from typing import TYPE_CHECKING, Any

import brotli  # type: ignore[import-untyped]
import pytest
import scrapy.exceptions as scrapy_errors
from backports.zstd import ZstdError
from hypothesis import given
from hypothesis import strategies as st
from scrapy.core.downloader.handlers.http11 import TunnelError
from twisted.internet import error as twisted_errors
from twisted.python.failure import Failure

from douyin_crawler.api import errors, failures
from douyin_crawler.api.classify import classify, classify_exception, classify_plain
from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.errors import Action, ApiError
from tests.support.shared import CAPTURES, needs_shared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CAPTCHA = base64.b64encode(b'{"code":"10000","subtype":"slide"}').decode()
_DETAIL = "aweme_detail"
NO_DATA = '{"status_code":0}'
_REASON = '{"aweme_detail":null,"filter_detail":{"filter_reason":"%s"},"status_code":0}'


def read(
    body: bytes | str,
    status: int = 200,
    endpoint: str = "aweme_post",
    headers: dict[str, str] | None = None,
) -> ApiError | None:
    data = body.encode() if isinstance(body, str) else body
    return classify(ENDPOINTS[endpoint], status, headers or {}, data)


@pytest.mark.parametrize(
    ("status", "body", "row"),
    [
        (403, "Blocked by ArgusSecurityPlugin Uifid Not Found", errors.UifidMissing),
        (
            403,
            "Blocked by ArgusSecurityPlugin Signature Not Found",
            errors.WebSignatureMissing,
        ),
        (403, "Blocked by ArgusSecurityPlugin Validate Error", errors.UifidUnknown),
        (403, "Blocked by ArgusSecurityPlugin Sign Invalid", errors.WebSignatureWrong),
        (403, "", errors.GatewayRefused),
        (403, "<html>403 Forbidden</html>", errors.GatewayRefused),
        (429, "", errors.RateLimited),
        (444, "", errors.RateLimited),
        (412, "x", errors.RateLimited),
        (302, "", errors.Redirected),
        (304, "", errors.Redirected),
        (404, "", errors.UnexpectedStatus),
        (400, "{}", errors.UnexpectedStatus),
        (500, "", failures.ServerError),
        (503, "<html>", failures.ServerError),
        (408, "", failures.ServerError),
        (407, "", failures.ProxyFailed),
        (401, "", errors.NotLoggedIn),
    ],
)
def test_by_status(status: int, body: str, row: type[ApiError]) -> None:
    assert type(read(body, status)) is row


@pytest.mark.parametrize("deep", [1_200, 100_000])
def test_one_record_too_deep_is_data(deep: int) -> None:
    record = '{"a":"[\\"","b":' + "[" * deep + "]" * deep + "}"
    page = f'{{"aweme_list":[{{}},{record}],"status_code":%d,"x":{record}}}'
    assert read(page % 0) is None
    assert type(read(page % 8)) is errors.NotLoggedIn
    assert read(f'{{"user":{record}}}', endpoint="user_profile_other") is None


def test_gateway_by_its_header_alone() -> None:
    answer = classify(
        ENDPOINTS["aweme_post"],
        403,
        {"Argus_Security_Code": "web_id_sign_invalid"},
        b"Forbidden",
    )
    assert type(answer) is errors.WebSignatureWrong


def test_redirect_is_told_without_its_query() -> None:
    error = read("", 302, headers={"Location": "https://a.example/login?token=SECRET"})
    assert error
    assert "to a.example/login" in error.evidence
    assert "SECRET" not in str(error)
    assert (
        type(read("", 302, headers={"Location": "https://[bad"})) is errors.Redirected
    )


@pytest.mark.parametrize(
    ("headers", "body", "row"),
    [
        ({"X-Vc-Bdturing-Parameters": _CAPTCHA}, "", errors.CaptchaDemanded),
        ({"x-vc-bdturing-parameters": "%%"}, " ", errors.CaptchaDemanded),
        (
            {"X-Vc-Bdturing-Parameters": _CAPTCHA},
            '{"status_code":0}',
            errors.CaptchaDemanded,
        ),
        ({"X-Tt-Verify-Passport-Decision": "1"}, "{}", errors.IdentityCheck),
        ({"x-whale-throughput-abort-data": "1"}, "", errors.Throttled),
    ],
)
def test_by_header(headers: dict[str, str], body: str, row: type[ApiError]) -> None:
    assert type(read(body, headers=headers)) is row


def test_captcha_tells_its_kind() -> None:
    error = read("", headers={"X-Vc-Bdturing-Parameters": _CAPTCHA})
    assert error
    assert "kind slide" in error.evidence


@pytest.mark.parametrize(
    ("body", "row"),
    [
        ("", errors.EmptyBody),
        (" \r\n", errors.EmptyBody),
        ("\ufeff", errors.EmptyBody),
        ("blocked", errors.AccountBlocked),
        (" Blocked\n", errors.AccountBlocked),
        ("<html><script>window._$jsvmprt=1", errors.JavaScriptChallenge),
        ("\n<!doctype html><script>byted_acrawler", errors.JavaScriptChallenge),
        ("<html>__ac_nonce", errors.JavaScriptChallenge),
        ("<html>_wafchallengeid", errors.WafChallenge),
        ("<html><script>WAFJS", errors.WafChallenge),
        ("<title>验证码中间页</title>", errors.CaptchaPage),
        ("<html>TTGCaptcha", errors.CaptchaPage),
        ("<html>Please log in to the network</html>", errors.HtmlAnswer),
        ("Bad gateway", errors.Malformed),
        ("[]", errors.Malformed),
        ("null", errors.Malformed),
        ('"text"', errors.Malformed),
        ('{"status_code":0,"aweme_list":[{"aweme_id":"1"', errors.Malformed),
        ('{"status_code":0,"aweme_list":[]} x', errors.Malformed),
        ('{"status_code":0,"aweme_list":{"a":1}}', errors.Malformed),
        ('{"status_code":0,"aweme_list":7}', errors.Malformed),
        ('{"a":' + "[" * 9_999 + "]" * 9_999 + "}", errors.Restricted),
        ('{"aweme_list":[' + "[" * 9_999, errors.Malformed),
    ],
)
def test_by_text(body: str, row: type[ApiError]) -> None:
    assert type(read(body)) is row


@pytest.mark.parametrize(
    ("endpoint", "body", "row"),
    [
        (
            "user_profile_self",
            '{"status_code":8,"status_msg":"用户未登录","user":null}',
            errors.NotLoggedIn,
        ),
        ("aweme_post", '{"status_code":8}', errors.NotLoggedIn),
        (
            "aweme_post",
            '{"status_code":2483,"status_msg":"请先登录"}',
            errors.LoginNeeded,
        ),
        (
            "user_profile_other",
            '{"status_code":2,"status_msg":"x","user":{}}',
            errors.UserGone,
        ),
        ("aweme_post", '{"status_code":2}', errors.UnknownCode),
        (
            "aweme_post",
            '{"status_code":5,"status_msg":"参数不合法"}',
            errors.ParameterRefused,
        ),
        (
            "aweme_post",
            '{"status_code":7,"status_msg":"无权限操作"}',
            errors.NoPermission,
        ),
        ("aweme_detail", '{"status_code":2053,"aweme_detail":null}', errors.PostGone),
        ("aweme_post", '{"status_code":2053}', errors.UnknownCode),
        ("aweme_post", '{"status_code":2096,"aweme_list":null}', errors.Private),
        ("aweme_post", '{"status_code":2154}', errors.RiskControl),
        ("aweme_post", '{"status_code":2156}', errors.RiskControl),
        ("aweme_post", '{"status_code":9}', errors.RiskControl),
        ("aweme_post", '{"status_code":10000}', errors.RiskControl),
        ("aweme_post", '{"status_code":"10001"}', errors.RiskControl),
        ("aweme_post", '{"status_code":0,"verify_ticket":"x"}', errors.RiskControl),
        (
            "aweme_post",
            '{"status_code":0,"verify_center_decision_conf":"{}"}',
            errors.RiskControl,
        ),
        (
            "aweme_post",
            '{"status_code":3,"status_msg":"操作过于频繁"}',
            errors.TooOften,
        ),
        ("aweme_post", '{"status_code":4711,"aweme_list":[]}', errors.UnknownCode),
        ("aweme_post", '{"status_code":-1}', errors.UnknownCode),
        ("aweme_post", '{"status_code":0}', errors.Restricted),
        ("aweme_post", "{}", errors.Restricted),
        ("aweme_post", '{"status_code":0,"verify_ticket":""}', errors.Restricted),
        ("user_profile_other", '{"status_code":0}', errors.Restricted),
        ("user_profile_other", '{"status_code":2,"user":{}}', errors.UserGone),
        (
            "user_profile_other",
            '{"status_code":77,"status_msg":"账号已注销"}',
            errors.UserGone,
        ),
        ("im_user_info", '{"status_code":2,"data":[]}', errors.UnknownCode),
        ("im_user_info", '{"status_code":0}', errors.Restricted),
        ("im_user_info", '{"status_code":0,"data":null}', errors.NobodyNamed),
        ("im_user_info", '{"status_code":0,"data":[]}', errors.NobodyNamed),
        ("im_user_info", '{"status_code":0,"data":{}}', errors.NobodyNamed),
        ("im_user_info", '{"status_code":8}', errors.NotLoggedIn),
        ("emoticon_trending", '{"emoticon_data":null}', errors.RecordMissing),
        ("notice_detail", '{"status_code":0,"extra":{}}', errors.Restricted),
        ("aweme_detail", '{"status_code":0}', errors.Restricted),
        (
            "user_profile_other",
            '{"status_code":0,"user":null}',
            errors.RecordMissing,
        ),
        ("user_profile_other", '{"status_code":0,"user":{ }}', errors.RecordMissing),
        ("user_profile_other", '{"status_code":0,"user":[]}', errors.RecordMissing),
        ("user_profile_other", '{"status_code":0,"user":[1]}', errors.Malformed),
        (_DETAIL, '{"aweme_detail":null,"status_code":0}', errors.RecordMissing),
        (
            _DETAIL,
            '{"aweme_detail":null,"filter_detail":{"filter_reason":""}}',
            errors.RecordMissing,
        ),
        (_DETAIL, _REASON % "core_dep", errors.PostUnknown),
        (_DETAIL, _REASON % "status_deleted", errors.PostDeleted),
        (_DETAIL, _REASON % "status_delete", errors.PostDeleted),
        (_DETAIL, _REASON % "status_audit", errors.PostInReview),
        (_DETAIL, _REASON % "music_deleted_video", errors.PostGone),
        (_DETAIL, _REASON % "some_new_reason", errors.PostGone),
        (_DETAIL, _REASON % "status_self_see", errors.PostPrivate),
        (_DETAIL, _REASON % "status_part_see", errors.PostPrivate),
        (_DETAIL, _REASON % "images_base", errors.ParameterRefused),
    ],
)
def test_by_json(endpoint: str, body: str, row: type[ApiError]) -> None:
    assert type(read(body, endpoint=endpoint)) is row


@pytest.mark.parametrize(
    ("endpoint", "message", "row"),
    [
        ("aweme_post", "", errors.NotLoggedIn),
        ("aweme_post", "用户未登录", errors.NotLoggedIn),
        ("aweme_post", "登陆已过期", errors.NotLoggedIn),
        ("comment_list", "身份已失效", errors.NotLoggedIn),
        ("comment_list", "session expired", errors.NotLoggedIn),
        ("user_profile_other", "Login session not found", errors.NotLoggedIn),
        ("aweme_detail", "请重试", errors.NotLoggedIn),
        ("aweme_detail", "参数错误", errors.UnknownCode),
        ("aweme_post", "system busy", errors.UnknownCode),
        ("user_profile_other", "用户不存在", errors.UserGone),
        ("user_profile_self", "参数错误", errors.NotLoggedIn),
        ("notice_detail", "system error", errors.NotLoggedIn),
    ],
)
def test_the_code_8_is_a_login_s_unless_its_words_say_otherwise(
    endpoint: str, message: str, row: type[ApiError]
) -> None:
    body = json.dumps({"status_code": 8, "status_msg": message})
    assert type(read(body, endpoint=endpoint)) is row


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("body", ["", "Forbidden", NO_DATA])
def test_what_the_edge_demands_is_named(status: int, body: str) -> None:
    captcha = {"X-Vc-Bdturing-Parameters": _CAPTCHA}
    assert type(read(body, status, headers=captcha)) is errors.CaptchaDemanded
    identity = {"X-Tt-Verify-Passport-Decision": "{}"}
    assert type(read(body, status, headers=identity)) is errors.IdentityCheck
    plain = classify_plain(status, captcha, body.encode())
    assert type(plain) is errors.CaptchaDemanded


def test_the_gateway_s_own_words_come_before_its_headers() -> None:
    said = "Blocked by ArgusSecurityPlugin Uifid Not Found"
    error = read(said, 403, headers={"X-Vc-Bdturing-Parameters": _CAPTCHA})
    assert type(error) is errors.UifidMissing


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("aweme_post", '{"status_code":0,"aweme_list":[{"aweme_id":"1"}]}'),
        ("aweme_post", '{"status_code":0,"aweme_list":[],"has_more":1}'),
        ("aweme_post", '{"status_code":0,"aweme_list":null,"has_more":0}'),
        ("aweme_post", '{"status_code":"0","aweme_list":[ ]}'),
        ("aweme_post", '{"status_code":null,"aweme_list":[]}'),
        ("aweme_post", '\ufeff{"aweme_list":[]}'),
        ("aweme_post", '{"aweme_list":[{"desc":"blocked \\ud83d"}]}'),
        ("aweme_post", '{"aweme_list":[{"id":123456789012345678901234567890}]}'),
        ("aweme_post", '{"aweme_list":[{"x":NaN}]}'),
        ("emoji_list", '{"emoji_list":[{"origin_uri":"a"}]}'),
        ("im_user_info", '{"status_code":0,"data":[{"sec_uid":"MS4"}]}'),
        ("notice_detail", '{"status_code":0,"notice_list_v2":null}'),
        ("notice", '{"status_code":0,"notice_list_v2":[],"has_more":0}'),
        ("comment_list", '{"status_code":0,"comments":null}'),
        ("emoticon_trending", '{"status_code":0,"emoticon_data":{"stickers":[]}}'),
        ("user_profile_other", '{"status_code":0,"user":{"uid":"1"}}'),
        (
            _DETAIL,
            '{"aweme_detail":{"aweme_id":"1"},"filter_detail":{"filter_reason":"x"}}',
        ),
    ],
)
def test_data(endpoint: str, body: str) -> None:
    assert read(body, endpoint=endpoint) is None


def test_data_of_another_encoding_is_data() -> None:
    assert read(b'{"status_code":0,"aweme_list":[{"desc":"\xff\xfe"}]}') is None
    assert read(b'{"aweme_list":[{"desc":"\xff \\ud800"}]}') is None


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, '{"status_code":5,"extra":{"logid":"2026A"}}'),
        ({}, '{"status_code":0,"log_pb":{"impr_id":"2026A"}}'),
        ({"X-Tt-Logid": "2026A"}, '{"status_code":5,"extra":{"logid":"2026B"}}'),
        ({}, '{"status_code":5,"log_pb":[],"extra":{"logid":"2026A"}}'),
    ],
)
def test_the_log_id_is_the_header_s_or_the_body_s(
    headers: dict[str, str], body: str
) -> None:
    error = classify(ENDPOINTS["aweme_detail"], 200, headers, body.encode())
    assert error
    assert error.evidence.endswith(", logid 2026A")


def test_evidence_tells_length_code_and_logid() -> None:
    body = '{"status_code":4711,"status_msg":"no\\nsuch https://x.example/?t=SECRET"}'
    error = read(body, headers={"X-Tt-Logid": "20260816120000ABC"})
    assert error
    assert error.body == body.encode()
    assert error.evidence == (
        f"HTTP 200, {len(body)} bytes, status_code 4711, "
        "no such https://x.example/, logid 20260816120000ABC"
    )


def test_evidence_tells_the_reason_of_the_filter() -> None:
    detail = {"filter_reason": "status_self_see", "detail_msg": "", "notice": "不可见"}
    body = json.dumps({"aweme_detail": None, "filter_detail": detail})
    error = read(body, endpoint=_DETAIL)
    assert error
    assert "status_self_see, 不可见" in error.evidence


def test_what_is_not_worth_a_retry_blocks_at_once() -> None:
    assert errors.UifidMissing.action is Action.BLOCK
    assert errors.WebSignatureWrong.action is Action.BLOCK
    assert errors.EmptyBody.action is Action.REFUSED
    assert errors.Redirected.action is Action.REFUSED
    assert errors.Restricted.action is Action.RESTRICTED


def test_plain_answers() -> None:
    assert classify_plain(302, {"Location": "https://www.douyin.com"}, b"") is None
    assert classify_plain(200, {}, b'{"status_code":5}') is None
    assert type(classify_plain(200, {}, b"")) is errors.EmptyBody
    assert type(classify_plain(404, {}, b"")) is errors.UnexpectedStatus
    assert type(classify_plain(429, {}, b"")) is errors.RateLimited
    assert type(classify_plain(200, {}, b"<html>WAFJS")) is errors.WafChallenge


_TX_TIMEOUT = twisted_errors.TimeoutError()  # type: ignore[no-untyped-call]
_TX_TCP_TIMEOUT = twisted_errors.TCPTimedOutError()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("exc", "row"),
    [
        (scrapy_errors.DownloadTimeoutError("x"), failures.Timeout),
        (TimeoutError(), failures.Timeout),
        (_TX_TIMEOUT, failures.Timeout),
        (_TX_TCP_TIMEOUT, failures.Timeout),
        (scrapy_errors.DownloadConnectionRefusedError(), failures.ConnectionRefused),
        (ConnectionRefusedError(), failures.ConnectionRefused),
        (scrapy_errors.CannotResolveHostError("x"), failures.HostUnknown),
        (twisted_errors.DNSLookupError(), failures.HostUnknown),
        (socket.gaierror(-2, "Name or service not known"), failures.HostUnknown),
        (scrapy_errors.ResponseDataLossError(), failures.DataLoss),
        (scrapy_errors.DownloadFailedError("x"), failures.ConnectionLost),
        (ConnectionResetError(), failures.ConnectionLost),
        (twisted_errors.ConnectionLost(), failures.ConnectionLost),
        (OSError(), failures.ConnectionLost),
        (TunnelError("x"), failures.ProxyFailed),
        (scrapy_errors.UnsupportedURLSchemeError(), failures.UnsupportedUrl),
        (scrapy_errors.NotSupported(), failures.UnsupportedUrl),
        (gzip.BadGzipFile("x"), failures.BrokenEncoding),
        (zlib.error("x"), failures.BrokenEncoding),
        (EOFError(), failures.BrokenEncoding),
        (brotli.error("x"), failures.BrokenEncoding),
        (ZstdError("x"), failures.BrokenEncoding),
        (json.JSONDecodeError("x", "", 0), errors.Malformed),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "x"), errors.Malformed),
        (scrapy_errors.DownloadCancelledError(), failures.DownloadCancelled),
        (scrapy_errors.IgnoreRequest("too large"), failures.DownloadCancelled),
        (asyncio.CancelledError(), failures.DownloadCancelled),
        (ZeroDivisionError("division by zero"), failures.UnexpectedError),
    ],
)
def test_exceptions(exc: BaseException, row: type[ApiError]) -> None:
    failure = Failure(exc)  # type: ignore[no-untyped-call]
    assert type(classify_exception(exc)) is row
    assert type(classify_exception(failure)) is row


def test_an_error_of_the_table_stays_itself() -> None:
    error = errors.EmptyBody()
    assert classify_exception(error) is error


def test_an_exception_is_told_without_the_query() -> None:
    text = "Getting https://www.douyin.com/a/?msToken=SECRET&a_bogus=SECRET took 30 s."
    error = classify_exception(scrapy_errors.DownloadTimeoutError(text))
    assert "SECRET" not in str(error)
    assert error.evidence == (
        "DownloadTimeoutError: Getting https://www.douyin.com/a/ took 30 s."
    )


@given(
    st.binary() | st.text().map(str.encode),
    st.integers(100, 599),
    st.sampled_from(sorted(ENDPOINTS)),
)
def test_any_answer_has_a_name(body: bytes, status: int, endpoint: str) -> None:
    error = classify(ENDPOINTS[endpoint], status, {}, body)
    assert error is None or error.slug


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=5,
)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            (
                "status_code",
                "status_msg",
                "aweme_detail",
                "filter_detail",
                "verify_ticket",
            ),
            _JSON,
        ),
    )
)
def test_any_object_has_a_name(answer: dict[str, Any]) -> None:
    error = read(json.dumps(answer), endpoint=_DETAIL)
    assert error is None or error.slug


@needs_shared
@pytest.mark.parametrize(
    ("folder", "endpoint"),
    [
        ("aweme_post", "aweme_post"),
        ("aweme_detail", "aweme_detail"),
        ("user_profile_other", "user_profile_other"),
        ("comment_list", "comment_list"),
        ("comment_list_reply", "comment_list_reply"),
        ("hot_search_list", "hot_search_list"),
        ("module_feed", "tab_feed"),
        ("emoji_list", "emoji_list"),
        ("notice_detail", "notice_detail"),
    ],
)
def test_captured_answers_are_data(folder: str, endpoint: str) -> None:
    for path in sorted((CAPTURES / folder).glob("*.json")):
        body = path.read_bytes()
        assert read(body, endpoint=endpoint) is None
        _assert_cut_is_noticed(path, body, endpoint)


def _assert_cut_is_noticed(path: Path, body: bytes, endpoint: str) -> None:
    for length in (1, len(body) // 2, len(body.rstrip()) - 1):
        error = read(body[:length], endpoint=endpoint)
        assert type(error) is errors.Malformed, path.name


@needs_shared
def test_data_is_recognised_cheaply() -> None:
    body = next((CAPTURES / "aweme_post").glob("*.json")).read_bytes()
    read(body)
    assert _seconds(lambda: read(body)) < _seconds(lambda: json.loads(body)) / 2


def _seconds(work: Callable[[], object]) -> float:
    return min(timeit.repeat(work, number=1, repeat=5))
