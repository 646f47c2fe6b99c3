"""A post (the API's aweme): a video, or a set of pictures with a sound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  (read at run time)
from typing import Annotated, Any, ClassVar

from douyin_crawler.items import coerce
from douyin_crawler.items.media import Picture, Video  # noqa: TC001  (read at run time)
from douyin_crawler.items.music import Music  # noqa: TC001  (read at run time)
from douyin_crawler.items.parts import (  # noqa: TC001  (read at run time)
    Author,
    Challenge,
    Chapter,
    CoCreator,
    Mix,
    VideoTag,
)
from douyin_crawler.items.reader import Id, Words, at, reader
from douyin_crawler.items.text import Hashtag, Mention, hashtags, mentions


def _filled(value: Any) -> bool | None:
    return bool(value) or None


@dataclass(slots=True, kw_only=True)
class Post:
    """A post. It shows pictures where ``images`` is not empty, else a video."""

    COUNTERS: ClassVar[tuple[str, ...]] = (
        "digg_count",
        "comment_count",
        "share_count",
        "collect_count",
        "play_count",
        "admire_count",
        "recommend_count",
        "forward_count",
        "download_count",
        "danmaku_count",
    )

    aweme_id: Annotated[str, coerce.identifier]
    sec_uid: Id = at("author.sec_uid")
    """The author's."""
    author_user_id: Id = at("author.uid", "author_user_id")
    """The author's uid."""
    group_id: Id = None
    aweme_type: int | None = None
    """0 and 4 video, 68 (older: 2) pictures, 101 live card; others occur."""
    media_type: int | None = None
    """4 video, 2 pictures, 42 pictures with clips."""
    create_time: datetime | None = None
    desc: Words = None
    """The text, hashtags and mentions included."""
    caption: Words = None
    item_title: Words = None
    """The title above the text, where there is one."""
    desc_language: str | None = None
    url: str | None = None
    """The post's address on the web."""
    share_url: Annotated[str | None, coerce.without_query] = None
    """The address that the app shares, without what it says about who asked."""

    digg_count: int | None = at("statistics.digg_count")
    """Likes."""
    comment_count: int | None = at("statistics.comment_count")
    share_count: int | None = at("statistics.share_count")
    collect_count: int | None = at("statistics.collect_count")
    """Bookmarks."""
    play_count: int | None = at("statistics.play_count")
    """Always 0 on the web."""
    admire_count: int | None = at("statistics.admire_count")
    """Gifts."""
    recommend_count: int | None = at("statistics.recommend_count")
    forward_count: int | None = at("statistics.forward_count")
    download_count: int | None = at("statistics.download_count")
    danmaku_count: int | None = at("danmaku_control.danmaku_cnt")
    """Comments that run over the video."""

    author: Author | None = None
    co_creators: list[CoCreator] | None = at("cooperation_info.co_creators")
    hashtags: Annotated[list[Hashtag] | None, hashtags] = at("text_extra")
    mentions: Annotated[list[Mention] | None, mentions] = at("text_extra")
    cha_list: list[Challenge] | None = None
    video_tag: list[VideoTag] | None = None
    mix_id: Id = at("mix_info.mix_id")
    mix_info: Mix | None = None
    series_id: Id = at("series_info.series_id", "series_basic_info.series_id")
    series_paid_status: int | None = at("series_paid_info.series_paid_status")
    item_price: int | None = at("series_paid_info.item_price")
    """Of an episode that is sold."""

    duration: int | None = None
    """Milliseconds."""
    images: list[Picture] | None = None
    video: Video | None = None
    music_id: Id = at("music.id_str", "music.mid", "music.id")
    music: Music | None = None
    chapter_abstract: str | None = at("recommend_chapter_info.chapter_abstract")
    """What the video is about, written by the service."""
    chapters: list[Chapter] | None = at("recommend_chapter_info.recommend_chapter_list")

    region: str | None = None
    ip_label: str | None = None
    is_top: bool | None = None
    """Pinned to the head of the author's list."""
    is_ads: bool | None = None
    is_story: bool | None = None
    is_life_item: bool | None = None
    is_image_beat: bool | None = None
    is_share_post: bool | None = None
    original: int | None = None
    cell_room: Annotated[bool | None, _filled] = None
    """A card that leads to a live room."""
    with_goods: bool | None = at("status.with_goods")
    """Sells something."""
    risk_warning: str | None = at("risk_infos.content")
    """What the service warns viewers of."""

    is_delete: bool | None = at("status.is_delete")
    is_prohibited: bool | None = at("status.is_prohibited")
    in_reviewing: bool | None = at("status.in_reviewing")
    private_status: int | None = at("status.private_status")
    """0 public, 1 only the author, 2 friends."""
    part_see: int | None = at("status.part_see")

    allow_share: bool | None = at("status.allow_share")
    can_comment: bool | None = at("aweme_control.can_comment")
    can_show_comment: bool | None = at("aweme_control.can_show_comment")
    can_forward: bool | None = at("aweme_control.can_forward")
    can_share: bool | None = at("aweme_control.can_share")
    comment_permission_status: int | None = at(
        "comment_permission_info.comment_permission_status"
    )
    item_comment_settings: int | None = None
    """0: open to all."""
    allow_download: bool | None = at("video_control.allow_download")
    allow_duet: bool | None = at("video_control.allow_duet")
    allow_stitch: bool | None = at("video_control.allow_stitch")
    prevent_download: bool | None = None
    enable_danmaku: bool | None = at("danmaku_control.enable_danmaku")


_read = reader(Post)


def parse_post(value: object) -> Post | None:
    """Return the post of a decoded JSON value, or None where it has no aweme_id."""
    post = _read(value)
    if post is not None:
        page = "note" if post.images else "video"
        post.url = f"https://www.douyin.com/{page}/{post.aweme_id}"
    return post
