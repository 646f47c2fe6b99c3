"""What a run leaves behind that can't let go of its leases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.extensions.leases import Leases
from douyin_crawler.progress import WalkKey
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from douyin_crawler.stores.base import Store

_KEY = WalkKey("posts", "u", "")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/leases.db")
    await store.open()
    yield store
    await store.close()


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def _leases(store: Store, run_id: str) -> Leases:
    leases = Leases(store, run_id, seconds=60, patience=0)
    leases.open()
    return leases


async def test_a_run_that_ends_leaves_no_lock_file(store: Store) -> None:
    first = _leases(store, "one")
    assert (await first.claim(_KEY, spider="user_posts")).token
    await first.close()
    assert not Path(first.holder.lock).exists()  # noqa: ASYNC240 - a test
    second = _leases(store, "two")
    assert (await second.claim(_KEY, spider="user_posts")).token
    await second.close()


async def test_what_a_full_disk_kept_from_being_released_is_free(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _leases(store, "one")
    assert (await first.claim(_KEY, spider="user_posts")).token

    async def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(store, "release", full)
        await first.close()
    second = _leases(store, "two")
    assert (await second.claim(_KEY, spider="user_posts")).token
    await second.close()
