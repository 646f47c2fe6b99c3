"""`scrapy crawl hot_list`: one snapshot a run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.crawling import rows
from tests.support.served import collect, verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess


@pytest.mark.parametrize("board", ["main", "entertainment", "society", "challenge"])
def test_a_snapshot_holds_ranked_pinned_and_rising_words(
    sandbox: SandboxProcess, store: Path, board: str
) -> None:
    ran = collect(sandbox, "hot_list", store, login=False, board=board)
    assert ran.status == 0, ran.err
    assert verdicts(store) == {board: "complete"}
    truth = sandbox.control(f"truth?board={board}")
    found = rows(store, "SELECT * FROM hot_words ORDER BY list, position")
    assert {r["board"] for r in found} == {board}
    ranked = [r for r in found if r["list"] == "ranked"]
    rising = [r for r in found if r["list"] == "rising"]
    placed = sorted((r["position"], r["sentence_id"]) for r in ranked if r["position"])
    assert placed == list(enumerate(truth["ranked"], start=1))
    pinned = [r["sentence_id"] for r in ranked if r["position"] is None]
    assert pinned == truth["pinned"]
    assert {r["sentence_id"] for r in rising} == set(truth["rising"])
    (sent,) = sandbox.requests("/hot/search/list/")
    assert not [v for n, v in sent["headers"] if n.lower() == "cookie"]
    assert not [s for s in sandbox.requests("/") if s["path"] == "/"], "no visit"


def test_snapshots_are_a_series(sandbox: SandboxProcess, store: Path) -> None:
    assert collect(sandbox, "hot_list", store, login=False).status == 0
    time.sleep(1.1)
    assert collect(sandbox, "hot_list", store, login=False).status == 0
    times = rows(store, "SELECT observed_at, count(*) AS n FROM hot_words GROUP BY 1")
    assert [r["n"] for r in times] == [times[0]["n"]] * 2
    payloads = rows(store, "SELECT count(*) AS n FROM payloads WHERE kind = 'hot_word'")
    assert payloads[0]["n"] >= times[0]["n"]


def test_a_wrong_board_is_one_line(sandbox: SandboxProcess, store: Path) -> None:
    ran = collect(sandbox, "hot_list", store, board="sports")
    assert ran.status == 2
    assert len(ran.err.strip().splitlines()) == 1
    assert "entertainment" in ran.err
