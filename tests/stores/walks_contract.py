"""What every store keeps of walks: progress, leases, openings, checkpoints."""

from __future__ import annotations

import asyncio
import dataclasses
import tracemalloc
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.progress import Progress, WalkKey
from douyin_crawler.verdicts import Verdict
from tests.stores.samples import HOSTILE, at, post, run
from tests.stores.walk_samples import (
    CHILD,
    OTHER,
    USER,
    checkpoint,
    ending,
    holder,
    kept,
    opened,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from douyin_crawler.progress import Claim
    from douyin_crawler.stores.base import Entry, Store


async def claim(
    store: Store, key: WalkKey = USER, run_id: str = "run1", **more: Any
) -> Claim:
    about: dict[str, Any] = {"seconds": 600.0, "spider": "user_posts"} | more
    return await store.claim(key, holder(run_id), about.pop("seconds"), **about)


async def token_of(*args: Any, **more: Any) -> int:
    token = (await claim(*args, **more)).token
    assert token is not None
    return token


class WalksContract:
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

    @pytest.fixture
    def multiply(self) -> Callable[[int], None]:
        """Return what copies the only walk so many times, behind the store's back."""
        raise NotImplementedError

    # -- progress ------------------------------------------------------------------

    async def test_a_walk_from_its_claim_to_its_end(self, store: Store) -> None:
        assert await store.progress(USER) is None
        first = await claim(store)
        assert (first.token, first.holder, first.progress.at) != (None, None, None)
        new = Progress(key=USER, spider="user_posts", run_id="run1")
        assert dataclasses.replace(first.progress, at=None) == new
        assert await store.progress(USER) == first.progress
        token = first.token or 0
        assert await store.write([post(), checkpoint(token, 2)]) == ["new", None]
        there = await store.progress(USER)
        assert there == dataclasses.replace(
            new,
            cursor="c2",
            pages=2,
            got=36,
            expected=99,
            state=b'{"page":2}',
            at=at(2),
        )
        end = ending(token, got=40, pages=3, settled=True, parent=str(OTHER))
        end.verdict = Verdict.TRUNCATED
        assert await store.write([end]) == [None]
        ended = await store.progress(USER)
        assert ended == Progress(
            key=USER,
            spider="user_posts",
            parent=OTHER,
            verdict=Verdict.TRUNCATED,
            final=True,
            reason=end.reason,
            expected=12,
            got=40,
            pages=3,
            cursor=end.cursor,
            state=end.state,
            run_id="run1",
            at=end.at,
        )
        assert await store.verdicts() == [kept(end)]
        again = await claim(store, run_id="run2", spider="other")
        assert again.token == token + 1
        assert again.progress == dataclasses.replace(ended, spider="other")

    async def test_a_checkpoint_takes_a_walk_up_again(self, store: Store) -> None:
        await store.write([ending(await token_of(store))])
        token = await token_of(store, run_id="run2")
        await store.write([checkpoint(token)])
        there = await store.progress(USER)
        assert there is not None
        assert (there.verdict, there.final, there.reason) == (None, False, "")
        assert await store.count_targets() == {"open": 1}

    async def test_a_verdict_without_a_lease(self, store: Store) -> None:
        token = await token_of(store)
        await store.write([checkpoint(token)])
        before = await store.progress(USER)
        leased = ending(verdict=Verdict.LEASED, run_id="run2")
        new, none = ending(key=OTHER), ending(key=CHILD, verdict=Verdict.LEASED)
        assert await store.write([leased, new, none]) == [None, None, None]
        assert await store.progress(USER) == before
        assert await store.progress(CHILD) is None
        there = await store.progress(OTHER)
        assert there is not None
        assert (there.verdict, there.final, there.got) == (Verdict.COMPLETE, True, 10)
        assert await store.write([ending(key=OTHER, got=99)]) == [None]
        assert await store.progress(OTHER) == there
        assert len(await store.verdicts()) == 3
        assert await token_of(store, OTHER) == 1
        assert await store.write([checkpoint(token, 2)]) == [None]

    # -- openings ------------------------------------------------------------------

    async def test_openings(self, store: Store) -> None:
        assert await store.write([opened(), opened(OTHER, CHILD)]) == [None, None]
        new = Progress(
            key=CHILD,
            spider="user_posts",
            parent=USER,
            announced=5,
            run_id="run1",
            at=at(0),
        )
        assert await store.progress(CHILD) == new
        token = await token_of(store, CHILD)
        await store.write([checkpoint(token, 3, CHILD)])
        later = opened(announced=None, run_id="run2", seconds=9, spider="s")
        assert await store.write([later]) == [None]
        reached = Progress(
            key=CHILD,
            spider="s",
            parent=USER,
            expected=99,
            got=54,
            pages=3,
            cursor="c3",
            state=b'{"page":3}',
            run_id="run2",
            at=at(9),
        )
        assert await store.progress(CHILD) == reached
        stopped = ending(token, CHILD, verdict=Verdict.STOPPED, cursor="c3")
        await store.write([stopped, opened()])
        there = await store.progress(CHILD)
        assert there is not None
        assert (there.verdict, there.cursor, there.got) == (None, "c3", 10)
        token = await token_of(store, CHILD)
        await store.write([ending(token, CHILD), opened()])
        assert await store.progress(CHILD) == dataclasses.replace(
            new, state=b'{"end":1}'
        )
        assert await store.write([checkpoint(token, 1, CHILD)]) == [None]

    # -- leases --------------------------------------------------------------------

    async def test_one_run_has_it(self, store: Store) -> None:
        first = await claim(store)
        other = await claim(store, run_id="run2", spider="other")
        assert (other.token, other.holder) == (None, holder())
        assert other.held_token == first.token
        assert other.progress == first.progress
        again = await token_of(store)
        assert again == (first.token or 0) + 1
        assert await store.write([checkpoint(again - 1)]) == ["lost"]
        assert await token_of(store, OTHER, "run2") == 1

    async def test_over_a_run_that_is_gone(self, store: Store) -> None:
        token = await token_of(store)
        for wrong in (token - 1, token + 1):
            assert (await claim(store, run_id="run2", over=wrong)).token is None
        mine = await claim(store, run_id="run2", over=token)
        assert mine.token == token + 1
        late = await claim(store, run_id="run3", over=token)
        assert (late.token, late.holder) == (None, holder("run2"))

    async def test_what_has_a_stale_token_is_not_written(self, store: Store) -> None:
        stale = await token_of(store)
        await store.write([checkpoint(stale)])
        other = await token_of(store, OTHER)
        token = await token_of(store, run_id="run2", over=stale)
        before = await store.progress(USER)
        batch: list[Entry] = [
            post("1"),
            checkpoint(stale, 7),
            opened(),
            ending(stale, got=7),
            checkpoint(other, 2, OTHER),
            ending(key=CHILD, run_id="run2"),
            post("2"),
            ending(other, OTHER),
        ]
        lost = ["new", "lost", None, "lost", None, None, "new", None]
        assert await store.write(batch) == lost
        assert await store.progress(USER) == before
        assert await store.count("post") == 2
        there = await store.progress(OTHER)
        assert there is not None
        assert there.verdict == Verdict.COMPLETE
        ends = {(e.id, e.run_id) for e in await store.verdicts()}
        assert ends == {(OTHER.id, "run1"), (CHILD.id, "run2")}
        assert await store.write([checkpoint(token, 3), ending(token)]) == [None, None]
        unknown = WalkKey("posts", "none")
        assert await store.write([checkpoint(1, 1, unknown)]) == ["lost"]
        assert await store.progress(unknown) is None

    async def test_writing_a_batch_again_does_no_harm(self, store: Store) -> None:
        token = await token_of(store)
        batch: list[Entry] = [post(), opened(), checkpoint(token, 2), ending(token)]
        await store.write(batch)
        there, records = await store.progress(USER), await store.load("post", ["7001"])
        assert await store.write(batch) == ["unchanged", None, None, None]
        assert await store.progress(USER) == there
        assert await store.load("post", ["7001"]) == records
        assert await store.verdicts() == [kept(ending())]

    async def test_leases_run_out_and_are_renewed(self, store: Store) -> None:
        brief = await token_of(store, seconds=0.01)
        await token_of(store, OTHER, seconds=0.01)
        held = await token_of(store, CHILD, "run2", seconds=600.0)
        await store.renew("run1", 600.0)
        await store.renew("none", 600.0)
        await asyncio.sleep(0.1)
        assert (await claim(store, run_id="run3")).token is None
        await store.renew("run1", 0.01)
        await asyncio.sleep(0.1)
        assert await store.write([checkpoint(brief)]) == [None]  # nobody took it yet
        assert await token_of(store, run_id="run3") == brief + 1
        assert await store.write([checkpoint(brief, 2)]) == ["lost"]
        await store.renew("run1", 600.0)
        assert (await claim(store, OTHER, "run3")).token is None
        assert (await claim(store, CHILD, "run3")).held_token == held

    async def test_leases_end_with_the_walk_and_with_the_run(
        self, store: Store
    ) -> None:
        mine = [await token_of(store, key) for key in (USER, OTHER)]
        await store.write([ending(mine[0])])
        assert await token_of(store, USER, "run2") == mine[0] + 1
        await store.release("run1")
        assert await store.write([checkpoint(mine[1], 2, OTHER)]) == [None]
        assert (await claim(store, USER, "run3")).token is None
        assert await token_of(store, OTHER, "run3") == mine[1] + 1

    async def test_many_claim_at_once(self, make_store: Callable[[], Store]) -> None:
        stores = [make_store() for _ in range(4)]
        await asyncio.gather(*(store.open() for store in stores))
        keys = [WalkKey("posts", f"u{n}") for n in range(5)]
        asked = [
            claim(store, key, f"run{number}", seconds=600.0)
            for key in keys
            for number, store in enumerate(stores * 3)
        ]
        answers = await asyncio.gather(*asked)
        granted = [answer for answer in answers if answer.token is not None]
        assert sorted(a.progress.key.id for a in granted) == [k.id for k in keys]
        assert {a.token for a in granted} == {1}
        for store in stores:
            await store.close()

    # -- what is left --------------------------------------------------------------

    async def test_unfinished(self, store: Store) -> None:
        keys = [WalkKey("replies", f"{n:04}", "") for n in range(1_100)]
        await store.write([opened(key, CHILD, run_id="r") for key in keys])
        await store.write([opened(CHILD, USER), opened(OTHER, CHILD, spider="other")])
        await store.write([ending(await token_of(store, keys[7]), keys[7])])
        stopped = ending(await token_of(store), verdict=Verdict.STOPPED)
        await store.write([stopped])
        found = [p.key async for p in store.unfinished()]
        left = [key for key in keys if key != keys[7]]
        assert found == [CHILD, USER, OTHER, *left]
        children = [p async for p in store.unfinished(parent=CHILD)]
        assert [p.key for p in children] == [OTHER, *left]
        assert {p.parent for p in children} == {CHILD}
        assert [p.key async for p in store.unfinished(spider="other")] == [OTHER]
        both = store.unfinished(spider="user_posts", parent=USER)
        assert [p.key async for p in both] == [CHILD]
        assert [p async for p in store.unfinished(parent=OTHER)] == []
        counts = {"complete": 1, "open": 1_101, "stopped": 1}
        assert await store.count_targets() == counts
        assert await store.count_targets("other") == {"open": 1}
        assert await store.count_targets("none") == {}

    async def test_walks_that_end_while_they_are_read(self, store: Store) -> None:
        keys = [WalkKey("replies", f"{n:04}", "") for n in range(1_100)]
        await store.write([opened(key) for key in keys])
        seen: list[WalkKey] = []
        async for progress in store.unfinished():
            if not seen:
                tokens = [await token_of(store, key) for key in keys[600:610]]
                some = zip(tokens, keys[600:610], strict=True)
                await store.write([ending(token, key) for token, key in some])
            seen.append(progress.key)
        assert len(seen) == len(set(seen))
        assert set(keys[:500] + keys[610:]) <= set(seen)

    async def test_many_unfinished_take_little_memory(
        self, store: Store, multiply: Callable[[int], None]
    ) -> None:
        number = 50_000
        await store.write([opened()])
        multiply(number)
        count = peak = 0
        tracemalloc.start()
        try:
            async for _ in store.unfinished(parent=USER):
                count += 1
                if count == number // 5:
                    peak = tracemalloc.get_traced_memory()[1]
                    tracemalloc.stop()  # it takes time
        finally:
            tracemalloc.stop()
        assert count == number + 1
        assert 0 < peak < 4_000_000  # of ten thousand, 8 MB; of all, 40

    # -- odd texts, history ---------------------------------------------------------

    @pytest.mark.parametrize("text", [*HOSTILE, "$_free", "x\0y"])
    async def test_hostile_texts_stay_what_they_are(
        self, store: Store, text: str
    ) -> None:
        key, parent = WalkKey("posts", text, text), WalkKey("posts", text, "")
        who = dataclasses.replace(holder(text), host=text, lock=text)
        await store.write([opened(parent, key, spider=text, run_id=text)])
        mine = await store.claim(key, who, 60, spider=text, parent=parent)
        other = await claim(store, key, "run2")
        assert (other.holder, other.held_token) == (who, mine.token)
        assert [p.key async for p in store.unfinished(parent=key)] == [parent]
        end = ending(mine.token, key, spider=text, run_id=text, state=text.encode())
        odd = dataclasses.replace(end, cursor=text, reason=text, parent=str(parent))
        assert await store.write([odd]) == [None]
        there = await store.progress(key)
        assert there is not None
        assert (there.key, there.parent, there.spider) == (key, parent, text)
        assert (there.cursor, there.reason, there.run_id) == (text, text, text)
        assert there.state == text.encode()
        assert await store.verdicts(text) == [kept(odd)]
        await store.renew(text, 60)
        await store.release(text)

    async def test_what_can_not_be_stored_costs_no_neighbour(
        self, store: Store
    ) -> None:
        key = WalkKey("posts", "a\ud83d", "b\ude00")
        token = await token_of(store, key, "r\ud83d")
        odd = dataclasses.replace(checkpoint(token, 1, key), expected=2**64, got=2**63)
        stale = checkpoint(token + 1, 9, key)
        big = opened(WalkKey("x", "c\ud83d"), key, announced=2**70)
        outcomes = await store.write([post(), odd, stale, big, post("2")])
        assert outcomes == ["new", None, "lost", None, "new"]
        there = await store.progress(key)
        assert there is not None
        assert there.key == WalkKey("posts", "a\ufffd", "b\ufffd")
        assert (there.expected, there.got, there.cursor) == (None, 0, "c1")
        found = [p.key.id async for p in store.unfinished(parent=key)]
        assert found == ["c\ufffd"]
        await store.release("r\ud83d")
        assert await token_of(store, key, "run2") == token + 1

    async def test_runs_without_an_end(self, store: Store) -> None:
        first = run(job="j1", host="h", lock="/run/x.lock")
        ended = run("run2", seconds=1, finished_at=at(9), exit_status=0)
        last = run("run3", seconds=60)
        for one in (first, ended, last):
            await store.save_run(one)
        assert await store.open_runs() == [last, first]
        assert await store.runs() == [last, ended, first]
        gone = dataclasses.replace(first, finished_at=at(9) + timedelta(hours=1))
        await store.save_run(gone)
        assert await store.open_runs() == [last]
