"""What `notice/` and `notice/detail/` answer (behaviour notes, 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from .ask import MOST, WRONG_PARAMETER, encoded, marks
from .render_notices import NoticeRenderer
from .skeletons import skeleton
from .world_notices import GROUPS, Notices

if TYPE_CHECKING:
    from .ask import Ask
    from .render_posts import PostRenderer
    from .world import World
    from .world_notices import Notice


class _Wanted(msgspec.Struct):
    """One entry of `id_list`."""

    notice_id_str: str
    type: int


class NoticeAnswers:
    """The notices of a made-up world's login."""

    def __init__(self, world: World, posts: PostRenderer, count: int) -> None:
        self.notices = Notices(world, count)
        self._render = NoticeRenderer(world, posts)

    def list(self, ask: Ask) -> bytes:
        """A page of a group; unless told not to, it marks what it shows as read."""
        group, count = ask.number("notice_group", 700), ask.number("count", 10)
        oldest, newest = ask.number("min_time", 0), ask.number("max_time", 0)
        if group not in GROUPS or not count or oldest is None or newest is None:
            return encoded(WRONG_PARAMETER)
        found, more = self.notices.page(group, newest, oldest, min(count, MOST))
        shown = [self._shown(notice, ask) for notice in found]
        if ask.params.get("is_mark_read") != "0":
            self.notices.marked.update(notice.index for notice in found)
        return encoded(
            {
                "status_code": 0,
                "notice_list_v2": shown,
                "has_more": int(more),
                "max_time": found[0].created if found else newest,
                "min_time": found[-1].created if found else oldest,
                **marks(ask),
            }
        )

    def detail(self, ask: Ask) -> bytes:
        """The notices of a JSON list of ids; null where none of them is known."""
        try:
            text = ask.params.get("id_list", "")
            wanted = msgspec.json.decode(text, type=list[_Wanted])
        except msgspec.MsgspecError:
            return encoded(WRONG_PARAMETER)
        found = [self.notices.of_nid(entry.notice_id_str) for entry in wanted]
        shown = [self._shown(notice, ask) for notice in found if notice]
        base = skeleton("notice_detail")
        return encoded({**base, **marks(ask), "notice_list_v2": shown or None})

    def _shown(self, notice: Notice, ask: Ask) -> dict[str, Any]:
        read = self.notices.was_read(notice)
        return self._render.notice(notice, int(ask.now), read=read)
