"""Made-up records of every kind, in which every typed field has a value."""

from __future__ import annotations

from typing import Any

SEC_UID = "MS4wLjABAAAA" + "sample_author-0" * 3
AWEME_ID = "7400000000000000001"
CID = "7400000000000000002"
WORD = "海边的日出"


def image(name: str) -> dict[str, Any]:
    """Return a picture as the service shows one."""
    addresses = [f"https://p{n}.example.org/{name}.jpeg?x-expires=1" for n in (1, 2)]
    return {"uri": f"tos/{name}", "url_list": addresses, "width": 720, "height": 960}


def play_address(name: str) -> dict[str, Any]:
    """Return a file of a video as the service shows one."""
    return {
        "uri": f"v{name}",
        "url_list": [f"https://v{n}.example.org/{name}?dy_q=1" for n in (1, 2)],
        "width": 1080,
        "height": 1920,
        "data_size": 1_234_567,
        "file_hash": "0123456789abcdef0123456789abcdef",
        "file_cs": "c:0-1-aa",
        "url_key": f"v{name}_h264_1080p_1",
    }


def video() -> dict[str, Any]:
    """Return a video in two qualities."""
    qualities = [
        {
            "gear_name": f"normal_{height}_0",
            "quality_type": number,
            "bit_rate": 900_000 + number,
            "FPS": 30,
            "format": "mp4",
            "is_h265": number,
            "is_bytevc1": number,
            "HDR_type": "hdr10",
            "HDR_bit": "10",
            "play_addr": play_address(f"rate{number}"),
            "video_extra": '{"PktOffsetMap": ""}',
        }
        for number, height in enumerate((1080, 720))
    ]
    sound = {
        "bitrate": 51_211,
        "codec_type": "bytevc1",
        "format": "dash",
        "size": 617_147,
        "file_hash": "fedcba9876543210fedcba9876543210",
        "url_list": {"main_url": "https://a.example.org/1", "backup_url": ""},
    }
    covers = ("cover", "origin_cover", "dynamic_cover", "animated_cover")
    plays = ("play_addr", "play_addr_h264", "play_addr_265", "play_addr_lowbr")
    return {
        "duration": 7_801,
        "width": 1080,
        "height": 1920,
        "ratio": "1080p",
        "format": "dash",
        "is_h265": 1,
        "is_source_HDR": 1,
        "is_long_video": 1,
        "has_watermark": True,
        "cdn_url_expired": 1_767_207_116,
        "bit_rate": qualities,
        "bit_rate_audio": [{"audio_quality": 5, "audio_meta": sound}],
        "meta": '{"loudness": "-15"}',
        **{name: image(name) for name in covers},
        **{name: play_address(name) for name in (*plays, "download_addr")},
    }


def music() -> dict[str, Any]:
    """Return a sound."""
    flags = ("is_original", "is_original_sound", "is_commerce_music", "is_pgc")
    covers = ("cover_hd", "cover_large", "cover_medium", "cover_thumb")
    return {
        "id": 7_300_000_000_000_000_123,
        "id_str": "7300000000000000123",
        "mid": "7300000000000000123",
        "title": "海边的声音",
        "author": "某人",
        "album": "第一张",
        "duration": 19,
        "sec_uid": "MS4wLjABAAAA" + "sample_musician" * 3,
        "owner_id": "668900000000001",
        "owner_handle": "sound_owner",
        "owner_nickname": "某人",
        "is_restricted": True,
        "author_deleted": True,
        "status": 1,
        "matched_pgc_sound": {
            "id": "7300000000000000999",
            "title": "原曲",
            "author": "歌手",
            "mixed_title": "原曲(混音)",
            "mixed_author": "歌手等",
        },
        "play_url": play_address("sound"),
        **dict.fromkeys(flags, True),
        **{name: image(name) for name in covers},
    }


