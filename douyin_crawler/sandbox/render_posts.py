"""A post as the list and the detail endpoint show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from .media import Film, is_gallery, share_url
from .render_parts import image, mix, music, song_url
from .render_users import author
from .skeletons import skeleton
from .world_counters import post_counters
from .world_names import name_of
from .world_text import describe, place, topic

if TYPE_CHECKING:
    from .world import Post, World


class PostRenderer:
    """Posts of one world as JSON values; authors are encoded once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._authors: dict[int, msgspec.Raw] = {}
        self._list = skeleton("aweme_post")["aweme_list"][0]
        self._detail = skeleton("aweme_detail")["aweme_detail"]

    def author(self, user: int) -> msgspec.Raw:
        if user not in self._authors:
            if len(self._authors) > 4096:
                self._authors.clear()
            made = author(self._world, self._world.user(user))
            self._authors[user] = msgspec.Raw(msgspec.json.encode(made))
        return self._authors[user]

    def listed(self, post: Post, now: int, *, top: bool = False) -> dict[str, Any]:
        """A post as the list shows it; `now` (Unix seconds) is in its addresses."""
        return {**self.based_on(self._list, post, now), "is_top": int(top)}

    def detail(self, post: Post, now: int) -> dict[str, Any]:
        """The same post as the detail endpoint shows it."""
        return self.based_on(self._detail, post, now)

    def based_on(self, base: dict[str, Any], post: Post, now: int) -> dict[str, Any]:
        """A post with the members of a template."""
        world = self._world
        return {
            **base,
            "aweme_id": post.id,
            "group_id": post.id,
            "comment_gid": int(post.id),
            "create_time": post.created,
            "author": self.author(post.user),
            "author_user_id": int(world.user(post.user).uid),
            "statistics": self._statistics(base, post),
            "status": {**base["status"], **_status(post)},
            "music": {**base["music"], **music(world, post)},
            "region": "CN",
            **self._place(post),
            "search_impr": {"entity_id": post.id, "entity_type": "GENERAL"},
            "interaction_stickers": None,
            "aweme_control": self._control(base["aweme_control"], post),
            **self._texts(base, post),
            **mix(world, post, now),
            **self._media(base["video"], post, now),
        }

    def _statistics(self, base: dict[str, Any], post: Post) -> dict[str, Any]:
        own = {"aweme_id": post.id} if "aweme_id" in base["statistics"] else {}
        return {**own, **post_counters(self._world, post)}

    def _control(self, base: dict[str, Any], post: Post) -> dict[str, Any]:
        told = {k: v if v is None else True for k, v in base.items()}
        if name_of(self._world, post) == "closed":
            told |= {"can_comment": False, "can_show_comment": False}
        return told

    def _place(self, post: Post) -> dict[str, Any]:
        """Where a post came from; not every post says."""
        shown = self._world.dice("place", post.user, post.index).chance(60)
        return {"ip_label": place(self._world, post.user)} if shown else {}

    def _texts(self, base: dict[str, Any], post: Post) -> dict[str, Any]:
        described = describe(self._world, post.user, post.index)
        text, link = described.text, share_url(self._world, post)
        share = {"share_url": link, "share_link_desc": f"{text} %s"}
        about = topic(self._world, post)
        suggested = base["suggest_words"]["suggest_words"][0]
        word = {**suggested["words"][0], "word": about, "word_id": post.id}
        return {
            "desc": text,
            "caption": text,
            "preview_title": text,
            "text_extra": described.extra,
            "share_url": link,
            "share_info": {**base["share_info"], **share},
            "suggest_words": {"suggest_words": [{**suggested, "words": [word]}]},
            "video_tag": [{"level": 1, "tag_id": 2001, "tag_name": about}],
        }

    def _media(self, base: dict[str, Any], post: Post, now: int) -> dict[str, Any]:
        film = Film(self._world, post, now)
        if post.dead:
            address = {**base["play_addr"], "uri": film.uri}
            video = {**base, "play_addr": address, "bit_rate": None}
            return {"video": video, "aweme_type": 0, "media_type": 4}
        video = {**base, **film.video()}
        if is_gallery(self._world, post):
            return self._gallery(video, film, post, now)
        kind = {"aweme_type": 0, "media_type": 4, "duration": film.duration}
        return {**kind, "video": video}

    def _gallery(
        self, video: dict[str, Any], film: Film, post: Post, now: int
    ) -> dict[str, Any]:
        """Pictures; the `video` of such a post is only its music."""
        dice = self._world.dice("images", post.user, post.index)
        live = dice.chance(30)
        count = dice.between(1, 9)
        song = {**video["play_addr"], "uri": song_url(post.id)}
        return {
            "aweme_type": 68,
            "media_type": 42 if live else 2,
            "images": [image(film, n, now, live=live) for n in range(count)],
            "duration": 0,
            "video": {**video, "play_addr": song, "bit_rate": [], "duration": 0},
        }


def _status(post: Post) -> dict[str, Any]:
    return {
        "is_delete": post.dead,
        "allow_share": not post.dead,
        "private_status": 1 if post.hidden else 0,
        "listen_video_status": 0,
        "is_prohibited": False,
    }
