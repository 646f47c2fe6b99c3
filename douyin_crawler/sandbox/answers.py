"""What the endpoints answer once a request has passed the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from .ask import MOST, NOT_LOGGED_IN, WRONG_PARAMETER, encoded, marks
from .comments import CommentAnswers
from .contacts import user_infos
from .emojis import emoji_list, trending
from .feed import FeedAnswers
from .hot import hot_list
from .notices import NoticeAnswers
from .render_posts import PostRenderer
from .render_users import profile
from .skeletons import skeleton
from .world import SELF

if TYPE_CHECKING:
    from .ask import Ask
    from .world import Post, User, World

_KEPT = (2, 5, 9)  # `item_type` of what can be collected; made up
WALL = b'{"status_code":0}'


class Answers(Protocol):
    """The source of answers: the made-up world or captured ones."""

    def posts(self, ask: Ask) -> bytes: ...
    def detail(self, ask: Ask) -> bytes: ...
    def profile(self, ask: Ask) -> bytes: ...
    def own_profile(self, ask: Ask) -> bytes: ...
    def comments(self, ask: Ask) -> bytes: ...
    def replies(self, ask: Ask) -> bytes: ...
    def hot_list(self, ask: Ask) -> bytes: ...
    def feed(self, ask: Ask) -> bytes: ...
    def emojis(self, ask: Ask) -> bytes: ...
    def stickers(self, ask: Ask) -> bytes: ...
    def user_infos(self, ask: Ask) -> bytes: ...
    def notices(self, ask: Ask) -> bytes: ...
    def notice_details(self, ask: Ask) -> bytes: ...


def unknown_user(ask: Ask) -> bytes:
    """The answer about a sec_user_id that nobody has (behaviour notes, 2)."""
    return encoded({"status_code": 2, "status_msg": "用户不存在", **marks(ask)})


def no_detail(ask: Ask, reason: str, message: str = "") -> bytes:
    """The answer about a post that is not to be seen (behaviour notes, 4)."""
    why = {
        "aweme_id": ask.params.get("aweme_id", ""),
        "filter_reason": reason,
        "detail_msg": message,
        "notice": message,
    }
    return encoded(
        {"aweme_detail": None, "filter_detail": why, "status_code": 0}
        | {"log_pb": {"impr_id": ask.logid}}
    )


class WorldAnswers:
    """The made-up world behind the API's endpoints."""

    def __init__(
        self, world: World, *, feed_posts: int = 300, notices: int = 160
    ) -> None:
        self.world = world
        self._render = PostRenderer(world)
        self._comments = CommentAnswers(world)
        self._feed = FeedAnswers(world, self._render, feed_posts)
        self.notice_answers = NoticeAnswers(world, self._render, notices)

    def feed_pool(self) -> list[Post]:
        """Every post that the feed can show."""
        return self._feed.pool()

    def posts(self, ask: Ask) -> bytes:
        """A page of `aweme/post/` (behaviour notes, 3)."""
        cursor, count = ask.number("max_cursor", 0), ask.number("count", 18)
        sec_user_id = ask.params.get("sec_user_id", "")
        if cursor is None or not count or not sec_user_id.startswith("MS4w"):
            return encoded(WRONG_PARAMETER)
        if cursor and not ask.logged_in:
            return WALL
        user = self.world.user_of(sec_user_id)
        if user is None or user.private:
            return encoded(self._page(ask, cursor, [], [], more=False))
        end = self.world.older_than(user.index, cursor)
        start = max(end - min(count, MOST), 0)
        cut = [self.world.post(user.index, i) for i in range(end - 1, start - 1, -1)]
        pinned = [] if cursor else self.world.pinned(user.index)
        return encoded(self._page(ask, cursor, pinned, cut, more=start > 0))

    def _page(
        self, ask: Ask, cursor: int, pinned: list[Post], cut: list[Post], *, more: bool
    ) -> dict[str, Any]:
        """Hidden posts go after the page was cut: it may be short, or empty."""
        now = int(ask.now)
        tops = {post.id for post in pinned}
        shown = [self._render.listed(post, now, top=True) for post in pinned]
        shown += [
            self._render.listed(post, now, top=post.id in tops)
            for post in cut
            if not post.hidden
        ]
        page = {
            **skeleton("aweme_post"),
            "min_cursor": cut[0].created * 1000 if cut else 0,
            "max_cursor": cut[-1].created * 1000 if cut else 0,
            "has_more": int(more),
            "log_pb": {"impr_id": ask.logid},
            "request_item_cursor": cursor,
            "post_serial": 2,
            "aweme_list": shown,
        }
        if not ask.logged_in:
            page["not_login_module"] = {"guide_login_tip_exist": True}
        return page

    def detail(self, ask: Ask) -> bytes:
        post = self.world.post_of(ask.params.get("aweme_id", ""))
        if post is None:
            return no_detail(ask, "core_dep")
        if post.dead:
            return no_detail(ask, "status_deleted", "作品已删除")
        if post.hidden or self.world.user(post.user).private:
            return no_detail(ask, "status_self_see", "作者已将该作品设为私密")
        shown = self._render.detail(post, int(ask.now))
        return encoded(
            {"aweme_detail": shown, "filter_detail": None, "status_code": 0}
            | {"log_pb": {"impr_id": ask.logid}}
        )

    def profile(self, ask: Ask) -> bytes:
        user = self.world.user_of(ask.params.get("sec_user_id", ""))
        if user is None:
            return unknown_user(ask)
        return self._profile(ask, user, "user_profile_other")

    def own_profile(self, ask: Ask) -> bytes:
        """The login test: `user` is null for a visitor (behaviour notes, 1.6)."""
        if not ask.logged_in:
            return encoded({**NOT_LOGGED_IN, "user": None, **marks(ask)})
        return self._profile(ask, self.world.user(SELF), "user_profile_self")

    def _profile(self, ask: Ask, user: User, shape: str) -> bytes:
        shown = {"user": profile(self.world, user, shape)}
        if shape == "user_profile_self":
            dice = self.world.dice("collected", user.index)
            counts = [{"item_type": n, "collect_count": dice.below(500)} for n in _KEPT]
            shown["user_collect_count"] = {
                **skeleton(shape)["user_collect_count"],
                "collect_count_list": counts,
                **marks(ask),
            }
        return encoded({**skeleton(shape), **marks(ask), **shown})

    def comments(self, ask: Ask) -> bytes:
        return self._comments.comments(ask)

    def replies(self, ask: Ask) -> bytes:
        return self._comments.replies(ask)

    def hot_list(self, ask: Ask) -> bytes:
        return hot_list(self.world, ask)

    def feed(self, ask: Ask) -> bytes:
        return self._feed.feed(ask)

    def emojis(self, ask: Ask) -> bytes:
        return emoji_list(self.world, ask)

    def stickers(self, ask: Ask) -> bytes:
        return trending(self.world, ask)

    def user_infos(self, ask: Ask) -> bytes:
        return user_infos(self.world, ask)

    def notices(self, ask: Ask) -> bytes:
        return self.notice_answers.list(ask)

    def notice_details(self, ask: Ask) -> bytes:
        return self.notice_answers.detail(ask)
