"""Every spider runs, and its feed holds its own kind of item only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.project import get_project_settings

from douyin_crawler.items.kinds import KINDS, Kind
from douyin_crawler.sandbox.world import ONE
from tests.support.crawling import rows
from tests.support.served import collect

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

_LOADER = SpiderLoader.from_settings(get_project_settings())
SPIDERS = sorted(_LOADER.list())
_LIMITS = {"feed": {"count": "20"}, "notices": {"group": "follow", "limit": "5"}}


def kind_of(spider: str) -> Kind:
    item = _LOADER.load(spider).item_class  # type: ignore[attr-defined]
    return next(kind for kind in KINDS.values() if kind.item is item)


def arguments_of(spider: str, sandbox: SandboxProcess) -> dict[str, Any]:
    """Return what makes *spider* run shortly."""
    known = _LOADER.load(spider).arguments_class.__struct_fields__  # type: ignore[attr-defined]
    given: dict[str, Any] = {"user": sandbox.users[ONE], "post": sandbox.posts["few"]}
    named = {name: value for name, value in given.items() if name in known}
    return named | _LIMITS.get(spider, {})


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("spider", SPIDERS)
def test_it_runs_and_exports_its_own_kind(
    sandbox: SandboxProcess, store: Path, tmp_path: Path, spider: str
) -> None:
    feed, kind = tmp_path / "feed.jsonl", kind_of(spider)
    arguments = arguments_of(spider, sandbox)
    ran = collect(sandbox, spider, store, "-O", str(feed), **arguments)
    assert ran.status == 0, ran.err
    assert "WARNING" not in ran.err
    assert "ERROR" not in ran.err
    exported = [json.loads(line) for line in feed.read_text("utf-8").splitlines()]
    keys = [
        row["key"] for row in rows(store, f"SELECT {kind.key} AS key FROM {kind.table}")
    ]
    assert exported
    assert sorted(str(one[kind.key]) for one in exported) == sorted(map(str, keys))
    assert {row["verdict"] for row in rows(store, "SELECT verdict FROM targets")} == {
        "complete"
    }
