"""What every store does: a class of tests, to be given a store.

A store joins with a subclass in test_contract.py that has the fixture ``make_store``.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.items.media import Image, PlayAddress, Video
from douyin_crawler.items.parts import Author, Mix
from douyin_crawler.items.post import Post
from douyin_crawler.progress import WalkKey
from douyin_crawler.stores.base import MAX_BYTES, StoreUnavailable
from douyin_crawler.stores.merge import merge, record_of
from tests.stores.samples import (
    HOSTILE,
    NOW,
    any_value,
    at,
    page,
    post,
    run,
    user,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from douyin_crawler.stores.base import Entry, Store


class StoreContract:
    """The tests; ``make_store()`` gives a store, always on the same data."""

    @pytest.fixture
    def make_store(self) -> Callable[[], Store]:
        raise NotImplementedError

    @pytest.fixture
    async def store(self, make_store: Callable[[], Store]) -> AsyncIterator[Store]:
        store = make_store()
        await store.open()
        yield store
        await store.close()

    # -- records -------------------------------------------------------------------

    async def test_what_is_written_is_loaded(self, store: Store) -> None:
        video = Video(
            duration=9_000,
            cdn_url_expired=NOW,
            play_addr=PlayAddress(uri="v0", url_list=["https://a/?x=1"]),
        )
        seen = post(
            create_time=at(-99),
            desc="多行\n文字",
            digg_count=7,
            is_top=False,
            video=video,
            author=Author(nickname="甲", avatar_thumb=Image(uri="u")),
            mix_info=Mix(mix_id="1", create_time=at(-999)),
        )
        assert await store.write([seen]) == ["new"]
        loaded = (await store.load("post", ["7001", "none"]))["7001"]
        assert loaded == dataclasses.replace(record_of(seen), revision=1)
        assert loaded.first_seen == loaded.last_seen == NOW
        assert loaded.source == "list"

    async def test_every_field_survives(self, store: Store) -> None:
        filled: dict[str, Any] = {
            f.name: value
            for f in dataclasses.fields(Post)
            if (value := any_value(f.type, f.name)) is not None
        }
        assert len(filled) > 50
        await store.write([post(**filled)])
        loaded = (await store.load("post", ["7001"]))["7001"]
        assert {n: loaded.fields.get(n) for n in filled} == filled

    async def test_outcomes(self, store: Store) -> None:
        first = post(digg_count=1, desc="a")
        assert await store.write([first]) == ["new"]
        assert await store.write([first]) == ["unchanged"]
        later = post(digg_count=2, desc="a", seconds=5)
        assert await store.write([later, page(), verdict()]) == [
            "changed",
            "payload",
            None,
        ]
        assert await store.count("post") == 1
        assert await store.count("page") == 1
        assert await store.count("user") == 0

    async def test_new_addresses_are_no_change_but_are_kept(self, store: Store) -> None:
        def seen(seconds: int) -> Video:
            urls = [f"https://cdn/x?sign={seconds}"]
            return Video(duration=5, play_addr=PlayAddress(uri="v", url_list=urls))

        await store.write([post(video=seen(0))])
        assert await store.write([post(video=seen(9), seconds=9)]) == ["unchanged"]
        loaded = (await store.load("post", ["7001"]))["7001"]
        assert loaded.fields["video"]["play_addr"]["url_list"] == [
            "https://cdn/x?sign=9"
        ]
        assert loaded.last_seen == at(9)

    async def test_one_batch_merges_an_id_that_comes_several_times(
        self, store: Store
    ) -> None:
        batch = [
            post(source="feed", digg_count=9, desc="a"),
            post(source="embedded", desc="b", seconds=9),
            post(source="list", digg_count=3, seconds=1),
            post("7002", source="list"),
            post(source="list", digg_count=3, seconds=1),
        ]
        outcomes = await store.write(batch)
        assert outcomes == ["new", "unchanged", "changed", "new", "unchanged"]
        loaded = (await store.load("post", ["7001"]))["7001"]
        assert loaded.fields == {"aweme_id": "7001", "digg_count": 3, "desc": "a"}
        assert loaded.exceptions == {"desc": (2, int(NOW.timestamp()))}
        assert loaded.source == "list"

    async def test_batches_merge_like_one(
        self, make_store: Callable[[], Store]
    ) -> None:
        seen = [
            user(nickname="甲", follower_count=5),
            user(source="own", signature="", follower_count=0, seconds=3),
            user(source="feed", nickname="乙", signature="x", seconds=9),
            user(source="own", follower_count=8, seconds=3),
        ]
        expected = None
        for one in seen:
            expected = merge(expected, record_of(one)).record
        assert expected is not None
        for one in seen:  # each in a process of its own, as it were
            store = make_store()
            await store.open()
            await store.write([one])
            await store.close()
        store = make_store()
        await store.open()
        loaded = (await store.load("user", ["MS4wAAA"]))["MS4wAAA"]
        await store.close()
        assert dataclasses.replace(loaded, revision=0) == expected
        assert loaded.fields["signature"] == ""
        assert loaded.fields["follower_count"] == 8
        assert loaded.first_seen == NOW
        assert loaded.last_seen == at(9)

    async def test_times_of_other_zones_and_fractions(self, store: Store) -> None:
        zone = timezone(timedelta(hours=8))
        local = datetime(2026, 1, 5, 20, 0, 0, 999_999, tzinfo=zone)
        await store.write([dataclasses.replace(post(), observed_at=local)])
        loaded = (await store.load("post", ["7001"]))["7001"]
        assert loaded.last_seen == NOW
        assert loaded.last_seen.tzinfo is UTC

    @pytest.mark.parametrize("text", HOSTILE)
    async def test_hostile_texts_stay_what_they_are(
        self, store: Store, text: str
    ) -> None:
        seen = post(text, desc=text, author=Author(nickname=text), caption=text)
        await store.write([seen, dataclasses.replace(verdict(text), cursor=text)])
        loaded = (await store.load("post", [text]))[text]
        assert loaded.id == loaded.fields["desc"] == loaded.fields["caption"] == text
        assert loaded.fields["author"]["nickname"] == text
        stored = await store.payload("post", text)
        assert stored is not None
        assert stored.text == seen.payload
        (ending,) = await store.verdicts()
        assert ending.id == ending.cursor == text

    async def test_what_was_not_cleaned_costs_no_neighbour(self, store: Store) -> None:
        bad = post("7002", desc="half \ud83d", digg_count=2**64)
        outcomes = await store.write([post(), bad, post("7003")])
        assert outcomes == ["new", "new", "new"]
        loaded = (await store.load("post", ["7002"]))["7002"]
        assert loaded.fields["desc"] == "half \ufffd"
        assert "digg_count" not in loaded.fields

    async def test_half_surrogates_in_ids_and_history(self, store: Store) -> None:
        half, whole = "a\ud83d", "a\ufffd"
        first: list[Entry] = [post(half, digg_count=1), verdict(half)]
        assert await store.write(first) == ["new", None]
        assert await store.write([post(half, digg_count=1)]) == ["unchanged"]
        assert [*await store.load("post", [half])] == [whole]
        assert (await store.payload("post", half)) is not None
        assert (await store.verdicts())[0].id == whole

    async def test_many_ids_at_once(self, store: Store) -> None:
        ids = [str(n) for n in range(2_500)]
        assert set(await store.write([post(key) for key in ids])) == {"new"}
        assert set(await store.write([post(key) for key in ids])) == {"unchanged"}
        assert len(await store.load("post", ids)) == 2_500
        assert await store.load("post", []) == {}

    async def test_too_large_costs_no_neighbour(self, store: Store) -> None:
        huge = "字" * MAX_BYTES
        batch = [
            post("1"),
            post("2", desc=huge + "x"),
            post("3", payload=b"x" * (MAX_BYTES + 1)),
            post("4"),
        ]
        assert await store.write(batch) == ["new", "too_large", "too_large", "new"]
        assert await store.count("post") == 2
        assert await store.payload("post", "2") is None
        assert await store.payload("post", "3") is None

    # -- payloads ------------------------------------------------------------------

    async def test_payload_of_the_best_source(self, store: Store) -> None:
        await store.write(
            [
                post(source="embedded", payload=b"e", seconds=9),
                post(source="feed", payload=b"f", seconds=5),
            ]
        )
        best = await store.payload("post", "7001")
        assert best is not None
        assert (best.source, best.text, best.observed_at) == ("feed", b"f", at(5))
        other = await store.payload("post", "7001", "embedded")
        assert other is not None
        assert other.text == b"e"
        assert await store.payload("post", "7001", "own") is None
        assert await store.payload("user", "7001") is None

    @pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
    @pytest.mark.parametrize("at_once", [True, False])
    async def test_the_newest_payload_stands(
        self, store: Store, order: tuple[int, ...], at_once: bool
    ) -> None:
        texts = [(b"old", 1), (b"b", 5), (b"c", 5), (b"a", 5)]
        batch = [post(payload=texts[i][0], seconds=texts[i][1]) for i in order]
        for part in [batch] if at_once else [[one] for one in batch]:
            await store.write(part)
        stored = await store.payload("post", "7001")
        assert stored is not None
        assert (stored.text, stored.observed_at) == (b"c", at(5))

    @pytest.mark.parametrize(
        "text", [b"", b"\xff\xfe\0", b'{"a":"\\ud83d","n":18446744073709551616}']
    )
    async def test_payload_bytes_are_exact(self, store: Store, text: bytes) -> None:
        await store.write([post(payload=text)])
        stored = await store.payload("post", "7001")
        assert stored is not None
        assert stored.text == text

    # -- history -------------------------------------------------------------------

    async def test_verdicts(self, store: Store) -> None:
        first, other = verdict(seconds=5), verdict("x", "run2", seconds=1)
        again = dataclasses.replace(first, got=12, expected=None, at=at(7))
        await store.write([first, other, again])
        assert await store.verdicts() == [other, again]
        assert await store.verdicts("run2") == [other]
        assert await store.verdicts("none") == []
        later = dataclasses.replace(first, run_id="run3", at=at(9))
        await store.write([later])
        key = WalkKey(first.walk, first.id, first.range)
        assert await store.last_verdicts(key, 5) == [later, again]
        assert await store.last_verdicts(key, 1) == [later]

    async def test_runs(self, store: Store) -> None:
        await store.save_run(run())
        await store.save_run(run("run2", seconds=60))
        ended = run(finished_at=at(9), exit_status=3, reason="x", counts={"pages": 2})
        await store.save_run(ended)
        assert await store.runs() == [run("run2", seconds=60), ended]
        assert await store.runs(1) == [run("run2", seconds=60)]
        planned = run("run3", seconds=30, plan="daily/posts", seen_at=at(40))
        await store.save_run(planned)
        assert await store.runs(plan="daily/posts") == [planned]
        assert await store.runs(plan="daily") == []

    async def test_a_job_begins_once(self, store: Store) -> None:
        own: dict[str, Any] = {"job": "j1", "plan": "daily/posts"}
        assert await store.save_job(run("j1", **own), known=True) == "unknown"
        assert await store.runs() == []
        for reason in ("waits", "waits on a node"):
            row = run("j1", reason=reason, **own)
            assert await store.save_job(row, known=False) == "saved"
        begun = run("j1", lock="/here/j1.lock", **own)
        closed = run("j1", finished_at=at(9), reason="given up", **own)
        assert await store.save_job(begun, known=True) == "saved"
        for late in (begun, closed):
            assert await store.save_job(late, known=True) == "over"
            assert await store.save_job(late, known=False) == "over"
        assert await store.runs() == [begun]
        waits, gone = run("j2", seconds=60), run("j2", seconds=60, finished_at=at(70))
        assert await store.save_job(waits, known=False) == "saved"
        assert await store.save_job(gone, known=True) == "saved"
        assert await store.save_job(waits, known=True) == "over"
        assert await store.runs(1) == [gone]

    async def test_history_that_can_not_be_stored_costs_no_neighbour(
        self, store: Store
    ) -> None:
        odd = dataclasses.replace(
            verdict("a\ud83d", seconds=5), expected=2**64, got=-(2**63), reason="\ud83d"
        )
        await store.write([verdict("b"), odd, post()])
        assert await store.count("post") == 1
        whole: dict[str, Any] = {"id": "a\ufffd", "expected": None, "reason": "\ufffd"}
        assert await store.verdicts() == [
            verdict("b"),
            dataclasses.replace(odd, **whole),
        ]
        await store.save_run(
            run("r\ude00", exit_status=2**70, counts={"a\0\ud83d": 2**64, "b": 1})
        )
        assert await store.runs() == [run("r\ufffd", counts={"a\ufffd": None, "b": 1})]
        await store.write([dataclasses.replace(verdict(), run_id="r\ude00")])
        assert len(await store.verdicts("r\ufffd")) == 1

    # -- life ----------------------------------------------------------------------

    async def test_closing_twice_and_using_it_then(
        self, make_store: Callable[[], Store]
    ) -> None:
        store = make_store()
        with pytest.raises(StoreUnavailable, match="not open"):
            await store.write([post()])
        await store.open()
        await store.close()
        await store.close()
        with pytest.raises(StoreUnavailable, match="not open"):
            await store.load("post", ["1"])
        await store.open()
        assert await store.count("post") == 0
        await store.close()
