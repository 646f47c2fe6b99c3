"""The login by QR code: codes that pages show, until a control call confirms them."""

from __future__ import annotations

import base64
import io
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import segno

if TYPE_CHECKING:
    from .site import Site
    from .tokens import Mint

LIFE = 60 * 86_400  # seconds that a login is good for
_CODES = 1000  # remembered
_PATH = "/passport/qr?aid=6383&token="


@dataclass(slots=True)
class _Code:
    token: str
    text: str  # what the QR code says
    expires: float  # Unix seconds
    status: str = "new"  # then scanned, confirmed; or expired


class Logins:
    """The codes on show; `now` is in Unix seconds everywhere."""

    def __init__(self, mint: Mint, site: Site) -> None:
        self._mint = mint
        self._site = site
        self._codes: OrderedDict[str, _Code] = OrderedDict()

    def show(self, origin: str, now: float) -> dict[str, Any]:
        """A new code, as the page asks for one."""
        token = secrets.token_hex(16)
        code = _Code(token, origin + _PATH + token, now + self._site.login_life)
        self._codes[token] = code
        if len(self._codes) > _CODES:
            self._codes.popitem(last=False)
        expires = int(code.expires)
        return {"token": token, "qrcode": _png(code.text), "expire_time": expires}

    def status(self, token: str, now: float) -> str:
        """What has become of a code."""
        code = self._codes.get(token)
        if code is None:
            return "expired"
        if code.status != "confirmed" and now >= code.expires:
            code.status = "expired"
        return code.status

    def on_show(self, now: float) -> list[_Code]:
        """The codes that a person could scan."""
        open_states = {"new", "scanned"}
        codes = list(self._codes.values())
        return [code for code in codes if self.status(code.token, now) in open_states]

    def turn(self, status: str, now: float) -> int:
        """Give all codes on show a status; how many there were."""
        codes = self.on_show(now)
        for code in codes:
            code.status = status
        return len(codes)

    def set_cookies(self, now: float) -> list[str]:
        """The Set-Cookie headers of a login."""
        session = self._mint.session_id()
        until = quote(formatdate(now + LIFE, usegmt=True), safe="")
        hidden = {
            "sessionid": session,
            "sessionid_ss": session,
            "sid_tt": session,
            "sid_guard": f"{session}%7C{int(now)}%7C{LIFE}%7C{until}",
            "uid_tt": secrets.token_hex(16),
        }
        shown = {"LOGIN_STATUS": "1", "passport_csrf_token": secrets.token_hex(16)}
        tail = f"Path=/; Max-Age={LIFE}"
        return [
            *(f"{name}={value}; {tail}; HttpOnly" for name, value in hidden.items()),
            *(f"{name}={value}; {tail}" for name, value in shown.items()),
        ]


def _png(text: str) -> str:
    written = io.BytesIO()
    segno.make(text, error="m", micro=False).save(written, kind="png", scale=8)
    return base64.b64encode(written.getvalue()).decode()
