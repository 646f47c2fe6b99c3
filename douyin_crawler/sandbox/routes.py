"""The table of endpoints; a new one is a row here and a method of `Answers`."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from .answers import NOT_LOGGED_IN, Answers, Ask, encoded
from .gate import API, Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from .wire import Wire


@dataclass(frozen=True, slots=True)
class Route:
    """How one path is answered. `login` "checked": an expired login is told so."""

    answer: Callable[[Answers, Ask], bytes]
    method: str = "GET"
    login: str = "visitor"


ROUTES: dict[str, Route] = {
    API + "aweme/post/": Route(lambda a, ask: a.posts(ask), login="checked"),
    API + "aweme/detail/": Route(lambda a, ask: a.detail(ask)),
    API + "user/profile/other/": Route(lambda a, ask: a.profile(ask)),
    API + "user/profile/self/": Route(lambda a, ask: a.own_profile(ask)),
}


def respond(
    answers: Answers, wire: Wire, visit: Visit, logid: str
) -> tuple[HTTPStatus, bytes]:
    """Status and body of an API request that passed the gate."""
    route = ROUTES.get(wire.path)
    if route is None or route.method != wire.method:
        known = route is not None
        status = HTTPStatus.METHOD_NOT_ALLOWED if known else HTTPStatus.NOT_FOUND
        text = f"{wire.method} {wire.path}: no such endpoint"
        return status, encoded({"status_code": 404, "status_msg": text})
    if route.login == "checked" and visit.login is False:
        return HTTPStatus.OK, encoded(NOT_LOGGED_IN)
    ask = Ask(wire.params, visit.login is True, wire.received_at, logid)
    return HTTPStatus.OK, route.answer(answers, ask)
