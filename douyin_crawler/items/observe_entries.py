"""From entries that show one record alone to that record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from douyin_crawler.items.emoji import parse_emoji
from douyin_crawler.items.observation import Observation
from douyin_crawler.items.page import (
    MalformedPage,
    TooDeep,
    decode,
    decode_part,
    split_member,
)
from douyin_crawler.items.sticker import parse_sticker
from douyin_crawler.items.user import parse_user, read_collect_counts

if TYPE_CHECKING:
    from datetime import datetime

    from douyin_crawler.items.observation import Source
    from douyin_crawler.items.page import Entry


def observe_emoji(entry: Entry, observed_at: datetime) -> list[Observation]:
    """Return the emoji that *entry* shows; empty where it has no origin_uri.

    Raises:
        TooDeep: the entry is nested too deeply to be read.
    """
    emoji = parse_emoji(_value(entry))
    if emoji is None:
        return []
    return [_listed("emoji", emoji.origin_uri, emoji, entry, observed_at)]


def observe_sticker(entry: Entry, observed_at: datetime) -> list[Observation]:
    """Return the trending sticker that *entry* shows; empty where it has no id.

    Raises:
        TooDeep: the entry is nested too deeply to be read.
    """
    sticker = parse_sticker(_value(entry))
    if sticker is None:
        return []
    return [_listed("sticker", sticker.id, sticker, entry, observed_at)]


def observe_user(
    text: bytes, source: Source, observed_at: datetime
) -> list[Observation]:
    """Return the user of a JSON text: a profile's, or an entry of ``im/user/info``.

    Of the latter let *source* be ``list``: it holds less than the profile does, whose
    payload stays then. What is nested too deeply is left out; the list is empty where
    there is no sec_uid.
    """
    try:
        value, text = decode_part(text)
    except MalformedPage:
        return []
    user = parse_user(value)
    if user is None:
        return []
    return [
        Observation(
            kind="user",
            id=user.sec_uid,
            item=user,
            payload=text,
            source=source,
            observed_at=observed_at,
        )
    ]


def observe_self(body: bytes, observed_at: datetime) -> list[Observation]:
    """Return the user of an answer of ``user/profile/self``, bookmarks counted.

    Raises:
        MalformedPage: it is not JSON.
    """
    text = split_member(body, "user")
    shown = observe_user(text, "own", observed_at) if text else []
    counts = split_member(body, "user_collect_count")
    for one in shown:
        if counts and one.item is not None:
            value = decode_part(counts)[0]
            one.item.collect_count_list = read_collect_counts(value)  # type: ignore[union-attr]
    return shown


def _value(entry: Entry) -> Any:
    try:
        return decode(entry.text)
    except TooDeep:
        raise
    except MalformedPage:
        return None


def _listed(
    kind: str, id: str, item: Any, entry: Entry, observed_at: datetime
) -> Observation:
    return Observation(
        kind=kind,
        id=id,
        item=item,
        payload=entry.text,
        source="list",
        observed_at=observed_at,
    )
