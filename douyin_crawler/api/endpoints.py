"""The table of endpoints: what the web client's API offers, and how it is asked.

Paths, methods and parameters are those of the API's description, completed by
what the site itself sends (``behaviour.md`` 1.2 to 2 of the API notes). The common
parameters of the web client are not here but in ``browser.py``. Add an endpoint by
adding a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Login = Literal["no", "visitor", "first_page", "wanted", "needed"]

_ROOT = "/aweme/v1/web/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How a list is read page by page."""

    parameter: str
    """Parameter that says where to go on from."""
    list_key: str
    """Key of the list in an answer."""
    cursor_key: str
    """Key of the next cursor; empty where the next page is this one plus one."""
    count: int
    """Page size to ask for; the service cuts greater ones, and skips records."""
    more_key: str = "has_more"
    offset: bool = False
    """Whether the cursor counts entries: it moves as entries come and go."""
    inside: str | None = None
    """Key of the object that holds list and cursor, if not the answer itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint of the API."""

    name: str
    path: str
    params: tuple[tuple[str, str], ...]
    """Own query parameters in the site's order; ``""`` where none is the default."""
    payload_key: str
    """Key that an answer with data has."""
    login: Login
    """Whose session is served: ``first_page`` is all that a visitor gets."""
    payload: Literal["list", "filled list", "object"] = "list"
    """What is under that key. A null list is an empty one, a null object no answer;
    nor is an empty list one where what was asked for is there."""
    method: str = "GET"
    form: tuple[str, ...] = ()
    """Names of the form fields of a POST."""
    version: str = "170400"
    """Value of ``version_code``."""
    version_name: str = "17.4.0"
    referer: str = "/"
    """Path of the page that asks; braces name parameters."""
    paging: Paging | None = None
    web_signature: bool = True
    """Whether it takes ``uifid`` and the third signature."""
    verify_after: bool = False
    """Whether ``verifyFp`` and ``fp`` stand after ``a_bogus``."""


