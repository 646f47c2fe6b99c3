"""`scrapy raw`, `export` and `reparse`, after a crawl."""

from __future__ import annotations

import json
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.world import ONE, SELF
from tests.support.crawling import crawl_environment, rows, scrapy
from tests.support.served import collect, ids

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess


@pytest.fixture(scope="module")
def crawled(_sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two users' posts, some comments and a hot list."""
    _sandbox.control("faults", "DELETE")
    store = tmp_path_factory.mktemp("reading") / "douyin.db"
    users = f"{_sandbox.users[SELF]},{_sandbox.users[ONE]}"
    post = _sandbox.posts["ordinary"]
    assert collect(_sandbox, "user_posts", store, user=users).status == 0
    assert collect(_sandbox, "comments", store, post=post, limit="30").status == 0
    assert collect(_sandbox, "hot_list", store).status == 0
    return store


@pytest.fixture
def filled(crawled: Path, store: Path) -> Path:
    """A copy of that store for one test."""
    shutil.copy(crawled, store)
    return store


@pytest.mark.parametrize(
    ("kind", "table", "key"),
    [
        ("post", "posts", "aweme_id"),
        ("comment", "comments", "cid"),
        ("user", "users", "sec_uid"),
        ("hot_word", "hot_words", "id"),
    ],
)
@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_every_kind_in_every_format(
    filled: Path, tmp_path: Path, kind: str, table: str, key: str, form: str
) -> None:
    pd = pytest.importorskip("pandas")
    file = tmp_path / f"out.{form}"
    environment = crawl_environment("http://127.0.0.1:9", filled)
    ran = scrapy("export", kind, "-o", str(file), environment=environment)
    assert ran.status == 0, ran.err
    if form == "jsonl":
        found = [json.loads(line)[key] for line in file.read_text("utf-8").splitlines()]
    elif form == "csv":
        found = pd.read_csv(file, dtype={key: "string"})[key].str.strip().tolist()
    else:
        found = pd.read_parquet(file)[key].tolist()
    assert sorted(found) == ids(filled, table, key)
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_filters(sandbox: SandboxProcess, filled: Path, tmp_path: Path) -> None:
    environment = crawl_environment("http://127.0.0.1:9", filled)

    def export(kind: str, *options: str) -> list[dict[str, object]]:
        file = tmp_path / "some.jsonl"
        ran = scrapy("export", kind, "-o", str(file), *options, environment=environment)
        assert ran.status == 0, ran.err
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()]

    user = f"https://www.douyin.com/user/{sandbox.users[ONE]}"
    assert {p["sec_uid"] for p in export("post", "--user", user)} == {
        sandbox.users[ONE]
    }
    assert len(export("comment", "--post", sandbox.posts["ordinary"])) == 30
    assert export("comment", "--post", sandbox.posts["few"]) == []
    times = [r["create_time"] for r in rows(filled, "SELECT create_time FROM posts")]
    middle = sorted(times)[len(times) // 2]
    found = export("post", "--since", str(middle))
    assert len(found) == sum(time >= middle for time in times)


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ((), 2, "KIND is post"),
        (("post",), 2, "-o FILE is missing"),
        (("pots", "-o", "x.csv"), 2, "KIND is one of"),
        (("page", "-o", "x.csv"), 2, "scrapy raw page"),
        (("post", "-o", "x.xlsx"), 2, ".csv, .jsonl, .parquet"),
        (("post", "-o", "/dev"), 2, "names no format"),
        (("post", "-o", "/dev", "--format", "csv"), 2, "it is a folder"),
        (("post", "-o", "x.csv", "--columns", "aweme_idd"), 2, "mean aweme_id?"),
        (("post", "-o", "x.csv", "--columns", ","), 2, "--columns is empty"),
        (("post", "-o", "x.csv", "--format", "xls"), 2, "invalid choice: 'xls'"),
        (("post", "-o", "x.csv", "--since", "soon"), 2, "--since"),
        (("post", "-o", "x.csv", "--user", "https://x.com/a"), 2, "--user"),
        (("user", "-o", "x.csv", "--post", "7331282357997579691"), 2, "does not go"),
        (("hot_word", "-o", "x.csv", "--user", "zhang3"), 2, "does not go"),
    ],
)
def test_mistakes(
    store: Path, words: tuple[str, ...], status: int, message: str
) -> None:
    environment = crawl_environment("http://127.0.0.1:9", store)
    ran = scrapy("export", *words, environment=environment)
    assert ran.status == status, ran.err
    (line,) = ran.err.strip().splitlines()
    assert message in line


