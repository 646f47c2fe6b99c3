"""The nesting of answers that no capture shows whole, for `nest_contract.py`.

Read off the contract by hand: the names of a person, of a post and of what a notice
adds do not overlap, and each occurs once in its object. Types are the contract's.
"""

from __future__ import annotations

from typing import Any

NO_ORDER = {"emoji_list", "emoticon_trending", "im_user_info", "notice_detail"}
"""Endpoints whose fields the contract lists as they came, not sorted."""


def _names(text: str) -> dict[str, Any]:
    return dict.fromkeys(text.split(), "string")


_PICTURE = _names("uri url_list width height")
_AVATARS = {
    f"avatar_{size}": _PICTURE for size in ("larger", "300x300", "thumb", "168x168")
}
_PERSON = _AVATARS | _names(
    "ad_cover_url ban_user_functions can_set_geofencing card_entries"
    " card_entries_not_display card_sort_priority cf_list cha_list commerce_user_level"
    " contrail_list cover_url custom_verify data_label_list display_info"
    " endorsement_info_list enterprise_verify_reason follow_status follower_count"
    " follower_list_secondary_information_struct follower_request_status"
    " follower_status followers_detail geofencing has_unread_story"
    " homepage_bottom_toast im_role_ids interest_tags is_ad_fake is_block is_verified"
    " item_list link_item_list need_points new_story_cover nickname"
    " not_seen_item_id_list not_seen_item_id_list_v2 offline_info_list"
    " personal_tag_list platform_sync_info relative_users sec_uid secret"
    " signature_extra special_people_labels text_extra type_label uid unique_id"
    " user_not_see user_permissions user_tags verification_type weibo_verify"
    " white_cover_url"
)
_STATUS = _names(
    "reviewed download_status is_delete allow_share private_status is_prohibited"
    " allow_comment with_goods video_hide_search is_private in_reviewing self_see"
    " dont_share_status part_see aweme_id with_fusion_goods"
) | {
    "review_result": _names("review_status"),
    "aweme_edit_info": _names("button_toast button_status"),
}
_POST = _names(
    "anchors aweme_id aweme_type cha_list challenge_position chapter_list comment_list"
    " commerce_config_data cover_labels create_time desc dislike_dimension_list"
    " geofencing geofencing_regions hybrid_label image_infos image_list images"
    " img_bitrate interaction_stickers is_story label_top_text long_video"
    " nickname_position origin_comment_ids origin_text_extra original_images"
    " packed_clips position promotions relation_labels social_tag_list"
    " standard_bar_info_list text_extra uniqid_position video_labels video_tag"
    " video_text"
) | {
    "author": _PERSON,
    "status": _STATUS,
    "video": _names("tags big_thumbs bit_rate")
    | {"cover": _PICTURE, "origin_cover": _PICTURE},
}
_COMMENT = _names(
    "digg_count status reply_comment label_list text_music_info cid text text_extra"
    " image_list"
) | {"user": _PERSON}
_DIGG = _names(
    "content cid real_cid forward_id has_digg_list label_tracking label_list"
    " label_text comment_unvisible label_type merge_count digg_type"
) | {"from_user": [_PERSON], "comment": _COMMENT, "aweme": _POST}
_NOTICE = _names("user_id nid_str has_read nid type create_time") | {
    "general_notice": _names(
        "title content sender_name schema_url schema_text message_extra"
        " other_schema_structs"
    ),
    "digg": _DIGG,
}
_STICKER = _names(
    "width height animate_type static_type id sticker_type sticker_info_source"
    " single_hey_can_id"
) | {
    "static_url": _PICTURE,
    "animate_url": _PICTURE,
    "author": _names("sec_uid name"),
}
_ENTRY = _names(
    "short_id nickname with_commerce_entry has_e_account_role uid signature"
    " enterprise_verify_reason custom_verify commerce_user_level webcast_sp_info"
    " follow_status is_block sec_uid follower_status verification_type unique_id"
) | {name: _names("uri url_list") for name in ("avatar_thumb", "avatar_small")}
_MIX = _names("cover_url desc extra mix_id mix_name share_info statis status")

UNCAPTURED: dict[str, Any] = {
    "tab_feed": {  # for want of a mix and a room
        "aweme_list": [{"cell_room": _names("rawdata"), "mix_info": _MIX}]
    },
    "emoticon_trending": {
        "emoticon_data": _names("has_more next_cursor source")
        | {"stickers": [_STICKER]},
    },
    "im_user_info": {"data": [_ENTRY]},
    "notice_detail": {"notice_list_v2": [_NOTICE]},
}
