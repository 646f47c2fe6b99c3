"""Every field of the ten response tables is stored, in a value of its own.

The sandbox puts those values in, and with them what its usual answers lack: that these
have every field by themselves is said by ``test_occurs.py``, which fails where a field
of an answer is taken out.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.api.contract import Table, tables
from douyin_crawler.sandbox.distinct import is_kept, mark
from tests.fields.check import LISTS, check
from tests.fields.crawls import SPIDERS, ask_for
from tests.fields.stored import Stored, of_mongodb, of_sqlite
from tests.support.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from douyin_crawler.sandbox.process import SandboxProcess

_row = re.compile(r"^\| \[(\w+)\]\(#\w+\) \| (\d+) \| (\d+) \|", re.MULTILINE).findall


@pytest.fixture(scope="module")
def in_sqlite(
    distinct: SandboxProcess, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Stored]:
    """A function that crawls an endpoint once into a file, and says what is in it."""

    @cache
    def crawled(endpoint: str) -> Stored:
        file = tmp_path_factory.mktemp(endpoint) / "douyin.db"
        ask_for(distinct, endpoint, file)
        return of_sqlite(file)

    return crawled


@pytest.fixture
def in_mongodb(distinct: SandboxProcess, mongodb_url: str) -> Callable[[str], Stored]:
    """The same for a database."""

    def crawled(endpoint: str) -> Stored:
        ask_for(distinct, endpoint, mongodb_url)
        return of_mongodb(mongodb_url)

    return crawled


def documented() -> dict[str, tuple[int, int]]:
    """Return how many fields docs/fields.md counts, and typed ones, by endpoint."""
    text = (ROOT / "docs" / "fields.md").read_text("utf-8")
    return {name: (int(fields), int(typed)) for name, fields, typed in _row(text)}


@pytest.mark.parametrize("store", ["in_sqlite", "in_mongodb"])
@pytest.mark.parametrize("endpoint", SPIDERS)
def test_every_field_is_stored(
    endpoint: str, store: str, request: pytest.FixtureRequest
) -> None:
    stored = request.getfixturevalue(store)(endpoint)
    found = check(tables()[endpoint], stored)
    assert found.wrong == []
    assert (found.fields, found.typed) == documented()[endpoint]


def test_the_tables_have_all_fields() -> None:
    assert sorted(tables()) == sorted(SPIDERS)
    assert sum(len(table.fields) for table in tables().values()) == 1666
    for table in tables().values():
        assert len({field.path for field in table.fields}) == len(table.fields)


def test_marks_are_of_one_field_alone() -> None:
    marks = [
        str(mark(name, field))
        for name, table in tables().items()
        for field in table.fields
        if not is_kept(name, field.path) and mark(name, field) is not None
    ]
    assert len(set(marks)) == len(marks) > 900


WORDS = "data.word_list[]."
FEW = (f"{WORDS}label", f"{WORDS}word_cover.uri", "status_code")


@pytest.fixture
def small() -> tuple[Table, Stored]:
    """A table of three fields, and a store in which all is right."""
    table = tables()["hot_search_list"]
    fields = tuple(field for field in table.fields if field.path in FEW)
    marks = {field.path: mark(table.name, field) for field in fields}
    label, uri = (marks[path] for path in FEW[:2])
    payloads = {
        "page": {"hot_list:main:0": [{"status_code": 0, "logid": f"{table.name}:"}]},
        "hot_word": {"main:ranked:a": [{"label": label, "word_cover": {"uri": uri}}]},
    }
    record = {"board": "main", "list": "ranked", "word": "a", "label": label}
    record["word_cover"] = {"uri": uri}
    return replace(table, fields=fields), Stored(payloads, {"hot_word": [record]})


def test_the_check_passes_what_is_right(small: tuple[Table, Stored]) -> None:
    found = check(*small)
    assert (found.fields, found.typed, found.wrong) == (3, 2, [])


def test_a_field_that_no_payload_has_is_named(small: tuple[Table, Stored]) -> None:
    table, stored = small
    del stored.payloads["hot_word"]["main:ranked:a"][0]["label"]
    assert check(table, stored).wrong == [f"{FEW[0]}: in no payload"]
    del stored.payloads["page"]["hot_list:main:0"][0]["status_code"]
    assert len(check(table, stored).wrong) == 2


def test_a_field_with_another_value_is_named(small: tuple[Table, Stored]) -> None:
    table, stored = small
    stored.payloads["hot_word"]["main:ranked:a"][0]["label"] = 5
    assert [w.partition(":")[0] for w in check(table, stored).wrong] == [FEW[0]]
    stored.payloads["hot_word"]["main:ranked:a"][0]["label"] = "5"
    assert check(table, stored).wrong == [f"{FEW[0]}: '5' in a payload is no number"]


def test_a_column_with_another_value_is_named(small: tuple[Table, Stored]) -> None:
    table, stored = small
    stored.records["hot_word"][0]["word_cover"]["uri"] = None
    assert [w.partition(":")[0] for w in check(table, stored).wrong] == [FEW[1]]
    stored.records["hot_word"][0]["label"] = 5
    assert len(check(table, stored).wrong) == 2


def test_a_field_that_a_crawl_loses_is_named(
    in_sqlite: Callable[[str], Stored],
) -> None:
    stored = deepcopy(in_sqlite("hot_search_list"))
    for word in stored.payloads_of("hot_word"):
        word.pop("hotlist_param", None)
    for record in stored.records["hot_word"]:
        record["sentence_id"] = record["group_id"]
    wrong = check(tables()["hot_search_list"], stored).wrong
    named = {
        f"{above}.{name}"
        for above in LISTS
        for name in ("hotlist_param", "sentence_id")
    }
    assert {one.partition(": ")[0] for one in wrong} == named
