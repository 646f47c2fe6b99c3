"""Captured answers from a folder, served again byte for byte.

The files of an endpoint's folder count in the order of their names. A page that was
asked for by the cursor of a file is the next file that holds the same id, so the n-th
request of a walk gets the n-th file, and a repeated request the same one. The feed has
no cursor: `refresh_index` n gets the n-th file. What has neither (details, profiles,
the hot list) gets the n-th file for the n-th request, and then the last one again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from .answers import no_detail, unknown_user
from .ask import encoded
from .config import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .answers import Answers
    from .ask import Ask

END = encoded(
    {"status_code": 0, "min_cursor": 0, "max_cursor": 0, "has_more": 0}
    | {"aweme_list": []}
)
NO_COMMENTS = encoded(
    {"status_code": 0, "comments": None, "cursor": 0, "has_more": 0, "total": 0}
)
NO_WORDS = encoded({"status_code": 0, "data": {"word_list": [], "trending_list": []}})
NO_POSTS = encoded({"status_code": 0, "aweme_list": [], "has_more": 1})


class Capture(NamedTuple):
    """One captured answer; `cursor` is what asks for the page after it."""

    body: bytes
    cursor: int


def _authors(answer: Any) -> Iterator[str]:
    for post in answer["aweme_list"] or []:
        yield post["author"]["sec_uid"]


def _post_id(answer: Any) -> Iterator[str]:
    yield answer["aweme_detail"]["aweme_id"]


def _user_id(answer: Any) -> Iterator[str]:
    yield answer["user"]["sec_uid"]


def _commented(answer: Any) -> Iterator[str]:
    for comment in answer["comments"] or []:
        yield comment["aweme_id"]


def _replied_to(answer: Any) -> Iterator[str]:
    for reply in answer["comments"] or []:
        yield reply["reply_id"]


def _board(answer: Any) -> Iterator[str]:
    yield from ["board"] if answer["data"]["word_list"] is not None else []


def _stream(answer: Any) -> Iterator[str]:
    yield from ["feed"] if answer["aweme_list"] is not None else []


def _emojis(answer: Any) -> Iterator[str]:
    yield from ["emojis"] if answer["emoji_list"] else []


def _noticed(answer: Any) -> Iterator[str]:
    for notice in answer["notice_list_v2"] or []:
        yield str(notice["nid"])


IDS: dict[str, Callable[[Any], Iterator[str]]] = {
    "aweme_post": _authors,
    "aweme_detail": _post_id,
    "user_profile_other": _user_id,
    "comment_list": _commented,
    "comment_list_reply": _replied_to,
    "hot_search_list": _board,
    "module_feed": _stream,
    "emoji_list": _emojis,
    "notice_detail": _noticed,
}


def _read(file: Path, ids: Callable[[Any], Iterator[str]]) -> tuple[Capture, set[str]]:
    body = file.read_bytes()
    try:
        answer = json.loads(body)
        found = set(ids(answer))
    except RecursionError:
        raise SandboxError(f"{file}: nested too deep; take it out") from None
    except (ValueError, LookupError, TypeError) as error:
        raise SandboxError(
            f"{file}: not an answer of {file.parent.name} ({error}); take it out"
        ) from error
    cursor = answer.get("max_cursor") or answer.get("cursor")
    return Capture(body, cursor if isinstance(cursor, int) else 0), found


def load(directory: Path) -> dict[str, dict[str, list[Capture]]]:
    """The captures by endpoint and id; raises `SandboxError` where there are none."""
    if not directory.is_dir():
        raise SandboxError(f"--captures {directory}: there is no such folder")
    loaded: dict[str, dict[str, list[Capture]]] = {}
    for endpoint, ids in IDS.items():
        by_id = loaded.setdefault(endpoint, {})
        for file in sorted((directory / endpoint).glob("*.json")):
            capture, found = _read(file, ids)
            for name in sorted(found):
                by_id.setdefault(name, []).append(capture)
    if not any(loaded.values()):
        raise SandboxError(
            f"--captures {directory}: no answers in it; they are looked for as *.json "
            f"in its folders {', '.join(IDS)}"
        )
    return loaded


class CapturedAnswers:
    """Captured answers behind the API's endpoints; the login test stays the world's."""

    def __init__(self, directory: Path, world: Answers) -> None:
        self.captures = load(directory)
        self._world = world
        self._served: dict[str, int] = {}

    def posts(self, ask: Ask) -> bytes:
        wanted = ask.params.get("sec_user_id", "")
        cursor = ask.number("max_cursor", 0)
        return self._paged("aweme_post", wanted, cursor) or END

    def comments(self, ask: Ask) -> bytes:
        wanted = ask.params.get("aweme_id", "")
        cursor = ask.number("cursor", 0)
        return self._paged("comment_list", wanted, cursor) or NO_COMMENTS

    def replies(self, ask: Ask) -> bytes:
        wanted = ask.params.get("comment_id", "")
        cursor = ask.number("cursor", 0)
        return self._paged("comment_list_reply", wanted, cursor) or NO_COMMENTS

    def _paged(self, endpoint: str, id: str, cursor: int | None) -> bytes | None:
        """The page that a cursor asks for, if there is one."""
        pages = self.captures[endpoint].get(id, [])
        index = self._next(f"{endpoint} {id}", pages, cursor or 0)
        self._served[f"{endpoint} {id}"] = index
        return pages[index].body if index < len(pages) else None

    def _next(self, walk: str, pages: list[Capture], cursor: int) -> int:
        """Which page a cursor asks for; 0 begins a new walk."""
        if not cursor:
            return 0
        last = self._served.get(walk, 0)
        after = [i + 1 for i, page in enumerate(pages) if page.cursor == cursor]
        return min(after, key=lambda i: abs(i - last - 1), default=last + 1)

    def detail(self, ask: Ask) -> bytes:
        wanted = ask.params.get("aweme_id", "")
        return self._single("aweme_detail", wanted) or no_detail(ask, "core_dep")

    def profile(self, ask: Ask) -> bytes:
        wanted = ask.params.get("sec_user_id", "")
        return self._single("user_profile_other", wanted) or unknown_user(ask)

    def hot_list(self, ask: Ask) -> bytes:
        return self._single("hot_search_list", "board") or NO_WORDS

    def feed(self, ask: Ask) -> bytes:
        files = self.captures["module_feed"].get("feed", [])
        turn = max(ask.number("refresh_index", 1) or 1, 1)
        return files[turn - 1].body if turn <= len(files) else NO_POSTS

    def _single(self, endpoint: str, id: str) -> bytes | None:
        """The n-th capture for the n-th request, then the last one again."""
        found = self.captures[endpoint].get(id, [])
        index = self._served.get(f"{endpoint} {id}", 0)
        self._served[f"{endpoint} {id}"] = index + 1
        return found[min(index, len(found) - 1)].body if found else None

    def own_profile(self, ask: Ask) -> bytes:
        return self._world.own_profile(ask)

    def emojis(self, ask: Ask) -> bytes:
        return self._single("emoji_list", "emojis") or self._world.emojis(ask)

    def stickers(self, ask: Ask) -> bytes:
        return self._world.stickers(ask)

    def user_infos(self, ask: Ask) -> bytes:
        return self._world.user_infos(ask)

    def notices(self, ask: Ask) -> bytes:
        return self._world.notices(ask)

    def notice_details(self, ask: Ask) -> bytes:
        """The first file that has a notice of the list; else the world's answer."""
        asked = ask.params.get("id_list", "")
        known = self.captures["notice_detail"]
        nid = next((nid for nid in known if f'"{nid}"' in asked), "")
        return self._single("notice_detail", nid) or self._world.notice_details(ask)
