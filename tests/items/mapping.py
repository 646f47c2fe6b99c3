"""Where each typed field stands in the service's JSON, written down a second time.

The dataclasses say so too; here it is compared value by value, so that a slip in one
place shows.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from douyin_crawler.items.comment import Comment, CommentPicture, Sticker
from douyin_crawler.items.emoji import Emoji
from douyin_crawler.items.hot_word import HotWord
from douyin_crawler.items.media import (
    AudioBitRate,
    BitRate,
    Image,
    Picture,
    PlayAddress,
    Video,
)
from douyin_crawler.items.music import Music, Song
from douyin_crawler.items.notice import Notice, NoticeComment, NoticePost
from douyin_crawler.items.parts import (
    Author,
    Challenge,
    Chapter,
    CoCreator,
    Mix,
    VideoTag,
)
from douyin_crawler.items.post import Post
from douyin_crawler.items.sticker import TrendingSticker
from douyin_crawler.items.text import Hashtag, Mention
from douyin_crawler.items.user import AppFollowers, CollectCount, User

MADE = {
    Post: {"url"},
    User: {"url", "collect_count_list"},
    Notice: {
        "kind",
        "text",
        "sec_uid",
        "aweme_id",
        "cid",
        "from_users",
        "schema_url",
        "content",
        "title",
    },
    Comment: {"ip_label", "sort_tags"},
    HotWord: {
        "id",
        "board",
        "list",
        "observed_at",
        "url",
        "is_pinned",
        "active_time",
    },
}
"""Fields that no member of the JSON holds as they are."""

PATHS: dict[type, dict[str, str]] = {
    AppFollowers: {},
    CollectCount: {},
    Emoji: {},
    Notice: {
        "nid": "nid_str",
        "sender_name": "general_notice.sender_name",
        "schema_text": "general_notice.schema_text",
        "merge_count": "digg.merge_count",
        "aweme": "digg.aweme",
        "comment": "digg.comment",
        "digg_type": "digg.digg_type",
        "has_digg_list": "digg.has_digg_list",
        "forward_id": "digg.forward_id",
        "comment_unvisible": "digg.comment_unvisible",
        "label_text": "digg.label_text",
        "label_type": "digg.label_type",
        "label_list": "digg.label_list",
    },
    NoticeComment: {},
    NoticePost: {
        "sec_uid": "author.sec_uid",
        "author_user_id": "author.uid",
        "author_nickname": "author.nickname",
        "is_delete": "status.is_delete",
        "cover": "video.cover",
    },
    TrendingSticker: {"sec_uid": "author.sec_uid", "author_name": "author.name"},
    AudioBitRate: {
        "bitrate": "audio_meta.bitrate",
        "codec_type": "audio_meta.codec_type",
        "format": "audio_meta.format",
        "size": "audio_meta.size",
        "file_hash": "audio_meta.file_hash",
        "url_list": "audio_meta.url_list",
    },
    Author: {},
    BitRate: {},
    Challenge: {},
    Chapter: {},
    CoCreator: {},
    Comment: {
        "sec_uid": "user.sec_uid",
        "uid": "user.uid",
        "hashtags": "text_extra",
        "mentions": "text_extra",
    },
    CommentPicture: {},
    Hashtag: {},
    HotWord: {},
    Image: {},
    Mention: {},
    Mix: {
        "current_episode": "statis.current_episode",
        "updated_to_episode": "statis.updated_to_episode",
    },
    Music: {"id": "id_str"},
    Picture: {},
    PlayAddress: {},
    Post: {
        "sec_uid": "author.sec_uid",
        "author_user_id": "author.uid",
        "digg_count": "statistics.digg_count",
        "comment_count": "statistics.comment_count",
        "share_count": "statistics.share_count",
        "collect_count": "statistics.collect_count",
        "play_count": "statistics.play_count",
        "admire_count": "statistics.admire_count",
        "recommend_count": "statistics.recommend_count",
        "forward_count": "statistics.forward_count",
        "download_count": "statistics.download_count",
        "danmaku_count": "danmaku_control.danmaku_cnt",
        "enable_danmaku": "danmaku_control.enable_danmaku",
        "co_creators": "cooperation_info.co_creators",
        "hashtags": "text_extra",
        "mentions": "text_extra",
        "mix_id": "mix_info.mix_id",
        "series_id": "series_info.series_id",
        "series_paid_status": "series_paid_info.series_paid_status",
        "item_price": "series_paid_info.item_price",
        "music_id": "music.id_str",
        "chapter_abstract": "recommend_chapter_info.chapter_abstract",
        "chapters": "recommend_chapter_info.recommend_chapter_list",
        "with_goods": "status.with_goods",
        "risk_warning": "risk_infos.content",
        "is_delete": "status.is_delete",
        "is_prohibited": "status.is_prohibited",
        "in_reviewing": "status.in_reviewing",
        "private_status": "status.private_status",
        "part_see": "status.part_see",
        "allow_share": "status.allow_share",
        "can_comment": "aweme_control.can_comment",
        "can_show_comment": "aweme_control.can_show_comment",
        "can_forward": "aweme_control.can_forward",
        "can_share": "aweme_control.can_share",
        "comment_permission_status": (
            "comment_permission_info.comment_permission_status"
        ),
        "allow_download": "video_control.allow_download",
        "allow_duet": "video_control.allow_duet",
        "allow_stitch": "video_control.allow_stitch",
    },
    Song: {},
    Sticker: {"id": "id_str"},
    User: {
        "signature_hashtags": "signature_extra",
        "signature_mentions": "signature_extra",
        "special_state": "special_state_info.special_state",
        "special_state_title": "special_state_info.title",
        "star_atlas": "commerce_user_info.star_atlas",
        "original_music_count": "original_musician.music_count",
        "original_music_used_count": "original_musician.music_used_count",
        "original_music_digg_count": "original_musician.digg_count",
        "share_url": "share_info.share_url",
    },
    Video: {},
    VideoTag: {},
}
"""Only what does not stand under the field's own name."""

