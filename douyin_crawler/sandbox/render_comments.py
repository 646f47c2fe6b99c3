"""A comment and a reply as the service shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from .media import avatar, picture
from .render_users import avatar_uri, verification
from .skeletons import skeleton
from .world_remarks import remark
from .world_text import nickname, place

if TYPE_CHECKING:
    from .dice import Dice
    from .world import World
    from .world_comments import Comment, Comments

_ALLOWED = dict.fromkeys(
    ("can_forward", "can_share", "can_comment", "can_show_comment"), True
)
_OF_A_REPLY = ("reply_to_user_sec_id", "reply_to_userid", "reply_to_username")
_PICTURES = {"origin": 1440, "medium": 720, "thumb": 360, "crop": 360, "download": 1440}


class CommentRenderer:
    """Comments of one world as JSON values; their authors are encoded once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._users: dict[int, msgspec.Raw] = {}
        base = skeleton("comment_list_reply")["comments"][0]
        left_out = {"sticker", *_OF_A_REPLY}
        self._base = {name: v for name, v in base.items() if name not in left_out}
        self._user_base = base["user"]
        self._sticker = base["sticker"]

    def user(self, index: int) -> msgspec.Raw:
        if index not in self._users:
            if len(self._users) > 4096:
                self._users.clear()
            self._users[index] = msgspec.Raw(msgspec.json.encode(self._user(index)))
        return self._users[index]

    def _user(self, index: int) -> dict[str, Any]:
        """The poorer copy of a user: no counters, no signature."""
        user, uri = self._world.user(index), avatar_uri(self._world, index)
        return {
            **self._user_base,
            "uid": user.uid,
            "sec_uid": user.sec_uid,
            "short_id": user.short_id,
            "unique_id": user.handle,
            "nickname": nickname(self._world, index),
            "avatar_thumb": avatar(uri, "100x100"),
            "search_impr": {"entity_id": user.uid},
            "region": "CN",
            "status": 1,
            "user_age": -1,
            "aweme_control": _ALLOWED,
            **verification(self._world, index),
        }

    def comment(self, of: Comments, comment: Comment, now: int) -> dict[str, Any]:
        """A top-level comment; some bring their first replies along."""
        shown = self._any(of, comment, now)
        inline = self._world.dice("inline", *comment.keys)
        if comment.size and inline.chance(35):
            first = of.replies(comment)[: inline.between(1, 3)]
            shown["reply_comment"] = [self.reply(of, r, now) for r in first] or None
        return {
            **shown,
            "reply_comment_total": comment.size,
            "stick_position": int(of.name == "crowded" and comment.index == 0),
            "is_hot": comment.index < 3,
        }

    def reply(self, of: Comments, reply: Comment, now: int) -> dict[str, Any]:
        """A reply to a comment, or to an earlier reply."""
        top = of.top(reply.index)
        shown = self._any(of, reply, now)
        shown |= {"reply_id": of.cid(top), "level": 2}
        dice = self._world.dice("to", *reply.keys)
        if reply.number == 1 or dice.chance(50):
            return shown
        to = of.reply(top, dice.between(1, reply.number - 1))
        user = self._world.user(to.author)
        names = (user.sec_uid, user.uid, nickname(self._world, to.author))
        named = dict(zip(_OF_A_REPLY, names, strict=True))
        return {**shown, "reply_to_reply_id": of.cid(to), **named}

    def _any(self, of: Comments, comment: Comment, now: int) -> dict[str, Any]:
        dice = self._world.dice("remark", *comment.keys)
        own = comment.author == of.post.user
        return {
            **self._base,
            **self._content(dice, now),
            "cid": of.cid(comment),
            "aweme_id": of.post.id,
            "create_time": comment.created,
            "digg_count": digg_count(self._world, comment),
            "status": 1,
            "user": self.user(comment.author),
            "reply_id": "0",
            "reply_to_reply_id": "0",
            "label_text": "作者" if own else "",
            "label_type": 1 if own else -1,
            "is_author_digged": dice.chance(6),
            "ip_label": place(self._world, comment.author) if dice.chance(95) else "",
            "item_comment_total": of.total,
            "level": 1,
            "sort_tags": "{}",
            "enter_from": "homepage_hot",
        }

    def words(self, comment: Comment, now: int) -> dict[str, Any]:
        """What a comment says, in any copy of it."""
        return self._content(self._world.dice("remark", *comment.keys), now)

    def _content(self, dice: Dice, now: int) -> dict[str, Any]:
        """Words, words with pictures, or a sticker without words."""
        kind = dice.below(100)
        if kind < 4:
            nothing = {"text": "", "text_extra": [], "content_type": 2}
            return {**nothing, "sticker": self._drawn_sticker(dice, now)}
        made = remark(self._world, dice)
        said = {"text": made.text, "text_extra": made.extra, "content_type": 1}
        if kind < 90:
            return said
        count = dice.between(1, 3) if kind > 97 else 1
        pictures = [_image(dice.hex(32), now) for _ in range(count)]
        return {**said, "image_list": pictures}

    def _drawn_sticker(self, dice: Dice, now: int) -> dict[str, Any]:
        number = 7_450_000_000_000_000_000 + dice.below(500)
        drawn = picture(f"tos-cn-o-0812/{number:x}", now, width=240, height=240)
        return {
            **self._sticker,
            "id": str(number),
            "id_str": str(number),
            "width": 240,
            "height": 240,
            "static_url": drawn,
            "animate_url": drawn,
            "sticker_type": 2,
            "origin_package_id": "7450000000000000",
        }


def _image(mark: str, now: int) -> dict[str, Any]:
    uri = f"tos-cn-i-0813/{mark}"
    return {
        f"{name}_url": picture(uri, now, width=size, height=size)
        for name, size in _PICTURES.items()
    }


def digg_count(world: World, comment: Comment) -> int:
    """Likes: most for those that stand first, more from day to day."""
    dice = world.dice("liked", *comment.keys)
    fame = 40_000 // (comment.index + 1) // (comment.number + 1)
    return dice.below(fame + 5) + world.day * dice.below(3)
