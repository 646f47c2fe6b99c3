"""From a page's entries to the records they show."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from douyin_crawler.items import coerce
from douyin_crawler.items.comment import Comment, parse_comment
from douyin_crawler.items.hot_word import RANKED, RISING, parse_hot_word, series_id
from douyin_crawler.items.observation import Observation
from douyin_crawler.items.page import (
    MalformedPage,
    TooDeep,
    decode,
    replace_member,
    split_member,
    split_page,
)
from douyin_crawler.items.parts import Author
from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.projection import decoder
from douyin_crawler.items.user import User, parse_user

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from douyin_crawler.items.observation import Source
    from douyin_crawler.items.page import Entry

SkipReason: TypeAlias = Literal["ad", "live"]

_LIVE_CARD = 101


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the entries of one kind of list are read."""

    name: str
    decode: Callable[[bytes], Any]
    parse: Callable[[object], Any]
    id_of: Callable[[Any], str]
    author: str
    """The member that holds who made it."""


_POST = _Kind(
    "post",
    decoder(Post, {Author: User}),
    parse_post,
    attrgetter("aweme_id"),
    "author",
)
_COMMENT = _Kind(
    "comment",
    decoder(Comment, {Author: User}),
    parse_comment,
    attrgetter("cid"),
    "user",
)


def observe_post(
    entry: Entry,
    source: Source,
    observed_at: datetime,
    met: set[bytes] | None = None,
) -> list[Observation]:
    """Return what *entry* shows: its post and then the post's author.

    The list is empty where the entry has no aweme_id; the author is left out where it
    has no sec_uid, or where its very text is among *met*, the authors that this
    answer showed already.

    Raises:
        TooDeep: the entry is nested too deeply to be read.
    """
    return _observe(_POST, entry, source, observed_at, met)


def embedded_user(
    text: bytes,
    member: str,
    value: Any,
    observed_at: datetime,
    met: set[bytes] | None = None,
) -> Observation | None:
    """Return the user that stands as *member* in *text*, if it has a sec_uid.

    *value* is what *text* says, decoded. A text among *met* is passed over; another is
    added to them.
    """
    payload = split_member(text, member)
    if payload is None or (met is not None and payload in met):
        return None
    user = parse_user(value.get(member))
    if user is None:
        return None
    if met is not None:
        met.add(payload)
    return Observation(
        kind="user",
        id=user.sec_uid,
        item=user,
        payload=payload,
        source="embedded",
        observed_at=observed_at,
    )


def skip_reason(post: Post) -> SkipReason | None:
    """Return why a post is none that anybody asked for, or None where it is one."""
    if post.is_ads:
        return "ad"
    if post.aweme_type == _LIVE_CARD or (post.cell_room and not post.video):
        return "live"
    return None


def observe_comment(
    entry: Entry, source: Source, observed_at: datetime
) -> list[Observation]:
    """Return what *entry* shows: its comment, who wrote it, and replies inline with it.

    Each reply is followed by who wrote it, then by the replies inline with itself. The
    list is empty where the entry has no cid; replies without one are left out.

    Raises:
        TooDeep: the entry is nested too deeply to be read.
    """
    shown = _observe(_COMMENT, entry, source, observed_at)
    waiting = _inline_replies(entry.text)[::-1] if shown else []
    while waiting:
        reply = waiting.pop()
        if found := _observe(_COMMENT, reply, "embedded", observed_at):
            shown += found
            waiting += _inline_replies(reply.text)[::-1]
    return shown


def _observe(
    kind: _Kind,
    entry: Entry,
    source: Source,
    observed_at: datetime,
    met: set[bytes] | None = None,
) -> list[Observation]:
    """Return the record that *entry* is, and who made it; empty without an id."""
    try:
        value = kind.decode(entry.text)
    except TooDeep:
        raise
    except MalformedPage:
        return []
    item = kind.parse(value)
    if item is None:
        return []
    shown = Observation(
        kind=kind.name,
        id=kind.id_of(item),
        item=item,
        payload=entry.text,
        source=source,
        observed_at=observed_at,
    )
    author = embedded_user(entry.text, kind.author, value, observed_at, met)
    if author is None:
        return [shown]
    author.within = kind.name
    return [shown, author]


def _inline_replies(text: bytes) -> list[Entry]:
    try:
        if split_member(text, "reply_comment") in {None, b"null", b"[]"}:
            return []
        return split_page(text, "reply_comment").entries or []
    except MalformedPage:
        return []


@dataclass(slots=True, kw_only=True)
class HotBoard:
    """What one answer shows of a board of the hot list."""

    observations: list[Observation]
    """The ranked words, the pinned one among them, then the rising ones."""
    rest: bytes
    """The answer's text with both lists empty; its other members byte for byte."""
    without_word: int
    """Entries that have no word."""


def observe_hot_words(body: bytes, board: str, observed_at: datetime) -> HotBoard:
    """Return what an answer shows of *board*.

    Raises:
        MalformedPage: it is not JSON, or has no ``data`` with a ``word_list``.
    """
    data = split_member(body, "data")
    if data is None:
        raise MalformedPage("an answer with 'data' expected, but it has none")
    ranked = split_page(data, "word_list")
    if ranked.entries is None:
        raise MalformedPage("'data' with a 'word_list' expected, but it has none")
    rising = split_page(ranked.rest, "trending_list")
    lists = {RANKED: ranked.entries, RISING: rising.entries or []}
    made_at = coerce.text(rising.envelope.get("active_time"))
    words = [
        _hot_word(entry, board, name, observed_at, made_at)
        for name, entries in lists.items()
        for entry in entries
    ]
    return HotBoard(
        observations=[word for word in words if word],
        rest=replace_member(body, "data", rising.rest),
        without_word=words.count(None),
    )


def _hot_word(
    entry: Entry, board: str, list: str, observed_at: datetime, made_at: str | None
) -> Observation | None:
    try:
        word = parse_hot_word(decode(entry.text), board, list, observed_at)
    except MalformedPage:
        return None
    if word is None:
        return None
    word.active_time = word.active_time or made_at
    return Observation(
        kind="hot_word",
        id=word.id,
        item=word,
        payload=entry.text,
        source="list",
        observed_at=observed_at,
        payload_id=series_id(board, list, word.word),
    )
