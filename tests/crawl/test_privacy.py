"""A person planted everywhere: erased, kept out, and under a pseudonym."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import zstandard

from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.world import ONE, SELF
from tests.support.crawling import rows, scrapy
from tests.support.mongod import client
from tests.support.served import collect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PERSON = {
    "sec_uid": "MS4wLjABAAAAplantedplantedplantedplantedplantedplantedX",
    "uid": "98765432109",
    "nickname": "被种下的人",
    "unique_id": "planted_handle",
    "short_id": "7654321",
}
SALT = "a salt of the tests, long enough"


def _spellings(text: str) -> set[bytes]:
    """Return *text* in every form that occurs in JSON and in addresses."""
    escaped = json.dumps(text)[1:-1]
    forms = {text, escaped, escaped.upper().replace("\\U", "\\u"), quote(text, safe="")}
    return {form.encode() for form in forms | {quote(text, safe="").lower()}}


NEEDLES = {form for text in PERSON.values() for form in _spellings(text)}


def _found(text: bytes) -> set[bytes]:
    if text[:4] == b"\x28\xb5\x2f\xfd":
        text = zstandard.ZstdDecompressor().decompress(text)
    return {needle for needle in NEEDLES if needle in text}


def sqlite_values(store: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every value of every table, with where it stands."""
    tables = rows(store, "SELECT name FROM sqlite_master WHERE type = 'table'")
    for (table,) in tables:
        for row in rows(store, f"SELECT * FROM {table}"):
            for name in row.keys():  # noqa: SIM118 - a Row iterates over its values
                value = row[name]
                yield (
                    f"{table}.{name}",
                    (value if isinstance(value, bytes) else str(value).encode()),
                )


def mongo_values(url: str) -> Iterator[tuple[str, bytes]]:
    with client(url) as asking:
        database = asking.get_default_database()
        for table in database.list_collection_names():
            for document in database[table].find():
                for name, value in document.items():
                    yield (
                        f"{table}.{name}",
                        (
                            value
                            if isinstance(value, bytes)
                            else json.dumps(
                                value, default=str, ensure_ascii=False
                            ).encode()
                        ),
                    )


def traces(store: Path | str) -> dict[str, set[bytes]]:
    """Return where the person is in *store*, in which spellings."""
    values = mongo_values(store) if isinstance(store, str) else sqlite_values(store)
    found: dict[str, set[bytes]] = {}
    for where, value in values:
        if met := _found(value):
            found.setdefault(where, set()).update(met)
    if not isinstance(store, str):
        for file in store.parent.glob(store.name + "*"):
            if met := _found(file.read_bytes()):
                found[file.name] = met
    return found


@pytest.fixture(scope="module")
def planted() -> Iterator[SandboxProcess]:
    with SandboxProcess("--day", "300") as sandbox:
        sandbox.plant(**PERSON, posts=12)
        yield sandbox


def collect_all(sandbox: SandboxProcess, store: Path | str, **more: Any) -> list[str]:
    """Crawl all that shows the person; return the log lines."""
    post, user = sandbox.posts["ordinary"], sandbox.users[SELF]
    logs = []
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("comments", {"post": post, "replies": "true"}),
        ("user_posts", {"user": user}),
        ("feed", {"count": "20"}),
        ("notices", {"notice": ",".join(sandbox.notices[:60])}),
        ("stickers", {"limit": "30"}),
    )
    for spider, arguments in steps[: 1 if isinstance(store, str) else None]:
        ran = collect(sandbox, spider, store, **more, **arguments)
        assert ran.status == 0, ran.err
        logs.append(ran.err)
    return logs


def forget(store: Path | str, who: str, **environment: str) -> Any:
    url = store if isinstance(store, str) else f"sqlite:///{store}"
    return scrapy(
        "forget", "-a", f"user={who}", environment={"DOUYIN_STORE": url, **environment}
    )


def test_a_forgotten_person_is_gone_and_stays_out(
    planted: SandboxProcess, store: Path
) -> None:
    _holds(planted, store)


def test_in_mongodb_too(planted: SandboxProcess, mongodb_url: str) -> None:
    _holds(planted, mongodb_url)


