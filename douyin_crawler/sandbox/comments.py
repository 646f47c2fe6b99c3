"""What `comment/list/` and `comment/list/reply/` answer (behaviour notes, 2 and 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .ask import MOST, WRONG_PARAMETER, encoded, marks
from .render_comments import CommentRenderer
from .skeletons import skeleton
from .world_comments import comments_of

if TYPE_CHECKING:
    from .ask import Ask
    from .world import World
    from .world_comments import Comments

NO_SUCH_POST = {"status_code": 2053, "status_msg": "作品不见了"}


class CommentAnswers:
    """The comments of a made-up world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._render = CommentRenderer(world)

    def comments(self, ask: Ask) -> bytes:
        """A page of comments; hidden ones go after it was cut."""
        asked = _window(ask)
        if asked is None:
            return encoded(WRONG_PARAMETER)
        of = self._of(ask.params.get("aweme_id", ""))
        if of is None:
            return encoded(NO_SUCH_POST)
        cursor, count = asked
        tops = (of.top(index) for index in of.page(cursor, min(count, MOST)))
        now = int(ask.now)
        shown = [self._render.comment(of, top, now) for top in tops if not top.hidden]
        words = skeleton("comment_list")["fast_response_comment"]
        return encoded(
            {
                **skeleton("comment_list"),
                "comments": shown or None,
                "cursor": cursor + count,
                "has_more": int(of.more(cursor + count)),
                "total": of.total,
                "reply_style": 2,
                "user_commented": -1,
                "extra": {"now": now * 1000, "fatal_item_ids": None, "scenes": None},
                "log_pb": {"impr_id": ask.logid},
                "fast_response_comment": {name: ["赞", "比心"] for name in words},
            }
        )

    def replies(self, ask: Ask) -> bytes:
        """A page of the replies to one comment."""
        asked = _window(ask)
        if asked is None:
            return encoded(WRONG_PARAMETER)
        of = self._of(ask.params.get("item_id", ""))
        top = of.of_cid(ask.params.get("comment_id", "")) if of else None
        cursor, count = asked
        total = top.size if top else 0
        shown: list[dict[str, Any]] = []
        if of and top:
            last = min(cursor + min(count, MOST), total)
            cut = [of.reply(top, number) for number in range(cursor + 1, last + 1)]
            now = int(ask.now)
            shown = [self._render.reply(of, r, now) for r in cut if not r.hidden]
        return encoded(
            {
                **skeleton("comment_list_reply"),
                "comments": shown or None,
                "cursor": cursor + count,
                "has_more": int(cursor + count < total),
                "total": total,
                **marks(ask),
            }
        )

    def _of(self, aweme_id: str) -> Comments | None:
        """The comments of a post that can be seen."""
        post = self._world.post_of(aweme_id)
        if post is None or post.hidden or post.dead:
            return None
        return (
            None
            if self._world.user(post.user).private
            else comments_of(self._world, post)
        )


def _window(ask: Ask) -> tuple[int, int] | None:
    """Cursor and count; None where they make no sense."""
    cursor, count = ask.number("cursor", 0), ask.number("count", 20)
    return None if cursor is None or not count else (cursor, count)
