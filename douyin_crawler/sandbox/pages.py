"""What is not the API: web pages, short links and the look-up of handles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from .ask import encoded
from .media import share_url

if TYPE_CHECKING:
    from .tokens import Mint
    from .wire import Wire
    from .world import World

_YEAR = 365 * 86_400
_SHORT_HOSTS = {"v.douyin.com", "v.iesdouyin.com"}
_HANDLE_PATH = "/web/api/v2/user/info/"
_PAGE = (
    "<!doctype html><html lang=zh><head><meta charset=utf-8><title>抖音</title></head>"
    "<body>sandbox</body></html>"
)


class Pages:
    """Answers without a signature (behaviour notes, 1.3, 5 and 6)."""

    def __init__(self, mint: Mint, world: World) -> None:
        self._mint = mint
        self._world = world

    def respond(self, wire: Wire) -> web.Response:
        if wire.method not in {"GET", "HEAD"}:
            return web.Response(status=405, text="Method Not Allowed")
        if wire.header("X-Forwarded-Host") in _SHORT_HOSTS:
            return self._short_link(wire)
        if wire.path == _HANDLE_PATH:
            return self._handle(wire)
        return self._page(wire)

    def _page(self, wire: Wire) -> web.Response:
        """A page load: the visitor's first tokens, to those who have none."""
        answer = web.Response(text=_PAGE, content_type="text/html")
        cookies = wire.cookies
        if not self._mint.knows_ttwid(cookies.get("ttwid", "")):
            ttwid = self._mint.ttwid(int(wire.received_at))
            tail = f"Path=/; Max-Age={_YEAR}; HttpOnly"
            answer.headers.add("Set-Cookie", f"ttwid={ttwid}; {tail}")
        if not {"UIFID", "UIFID_TEMP"} & cookies.keys():
            tail = f"Path=/; Max-Age={500 * 86_400}"
            uifid = self._mint.uifid()
            answer.headers.add("Set-Cookie", f"UIFID_TEMP={uifid}; {tail}")
        return answer

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
