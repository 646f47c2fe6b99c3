"""Cards of the feed: posts in its poorer copies, live rooms, advertisements."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from .media import avatar
from .render_users import avatar_uri, verification
from .skeletons import skeleton
from .world_ids import MAX_POSTS, MAX_USERS
from .world_text import nickname

if TYPE_CHECKING:
    from .dice import Dice
    from .render_posts import PostRenderer
    from .world import Post, World

LIVE = 101  # `aweme_type` of a live room


def filled(base: Any, value: Any) -> Any:
    """A value with the members that its template has and it has not."""
    if value is base:
        return value
    if isinstance(base, dict) and isinstance(value, dict):
        inside = {k: filled(base.get(k), inner) for k, inner in value.items()}
        return {**base, **inside}
    if isinstance(base, list) and isinstance(value, list) and base:
        return [filled(base[0], inner) for inner in value]
    return value


class FeedRenderer:
    """Cards of one world as JSON values; authors are encoded once."""

    def __init__(self, world: World, posts: PostRenderer) -> None:
        self._world = world
        self._posts = posts
        self._base = skeleton("tab_feed")["aweme_list"][0]
        self._authors: dict[int, msgspec.Raw] = {}

    def author(self, index: int) -> msgspec.Raw:
        """The poor copy of an author: no counters, no text, many nulls."""
        if index not in self._authors:
            if len(self._authors) > 4096:
                self._authors.clear()
            made = filled(self._base["author"], self._author(index))
            self._authors[index] = msgspec.Raw(msgspec.json.encode(made))
        return self._authors[index]

    def _author(self, index: int) -> dict[str, Any]:
        user, uri = self._world.user(index), avatar_uri(self._world, index)
        return {
            "uid": user.uid,
            "sec_uid": user.sec_uid,
            "short_id": user.short_id,
            "unique_id": user.handle,
            "nickname": nickname(self._world, index),
            "avatar_thumb": avatar(uri, "100x100"),
            "avatar_medium": avatar(uri, "720x720"),
            "region": "CN",
            "type_label": [],
            "cover_url": self._headers(index),
            **verification(self._world, index),
        }

    def _headers(self, index: int) -> list[dict[str, Any]]:
        """The header pictures that some authors have chosen."""
        dice = self._world.dice("header", index)
        uri = f"c8510002be9a3a61aad2_{dice.hex(16)}"
        return [avatar(uri, "720x720")] if dice.chance(30) else []

    def post(self, post: Post, now: int) -> dict[str, Any]:
        """A post as the feed shows it: nothing about place and mix by default."""
        shown = self._posts.based_on(self._base, post, now)
        counters = {
            name: value
            for name, value in shown["statistics"].items()
            if self._base["statistics"].get(name) is not None
        }
        tags = [e for e in shown["text_extra"] if e.get("hashtag_name")]
        chosen = {
            "statistics": counters,
            "author": self.author(post.user),
            "cha_list": [
                {"cid": tag["hashtag_id"], "cha_name": tag["hashtag_name"]}
                for tag in tags
            ],
            "mix_info": shown["mix_info"] if shown["mix_info"]["mix_id"] else None,
            "cell_room": None,
            "video_tag": None,
        }
        shown.pop("ip_label", None)
        made: dict[str, Any] = filled(self._base, {**shown, **chosen})
        return made

    def room(self, dice: Dice, now: int) -> dict[str, Any]:
        """A live room: a card without a video."""
        user = self._world.guest(dice.below(self._world.users))
        number = str(7_500_000_000_000_000_000 + dice.below(10**17))
        room = {"id_str": number, "title": nickname(self._world, user), "status": 2}
        return {
            **self._base,
            "aweme_id": number,
            "group_id": number,
            "aweme_type": LIVE,
            "create_time": now,
            "author": self.author(user),
            "cell_room": {"rawdata": json.dumps(room, ensure_ascii=False)},
            "video": None,
            "music": None,
            "mix_info": None,
        }

    def advertisement(self, dice: Dice, post: Post, now: int) -> dict[str, Any]:
        """A card that looks like a post, with an id of its own."""
        number = dice.below(MAX_POSTS)
        own = self._world.ids.aweme_id(MAX_USERS - 1, number, post.created)
        return {
            **self.post(post, now),
            "aweme_id": own,
            "group_id": own,
            "is_ads": True,
        }
