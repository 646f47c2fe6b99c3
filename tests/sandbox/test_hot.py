from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox import truth
from douyin_crawler.sandbox.answers import WorldAnswers
from douyin_crawler.sandbox.ask import Ask
from douyin_crawler.sandbox.hot import BOARDS
from douyin_crawler.sandbox.world import World
from tests.sandbox.client import Client

if TYPE_CHECKING:
    from douyin_crawler.sandbox.server import Sandbox

WORLD = World(seed=3, users=20, day=12)
NOW = 1_790_000_000.0


def board(now: float = NOW, **params: str) -> dict[str, Any]:
    body = WorldAnswers(WORLD).hot_list(Ask(params, False, now, "x"))
    decoded: dict[str, Any] = json.loads(body)
    return decoded


def test_fifty_words_are_ranked_below_a_pinned_one() -> None:
    pinned, *ranked = board()["data"]["word_list"]
    assert "position" not in pinned
    assert [word["position"] for word in ranked] == list(range(1, 51))
    values = [word["hot_value"] for word in ranked]
    assert values == sorted(values, reverse=True)
    assert len({word["word"] for word in [pinned, *ranked]}) == 51


def test_rising_words_have_no_place_and_no_value() -> None:
    data = board()["data"]
    assert len(data["trending_list"]) == 5
    for word in data["trending_list"]:
        assert word["hot_value"] == 0
        assert "position" not in word
    ranked = {word["sentence_id"] for word in data["word_list"]}
    assert not ranked & {word["sentence_id"] for word in data["trending_list"]}


def test_boards_are_told_apart() -> None:
    seen: dict[str, frozenset[str]] = {}
    for (kind, part), name in BOARDS.items():
        data = board(board_type=kind, board_sub_type=part)["data"]
        ids = frozenset(word["sentence_id"] for word in data["word_list"])
        assert seen.setdefault(name, ids) == ids
        assert len(ids) == (51 if name == "main" else 50)
        assert len(data["trending_list"]) == (5 if name == "main" else 0)
    assert len(frozenset.union(*seen.values())) == 201


def test_an_unknown_board_is_a_wrong_parameter() -> None:
    assert board(board_type="7")["status_code"] == 5


def test_values_and_words_move_with_the_clock() -> None:
    first, later = board(), board(NOW + 3 * 3600)
    before, after = (
        {word["sentence_id"]: word for word in each["data"]["word_list"][1:]}
        for each in (first, later)
    )
    assert 25 <= len(before.keys() & after.keys()) < 50
    for key in before.keys() & after.keys():
        assert before[key]["hot_value"] != after[key]["hot_value"]
        assert before[key]["word"] == after[key]["word"]
    assert board() == first


def test_times_are_those_of_the_request() -> None:
    data = board()["data"]
    assert data["active_time"] == "2026-09-21 22:13:20"
    for word in data["word_list"]:
        assert NOW - 86_400 < word["event_time"] <= NOW
        assert word["word_cover"]["url_list"]


def test_the_truth_is_the_answer() -> None:
    data, known = board()["data"], truth.of_board(WORLD, "main", NOW)
    listed = [word["sentence_id"] for word in data["word_list"]]
    assert listed == known["pinned"] + known["ranked"]
    assert [word["sentence_id"] for word in data["trending_list"]] == known["rising"]


@pytest.mark.parametrize("cookie", ["", "ttwid=made-up"])
async def test_no_cookie_is_needed(sandbox: Sandbox, cookie: str) -> None:
    async with Client(sandbox.url, cookie) as client:
        answer = await client.api("hot/search/list/", detail_list=1, source=6)
    assert len(answer.value["data"]["word_list"]) == 51
    assert "cookie_ttwidinfo_webid" not in answer.headers


async def test_the_truth_over_the_wire_is_of_the_last_request(
    sandbox: Sandbox, visitor: Client
) -> None:
    sandbox.clock = lambda: NOW
    visitor.clock = lambda: NOW
    answer = await visitor.api("hot/search/list/")
    sandbox.clock = lambda: NOW + 7200
    async with visitor._session.get(f"{sandbox.url}/_sandbox/truth?board=main") as told:
        known = await told.json()
    listed = [word["sentence_id"] for word in answer.value["data"]["word_list"]]
    assert listed == known["pinned"] + known["ranked"]
