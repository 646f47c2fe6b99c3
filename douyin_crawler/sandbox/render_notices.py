"""A notice as the service shows it: one part for each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import world_notices as types
from .media import avatar
from .render_comments import CommentRenderer, digg_count
from .render_users import avatar_uri, verification
from .skeletons import skeleton
from .world import SELF
from .world_comments import comments_of
from .world_counters import user_counters
from .world_text import nickname

if TYPE_CHECKING:
    from .render_posts import PostRenderer
    from .world import Post, World
    from .world_comments import Comment
    from .world_notices import Notice

_SIZES = {"larger": "1080x1080", "300x300": "300x300", "thumb": "100x100"}
_SIZES |= {"168x168": "168x168"}


def told(base: Any, full: Any) -> Any:
    """As much of a value as a poorer copy tells."""
    if isinstance(base, dict) and isinstance(full, dict):
        return {k: told(v, full[k]) if k in full else v for k, v in base.items()}
    return base if base is None or full is None else full


class NoticeRenderer:
    """Notices of one world as JSON values."""

    def __init__(self, world: World, posts: PostRenderer) -> None:
        self._world = world
        self._posts = posts
        self._comments = CommentRenderer(world)
        base = skeleton("notice_detail")["notice_list_v2"][0]
        self._digg, self._comment = base["digg"], base["comment"]
        self._general = base["general_notice"]

    def notice(self, notice: Notice, now: int, *, read: bool) -> dict[str, Any]:
        return {
            "user_id": int(self._world.user(SELF).uid),
            "nid": int(notice.nid),
            "nid_str": notice.nid,
            "type": notice.type,
            "create_time": notice.created,
            "has_read": read,
            **self._part(notice, now),
        }

    def _part(self, notice: Notice, now: int) -> dict[str, Any]:
        """What stands beside the head, by type (behaviour notes, 2)."""
        if notice.type == types.COMMENTED:
            return {"comment": self._commented(notice, now)}
        if notice.type == types.FOLLOWED:
            person = self._person(notice.people[0])
            return {"follow": {"from_user": person, "content": "关注了你"}}
        if notice.type == types.DIGGED:
            return {"digg": self._liked(notice, now)}
        if notice.type == types.MENTIONED:
            return {"at": self._mentioned(notice, now)}
        words = {"title": "账号助手", "content": "本周数据已更新"}
        words |= {"sender_name": "抖音小助手", "schema_url": "aweme://webview/"}
        return {"general_notice": {**self._general, **words}, "novelty": {"level": 1}}

    def _commented(self, notice: Notice, now: int) -> dict[str, Any]:
        part: dict[str, Any] = dict(self._comment)
        if notice.post:
            part["aweme"] = self._post(part["aweme"], notice.post, now)
        if notice.comment:
            part["comment"] = self._remark(part["comment"], notice.comment, now)
        return part

    def _liked(self, notice: Notice, now: int) -> dict[str, Any]:
        comment, post = notice.comment, notice.post
        cid = comments_of(self._world, post).cid(comment) if post and comment else ""
        base = self._digg["comment"]
        said = "评论" if comment else "作品"
        return {
            **self._digg,
            "from_user": [self._person(index) for index in notice.people],
            "content": f"赞了你的{said}",
            "cid": int(cid or 0),
            "real_cid": cid,
            "comment": self._remark(base, comment, now) if comment else None,
            "aweme": self._post(self._digg["aweme"], post, now) if post else None,
            "merge_count": len(notice.people),
            "digg_type": 2 if comment else 1,
            "has_digg_list": len(notice.people) > 1,
        }

    def _mentioned(self, notice: Notice, now: int) -> dict[str, Any]:
        """The comment's id is only in `schema_url` (behaviour notes, 2)."""
        post, comment = notice.post, notice.comment
        if post is None:
            return {"title": "", "content": "", "schema_url": "", "aweme": None}
        url = f"aweme://aweme/detail/{post.id}"
        if comment:
            url += f"?cid={comments_of(self._world, post).cid(comment)}"
        return {
            "user_info": self._person(notice.people[0]),
            "title": nickname(self._world, notice.people[0]),
            "content": "在评论中@了你" if comment else "在作品中@了你",
            "schema_url": url,
            "sub_type": 2 if comment else 1,
            "aweme": self._post(self._digg["aweme"], post, now),
        }

    def _person(self, index: int) -> dict[str, Any]:
        """The copy of a user that notices carry."""
        world, user = self._world, self._world.user(index)
        uri = avatar_uri(world, index)
        pictures = {f"avatar_{k}": avatar(uri, size) for k, size in _SIZES.items()}
        return {
            **self._digg["from_user"][0],
            "uid": user.uid,
            "sec_uid": user.sec_uid,
            "unique_id": user.handle,
            "nickname": nickname(world, index),
            "secret": int(user.private),
            "follower_count": user_counters(world, index)["follower_count"],
            **pictures,
            **verification(world, index),
        }

    def _post(self, base: dict[str, Any], post: Post, now: int) -> dict[str, Any]:
        full = self._posts.listed(post, now)
        person = {"gender": 0, **self._person(post.user)}
        full |= {"author": person, "status": {**full["status"], "aweme_id": post.id}}
        shown: dict[str, Any] = {**told(base, full), "author": person}
        return shown

    def _remark(
        self, base: dict[str, Any], comment: Comment, now: int
    ) -> dict[str, Any]:
        world = self._world
        words = self._comments.words(comment, now)
        values = {
            **words,
            "text_extra": words["text_extra"] or None,
            "cid": comments_of(world, comment.post).cid(comment),
            "aweme_id": comment.post.id,
            "digg_count": digg_count(world, comment),
            "status": 1,
        }
        shown = {name: value for name, value in values.items() if name in base}
        return {**base, **shown, "user": {"gender": 0, **self._person(comment.author)}}
