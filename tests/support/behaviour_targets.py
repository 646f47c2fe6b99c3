"""What comes back in place of data for one target, while the others go on.

The second half of ``behaviour.py``: by endpoint, since codes mean different things on
different ones.
"""

from __future__ import annotations

from tests.support.behaviour import (
    CHECK,
    COOKIES,
    MALFORMED,
    ONCE,
    TRANSIENT,
    Row,
    answer,
    html,
    said,
)

UNTOLD = {"filter_reason": "", "detail_msg": ""}
REPORT = "report this line"

_DETAIL = (
    Row("5, parameter", "code:5", "posts", "parameter_refused", "failed", ONCE,
        "status_code 5, 参数不合法", CHECK),
    Row("7, no permission", "code:7", "posts", "no_permission", "failed", ONCE,
        "status_code 7, 无权限操作", "another account"),
    Row("2053, not available", "code:2053", "posts", "post_gone", "gone", ONCE,
        "status_code 2053, 作品不见了"),
    Row("2096, the owner's setting", "code:2096", "posts", "private", "private", ONCE,
        "status_code 2096"),
    Row("8 of another meaning", said(8, "系统繁忙"), "posts", "unknown_code", "failed",
        ONCE, "status_code 8, 系统繁忙", REPORT),
    Row("2 elsewhere than a profile", "code:2", "posts", "unknown_code", "failed",
        ONCE, "status_code 2", REPORT),
    Row("any other code", "code:77", "posts", "unknown_code", "failed", ONCE,
        "status_code 77", REPORT),
    Row("no payload key", "no_payload", "posts", "no_payload", "restricted", ONCE,
        "17 bytes, no aweme_detail", COOKIES),
    Row("core_dep", "filter:core_dep", "posts", "post_unknown", "gone", ONCE,
        "core_dep"),
    Row("status_deleted", "filter:status_deleted", "posts", "post_deleted", "gone",
        ONCE, "status_deleted, 作品已删除"),
    Row("status_delete", "filter:status_delete", "posts", "post_deleted", "gone",
        ONCE, "status_delete, "),
    Row("status_audit", "filter:status_audit", "posts", "post_in_review", "gone",
        ONCE, "status_audit, 作品审核中"),
    Row("status_self_see", "filter:status_self_see", "posts", "post_private",
        "private", ONCE, "status_self_see, 作者已将该作品设为私密"),
    Row("status_part_see", "filter:status_part_see", "posts", "post_private",
        "private", ONCE, "status_part_see"),
    Row("music_deleted_video", "filter:music_deleted_video", "posts", "post_gone",
        "gone", ONCE, "music_deleted_video"),
    Row("a reason that is new", "filter:status_new", "posts", "post_gone", "gone",
        ONCE, "status_new"),
    Row("images_base", "filter:images_base", "posts", "parameter_refused", "failed",
        ONCE, "images_base", CHECK),
    Row("null detail, no reason", "detail_null", "posts", "record_missing",
        "restricted", MALFORMED, "no aweme_detail", COOKIES),
    Row("null detail, empty reason", answer(aweme_detail=None, filter_detail=UNTOLD),
        "posts", "record_missing", "restricted", MALFORMED, "no aweme_detail",
        COOKIES),
    Row("empty detail", answer(aweme_detail={}), "posts", "record_missing",
        "restricted", MALFORMED, "no aweme_detail", COOKIES),
    Row("500", "500", "posts", "server_error", "failed", TRANSIENT, "HTTP 500",
        "again later"),
    Row("408", "408", "posts", "server_error", "failed", TRANSIENT, "HTTP 408",
        "again later"),
    Row("404", "404", "posts", "http_status", "failed", ONCE, "HTTP 404",
        "DOUYIN_BASE_URL"),
    Row("another page", html("<html>Welcome</html>"), "posts", "html", "failed",
        MALFORMED, "HTTP 200, 20 bytes", "login page"),
    Row("no JSON", "not_json", "posts", "malformed", "failed", MALFORMED, "HTTP 200",
        "report it"),
)  # fmt: skip

