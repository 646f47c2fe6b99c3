"""The sandbox's own paths under `/_sandbox/`: faults, the wire log, the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from .answers import encoded
from .world_counters import post_counters, user_counters

if TYPE_CHECKING:
    from .server import Sandbox


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=encoded(value), status=status, content_type="application/json"
    )


class Control:
    """Answers the control paths; no token or signature is asked for."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def respond(self, request: web.Request) -> web.Response:
        name = request.path.removeprefix("/_sandbox/")
        faults, log = self._sandbox.faults, self._sandbox.log
        match request.method, name:
            case "POST", "faults":
                return await self._add_faults(request)
            case "GET", "truth":
                return self._truth(request.query.get("sec_user_id", ""))
            case "DELETE", "faults":
                faults.clear()
            case "DELETE", "requests":
                log.clear()
            case "GET", "faults" | "requests":
                return _json((faults if name == "faults" else log).entries())
            case _:
                return _json({"error": f"no control path {name}"}, 404)
        return _json({})

    async def _add_faults(self, request: web.Request) -> web.Response:
        try:
            return _json({"faults": self._sandbox.faults.add(await request.read())})
        except msgspec.MsgspecError as error:
            return _json({"error": str(error)}, 400)

    def _truth(self, sec_user_id: str) -> web.Response:
        """What a full walk of a user must end with, with today's counters."""
        world = self._sandbox.world
        user = world.user_of(sec_user_id)
        if user is None:
            return _json({"error": "no such user"}, 404)
        posts = {
            post.id: post_counters(world, post) for post in world.listed(user.index)
        }
        truth = {"sec_uid": user.sec_uid, "posts": posts, "day": world.day}
        return _json({**truth, "counters": user_counters(world, user.index)})