def user() -> dict[str, Any]:
    """Return a user as a profile shows one, private fields included."""
    counted = ("follower", "following", "max_follower", "aweme", "favoriting", "mix")
    more = ("mplatform_followers", "forward", "dongtai", "series", "public_collects")
    own = ("private_aweme", "auto_mix", "user_story", "friend", "new_visitor")
    all_counted = (*counted, *more, *own, "max_aweme_follower")
    counters = [f"{name}_count" for name in all_counted]
    flags = (
        "has_e_account_role",
        "is_pro_account",
        "is_block",
        "is_blocked",
        "is_gov_media_vip",
        "is_verified",
        "is_star",
        "is_effect_artist",
        "is_ad_fake",
        "is_ban",
        "user_canceled",
        "prevent_download",
        "show_favorite_list",
        "live_commerce",
        "with_commerce_entry",
        "with_fusion_shop_entry",
        "with_shop_entry",
        "is_mix_user",
        "is_series_user",
    )
    return {
        "sec_uid": SEC_UID,
        "uid": "62700000001",
        "unique_id": "sample_handle",
        "short_id": "2567001",
        "nickname": "样本😀",
        "signature": "喜欢 #海边 的 @朋友",
        "signature_language": "zh",
        "signature_extra": text_extra(),
        "ip_location": "IP属地：海南",
        "region": "CN",
        "gender": 1,
        "verification_type": 1,
        "custom_verify": "海边摄影师",
        "enterprise_verify_reason": "海边公司",
        "account_cert_info": '{"label_text": "海边"}',
        "enterprise_user_info": '{"commerce_info": {}}',
        "verify_info": "海边认证",
        "account_region": "CN",
        "register_time": 1_500_000_000,
        "unique_id_modify_time": 1_600_000_000,
        "followers_detail": [
            {
                "app_name": "aweme",
                "name": "抖音",
                "fans_count": 1_000,
                "package_name": "com.example.app",
                "apple_id": "1142110895",
            }
        ],
        "favorite_permission": 1,
        "comment_setting": 2,
        "download_setting": 3,
        "follow_status": 1,
        "follower_status": 2,
        "secret": 1,
        "special_state_info": {"special_state": 4, "title": "私密账号"},
        "status": 1,
        "risk_notice_text": "请注意",
        "live_status": 1,
        "room_id": 7_400_000_000_000_000_777,
        "commerce_user_level": 2,
        "commerce_user_info": {"star_atlas": 1},
        "original_musician": {
            "music_count": 3,
            "music_used_count": 40,
            "digg_count": 500,
        },
        "avatar_small": image("avatar_small"),
        "avatar_thumb": image("avatar_thumb"),
        "avatar_168x168": image("avatar_168"),
        "avatar_300x300": image("avatar_300"),
        "avatar_medium": image("avatar_medium"),
        "avatar_larger": image("avatar_larger"),
        "cover_url": [image("back1"), image("back2")],
        "share_info": {"share_url": "www.iesdouyin.com/share/user/1?u_code=secret"},
        "birthday": "1990-01-01",
        "bind_phone": "138****0000",
        "school_name": "某大学",
        "user_age": 33,
        **{
            name: 1_000 + number
            for number, name in enumerate([*counters, "total_favorited"])
        },
        **dict.fromkeys(flags, True),
    }


def text_extra() -> list[dict[str, Any]]:
    """Return a hashtag and a mention."""
    return [
        {
            "type": 1,
            "start": 3,
            "end": 6,
            "hashtag_name": "海边",
            "hashtag_id": "1786900000000001",
            "is_commerce": True,
        },
        {
            "type": 0,
            "start": 8,
            "end": 11,
            "hashtag_name": "",
            "user_id": "164000000001",
            "sec_uid": "MS4wLjABAAAA" + "sample_friend-0" * 3,
        },
    ]


