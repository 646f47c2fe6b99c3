"""What every store keeps of queues: targets that workers share."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.progress import WalkKey
from douyin_crawler.tickets import MOST_TRIES, WALK, Enqueued, Ticket
from douyin_crawler.verdicts import Verdict
from tests.stores.samples import HOSTILE, at
from tests.stores.walk_samples import USER, checkpoint, ending, holder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from douyin_crawler.stores.base import Store
    from douyin_crawler.tickets import Turn

NAME = "night"
SPIDER = "user_posts"
_LATER = 10**8
"""Seconds; behind whatever is put in now."""


async def put(store: Store, *targets: str, queue: str = NAME) -> Enqueued:
    return await store.enqueue(queue, SPIDER, [(one, "sec_uid") for one in targets])


async def take(
    store: Store,
    run_id: str = "run1",
    *,
    seconds: float = 600.0,
    alone: bool = True,
    queue: str = NAME,
) -> Turn:
    return await store.next_ticket(
        queue, holder(run_id), seconds, spider=SPIDER, alone=alone
    )


async def taken(*args: Any, **more: Any) -> Ticket:
    turn = await take(*args, **more)
    assert turn.outcome == "granted"
    assert turn.ticket is not None
    return turn.ticket


async def end(store: Store, ticket: Ticket, seconds: int = 5, **more: Any) -> Any:
    ended = ticket.ended(ending(key=USER, at=at(seconds), **more))
    (outcome,) = await store.write([ended])
    return outcome


async def counts(store: Store, queue: str = NAME) -> dict[Any, int]:
    (state,) = await store.queues(queue)
    assert (state.queue, state.spider) == (queue, SPIDER)
    return state.counts


class QueueContract:
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

    async def test_what_waits_is_not_doubled(self, store: Store) -> None:
        assert await store.queues() == []
        assert await put(store, "a", "b") == Enqueued(new=2)
        assert await put(store, "b", "c", "c") == Enqueued(new=1, there=2)
        first = await taken(store)
        assert await put(store, first.target) == Enqueued(there=1)
        assert await counts(store) == {"waiting": 2, "walking": 1}
        assert await end(store, first) is None
        assert await put(store, "a", "d") == Enqueued(new=1, again=1)
        assert await counts(store) == {"waiting": 4}
        assert await put(store, "a", queue="day") == Enqueued(new=1)
        assert [state.queue for state in await store.queues()] == ["day", NAME]

    async def test_each_is_had_by_one(self, store: Store) -> None:
        await put(store, *"abcdefgh")
        turns = await asyncio.gather(*(take(store, f"run{n}") for n in range(8)))
        assert sorted(t.ticket.target for t in turns if t.ticket) == [*"abcdefgh"]
        assert (await take(store, "run9")).outcome == "none"
        held = {one.run_id: one for one in await store.holders(NAME)}
        assert held == {f"run{n}": holder(f"run{n}") for n in range(8)}
        assert await store.holders("day") == []

    async def test_who_ended_first_is_first(self, store: Store) -> None:
        await put(store, "a", "b", "c")
        for seconds in (9, 3, 6):
            await end(store, await taken(store), seconds)
        await put(store, "c", "b", "a")
        assert [(await taken(store)).target for _ in "abc"] == ["b", "c", "a"]

    async def test_a_verdict_ends_it_or_lets_it_wait(self, store: Store) -> None:
        await put(store, "a", "b", "c", "d", "e")
        for verdict in ("complete", "failed", "blocked", "truncated", "gone"):
            ticket = await taken(store, alone=False)
            more = {"verdict": Verdict(verdict), "settled": verdict == "truncated"}
            assert await end(store, ticket, _LATER, reason=verdict, **more) is None
        assert await counts(store) == {"done": 3, "failed": 1, "waiting": 1}
        (failed,) = await store.tickets(NAME, "failed", 9)
        told = (failed.target, failed.verdict, failed.reason, failed.tries)
        assert told == ("b", Verdict.FAILED, "failed", 0)
        assert [t.target for t in await store.tickets(NAME, "waiting", 9)] == ["c"]
        assert len(await store.tickets(NAME, "done", 2)) == 2
        assert await store.requeue_failed(NAME) == 1
        assert await counts(store) == {"done": 3, "waiting": 2}

    async def test_what_is_given_back_waits_behind_the_others(
        self, store: Store
    ) -> None:
        await put(store, "a")
        await end(store, await taken(store), 1)
        await put(store, "a", "b")
        first = await taken(store)
        await store.write([first.given_back("run1", "another run has it")])
        waiting = await store.tickets(NAME, "waiting", 9)
        assert {t.target: t.tries for t in waiting} == {"a": 0, "b": 0}
        assert waiting[-1].at > first.at

    async def test_what_was_looked_up_is_known_until_it_has_ended(
        self, store: Store
    ) -> None:
        await put(store, "handle")
        ticket = await taken(store)
        ticket.found = "MS4wAAA"
        await store.write([ticket.given_back("run1", "another run has it")])
        for verdict, found in (("blocked", "MS4wAAA"), ("complete", "")):
            ticket = await taken(store)
            assert ticket.found == "MS4wAAA"
            await end(store, ticket, verdict=Verdict(verdict))
            await put(store, "handle")
            assert (await store.tickets(NAME, "waiting", 9))[0].found == found

    async def test_a_lease_that_ran_out_is_taken_over(self, store: Store) -> None:
        await put(store, "a")
        old = await taken(store, "run1", seconds=0.0)
        assert await counts(store) == {"waiting": 1}
        new = await taken(store, "run2")
        assert new.token > old.token
        assert await end(store, old) == "lost"
        assert (await store.write([old.came_on("run1")])) == ["lost"]
        assert (await store.tickets(NAME, "walking", 9))[0].holder == holder("run2")
        assert await end(store, new) is None
        assert await store.verdicts() == []

    async def test_renewed_and_let_go_like_a_walk(self, store: Store) -> None:
        await put(store, "a")
        await taken(store, "run1", seconds=0.0)
        await store.renew("run1", 600)
        assert (await take(store, "run2")).outcome == "none"
        await store.release("run1", dead=True)
        ticket = await taken(store, "run2")
        assert (ticket.target, ticket.tries, ticket.suspect) == ("a", 2, True)
        await store.release("run2")
        assert (await taken(store, "run3")).tries == 1

    async def test_who_ends_its_workers_is_set_aside(self, store: Store) -> None:
        await put(store, "poison", "good")
        for number in range(MOST_TRIES):
            assert (await taken(store, f"run{number}")).target == "poison"
            await store.release(f"run{number}", dead=True)
        turn = await take(store, "last", alone=False)
        assert turn.outcome == "aside"
        assert turn.ticket is not None
        assert turn.ticket.target == "poison"
        assert await counts(store) == {"waiting": 1, "aside": 1}
        assert (await taken(store, "last", alone=False)).target == "good"
        (aside,) = await store.tickets(NAME, "aside", 9)
        assert aside.verdict is Verdict.FAILED
        assert "set aside" in aside.reason
        assert aside.holder is None
        assert await put(store, "poison") == Enqueued(again=1)
        assert (await taken(store)).tries == 1

    async def test_a_suspect_is_for_who_walks_nothing_else(self, store: Store) -> None:
        await put(store, "a", "b")
        await taken(store)
        await store.release("run1", dead=True)
        assert (await take(store, "run2", alone=False)).outcome == "alone"
        assert await store.holders(NAME) == []
        assert (await taken(store, "run2")).target == "a"
        assert (await taken(store, "run3", alone=False)).target == "b"

    async def test_whoever_comes_on_is_not_suspect(self, store: Store) -> None:
        await put(store, "a")
        for number in range(2 * MOST_TRIES):
            ticket = await taken(store, f"run{number}", alone=False)
            assert ticket.tries == 1
            before = ticket.at
            assert await store.write([ticket.came_on(f"run{number}")]) == [None]
            assert ticket.progressed
            await store.release(f"run{number}", dead=True)
        assert (await store.tickets(NAME, "waiting", 1))[0].at == before

    async def test_tickets_are_no_walks(self, store: Store) -> None:
        key = WalkKey("posts", "a")
        claim = await store.claim(key, holder(), 600, spider=SPIDER)
        await put(store, "a", "b")
        assert claim.token is not None
        ticket = await taken(store)
        await store.write([checkpoint(claim.token, key=key), ticket.came_on("run1")])
        assert [p.key async for p in store.unfinished()] == [key]
        assert await store.count_targets() == {"open": 1}
        assert await store.count_targets(SPIDER) == {"open": 1}
        await end(store, ticket)
        assert [p.key async for p in store.unfinished()] == [key]
        assert await store.count_targets() == {"open": 1}

    async def test_another_spider_gets_nothing(self, store: Store) -> None:
        await put(store, "a")
        for queue, spider in ((NAME, "comments"), ("day", SPIDER)):
            turn = await store.next_ticket(
                queue, holder(), 600, spider=spider, alone=True
            )
            assert (turn.outcome, turn.ticket) == ("none", None)

    async def test_look_ups_and_odd_names(self, store: Store) -> None:
        odd = [
            ("https://v.douyin.com/aB:c/", "short_link"),
            *((text, "handle") for text in HOSTILE),
        ]
        assert await store.enqueue(NAME, SPIDER, odd) == Enqueued(new=len(odd))
        assert await store.enqueue(NAME, SPIDER, odd) == Enqueued(there=len(odd))
        found = [await taken(store) for _ in odd]
        assert [(ticket.target, ticket.kind) for ticket in found][:4] == odd[:4]
        assert {ticket.key.walk for ticket in found} == {WALK}
        for ticket in found:
            assert await end(store, ticket) is None
        assert await counts(store) == {"done": len(odd)}

    async def test_no_more_is_kept_than_what_it_is(self, store: Store) -> None:
        await put(store, "a")
        (ticket,) = await store.tickets(NAME, "waiting", 9)
        assert dataclasses.asdict(ticket) | {"at": None} == {
            "queue": NAME,
            "target": "a",
            "kind": "sec_uid",
            "spider": SPIDER,
            "at": None,
            "token": 0,
            "tries": 0,
            "verdict": None,
            "reason": "",
            "found": "",
            "holder": None,
            "progressed": False,
        }
