"""A plan that is edited while the scheduler runs."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.utils.project import get_project_settings

from douyin_crawler.plans.reading import PlanError
from douyin_crawler.scheduling import plan_file as module
from douyin_crawler.scheduling.plan_file import PlanFile
from douyin_crawler.scheduling.serving import Serving

if TYPE_CHECKING:
    from pathlib import Path

_PLAN = """[jobs.a]
spider = "user_posts"
every = "{}"
targets = "@users.txt"
"""
_BROKEN = (_PLAN.format("3h\\n"), "a" + ".a" * 3_000 + " = 1", "[[", "a = '\\u0000'")


def _plan(folder: Path) -> PlanFile:
    (folder / "users.txt").write_text("someone\n")
    (folder / "daily.toml").write_text(_PLAN.format("1h"))
    return PlanFile(folder / "daily.toml", get_project_settings())


async def test_it_is_read_again_only_when_a_file_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SOON", None)
    file = _plan(tmp_path)
    file.read()
    assert await file.news() is None
    (tmp_path / "users.txt").write_text("someone\nelse\n")
    assert await file.news() is not None
    (tmp_path / "daily.toml").write_text(_PLAN.format("90m"))
    found = await file.news()
    assert found is not None
    assert found[0].jobs[0].every == "90m"
    (tmp_path / "users.txt").unlink()
    with pytest.raises(PlanError, match="there is no file"):
        await file.news()
    assert await file.news() is None
    (tmp_path / "users.txt").write_text("someone\n")
    assert await file.news() is not None


async def test_a_long_reading_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _plan(tmp_path)
    monkeypatch.setattr(module, "_SOON", 0.0)
    go_on, read = threading.Event(), file.read
    monkeypatch.setattr(file, "read", lambda: go_on.wait() and read())
    assert await file.news() is None
    go_on.set()
    monkeypatch.setattr(module, "_SOON", None)
    found = await file.news()
    assert found is not None
    assert found[0].name == "daily"


async def test_what_is_broken_is_told_once_and_the_former_plan_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "_SOON", None)
    file = _plan(tmp_path)
    plan, spiders = file.read()
    nothing: Any = None
    serving = Serving(file, [], nothing, nothing)
    for broken in _BROKEN:
        (tmp_path / "daily.toml").write_text(broken)
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            for _ in range(2):
                assert (await serving._read_again(plan, spiders))[0] is plan
        (line,) = caplog.messages
        assert "the plan as it was before stays in force" in line