def post() -> dict[str, Any]:
    """Return a post: pictures with a live photo, and a video."""
    counted = ("digg", "comment", "share", "collect", "play", "admire", "recommend")
    statistics = [f"{name}_count" for name in (*counted, "forward", "download")]
    flags = ("is_top", "is_ads", "is_story", "is_life_item", "is_image_beat")
    controls = ("can_comment", "can_show_comment", "can_forward", "can_share")
    allowed = ("allow_download", "allow_duet", "allow_stitch")
    live_photo = image("two") | {"live_photo_type": 1, "video": video()}
    return {
        "aweme_id": AWEME_ID,
        "group_id": AWEME_ID,
        "author_user_id": 62_700_000_001,
        "aweme_type": 68,
        "media_type": 42,
        "create_time": 1_706_947_287,
        "desc": "去看 #海边 和 @朋友",
        "caption": "去看",
        "item_title": "海边",
        "desc_language": "zh",
        "share_url": f"https://www.iesdouyin.com/share/note/{AWEME_ID}/?did=secret",
        "statistics": {name: 10 + number for number, name in enumerate(statistics)},
        "danmaku_control": {"danmaku_cnt": 50, "enable_danmaku": True},
        "author": user(),
        "cooperation_info": {
            "co_creators": [
                {
                    "sec_uid": "MS4wLjABAAAA" + "sample_partner" * 3,
                    "uid": "62700000002",
                    "nickname": "伙伴",
                    "role_title": "摄影",
                }
            ]
        },
        "text_extra": text_extra(),
        "cha_list": [
            {
                "cid": "1579000000000001",
                "cha_name": "海边",
                "desc": "关于海",
                "type": 1,
                "is_commerce": True,
            }
        ],
        "video_tag": [
            {"tag_id": 2029, "tag_name": "随拍", "level": 1},
            {"tag_id": 0, "tag_name": "", "level": 0},
        ],
        "mix_info": {
            "mix_id": "7200000000000000001",
            "mix_name": "海边合集",
            "desc": "每周一集",
            "mix_type": 1,
            "statis": {"current_episode": 3, "updated_to_episode": 12},
            "create_time": 1_700_000_000,
            "update_time": 1_706_000_000,
            "cover_url": image("mix"),
        },
        "series_info": {"series_id": "7100000000000000001"},
        "series_basic_info": {"series_id": None},
        "series_paid_info": {"series_paid_status": 1, "item_price": 100},
        "duration": 7_801,
        "images": [
            image("one") | {"download_url_list": ["https://p3.example.org/one"]},
            live_photo,
        ],
        "video": video(),
        "music": music(),
        "recommend_chapter_info": {
            "chapter_abstract": "看海",
            "recommend_chapter_list": [
                {"desc": "引言", "detail": "出发", "timestamp": 1_500}
            ],
        },
        "region": "CN",
        "ip_label": "海南",
        "is_share_post": True,
        "original": 1,
        "cell_room": {"rawdata": "{}"},
        "risk_infos": {"content": "危险动作，请勿模仿"},
        "status": {
            "is_delete": True,
            "is_prohibited": True,
            "in_reviewing": True,
            "private_status": 2,
            "part_see": 1,
            "allow_share": True,
            "with_goods": True,
        },
        "aweme_control": dict.fromkeys(controls, True),
        "comment_permission_info": {"comment_permission_status": 1},
        "item_comment_settings": 2,
        "video_control": dict.fromkeys(allowed, True),
        "prevent_download": True,
        "suggest_words": {"suggest_words": [{"words": [{"word": "海"}]}]},
        **dict.fromkeys(flags, 1),
    }


def comment() -> dict[str, Any]:
    """Return a reply to a reply, with a picture and a sticker."""
    flags = ("is_author_digged", "is_hot", "is_folded", "is_user_tend_to_reply")
    marks = ("can_share", "can_create_item", "user_buried")
    sizes = ("origin_url", "medium_url", "thumb_url", "crop_url", "download_url")
    return {
        "cid": CID,
        "aweme_id": AWEME_ID,
        "create_time": 1_706_950_000,
        "text": "去看 #海边 和 @朋友[赞]",
        "digg_count": 12,
        "reply_comment_total": 3,
        "reply_id": "7400000000000000003",
        "reply_to_reply_id": "7400000000000000004",
        "reply_to_user_sec_id": "MS4wLjABAAAA" + "sample_friend-0" * 3,
        "reply_to_userid": "164000000001",
        "reply_to_username": "朋友",
        "level": 2,
        "user": user(),
        "text_extra": text_extra(),
        "image_list": [{name: image(name) for name in sizes}],
        "sticker": {
            "id": 7_450_000_000_000_000_123,
            "id_str": "7450000000000000123",
            "sticker_type": 2,
            "origin_package_id": "-1150000000000001",
            "author_sec_uid": "MS4wLjABAAAA" + "sample_painter0" * 3,
            "width": 240,
            "height": 200,
            "static_url": image("sticker"),
            "animate_url": image("moving"),
        },
        "content_type": 2,
        "ip_label": "海南",
        "label_text": "作者",
        "label_type": 1,
        "is_note_comment": 1,
        "stick_position": 1,
        "sort_tags": '{"top":1,"eco_level_3":1,"bottom":0}',
        "status": 1,
        "user_digged": 1,
        "item_comment_total": 347,
        "reply_comment": None,
        "enter_from": "homepage_hot",
        **dict.fromkeys((*flags, *marks), True),
    }


def reply(number: int) -> dict[str, Any]:
    """Return a reply that stands inline with :func:`comment`, by a user of its own."""
    own = {"cid": f"74000000000000001{number:02}", "reply_id": CID, "level": 2}
    author = {"sec_uid": f"MS4wLjABAAAAreply{number}", "nickname": f"回复{number}"}
    return {**own, "aweme_id": AWEME_ID, "text": "好看", "user": author}