@pytest.mark.parametrize("command", [("export", "post", "-o", "x.csv"), ("reparse",)])
def test_nothing_to_read(store: Path, command: tuple[str, ...]) -> None:
    environment = crawl_environment("http://127.0.0.1:9", store)
    ran = scrapy(*command, environment=environment)
    assert ran.status == 6
    assert "crawl first" in ran.err
    assert not store.exists()


def test_reparse_fills_and_corrects_and_moves_nothing_else(filled: Path) -> None:
    before = [tuple(r) for r in rows(filled, "SELECT * FROM posts ORDER BY 1")]
    others = {
        table: [
            tuple(r) for r in rows(filled, f"SELECT * FROM {table} ORDER BY 1, 2, 3")
        ]
        for table in ("metrics", "payloads", "users", "comments", "hot_words")
    }
    with sqlite3.connect(filled) as connection:
        connection.execute('UPDATE posts SET "desc" = NULL, duration = 1, video = NULL')
    connection.close()
    environment = crawl_environment("http://127.0.0.1:9", filled)
    ran = scrapy("reparse", environment=environment)
    assert ran.status == 0, ran.err
    assert "payloads" in ran.err
    after = rows(filled, "SELECT * FROM posts ORDER BY 1")
    revision = after[0].keys().index("_revision")
    assert [_without(tuple(r), revision) for r in after] == [
        _without(r, revision) for r in before
    ]
    for table, expected in others.items():
        found = rows(filled, f"SELECT * FROM {table} ORDER BY 1, 2, 3")
        assert [tuple(r) for r in found] == expected, table


def _without(row: tuple[object, ...], place: int) -> tuple[object, ...]:
    return row[:place] + row[place + 1 :]


def test_raw_of_each_kind(sandbox: SandboxProcess, filled: Path) -> None:
    environment = crawl_environment("http://127.0.0.1:9", filled)
    word = rows(filled, "SELECT word, list FROM hot_words LIMIT 1")[0]
    for kind, key, name in (
        ("comment", ids(filled, "comments", "cid")[0], "cid"),
        ("user", sandbox.users[ONE], "sec_uid"),
        ("hot_word", f"main:{word['list']}:{word['word']}", "word"),
    ):
        ran = scrapy("raw", kind, key, environment=environment)
        assert ran.status == 0, ran.err
        assert json.loads(ran.out)[name] in key


def test_raw_takes_addresses_and_tells_what_is_no_id(
    sandbox: SandboxProcess, filled: Path
) -> None:
    environment = crawl_environment("http://127.0.0.1:9", filled)
    post = ids(filled, "posts", "aweme_id")[0]
    for kind, text, name, key in (
        ("post", f"https://www.douyin.com/video/{post}", "aweme_id", post),
        (
            "user",
            f"https://www.douyin.com/user/{sandbox.users[ONE]}?from=web",
            "sec_uid",
            sandbox.users[ONE],
        ),
    ):
        ran = scrapy("raw", kind, text, environment=environment)
        assert ran.status == 0, ran.err
        assert json.loads(ran.out)[name] == key
    for kind, text, words in (
        ("post", post[:-2], "those have 19 digits, not 17"),
        ("post", "https://v.douyin.com/abc123/", "give the id or the full address"),
        ("user", "zhang3", "give the id or the full address"),
        ("user", "MS4wLjABAAAAx", "is not a whole sec_user_id"),
    ):
        ran = scrapy("raw", kind, text, environment=environment)
        assert ran.status == 2
        (line,) = ran.err.strip().splitlines()
        assert words in line


def test_an_export_makes_its_folder_and_takes_columns(
    filled: Path, tmp_path: Path
) -> None:
    environment = crawl_environment("http://127.0.0.1:9", filled)
    file = tmp_path / "new" / "folder" / "x.csv"
    chosen = ("--columns", "cid, user_nickname,text")
    ran = scrapy("export", "comment", "-o", str(file), *chosen, environment=environment)
    assert ran.status == 0, ran.err
    assert ran.err.strip().endswith("30 comments")
    heading = file.read_text("utf-8-sig").splitlines()[0]
    assert heading == "cid,user_nickname,text"
