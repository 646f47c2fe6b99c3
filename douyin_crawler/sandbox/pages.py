"""What is not the API: web pages, short links and the look-up of handles."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import web_text
from .ask import encoded
from .gate import PROTECTED
from .media import share_url
from .passport import PASSPORT, Passport
from .verify_crypto import md5
from .world import SELF
from .world_text import nickname

if TYPE_CHECKING:
    from .login import Logins
    from .proof import Proofs
    from .site import Site
    from .tokens import Mint
    from .wire import Wire
    from .world import World

_YEAR = 365 * 86_400
_SHORT_HOSTS = {"v.douyin.com", "v.iesdouyin.com"}
_HANDLE_PATH = "/web/api/v2/user/info/"
_NONCE_LIFE = 1800


class Pages:
    """Answers without a signature (behaviour notes, 1.3, 5 and 6)."""

    def __init__(
        self, mint: Mint, world: World, site: Site, proofs: Proofs, logins: Logins
    ) -> None:
        self._mint = mint
        self._world = world
        self._site = site
        self._proofs = proofs
        self._passport = Passport(logins, site, world)

    def respond(self, wire: Wire) -> web.Response:
        if wire.method not in {"GET", "HEAD"}:
            return web.Response(status=405, text="Method Not Allowed")
        if wire.header("X-Forwarded-Host") in _SHORT_HOSTS:
            return self._short_link(wire)
        if wire.path == _HANDLE_PATH:
            return self._handle(wire)
        if wire.path.startswith(PASSPORT):
            return self._passport.respond(wire)
        return self._stop(wire) or self._page(wire)

    def _stop(self, wire: Wire) -> web.Response | None:
        """What stands in the way of a page."""
        if self._site.verify:
            return _html(web_text.verify())
        if self._site.challenge and not _passed_challenge(wire):
            return self._challenge()
        return None

    @staticmethod
    def _challenge() -> web.Response:
        answer = _html(web_text.challenge())
        nonce = f"__ac_nonce=0{secrets.token_hex(10)}; Path=/; Max-Age={_NONCE_LIFE}"
        answer.headers.add("Set-Cookie", nonce)
        return answer

    def _page(self, wire: Wire) -> web.Response:
        """A page load: the visitor's first tokens, to those who have none."""
        cookies = wire.cookies
        ttwid = cookies.get("ttwid", "")
        known = self._mint.knows_ttwid(ttwid)
        ttwid = ttwid if known else self._mint.ttwid(int(wire.received_at))
        answer = _html(web_text.page(self._facts(cookies, ttwid), self._site.script))
        if not known:
            tail = f"Path=/; Max-Age={_YEAR}; HttpOnly"
            answer.headers.add("Set-Cookie", f"ttwid={ttwid}; {tail}")
        if not {"UIFID", "UIFID_TEMP"} & cookies.keys():
            tail = f"Path=/; Max-Age={500 * 86_400}"
            uifid = self._mint.uifid()
            answer.headers.add("Set-Cookie", f"UIFID_TEMP={uifid}; {tail}")
        return answer

    def _facts(self, cookies: dict[str, str], ttwid: str) -> dict[str, Any]:
        """What the page's script is told."""
        member = self._mint.knows_login(cookies)
        return {
            **self._proofs.issue(ttwid),
            "signature": self._site.signature,
            "uifid": self._mint.uifid(320),
            "nickname": nickname(self._world, SELF) if member else "",
            "protected": sorted(PROTECTED),
        }

    def _short_link(self, wire: Wire) -> web.Response:
        location = self._target(wire.path.strip("/"))
        return web.Response(
            status=302, headers={"Location": location or "https://www.douyin.com"}
        )

    def _target(self, code: str) -> str | None:
        """Where a code leads; the sharer's ids are in the query, as in real ones."""
        found = self._world.ids.target_of_code(code)
        if found is None or not self._world.exists(found[1].user):
            return None
        kind, named = found
        tail = "u_code=15b3cfj2a&did=MS4wLjABAAAAsharer&iid=MS4wLjABAAAAsharer"
        if kind == "user":
            sec_uid = self._world.user(named.user).sec_uid
            base = f"https://www.iesdouyin.com/share/user/{sec_uid}"
            return f"{base}?sec_uid={sec_uid}&{tail}"
        if named.post >= self._world.size(named.user):
            return None
        post = self._world.post(named.user, named.post)
        return f"{share_url(self._world, post)}&{tail}"

    def _handle(self, wire: Wire) -> web.Response:
        user = self._world.user_of_handle(wire.params.get("unique_id", ""))
        if user is None:
            body = {"status_code": 5, "status_msg": "用户不存在"}
        else:
            info = {"sec_uid": user.sec_uid, "uid": user.uid, "unique_id": user.handle}
            body = {"status_code": 0, "user_info": info}
        return web.Response(body=encoded(body), content_type="application/json")


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


def _passed_challenge(wire: Wire) -> bool:
    """Whether the challenge's script has run in the browser that asks."""
    cookies = wire.cookies
    nonce = cookies.get("__ac_nonce", "")
    text = nonce + wire.header("User-Agent")
    mark = md5(text.encode("utf-8", "surrogateescape")).hex()
    return bool(nonce) and cookies.get("__ac_signature", "").endswith(mark)
