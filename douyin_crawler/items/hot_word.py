"""A word of the hot list, as one answer showed it: a point of a series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from douyin_crawler.items import coerce
from douyin_crawler.items.media import Image  # noqa: TC001  (read at run time)
from douyin_crawler.items.reader import Id, reader

RANKED = "ranked"
RISING = "rising"

Numbers: TypeAlias = list[int]  # in HotWord, `list` is a field
_MAX_KEY = 256
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(slots=True, kw_only=True)
class HotWord:
    """A word of one list of one board, at the time of an answer."""

    id: str
    """``board:list:word:time``"""
    board: str
    """``main``, ``entertainment``, ``society`` or ``challenge``."""
    list: str
    """``ranked``, or ``rising``: what the service expects to get there."""
    word: str
    observed_at: datetime
    """The time of the answer."""
    url: str | None = None
    """The word's address on the web."""

    position: int | None = None
    """From 1; the pinned word and rising ones have none."""
    is_pinned: bool | None = None
    """Put at the head of the ranked words by the service, whatever its value."""
    hot_value: int | None = None
    """What words are ranked by; 0 for rising ones."""
    view_count: int | None = None
    video_count: int | None = None
    discuss_video_count: int | None = None
    article_detail_count: int | None = None
    room_count: int | None = None
    """Live rooms."""
    event_time: datetime | None = None
    """When it came up."""
    active_time: str | None = None
    """When the service made the list, as it writes it (in Shanghai's time)."""

    label: int | None = None
    """The mark beside the word: 0 none, 1 new, 3 hot; others occur."""
    emo_label: int | None = None
    word_type: int | None = None
    """1 ranked, 3 rising; others occur."""
    sentence_id: Id = None
    sentence_tag: int | None = None
    """What it is about, as a number of the service's own."""
    group_id: Id = None
    challenge_id: Id = None
    """The topic it leads to."""
    word_sub_board: Numbers | None = None
    """Numbers of the boards it belongs to as well."""
    can_extend_detail: bool | None = None
    display_style: int | None = None
    word_cover: Image | None = None


_read = reader(HotWord)


def parse_hot_word(
    value: object, board: str, list: str, observed_at: datetime
) -> HotWord | None:
    """Return the word of a decoded entry, or None where it has none."""
    word = coerce.text(value.get("word")) if isinstance(value, dict) else None
    series = series_id(board, list, word) if word else None
    if series is None or not isinstance(value, dict):
        return None
    time = observed_at.astimezone(UTC).replace(microsecond=0)
    key = {"id": f"{series}:{time:{_TIME}}", "board": board, "list": list}
    hot_word = _read({**value, **key, "observed_at": int(time.timestamp())})
    return None if hot_word is None else _completed(hot_word)


def _completed(hot_word: HotWord) -> HotWord:
    if hot_word.position is not None and hot_word.position < 1:
        hot_word.position = None
    hot_word.is_pinned = hot_word.list == RANKED and hot_word.position is None
    sentence = hot_word.sentence_id
    hot_word.url = f"https://www.douyin.com/hot/{sentence}" if sentence else None
    return hot_word


def series_id(board: str, list: str, word: str) -> str | None:
    """Return ``board:list:word``; None where nothing of *word* can be stored."""
    halves = word.replace("\0", "").encode("utf-16-le", "surrogatepass")
    key = halves.decode("utf-16-le", "replace").strip()[:_MAX_KEY]
    return f"{board}:{list}:{key}" if key else None


def reparse_hot_word(
    payload_id: str, value: object, observed_at: datetime
) -> HotWord | None:
    """Return the word of a stored payload, whose id is ``board:list:word``."""
    board, _, rest = payload_id.partition(":")
    return parse_hot_word(value, board, rest.partition(":")[0], observed_at)