_PROFILE = (
    Row("2, no such user", "code:2", "user_profile", "user_gone", "gone", ONCE,
        "status_code 2, 用户不存在", "may be deleted"),
    Row("another code, no such user", said(5, "用户不存在"), "user_profile",
        "user_gone", "gone", ONCE, "status_code 5", "may be deleted"),
    Row("another code, account cancelled", said(77, "账号已注销"), "user_profile",
        "user_gone", "gone", ONCE, "status_code 77", "may be deleted"),
    Row("5, parameter", "code:5", "user_profile", "parameter_refused", "failed", ONCE,
        "status_code 5", CHECK),
    Row("7, no permission", "code:7", "user_profile", "no_permission", "failed", ONCE,
        "status_code 7", "another account"),
    Row("2096, the owner's setting", "code:2096", "user_profile", "private",
        "private", ONCE, "status_code 2096"),
    Row("2053 elsewhere than a post", "code:2053", "user_profile", "unknown_code",
        "failed", ONCE, "status_code 2053", REPORT),
    Row("no payload key", "no_payload", "user_profile", "no_payload", "restricted",
        ONCE, "no user", COOKIES),
    Row("null user", answer(user=None), "user_profile", "record_missing",
        "restricted", MALFORMED, "no user", COOKIES),
    Row("empty user", answer(user={}), "user_profile", "record_missing",
        "restricted", MALFORMED, "no user", COOKIES),
    Row("503", "503", "user_profile", "server_error", "failed", TRANSIENT,
        "HTTP 503", "again later"),
)  # fmt: skip

# In a list of posts 2 and 2053 have no known meaning: taken for an end, they would be
# final. Whether the user is gone, the profile says.
_LISTS = (
    Row("2 elsewhere than a profile", "code:2", "user_posts", "unknown_code",
        "failed", ONCE, "status_code 2", REPORT),
    Row("2053 elsewhere than a post", "code:2053", "user_posts", "unknown_code",
        "failed", ONCE, "status_code 2053", REPORT),
    Row("5, parameter", "code:5", "user_posts", "parameter_refused", "failed", ONCE,
        "status_code 5", CHECK),
    Row("7, no permission", "code:7", "user_posts", "no_permission", "failed", ONCE,
        "status_code 7", "another account"),
    Row("2096, the owner's setting", "code:2096", "user_posts", "private", "private",
        ONCE, "status_code 2096"),
    Row("no payload key", "no_payload", "user_posts", "no_payload", "restricted",
        ONCE, "17 bytes, no aweme_list", COOKIES),
    Row("any other code", "code:77", "user_posts", "unknown_code", "failed", ONCE,
        "status_code 77", REPORT),
    Row("502", "502", "user_posts", "server_error", "failed", TRANSIENT, "HTTP 502",
        "again later"),
)  # fmt: skip

_COMMENTS = (
    Row("2053, not available", "code:2053", "comments", "post_gone", "gone", ONCE,
        "status_code 2053"),
    Row("2096, the owner's setting", "code:2096", "comments", "private", "private",
        ONCE, "status_code 2096"),
    Row("2 elsewhere than a profile", "code:2", "comments", "unknown_code", "failed",
        ONCE, "status_code 2", REPORT),
    Row("5, parameter", "code:5", "comments", "parameter_refused", "failed", ONCE,
        "status_code 5", CHECK),
    Row("7, no permission", "code:7", "comments", "no_permission", "failed", ONCE,
        "status_code 7", "another account"),
    Row("no payload key", "no_payload", "comments", "no_payload", "restricted", ONCE,
        "no comments", COOKIES),
    Row("no payload key, total 5", answer(total=5, has_more=0), "comments",
        "no_payload", "restricted", ONCE, "no comments", COOKIES),
    Row("504", "504", "comments", "server_error", "failed", TRANSIENT, "HTTP 504",
        "again later"),
)  # fmt: skip

_REPLIES = (
    Row("2053, not available", "code:2053", "replies", "post_gone", "gone", ONCE,
        "status_code 2053"),
    Row("2096, the owner's setting", "code:2096", "replies", "private", "private",
        ONCE, "status_code 2096"),
    Row("5, parameter", "code:5", "replies", "parameter_refused", "failed", ONCE,
        "status_code 5", CHECK),
    Row("7, no permission", "code:7", "replies", "no_permission", "failed", ONCE,
        "status_code 7", "another account"),
    Row("no payload key", "no_payload", "replies", "no_payload", "restricted", ONCE,
        "no comments", COOKIES),
)  # fmt: skip

ENDS_TARGET = {
    "posts": _DETAIL,
    "user_profile": _PROFILE,
    "user_posts": _LISTS,
    "comments": _COMMENTS,
    "replies": _REPLIES,
}
"""By spider: each row ends one target, and the run goes on to the next."""
