"""The sandbox's own paths under `/_sandbox/`: faults, the wire log, the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from . import control_web, emojis, hot, truth
from .ask import encoded
from .config import SandboxError
from .plant import Person

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .server import Sandbox


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=encoded(value), status=status, content_type="application/json"
    )


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    text = asked.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else default


class Control:
    """Answers the control paths; no token or signature is asked for."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._ways: dict[str, Callable[[Mapping[str, str]], Any]] = {
            "GET faults": lambda _: sandbox.faults.entries(),
            "DELETE faults": lambda _: sandbox.faults.clear(),
            "GET requests": self._requests,
            "DELETE requests": lambda _: sandbox.log.clear(),
            "GET counts": lambda _: sandbox.log.counts(),
            "GET users": self._users,
            "GET served": self._served,
            "POST moving": lambda _: sandbox.changes.move(on=True),
            "DELETE moving": lambda _: sandbox.changes.move(on=False),
            "GET truth": self._truth,
            "DELETE plant": lambda _: self._let_in(None),
            **control_web.ways(sandbox),
        }
        self._writes: dict[str, Callable[[bytes], Any]] = {
            "POST faults": self._add_faults,
            "POST plant": self._plant,
            "POST page": lambda body: control_web.order(sandbox, body),
        }

    async def respond(self, request: web.Request) -> web.Response:
        """Ask for what a path names; null is an empty object."""
        way = f"{request.method} {request.path.removeprefix('/_sandbox/')}"
        if way in self._writes:
            try:
                return _json(self._writes[way](await request.read()))
            except msgspec.MsgspecError as error:
                return _json({"error": str(error)}, 400)
        if way not in self._ways:
            return _json({"error": f"no control path: {way}"}, 404)
        try:
            found = self._ways[way](request.query)
        except SandboxError as error:
            return _json({"error": str(error)}, 409)
        if found is None and request.method == "GET":
            return _json({"error": "nothing of that id"}, 404)
        return _json({} if found is None else found)

    def _add_faults(self, body: bytes) -> dict[str, int]:
        return {"faults": self._sandbox.faults.add(body)}

    def _plant(self, body: bytes) -> None:
        self._let_in(msgspec.json.decode(body, type=Person))

    def _let_in(self, person: Person | None) -> None:
        """Let a person into the world, or out of it."""
        self._sandbox.world.plant(person)
        self._sandbox.answer_anew()

    def _requests(self, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        ending, last = asked.get("path", ""), _number(asked, "last", 0)
        return self._sandbox.log.entries(ending, last)

    def _users(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """The sec_user_ids of `count` users from the `first` on."""
        world, first = self._sandbox.world, _number(asked, "first", 0)
        last = min(first + _number(asked, "count", 1000), world.users)
        shown = filter(world.exists, range(first, last))
        return {"users": list(map(world.ids.sec_uid, shown)), "of": world.users}

    def _served(self, asked: Mapping[str, str]) -> dict[str, Any] | None:
        """What was last served for a post, comment or user, where counters move."""
        served = self._sandbox.changes.served
        return served.of(asked.get("kind", ""), asked.get("id", ""))

    def _truth(self, asked: Mapping[str, str]) -> dict[str, Any] | None:
        """What a walk must end with: of a user, a post, a board, the feed, ..."""
        sandbox, world = self._sandbox, self._sandbox.world
        if "aweme_id" in asked:
            post = world.post_of(asked["aweme_id"])
            return truth.of_post(world, post) if post else None
        if asked.get("board") in hot.NAMES:
            last = sandbox.log.last("hot/search/list/")  # the ranks move by the second
            moment = last.received_at if last else sandbox.clock()
            return truth.of_board(world, asked["board"], moment)
        if "person" in asked or "sec_user_id" in asked:
            of = truth.of_person if "person" in asked else truth.of_user
            user = world.user_of(asked.get("person") or asked.get("sec_user_id", ""))
            return of(world, user) if user else None
        return self._lists(asked)

    def _lists(self, asked: Mapping[str, str]) -> dict[str, Any] | None:
        made_up, world = self._sandbox.made_up, self._sandbox.world
        if "feed" in asked:
            return {"posts": [post.id for post in made_up.feed_pool()]}
        if "notices" in asked:
            return truth.of_notices(world, made_up.notice_answers.notices)
        if "stickers" in asked:
            return {"stickers": emojis.sticker_ids()}
        return {"emojis": dict(emojis.emoji_names())} if "emojis" in asked else None