def hot_word() -> dict[str, Any]:
    """Return an entry of the ranked words."""
    return {
        "word": WORD,
        "position": 7,
        "hot_value": 11_408_385,
        "view_count": 64_447_460,
        "video_count": 4,
        "discuss_video_count": 2,
        "article_detail_count": 1,
        "room_count": 1,
        "event_time": 1_767_607_429,
        "label": 3,
        "emo_label": 1,
        "word_type": 1,
        "sentence_id": "2358195",
        "sentence_tag": 5_000,
        "group_id": "7429000000000000001",
        "challenge_id": "1579000000000001",
        "word_sub_board": [2, 3],
        "can_extend_detail": True,
        "display_style": 1,
        "word_cover": image("word"),
        "hotlist_param": '{"version":1}',
        "related_words": None,
    }


def hot_board() -> dict[str, Any]:
    """Return an answer of the hot list: two ranked words, a pinned and a rising one."""
    second = {**hot_word(), "word": "第二", "position": 8}
    pinned = {n: v for n, v in hot_word().items() if n != "position"}
    rising = {"word": "上升", "hot_value": 0, "word_type": 3}
    return {
        "status_code": 0,
        "data": {
            "active_time": "2026-01-05 20:28:10",
            "word_list": [{**pinned, "word": "置顶"}, hot_word(), second],
            "trending_list": [rising],
            "trending_desc": "实时上升热点",
        },
        "log_pb": {"impr_id": "1"},
    }


def emoji() -> dict[str, Any]:
    """Return an entry of the emojis."""
    return {
        "origin_uri": "weixiao.png",
        "display_name": "[微笑]",
        "hide": 1,
        "emoji_url": image("emoji"),
    }


def sticker() -> dict[str, Any]:
    """Return an entry of the trending stickers."""
    return {
        "id": 7_450_000_000_000_000_123,
        "sticker_type": 2,
        "author": {"sec_uid": SEC_UID, "name": "画家"},
        "width": 240,
        "height": 200,
        "static_type": "png",
        "static_url": image("static"),
        "animate_type": "gif",
        "animate_url": image("animated"),
        "sticker_info_source": "trending",
        "single_hey_can_id": "12",
    }


def notice() -> dict[str, Any]:
    """Return a notice of two people who liked a comment."""
    second = {**user(), "sec_uid": "MS4wLjABAAAAliker2", "nickname": "另一位"}
    return {
        **_notice_head(41),
        "digg": {
            "from_user": [user(), second],
            "content": "赞了你的评论",
            "cid": 7_400_000_000_000_000_002,
            "real_cid": CID,
            "forward_id": "7400000000000000005",
            "comment": comment(),
            "aweme": post(),
            "merge_count": 2,
            "digg_type": 2,
            "has_digg_list": True,
            "comment_unvisible": 1,
            "label_text": "朋友",
            "label_type": 3,
            "label_list": ["朋友"],
            "label_tracking": "friend",
            "schema_url": "aweme://aweme/detail/1",
        },
        "general_notice": {
            "title": "通知",
            "content": "",
            "sender_name": "抖音小助手",
            "schema_url": "",
            "schema_text": "查看",
            "other_schema_structs": None,
        },
    }


def notice_of(type: int, **members: Any) -> dict[str, Any]:
    """Return a notice of a type, with its own members."""
    return {**_notice_head(type), **members}


def mention() -> dict[str, Any]:
    """Return a notice of who mentioned the account in a comment."""
    url = f"aweme://aweme/detail/{AWEME_ID}?cid={CID}&enter=notice"
    about = {"user_info": user(), "title": "朋友", "content": "@了你"}
    return notice_of(45, at={**about, "schema_url": url, "aweme": None})


def follow() -> dict[str, Any]:
    """Return a notice of a new follower, who stands alone."""
    return notice_of(33, follow={"from_user": user(), "content": "关注了你"})


def commented() -> dict[str, Any]:
    """Return a notice of a comment on a post."""
    return notice_of(31, comment={"comment": comment(), "aweme": post()})


def _notice_head(type: int) -> dict[str, Any]:
    return {
        "nid": 7_569_492_243_205_730_738,
        "nid_str": "7569492243205730738",
        "type": type,
        "user_id": 62_700_000_001,
        "create_time": 1_762_409_752,
        "has_read": True,
    }