_ROWS = (
    Endpoint(
        name="aweme_post",
        path=_ROOT + "aweme/post/",
        params=(
            ("sec_user_id", ""),
            ("max_cursor", "0"),
            ("locate_query", "false"),
            ("show_live_replay_strategy", "1"),
            ("need_time_list", "1"),
            ("time_list_query", "0"),
            ("whale_cut_token", ""),
            ("cut_version", "1"),
            ("count", "18"),
            ("publish_video_strategy_type", "2"),
            ("from_user_page", "1"),
        ),
        version="290100",
        version_name="29.1.0",
        referer="/user/{sec_user_id}",
        paging=Paging(
            parameter="max_cursor",
            list_key="aweme_list",
            cursor_key="max_cursor",
            count=18,
        ),
        payload_key="aweme_list",
        login="first_page",
        verify_after=True,
    ),
    Endpoint(
        name="aweme_detail",
        path=_ROOT + "aweme/detail/",
        params=(
            ("aweme_id", ""),
            ("request_source", "600"),
            ("origin_type", "video_page"),
        ),
        version="190500",
        version_name="19.5.0",
        referer="/video/{aweme_id}",
        payload_key="aweme_detail",
        payload="object",
        login="visitor",
    ),
    Endpoint(
        name="user_profile_other",
        path=_ROOT + "user/profile/other/",
        params=(
            ("publish_video_strategy_type", "2"),
            ("source", "channel_pc_web"),
            ("sec_user_id", ""),
            ("personal_center_strategy", "1"),
            ("profile_other_record_enable", "1"),
            ("land_to", "1"),
        ),
        referer="/user/{sec_user_id}",
        payload_key="user",
        payload="object",
        login="visitor",
        verify_after=True,
    ),
    Endpoint(
        name="user_profile_self",
        path=_ROOT + "user/profile/self/",
        params=(("publish_video_strategy_type", "2"),),
        referer="/user/self",
        payload_key="user",
        payload="object",
        login="needed",
    ),
    Endpoint(
        name="comment_list",
        path=_ROOT + "comment/list/",
        params=(
            ("aweme_id", ""),
            ("cursor", "0"),
            ("count", "20"),
            ("item_type", "0"),
            ("insert_ids", ""),
            ("whale_cut_token", ""),
            ("cut_version", "1"),
            ("rcFT", ""),
        ),
        referer="/video/{aweme_id}",
        paging=Paging(
            parameter="cursor",
            list_key="comments",
            cursor_key="cursor",
            count=20,
            offset=True,
        ),
        payload_key="comments",
        login="visitor",
    ),
    Endpoint(
        name="comment_list_reply",
        path=_ROOT + "comment/list/reply/",
        params=(
            ("item_id", ""),
            ("comment_id", ""),
            ("cut_version", "1"),
            ("cursor", "0"),
            ("count", "20"),
            ("item_type", "0"),
        ),
        referer="/video/{item_id}",
        paging=Paging(
            parameter="cursor",
            list_key="comments",
            cursor_key="cursor",
            count=20,
            offset=True,
        ),
        payload_key="comments",
        login="wanted",
        web_signature=False,
        verify_after=True,
    ),
    Endpoint(
        name="hot_search_list",
        path=_ROOT + "hot/search/list/",
        params=(
            ("detail_list", "1"),
            ("source", "6"),
            ("main_billboard_count", "5"),
            ("board_type", "0"),
            ("board_sub_type", ""),
        ),
        payload_key="data",
        payload="object",
        login="no",
    ),
    Endpoint(
        name="tab_feed",
        path=_ROOT + "tab/feed/",
        params=(
            ("count", "10"),
            ("refresh_index", "1"),
            ("video_type_select", "1"),
            ("aweme_pc_rec_raw_data", '{"is_client":false}'),
            ("tag_id", ""),
            ("share_aweme_id", ""),
            ("live_insert_type", ""),
            ("globalwid", ""),
            ("pull_type", "0"),
            ("min_window", "0"),
            ("free_right", "0"),
            ("view_count", "0"),
            ("plug_block", "0"),
            ("ug_source", ""),
            ("creative_id", ""),
        ),
        paging=Paging(
            parameter="refresh_index", list_key="aweme_list", cursor_key="", count=10
        ),
        payload_key="aweme_list",
        login="wanted",
    ),
    Endpoint(
        name="emoji_list",
        path=_ROOT + "emoji/list",
        params=(("need_all", "true"),),
        payload_key="emoji_list",
        login="no",
    ),
    Endpoint(
        name="emoticon_trending",
        path=_ROOT + "im/resources/emoticon/trending",
        params=(("cursor", "0"), ("count", "50")),
        paging=Paging(
            parameter="cursor",
            list_key="stickers",
            cursor_key="next_cursor",
            count=50,
            offset=True,
            inside="emoticon_data",
        ),
        payload_key="emoticon_data",
        payload="object",
        login="needed",
    ),
    Endpoint(
        name="im_user_info",
        path=_ROOT + "im/user/info/",
        method="POST",
        params=(),
        form=("sec_user_ids",),
        payload_key="data",
        payload="filled list",
        login="needed",
    ),
    # Not described, and needed: only it names the notices that there are.
    Endpoint(
        name="notice",
        path=_ROOT + "notice/",
        params=(
            ("is_new_notice", "1"),
            # With 1 the service takes them for read.
            ("is_mark_read", "0"),
            ("notice_group", "700"),
            ("count", "20"),
            ("min_time", "0"),
            ("max_time", "0"),
        ),
        paging=Paging(
            parameter="max_time",
            list_key="notice_list_v2",
            cursor_key="max_time",
            count=20,
        ),
        payload_key="notice_list_v2",
        login="needed",
    ),
    Endpoint(
        name="notice_detail",
        path=_ROOT + "notice/detail/",
        params=(("id_list", ""),),
        payload_key="notice_list_v2",
        login="needed",
    ),
)

ENDPOINTS: dict[str, Endpoint] = {row.name: row for row in _ROWS}
