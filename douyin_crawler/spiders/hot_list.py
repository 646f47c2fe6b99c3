"""The hot list: one snapshot a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from douyin_crawler.items.hot_word import HotWord
from douyin_crawler.items.observe import observe_hot_words
from douyin_crawler.spiders.arguments import Arguments
from douyin_crawler.spiders.single import Answer, SingleSpider, SoleTarget
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import datetime

Board = Literal["main", "entertainment", "society", "challenge"]
# Source: behaviour.md 2 of the API notes.
_BOARDS: dict[Board, dict[str, str]] = {
    "main": {"board_type": "0", "board_sub_type": ""},
    "entertainment": {"board_type": "2", "board_sub_type": "2"},
    "society": {"board_type": "2", "board_sub_type": "4"},
    "challenge": {"board_type": "2", "board_sub_type": "hotspot_challenge"},
}


class HotListArguments(Arguments, frozen=True, kw_only=True):
    """``scrapy crawl hot_list [-a board=main]``."""

    board: Board = "main"


class HotListSpider(SoleTarget, SingleSpider):
    """Reads the ranked words, the pinned one, and the rising ones apart from them."""

    name = "hot_list"
    arguments_class = HotListArguments
    item_class = HotWord
    walk_kind = "hot_list"
    endpoints: ClassVar[dict[str, str]] = {"hot_list": "hot_search_list"}

    arguments: HotListArguments

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the board *target*."""
        return Walk(kind=self.walk_kind, id=target)

    def sole_target(self) -> str:
        """Return the board that is asked for."""
        return self.arguments.board

    def parameters(self, walk: Walk) -> dict[str, str]:
        """Name the board."""
        return _BOARDS[self.arguments.board]

    def read(self, walk: Walk, body: bytes, observed_at: datetime) -> Answer:
        """Return every word of the answer."""
        board = observe_hot_words(body, walk.id, observed_at)
        answer = Answer(
            rest=board.rest,
            observations=list(board.observations),
            without_id=board.without_word,
        )
        if not answer.observations:
            answer.verdict = Verdict.RESTRICTED
            answer.reason = "the board has no words"
        return answer
