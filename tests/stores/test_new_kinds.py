"""Emojis, stickers and notices in both stores, and out of them as files."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.export import FORMATS, open_writer
from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.observe_entries import (
    observe_emoji,
    observe_self,
    observe_sticker,
)
from douyin_crawler.items.observe_notices import observe_notice
from douyin_crawler.items.page import Entry
from douyin_crawler.stores import open_store
from douyin_crawler.stores.merge import record_of
from tests.items import captured
from tests.stores.samples import NOW
from tests.support import samples
from tests.support.shared import needs_shared

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from douyin_crawler.items.observation import Observation
    from douyin_crawler.stores.base import Store

OBSERVERS: dict[str, Any] = {
    "emoji": observe_emoji,
    "sticker": observe_sticker,
    "notice": observe_notice,
}
IDS = {
    "emoji": "weixiao.png",
    "sticker": "7450000000000000123",
    "notice": "7569492243205730738",
}
EVERY = pytest.mark.parametrize("kind", OBSERVERS)


@pytest.fixture(params=["sqlite", "mongodb"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    mongodb = request.param == "mongodb"
    url = request.getfixturevalue("mongodb_url") if mongodb else ""
    store = open_store(url or f"sqlite:///{tmp_path}/douyin.db")
    await store.open()
    yield store
    await store.close()


def shown_by(kind: str, value: Any) -> list[Observation]:
    """Return what an entry that says *value* shows."""
    found: list[Observation] = OBSERVERS[kind](
        Entry(text=json.dumps(value).encode()), NOW
    )
    return found


def seen(kind: str) -> Observation:
    """Return the sample of a kind as it is observed."""
    return shown_by(kind, getattr(samples, kind)())[0]


@EVERY
async def test_every_field_survives(store: Store, kind: str) -> None:
    one = seen(kind)
    assert one.id == IDS[kind]
    assert await store.write([one]) == ["new"]
    assert await store.write([one]) == ["unchanged"]
    loaded = (await store.load(kind, [one.id]))[one.id]
    assert loaded == replace(record_of(one), revision=1)
    assert await store.count(kind) == 1
    kept = await store.payload(kind, one.id)
    assert kept
    assert kept.text == one.payload


@EVERY
async def test_a_payload_is_parsed_anew(store: Store, kind: str) -> None:
    one = seen(kind)
    await store.write([one])
    (payload,) = [payload async for payload in store.payloads()]
    item = KINDS[kind].reparse(
        payload.id, json.loads(payload.text), payload.observed_at
    )
    assert item == one.item
    assert await store.reparse([replace(one, item=item)]) == ["unchanged"]


async def test_new_addresses_are_no_change(store: Store) -> None:
    first, text = seen("sticker"), json.dumps(samples.sticker())
    later = json.loads(text.replace("x-expires=1", "x-expires=2"))
    second = replace(
        shown_by("sticker", later)[0], observed_at=NOW + timedelta(seconds=5)
    )
    assert await store.write([first, second]) == ["new", "unchanged"]
    record = (await store.load("sticker", [first.id]))[first.id]
    assert record.fields["static_url"]["url_list"][0].endswith("x-expires=2")


async def test_notices_are_found_by_user_post_and_time(store: Store) -> None:
    whole, follow = seen("notice"), shown_by("notice", samples.follow())[0]
    other = {**samples.follow(), "nid_str": "5", "create_time": 1_700_000_000}
    await store.write([whole, shown_by("notice", other)[0]])

    async def found(**asked: Any) -> list[str]:
        return [record.id async for record in store.records("notice", **asked)]

    assert await found(user=samples.SEC_UID) == ["5", follow.id]
    assert await found(post=samples.AWEME_ID) == [whole.id]
    created = record_of(whole).fields["create_time"]
    assert await found(since=created) == [whole.id]


async def test_what_a_notice_shows_is_stored_as_what_it_is(store: Store) -> None:
    await store.write(shown_by("notice", samples.notice()))
    counts = {kind: await store.count(kind) for kind in KINDS}
    shown = {"post": 1, "user": 2, "comment": 1, "notice": 1}
    assert {kind: count for kind, count in counts.items() if count} == shown
    comment = (await store.load("comment", [samples.CID]))[samples.CID]
    assert (comment.source, comment.fields["aweme_id"]) == (
        "embedded",
        samples.AWEME_ID,
    )


async def test_a_comment_keeps_the_post_of_its_notice(store: Store) -> None:
    value = samples.notice()
    value["digg"]["comment"]["aweme_id"] = None
    shown = shown_by("notice", value)
    await store.write(shown)
    comment = next(one for one in shown if one.kind == "comment")
    item = KINDS["comment"].reparse(comment.id, json.loads(comment.payload), NOW)
    assert await store.reparse([replace(comment, item=item)]) == ["unchanged"]
    loaded = (await store.load("comment", [samples.CID]))[samples.CID]
    assert loaded.fields["aweme_id"] == samples.AWEME_ID


async def test_bookmarks_stay_through_a_reparse(store: Store) -> None:
    counts = {"collect_count_list": [{"collect_count": 12, "item_type": 2}]}
    body = {"user": samples.user(), "user_collect_count": counts}
    (one,) = observe_self(json.dumps(body).encode(), NOW)
    await store.write([one])
    item = KINDS["user"].reparse(one.id, json.loads(one.payload), NOW)
    assert await store.reparse([replace(one, item=item)]) == ["unchanged"]
    loaded = (await store.load("user", [one.id]))[one.id]
    assert loaded.fields["collect_count_list"] == counts["collect_count_list"]


@needs_shared
async def test_captured_values_are_kept(store: Store) -> None:
    for kind, values in (("emoji", captured.emojis()), ("notice", captured.notices())):
        shown = [shown_by(kind, value) for value in values]
        everything = [one for several in shown for one in several]
        assert set(await store.write(everything)) == {"new"}
        firsts = [several[0] for several in shown]
        loaded = await store.load(kind, [one.id for one in firsts])
        for one, value in zip(firsts, values, strict=True):
            assert loaded[one.id] == replace(record_of(one), revision=1)
            kept = await store.payload(kind, one.id)
            assert kept
            assert json.loads(kept.text) == value


@EVERY
@pytest.mark.parametrize("format", FORMATS)
async def test_they_are_exported(
    store: Store, tmp_path: Path, kind: str, format: str
) -> None:
    await store.write([seen(kind)])
    path = tmp_path / f"out.{format}"
    writer = open_writer(format, KINDS[kind], path)
    async for record in store.records(kind):
        writer.write(record)
    writer.close()
    key = KINDS[kind].key
    if format == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            (row,) = csv.DictReader(file)
        assert row[key].strip() == IDS[kind]
    elif format == "jsonl":
        assert json.loads(path.read_text("utf-8"))[key] == IDS[kind]
    else:
        parquet = pytest.importorskip("pyarrow.parquet")
        assert parquet.read_table(path).to_pylist()[0][key] == IDS[kind]
