"""The table of endpoints; a new one is a row here and a method of `Answers`."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from .ask import NOT_LOGGED_IN, Ask, encoded
from .gate import API

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answers import Answers
    from .gate import Visit
    from .wire import Wire


@dataclass(frozen=True, slots=True)
class Route:
    """How one path is answered.

    `login` "checked": an expired login is told so; "needed": and a visitor gets an
    empty body; "own": a visitor is told so like an expired one.
    """

    answer: Callable[[Answers, Ask], bytes]
    method: str = "GET"
    login: str = "visitor"


ROUTES: dict[str, Route] = {
    API + "aweme/post/": Route(lambda a, ask: a.posts(ask), login="checked"),
    API + "aweme/detail/": Route(lambda a, ask: a.detail(ask)),
    API + "user/profile/other/": Route(lambda a, ask: a.profile(ask)),
    API + "user/profile/self/": Route(lambda a, ask: a.own_profile(ask)),
    API + "comment/list/": Route(lambda a, ask: a.comments(ask)),
    API + "comment/list/reply/": Route(lambda a, ask: a.replies(ask)),
    API + "hot/search/list/": Route(lambda a, ask: a.hot_list(ask)),
    API + "tab/feed/": Route(lambda a, ask: a.feed(ask), login="needed"),
    API + "emoji/list": Route(lambda a, ask: a.emojis(ask)),
    API + "im/resources/emoticon/trending": Route(
        lambda a, ask: a.stickers(ask), login="own"
    ),
    API + "im/user/info/": Route(
        lambda a, ask: a.user_infos(ask), method="POST", login="own"
    ),
    API + "notice/": Route(lambda a, ask: a.notices(ask), login="own"),
    API + "notice/detail/": Route(lambda a, ask: a.notice_details(ask), login="own"),
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
    known = visit.login is True or (visit.login is None and route.login != "own")
    if route.login != "visitor" and not known:
        return HTTPStatus.OK, encoded(NOT_LOGGED_IN)
    if route.login == "needed" and visit.login is None:
        wire.refused = "login"
        return HTTPStatus.OK, b""
    params = wire.params | wire.form
    ask = Ask(params, visit.login is True, wire.received_at, logid, visit.ttwid)
    return HTTPStatus.OK, route.answer(answers, ask)
