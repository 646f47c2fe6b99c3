"""What stands in place of the real answer (behaviour notes, 4)."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .ask import encoded
from .fault_kinds import base_of

if TYPE_CHECKING:
    from .faults import Fault
    from .wire import Wire

_CODES = {
    2: "用户不存在",
    3: "操作过于频繁",
    5: "参数不合法",
    7: "无权限操作",
    8: "用户未登录",
    2053: "作品不见了",
    2096: "由于该用户隐私设置，无法查看",
    2483: "请先登录，登录后继续使用",
}
_NULLS: dict[int, dict[str, Any]] = {
    2: {"user": {}},
    8: {"user": None},
    2096: {"aweme_list": None, "comments": None, "has_more": 0},
}
_TELLING: dict[str, dict[str, Any]] = {  # keys that give a refusal away
    "verify_ticket": {"status_code": 0, "verify_ticket": "sandbox-ticket"},
    "verify_center": {"status_code": 0}
    | {"verify_center_decision_conf": '{"code":"10000","type":"verify"}'},
    "no_payload": {"status_code": 0},
    "detail_null": {"aweme_detail": None, "status_code": 0},
}
_REASONS = {
    "status_deleted": "作品已删除",
    "status_delete": "作品已删除",
    "status_self_see": "作者已将该作品设为私密",
    "status_part_see": "该作品仅部分人可见",
    "status_audit": "作品审核中",
}
_CHALLENGE = (
    "<html><head><script>window._$jsvmprt=function(){};"
    "window.byted_acrawler={};document.cookie='__ac_nonce=';</script></head>"
    "<body></body></html>"
)
_WAF = (
    "<html><head><script>var _wafchallengeid='sandbox';var WAFJS={};</script></head>"
    "<body></body></html>"
)
_SLIDER = (
    "<html><head><title>验证码中间页</title><script>window.TTGCaptcha={};</script>"
    "</head><body></body></html>"
)
_PAGES = {"challenge": (_CHALLENGE, 72_000), "html": (_CHALLENGE, 72_000)}
_PAGES |= {"waf": (_WAF, 2_500), "captcha_page": (_SLIDER, 6_000)}


def stand_in(fault: Fault, wire: Wire) -> web.Response | None:
    """The answer in place of the real one, for the kinds that have one."""
    text = fault.body if isinstance(fault.body, str) else ""
    base = base_of(fault.kind)
    answer = _plain(fault, base, text) or _json(fault, base, text)
    if base.startswith("redirect"):
        place = wire.target if base == "redirect_loop" else "https://www.douyin.com/"
        answer = web.Response(status=302, headers={"Location": place})
    if answer is not None:
        answer.headers.update(fault.headers)
    return answer


def _plain(fault: Fault, base: str, text: str) -> web.Response | None:
    """Refusals by status, header, text or page."""
    if base.startswith("argus:"):
        return _argus(base.removeprefix("argus:"))
    if base == "status" or base.isdigit():
        code, _, later = fault.kind.partition(":")
        status = int(code) if code.isdigit() else fault.status
        words = "Forbidden" if code in {"403", "429"} else ""
        head = {"Retry-After": later} if later else {}
        return web.Response(status=status, text=text or words, headers=head)
    if base in _PAGES:
        return _page(*_PAGES[base], text)
    if base in {"empty", "captcha_header", "identity_check", "throughput"}:
        return web.Response(body=text.encode(), headers=_demand(base))
    return web.Response(text="blocked") if base == "blocked_text" else None


def _argus(why: str) -> web.Response:
    words = why.replace("_", " ").title()
    code = {"argus_security_code": "web_id_sign_invalid"}
    return web.Response(
        status=403,
        text=f"Blocked by ArgusSecurityPlugin {words}",
        headers=code if why == "sign_invalid" else {},
    )


def _page(page: str, size: int, text: str) -> web.Response:
    filling = "x" * (size - len(page.encode()))
    shown = text or page.replace("<body>", f"<body>{filling}")
    answer = web.Response(text=shown, content_type="text/html")
    if page is _CHALLENGE and not text:
        nonce = f"__ac_nonce={'0' * 21}; Path=/; Max-Age=1800"
        answer.headers.add("Set-Cookie", nonce)
    return answer


def _demand(base: str) -> dict[str, str]:
    """The header that names a cause."""
    if base == "captcha_header":
        told = {"code": "10000", "type": "verify", "subtype": "slide", "region": "cn"}
        told |= {"detail": "c2FuZGJveA==", "verify_event": "", "fp": "verify_sandbox"}
        value = base64.b64encode(json.dumps(told).encode()).decode()
        return {"X-Vc-Bdturing-Parameters": value}
    if base == "identity_check":
        told = {"decision": "verify", "type": "sms"}
        return {"X-Tt-Verify-Passport-Decision": json.dumps(told)}
    return {"x-whale-throughput-abort-data": "1"} if base == "throughput" else {}


def _json(fault: Fault, base: str, text: str) -> web.Response | None:
    if base == "not_json":
        body = text.encode() or b'{"status_code":0,"aweme_list":[{"aweme_id'
    elif base == "json":
        body = encoded(fault.body)
    else:
        value = _value(base, fault.kind.partition(":")[2], text)
        if value is None:
            return None
        body = encoded(value)
    return web.Response(body=body, content_type="application/json")


def _value(base: str, detail: str, text: str) -> dict[str, Any] | None:
    """JSON refusals: a code, a key that gives it away, a post that is not shown."""
    if base == "code":
        code = int(detail)
        said = {"status_code": code, "status_msg": text or _CODES.get(code, "")}
        return {**said, **_NULLS.get(code, {})}
    if base == "filter":
        words = text or _REASONS.get(detail, "")
        why = {"filter_reason": detail, "detail_msg": words, "notice": words}
        return {"aweme_detail": None, "filter_detail": why, "status_code": 0}
    return _TELLING.get(base)
