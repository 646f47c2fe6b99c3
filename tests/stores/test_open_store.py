from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from douyin_crawler.environment import project_folder
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreUnavailable, StoreUrlError
from douyin_crawler.stores.sqlite import SQLiteStore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/douyin.db", "data/douyin.db"),
        ("sqlite:////var/lib/douyin.db", "/var/lib/douyin.db"),
        ("sqlite:///C:/data/x.db", "C:/data/x.db"),
        (" SQLite:///a b%20字.db ", "a b%20字.db"),
    ],
)
def test_addresses(url: str, path: str) -> None:
    store = open_store(url)
    assert isinstance(store, SQLiteStore)
    whole = (project_folder() / path).as_posix()
    assert store._path.as_posix() == whole
    assert str(store) == f"sqlite:///{whole}"


def test_a_relative_path_is_the_same_from_every_folder_of_the_project(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    below = tmp_path / "some" / "folder"
    below.mkdir(parents=True)
    (tmp_path / "scrapy.cfg").write_text("[settings]\n", "utf-8")
    monkeypatch.chdir(below)
    assert str(open_store("sqlite:///data/x.db")) == f"sqlite:///{tmp_path}/data/x.db"
    (tmp_path / "scrapy.cfg").unlink()
    assert str(open_store("sqlite:///data/x.db")) == f"sqlite:///{below}/data/x.db"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data/douyin.db",
        "sqlite:",
        "sqlite://",
        "sqlite:///",
        "sqlite:////",
        "sqlite://host/x.db",
        "sqlite:///:memory:",
        "sqlite:///a\0b",
        "postgresql://user:hunter2@localhost/douyin",
        "user:hunter2@localhost",
        "user:hunter2@localhost://x",
    ],
)
def test_addresses_that_name_no_store(url: str) -> None:
    with pytest.raises(StoreUrlError, match="use sqlite:///relative/path") as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_home_is_expanded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert str(tmp_path) in str(open_store("sqlite:///~/x.db"))


async def test_what_only_reads_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(StoreUnavailable, match="crawl first"):
        await open_store(f"sqlite:///{path}").open(create=False)
    assert not path.exists()
