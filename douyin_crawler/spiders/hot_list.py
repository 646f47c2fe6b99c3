"""The hot list: one snapshot a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.items.hot_word import HotWord
from douyin_crawler.items.observe import observe_hot_words
from douyin_crawler.items.page import MalformedPage
from douyin_crawler.spiders.arguments import Arguments
from douyin_crawler.spiders.base import DouyinSpider
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy import Request
    from scrapy.http import Response

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


class HotListSpider(DouyinSpider):
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

    def walk_request(self, walk: Walk) -> Request:
        """Return the request for the board."""
        board = _BOARDS[self.arguments.board]
        endpoint = ENDPOINTS[self.endpoints[walk.kind]]
        return self.request(endpoint, walk, self.parse_board, board)

    def first_requests(self) -> Iterator[Request]:
        """Yield the only request."""
        walk = self.new_walk(self.arguments.board)
        self.begin(walk)
        yield self.walk_request(walk)

    def parse_board(self, response: Response, walk: Walk) -> Iterator[Any]:
        """Yield every word of the answer, then the verdict."""
        observed_at = self.run.clock.read(response)
        try:
            board = observe_hot_words(response.body, walk.id, observed_at)
        except MalformedPage as error:
            yield self.page(walk, response.body, observed_at)
            yield from self.finish(walk, Verdict.FAILED, str(error))
            return
        walk.pages += 1
        self.run.count("pages")
        yield self.page(walk, board.rest, observed_at)
        for _ in range(board.without_word):
            self.drop("no_id", f"an entry of {walk.kind} {walk.id}")
        for observation in board.observations:
            walk.got.add(observation.id)
            yield observation
        if walk.got:
            yield from self.finish(walk, Verdict.COMPLETE)
        else:
            yield from self.finish(walk, Verdict.RESTRICTED, "the board has no words")
