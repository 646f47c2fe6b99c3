"""Lists as the service may page them, and how a walk over each has to end.

After section 3 of the API notes on behaviour, and the lines on private accounts, closed
comments and dead posts of section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

POSTS, COMMENTS = "/aweme/post/", "/comment/list/"
PROFILE = "/user/profile/other/"
USER = "MS4wLjABAAAA{:043d}"
POST = "73312823579975{:05d}"
WALL = {"status_code": 0}
TOP, DEAD = 50, 60
"""From these on, a post of a script is pinned, or deleted."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a script: which entries, and what it says of the next."""

    cursor: int
    """At which it is given."""
    entries: tuple[int, ...] | None
    more: Any = 1
    then: Any = 0
    """The cursor that it names."""


@dataclass(frozen=True, slots=True)
class Script:
    """A list page by page, and how its walk has to end."""

    what: str
    pages: tuple[Page | None, ...]
    """None: the answer with nothing but ``status_code``, at the last named cursor."""
    kept: int
    verdict: str = "complete"
    words: str = ""
    """Of the reason."""
    asked: int = 0
    """Requests for pages; 0: one each."""
    profile: dict[str, Any] | None = None
    """What the profile then says."""
    total: int = 0


POST_LISTS = (
    Script("has_more is a number", (Page(0, (1,), 1, 9), Page(9, (2,), 0)), 2),
    Script("... a boolean", (Page(0, (1,), True, 9), Page(9, (2,), False)), 2),
    Script("... a text", (Page(0, (1,), "1", 9), Page(9, (2,), "0")), 2),
    Script("the cursor is a text", (Page(0, (1,), 1, "9"), Page(9, (2,), 0)), 2),
    Script(
        "a short page in the middle",
        (Page(0, (1, 2, 3), 1, 9), Page(9, (4,), 1, 8), Page(8, (5, 6, 7), 0)),
        7,
    ),
    Script(
        "an empty page in the middle",
        (Page(0, (1, 2), 1, 9), Page(9, (), 1, 8), Page(8, (3,), 0)),
        3,
    ),
    Script(
        "a null list in the middle",
        (Page(0, (1, 2), 1, 9), Page(9, None, 1, 8), Page(8, (3,), 0)),
        3,
    ),
    Script("an empty last page", (Page(0, (1,), 1, 9), Page(9, (), 0)), 1),
    Script("a null last page", (Page(0, (1,), 1, 9), Page(9, None, 0)), 1),
    Script(
        "pinned posts stand first, and again at their place",
        (Page(0, (50, 51, 1, 2), 1, 9), Page(9, (2, 3, 51, 50), 0)),
        5,
    ),
    Script("a dead post in the list", (Page(0, (1, 60), 0),), 2),
    Script(
        "the cursor stands still",
        (Page(0, (1,), 1, 9), Page(9, (2,), 1, 9)),
        2,
        "stalled",
        "has_more is 1, but there was the cursor 9 again",
        asked=3,
    ),
    Script(
        "the cursor comes back",
        (Page(0, (1,), 1, 9), Page(9, (2,), 1, 8), Page(8, (3,), 1, 9)),
        3,
        "stalled",
        "the cursor 9 again",
        asked=4,
    ),
    Script(
        "no cursor though more follows",
        (Page(0, (1,), 1, None),),
        1,
        "stalled",
        "there was no cursor",
        asked=2,
    ),
    Script(
        "the wall of page two",
        (Page(0, (1, 2), 1, 9), None),
        2,
        "restricted",
        "no end but a refusal (HTTP 200, 17 bytes, no aweme_list",
    ),
    Script(
        "an empty list, the profile says none",
        (Page(0, (), 0),),
        0,
        words="the user has no posts",
        profile={"aweme_count": 0},
    ),
    Script(
        "an empty list of a private account",
        (Page(0, (), 0),),
        0,
        "private",
        "the account is private",
        profile={"aweme_count": 5, "secret": 1},
    ),
    Script(
        "a null list, the profile says some",
        (Page(0, None, 0),),
        0,
        "truncated",
        "the profile says 5 posts, its list is empty",
        profile={"aweme_count": 5},
    ),
)
COMMENT_LISTS = (
    Script("a null list", (Page(0, None, 0),), 0),
    Script("an empty list", (Page(0, (), 0),), 0),
    Script("has_more is a boolean", (Page(0, (1,), True, 9), Page(9, (2,), False)), 2),
    Script("has_more is a text", (Page(0, (1,), "1", 9), Page(9, (2,), "0")), 2),
    Script(
        "comments come again",
        (Page(0, (1, 2), 1, 9), Page(9, (2, 3), 1, 8), Page(8, (1, 4), 0)),
        4,
    ),
    Script(
        "hidden ones count too",
        (Page(0, (1, 2, 3), 0),),
        3,
        words="the service says there are 4, its list ended after 3",
        total=4,
    ),
    Script(
        "most of them are not shown",
        (Page(0, (1, 2, 3), 0),),
        3,
        "truncated",
        "there are 30",
        total=30,
    ),
    Script(
        "a null list, though there are some",
        (Page(0, None, 0),),
        0,
        "truncated",
        "there are 30",
        total=30,
    ),
    Script(
        "the offset stands still",
        (Page(0, (1,), 1, 9), Page(9, (2,), 1, 9)),
        2,
        "stalled",
        "the cursor 9 again",
        asked=3,
    ),
    Script(
        "no list key",
        (Page(0, (1,), 1, 9), None),
        1,
        "restricted",
        "no end but a refusal",
    ),
)


def post(user: str, turn: int, key: int) -> dict[str, Any]:
    """Return a post of a script; the greater *key*, the older."""
    return {
        "aweme_id": f"73312{turn:07d}{key:07d}",
        "create_time": 1_700_000_000 - key,
        "author": {"sec_uid": user, "nickname": "小"},
        "is_top": int(TOP <= key < DEAD),
        "status": {"is_delete": key >= DEAD},
    }


def comment(aweme_id: str, turn: int, key: int) -> dict[str, Any]:
    cid, user = f"73313{turn:07d}{key:07d}", {"uid": "1", "sec_uid": USER.format(1)}
    return {"cid": cid, "aweme_id": aweme_id, "text": "好", "user": user}


def faults(script: Script, target: str, turn: int, of_posts: bool) -> list[Any]:
    """Return what makes the sandbox follow *script* for *target*."""
    path, name = (POSTS, "sec_user_id") if of_posts else (COMMENTS, "aweme_id")
    key, cursor = ("aweme_list", "max_cursor") if of_posts else ("comments", "cursor")
    entry = post if of_posts else comment
    planned, at = [], 0
    for page in script.pages:
        at, body = page.cursor if page else at, dict[str, Any](WALL)
        if page:
            shown = [entry(target, turn, one) for one in page.entries or ()]
            body[key] = None if page.entries is None else shown
            body |= {"has_more": page.more, cursor: page.then}
            body |= {"total": script.total} if script.total else {}
        where = f"{name}={target}&{cursor}={at}&"
        at = page.then if page else at
        planned.append(told(path, where, body))
    if script.profile is not None:
        user = {"sec_uid": target, "nickname": "小", **script.profile}
        planned.append(told(PROFILE, target, {**WALL, "user": user}))
    return planned


def told(path: str, contains: str, body: dict[str, Any]) -> dict[str, Any]:
    where = {"path": path, "contains": contains, "times": -1}
    return {**where, "kind": "json", "body": body}
