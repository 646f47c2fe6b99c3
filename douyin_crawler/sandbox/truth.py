"""What a full walk must end with, for tests to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .hot import board_at
from .render_comments import digg_count
from .world_comments import comments_of
from .world_counters import post_counters, user_counters
from .world_text import nickname

if TYPE_CHECKING:
    from .hot import Word
    from .world import Post, User, World
    from .world_comments import Comment, Comments
    from .world_notices import Notice, Notices


def of_user(world: World, user: User) -> dict[str, Any]:
    """The posts of a user with today's counters."""
    posts = {post.id: post_counters(world, post) for post in world.listed(user.index)}
    truth = {"sec_uid": user.sec_uid, "posts": posts, "day": world.day}
    return {**truth, "counters": user_counters(world, user.index)}


def of_post(world: World, post: Post) -> dict[str, Any]:
    """The comments of a post by id, each with its counters and its replies."""
    of = comments_of(world, post)
    shown = {of.cid(top): _comment(world, of, top) for top in of.listed()}
    return {"aweme_id": post.id, "total": of.total, "comments": shown}


def _comment(world: World, of: Comments, top: Comment) -> dict[str, Any]:
    replies = {
        of.cid(reply): {"digg_count": digg_count(world, reply)}
        for reply in of.replies(top)
    }
    counters = {"digg_count": digg_count(world, top), "reply_comment_total": top.size}
    return {**counters, "replies": replies}


def of_notices(world: World, notices: Notices) -> dict[str, Any]:
    """Every notice by "nid:type", newest first, and the ones marked as read."""
    every = [notices.notice(index) for index in range(len(notices))]
    shown = {notice.key: _notice(world, notice) for notice in every}
    return {"notices": shown, "marked_read": sorted(notices.marked)}


def _notice(world: World, notice: Notice) -> dict[str, Any]:
    post, comment = notice.post, notice.comment
    cid = comments_of(world, post).cid(comment) if post and comment else None
    people = [world.user(index).sec_uid for index in notice.people]
    return {
        "type": notice.type,
        "create_time": notice.created,
        "people": people,
        "aweme_id": post.id if post else None,
        "cid": cid,
    }


def of_person(world: World, user: User) -> dict[str, Any]:
    """What is fixed about a user, and today's counters."""
    return {
        "sec_uid": user.sec_uid,
        "uid": user.uid,
        "unique_id": user.handle,
        "nickname": nickname(world, user.index),
        "counters": user_counters(world, user.index),
    }


def of_board(world: World, name: str, now: float) -> dict[str, Any]:
    """The sentence_ids of a board at this moment, best first."""

    def ids(words: list[Word]) -> list[str]:
        return [word.sentence_id for word in words]

    board = board_at(world, name, now)
    pinned = [board.pinned] if board.pinned else []
    return {"ranked": ids(board.ranked), "rising": ids(board.rising)} | {
        "pinned": ids(pinned)
    }