ABSENT: tuple[Any, ...] = (None, "", 0, "0", False, {}, [])


def differences(item: Any, raw: Any, where: str = "") -> list[str]:
    """Return where *item* does not say what *raw*, its JSON, says."""
    kind, found = type(item), []
    for part in fields(item):
        if part.name in MADE.get(kind, ()):
            continue
        value = raw
        for name in PATHS[kind].get(part.name, part.name).split("."):
            value = value.get(name) if isinstance(value, dict) else None
        path = f"{where}.{part.name}"
        found += _differences(getattr(item, part.name), value, path)
    return found


def _differences(typed: Any, raw: Any, path: str) -> list[str]:
    if typed is None:
        return [] if _says_nothing(raw) else [f"{path}: {raw!r} was lost"]
    if type(typed) in PATHS:
        return differences(typed, raw, path)
    if isinstance(typed, list):
        return _list_differences(typed, raw, path)
    if path.endswith((".share_url", ".cell_room")):
        same = bool(raw) if typed is True else raw.split("?")[0] == typed
    elif isinstance(typed, datetime):
        same = typed.timestamp() == raw
    elif isinstance(typed, str):
        same = typed == (raw if isinstance(raw, str) else str(raw))
    else:
        same = typed == raw
    return [] if same else [f"{path}: {raw!r} became {typed!r}"]


def _list_differences(typed: list[Any], raw: Any, path: str) -> list[str]:
    if isinstance(raw, dict):
        raw = [part for part in raw.values() if part]
    kept = [part for part in raw if _belongs(part, path)]
    if len(typed) != len(kept):
        return [f"{path}: of {len(kept)} entries {len(typed)}"]
    pairs = enumerate(zip(typed, kept, strict=True))
    return [
        d for n, (one, part) in pairs for d in _differences(one, part, f"{path}.{n}")
    ]


def _belongs(part: Any, path: str) -> bool:
    if path.endswith("hashtags"):
        return bool(part.get("hashtag_name"))
    if path.endswith("mentions"):
        return bool(part.get("user_id"))
    if path.endswith("video_tag"):
        return bool(part["tag_name"])
    return bool(part)


def _says_nothing(raw: Any) -> bool:
    if isinstance(raw, dict):
        named = [
            value for name, value in raw.items() if name not in {"width", "height"}
        ]
        return all(_says_nothing(value) for value in named)
    return raw in ABSENT
