"""What `hot/search/list/` answers: boards of words that rise and fall by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .ask import WRONG_PARAMETER, encoded, marks
from .media import picture
from .skeletons import skeleton
from .world import EPOCH
from .world_text import PLACES, SUBJECTS

if TYPE_CHECKING:
    from .ask import Ask
    from .world import World

BOARDS = {
    ("", ""): "main",
    ("0", ""): "main",
    ("2", "2"): "entertainment",
    ("2", "4"): "society",
    ("2", "hotspot_challenge"): "challenge",
}
NAMES = tuple(dict.fromkeys(BOARDS.values()))
RANKED, RISING = 50, 5
_BORN_EVERY = 900  # seconds from one new word of a board to the next
_LIFE = 80  # words that a board knows at a time
_EVENTS = (
    "登上热搜",
    "刷屏了",
    "火了",
    "引热议",
    "有新消息",
    "今日开放",
    "迎来大批游客",
)
_LABELS = (0, 0, 0, 0, 0, 1, 3, 3, 5, 8, 9, 16, 17)
_SHARE = "我在看热榜，发现最火的内容，赶快来看！"
_RARE = ("room_count", "emo_label", "challenge_id")  # one word in ten has them


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a board; its id does not change while its value does."""

    board: str
    number: int
    value: int

    @property
    def born(self) -> int:
        return EPOCH + (self.number - _LIFE) * _BORN_EVERY

    @property
    def sentence_id(self) -> str:
        return str(2_000_000 + self.number * len(NAMES) + NAMES.index(self.board))

    @property
    def text(self) -> str:
        mixed = (self.number * 389 + NAMES.index(self.board) * 251) % (
            len(PLACES) * len(SUBJECTS) * len(_EVENTS)
        )
        mixed, event = divmod(mixed, len(_EVENTS))
        subject, place = divmod(mixed, len(PLACES))
        return PLACES[place] + SUBJECTS[subject] + _EVENTS[event]


@dataclass(frozen=True, slots=True)
class Board:
    """A board at one moment, best word first."""

    ranked: list[Word]
    pinned: Word | None
    rising: list[Word]


def board_at(world: World, name: str, now: float) -> Board:
    """The words of a board; `now` in Unix seconds."""
    newest = max(int(now) - EPOCH, 0) // _BORN_EVERY + _LIFE
    numbers = range(newest - _LIFE + 1, newest + 1)
    alive = [Word(name, n, _value(world, name, n, now)) for n in numbers]
    ranked = sorted(alive, key=lambda word: (-word.value, word.number))[:RANKED]
    if name != "main":
        return Board(ranked, None, [])
    rest = [word for word in reversed(alive) if word not in ranked]
    rising = [Word(name, word.number, 0) for word in rest[1 : RISING + 1]]
    return Board(ranked, Word(name, rest[0].number, ranked[0].value + 1), rising)


def _value(world: World, board: str, number: int, now: float) -> int:
    """It rises for a third of a word's life and falls for the rest."""
    dice = world.dice("hot", board, number)
    peak = dice.between(800_000, 5_000_000)
    age = (now - EPOCH - (number - _LIFE) * _BORN_EVERY) / (_LIFE * _BORN_EVERY)
    share = age * 3 if age < 1 / 3 else (1 - age) * 1.5
    return 7_000_000 + int(peak * max(share, 0)) + dice.below(1000)


def hot_list(world: World, ask: Ask) -> bytes:
    """A snapshot of one board; an unknown board is a wrong parameter."""
    kind, part = ask.params.get("board_type", ""), ask.params.get("board_sub_type", "")
    name = BOARDS.get((kind, part))
    if name is None:
        return encoded(WRONG_PARAMETER)
    board, now = board_at(world, name, ask.now), int(ask.now)
    base = skeleton("hot_search_list")
    words = [_ranked(world, word, now, i) for i, word in enumerate(board.ranked, 1)]
    if board.pinned:
        pinned = _ranked(world, board.pinned, now, 0)
        del pinned["position"]
        words.insert(0, pinned)
    share = {"share_title": _SHARE, "share_link_desc": _SHARE}
    data = {
        **base["data"],
        "word_list": words,
        "trending_list": [_rising(world, word, now) for word in board.rising],
        "trending_desc": "实时上升热点",
        "active_time": _shanghai(now),
        "share_info": {**base["data"]["share_info"], **share},
    }
    return encoded({**base, **marks(ask), "data": data})


def _shanghai(now: int) -> str:
    local = datetime.fromtimestamp(now, UTC) + timedelta(hours=8)
    return local.strftime("%Y-%m-%d %H:%M:%S")


def _ranked(world: World, word: Word, now: int, position: int) -> dict[str, Any]:
    dice = world.dice("word", word.board, word.number)
    base = skeleton("hot_search_list")["data"]["word_list"][0]
    rare = {name: base[name] for name in _RARE if dice.chance(10)}
    return {
        **{name: value for name, value in base.items() if name not in _RARE},
        **rare,
        **_word(world, word, now),
        "word_type": 1,
        "position": position,
        "view_count": word.value * dice.between(2, 6),
        "word_sub_board": [dice.pick((2, 3, 4))] if dice.chance(60) else None,
    }


def _rising(world: World, word: Word, now: int) -> dict[str, Any]:
    base = skeleton("hot_search_list")["data"]["trending_list"][0]
    return {**base, **_word(world, word, now), "word_type": 3}


def _word(world: World, word: Word, now: int) -> dict[str, Any]:
    dice = world.dice("about", word.board, word.number)
    cover = picture(f"tos-cn-p-0015/{dice.hex(32)}", now)
    return {
        "word": word.text,
        "sentence_id": word.sentence_id,
        "group_id": str(7_000_000_000_000_000_000 + dice.below(6 * 10**17)),
        "event_time": word.born,
        "hot_value": word.value,
        "hotlist_param": '{"version":1}',
        "label": dice.pick(_LABELS),
        "sentence_tag": dice.pick((1001, 2002, 2005, 3001, 4003, 5000, 20002)),
        "video_count": dice.between(1, 12),
        "discuss_video_count": 1,
        "article_detail_count": dice.below(2),
        "word_cover": {"uri": cover["uri"], "url_list": cover["url_list"]},
    }
