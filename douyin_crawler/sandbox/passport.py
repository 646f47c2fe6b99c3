"""What the pages' own scripts ask for beside the API: the login, the solved captcha."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from .ask import encoded
from .world import SELF
from .world_text import nickname

if TYPE_CHECKING:
    from .login import Logins
    from .site import Site
    from .wire import Wire
    from .world import World

PASSPORT = "/passport/"


class Passport:
    """Answers below `/passport/`."""

    def __init__(self, logins: Logins, site: Site, world: World) -> None:
        self._logins = logins
        self._site = site
        self._world = world

    def respond(self, wire: Wire) -> web.Response:
        match wire.path.removeprefix(PASSPORT):
            case "web/get_qrcode/":
                origin = f"http://{wire.header('Host')}"
                return _data(self._logins.show(origin, wire.received_at))
            case "web/check_qrconnect/":
                return self._check(wire)
            case "web/verified/":
                self._site.verify = False
                return _data({})
        return web.Response(status=404, text="Not Found")

    def _check(self, wire: Wire) -> web.Response:
        """The status of a code; with a confirmed one, the login's cookies."""
        now = wire.received_at
        status = self._logins.status(wire.params.get("token", ""), now)
        if status != "confirmed":
            return _data({"status": status})
        named = nickname(self._world, SELF)
        answer = _data({"status": status, "nickname": named})
        for line in self._logins.set_cookies(now):
            answer.headers.add("Set-Cookie", line)
        return answer


def _data(value: dict[str, Any]) -> web.Response:
    body = encoded({"data": value, "message": "success"})
    return web.Response(body=body, content_type="application/json")
