"""The sandbox's own paths under `/_sandbox/`: faults, the wire log, the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from . import hot, truth
from .ask import encoded

if TYPE_CHECKING:
    from collections.abc import Mapping

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
                return self._truth(request.query)
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

    def _truth(self, asked: Mapping[str, str]) -> web.Response:
        """What a walk must end with: of a user, a post, a board, the feed."""
        sandbox, world = self._sandbox, self._sandbox.world
        if "aweme_id" in asked:
            post = world.post_of(asked["aweme_id"])
            found = truth.of_post(world, post) if post else None
        elif asked.get("board") in hot.NAMES:
            last = sandbox.log.last("hot/search/list/")  # the ranks move by the second
            moment = last.received_at if last else sandbox.clock()
            found = truth.of_board(world, asked["board"], moment)
        elif "feed" in asked:
            found = {"posts": [post.id for post in sandbox.made_up.feed_pool()]}
        else:
            user = world.user_of(asked.get("sec_user_id", ""))
            found = truth.of_user(world, user) if user else None
        return _json(found) if found else _json({"error": "nothing of that id"}, 404)
