"""A person in every place of an answer, in every spelling."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from douyin_crawler.items.observe import observe_comment, observe_post
from douyin_crawler.items.page import Entry
from tests.stores.samples import at

if TYPE_CHECKING:
    from douyin_crawler.items.observation import Observation

SEC_UID = "MS4wLjABAAAAplantedplantedplantedplantedplantedplantedX"
OTHER = "MS4wLjABAAAAotherotherotherotherotherotherotherotherot"
UID = "98765432109"
NAME = '王"种下"😀的'
HANDLE = "planted.handle"
USER: dict[str, Any] = {
    "sec_uid": SEC_UID,
    "uid": UID,
    "short_id": "7654321",
    "unique_id": HANDLE,
    "nickname": NAME,
    "avatar_thumb": {"uri": "face", "url_list": ["https://a/face.jpg"]},
    "signature": "我是王",
}
ELSE: dict[str, Any] = {"sec_uid": OTHER, "uid": "55501", "nickname": "别的人"}


def needles() -> set[bytes]:
    """Return all spellings of all ids and names."""
    found = set()
    for text in (SEC_UID, UID, NAME, HANDLE, "7654321"):
        escaped = json.dumps(text)[1:-1]
        forms = {text, escaped, json.dumps(escaped)[1:-1]}
        forms |= {quote(text, safe=""), quote(text, safe="").lower()}
        found |= {form.encode() for form in forms}
    return found


def traces(text: bytes) -> set[bytes]:
    """Return which of them are in *text*."""
    return {needle for needle in needles() if needle in text}


def comment(cid: str, user: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a comment of *user*, as the service sends one."""
    return {"cid": cid, "aweme_id": "7001", "text": "好", "user": user, **more}


def mentioning(cid: str = "8002") -> dict[str, Any]:
    """Return somebody else's comment, in which the person is in every way."""
    wide = len(f"看@{NAME}".encode("utf-16-le")) // 2
    return comment(
        cid,
        ELSE,
        text=f"看@{NAME} #话题",
        text_extra=[
            {"start": 1, "end": wide, "user_id": UID, "sec_uid": SEC_UID, "type": 0},
            {"start": wide + 1, "end": wide + 4, "hashtag_name": "话题"},
        ],
        reply_comment=[comment("8003", USER), comment("8004", ELSE)],
        reply_to_userid=UID,
        reply_to_user_sec_id=SEC_UID,
        reply_to_username=NAME,
        schema=f"aweme://user?name={quote(NAME)}&uid={UID}",
        extra=json.dumps({"deep": json.dumps({"user": USER, "said": NAME})}),
        digged=[int(UID), 55501],
    )


def observations(*, escaped: bool = False) -> list[Observation]:
    """Return all that a crawl would store of some answers."""
    post = {
        "aweme_id": "7001",
        "desc": f"与@{NAME}",
        "author": ELSE,
        "music": {"id_str": "1", "owner_id": UID, "owner_nickname": NAME},
        "statistics": {"digg_count": 3},
    }
    own = {"aweme_id": "7002", "desc": "我的", "author": USER}
    own["statistics"] = {"digg_count": 5}

    def entry(value: Any) -> Entry:
        return Entry(text=json.dumps(value, ensure_ascii=escaped).encode())

    return [
        *observe_post(entry(post), "list", at(0)),
        *observe_post(entry(own), "list", at(0)),
        *observe_comment(entry(comment("8001", USER, digg_count=2)), "list", at(0)),
        *observe_comment(entry(mentioning()), "list", at(0)),
    ]