def _holds(planted: SandboxProcess, store: Path | str) -> None:
    sec_uid = PERSON["sec_uid"]
    collect_all(planted, store)
    profile = f"https://www.douyin.com/user/{sec_uid}"
    ran = collect(planted, "user_posts", store, user=profile)
    assert ran.status == 0, ran.err
    before = traces(store)
    tables = {where.partition(".")[0] for where in before}
    assert {"comments", "posts", "users", "payloads", "metrics"} <= tables
    assert {"targets", "runs", "verdicts"} <= tables
    ran = forget(store, profile)
    assert ran.status == 0, ran.err
    assert re.search(r"comments +[1-9]", ran.out)
    assert traces(store) == {}
    assert forget(store, sec_uid).status == 0
    logs = collect_all(planted, store)
    assert traces(store) == {}
    ran = collect(planted, "user_posts", store, user=profile)
    assert traces(store) == {}, "not even who was asked for is noted"
    assert ran.status in (0, 3), ran.err
    if not isinstance(store, str):
        counts = rows(store, "SELECT counts FROM runs ORDER BY started_at, rowid")
        dropped = [json.loads(r["counts"]).get("dropped/forgotten", 0) for r in counts]
        assert dropped[6] > 0, logs


def test_pseudonyms(planted: SandboxProcess, store: Path, tmp_path: Path) -> None:
    environment = {"DOUYIN_PSEUDONYMIZE": "true", "DOUYIN_PSEUDONYM_SALT": SALT}
    logs = collect_all(planted, store, environment=environment)
    assert traces(store) == {}
    assert SALT not in "".join(logs)
    assert all(SALT.encode() not in value for _, value in sqlite_values(store))
    joined = rows(
        store,
        "SELECT count(*) n, count(users.sec_uid) u FROM comments "
        "LEFT JOIN users USING (sec_uid)",
    )[0]
    assert joined["n"] == joined["u"] > 0
    names = rows(store, "SELECT DISTINCT sec_uid, nickname FROM users")
    asked = planted.users[SELF]
    for row in names:
        if row["sec_uid"] != asked:
            assert row["sec_uid"].startswith("MS4wLjABAAAAPSEUDONYM")
            assert row["nickname"] is None or row["nickname"].startswith("用户")
    assert {r["sec_uid"] for r in rows(store, "SELECT sec_uid FROM posts")} >= {asked}
    ran = forget(store, PERSON["sec_uid"], **environment)
    assert re.search(r"comments +[1-9]", ran.out), ran.err
    with sqlite3.connect(store) as asking:
        (forgotten,) = asking.execute("SELECT count(*) FROM forgotten").fetchone()
    assert forgotten > 1


def test_links_and_handles_by_which_they_were_asked_for(
    planted: SandboxProcess, store: Path
) -> None:
    code, handle = planted.short_links[ONE], planted.handles[ONE].upper()
    asked = f"https://v.douyin.com/{code}/,{handle}"

    def left() -> set[str]:
        values = b"\n".join(value for _, value in sqlite_values(store))
        return {
            word
            for word in (code, handle.lower(), planted.users[ONE])
            if word.encode().lower() in values.lower()
        }

    ran = collect(planted, "user_profile", store, user=asked)
    assert code in left(), ran.err
    ran = forget(store, planted.users[ONE])
    assert ran.status == 0, ran.err
    assert left() == set()
    ran = collect(planted, "user_profile", store, user=asked)
    assert ran.status in (0, 3), ran.err
    assert left() == set()
    assert rows(store, "SELECT count(*) n FROM users")[0]["n"] == 0


def test_mistakes_are_one_line(store: Path, tmp_path: Path) -> None:
    assert forget(store, PERSON["sec_uid"]).status == 6, "no store, none is made"
    assert not store.exists()
    url = {"DOUYIN_STORE": f"sqlite:///{store}"}
    sqlite3.connect(store).close()
    names = tmp_path / "names.txt"
    names.write_text("https://www.douyin.com/video/7000000000000000001\n")
    for given, said in (
        (("-a", "user=nobody_here"), "has the handle 'nobody_here'"),
        (("-a", "user=https://v.douyin.com/abc123/"), "nothing is asked"),
        (("-a", f"user=@{names}"), "names.txt, line 1"),
        (("-a", "usr=x"), "did you mean user?"),
        ((), "-a user=... is missing"),
    ):
        ran = scrapy("forget", *given, environment=url)
        assert (ran.status, ran.out) == (2, ""), ran.err
        assert said in ran.err
        assert len(ran.err.splitlines()) == 1
