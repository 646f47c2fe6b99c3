"""The copy of the contract and docs/fields.md are what the scripts make."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.api.contract import tables
from tests.fields.crawls import SPIDERS
from tests.support.shared import CAPTURES, ROOT, SHARED, needs_shared

if TYPE_CHECKING:
    from collections.abc import Callable

AGAIN = "run `python scripts/{}.py` again"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """A function that imports a script."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module


def test_the_document_is_up_to_date(script: Callable[[str], Any]) -> None:
    written = (ROOT / "docs" / "fields.md").read_text("utf-8")
    assert written == script("describe_fields").text(), AGAIN.format("describe_fields")


def test_each_endpoint_is_said_to_have_the_spider_that_is_tried(
    script: Callable[[str], Any],
) -> None:
    assert script("describe_fields").SPIDERS == SPIDERS


@needs_shared
def test_the_contract_is_up_to_date(script: Callable[[str], Any]) -> None:
    make_contract = script("make_contract")
    contract = json.loads((SHARED / "api" / "contract.json").read_text("utf-8"))
    made = make_contract.text(make_contract.tables(contract, CAPTURES))
    written = (ROOT / "douyin_crawler" / "api" / "contract.json").read_text("utf-8")
    assert written == made, AGAIN.format("make_contract")


@needs_shared
def test_the_contract_has_every_field_of_the_description() -> None:
    for entry in json.loads((SHARED / "api" / "contract.json").read_text("utf-8")):
        (table,) = [t for t in tables().values() if t.path == entry["path"]]
        assert list(named(entry["response"])) == [
            (field.path.rpartition(".")[2], field.type) for field in table.fields
        ]


def named(fields: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return name and type of every field, in the description's order."""
    found = []
    for field in fields:
        found.append((field["name"], field["type"]))
        found += named(field.get("inside", []))
    return found


def test_a_meaning_is_that_of_the_longest_end(script: Callable[[str], Any]) -> None:
    make_contract = script("make_contract")
    known = {"title": ("a", "甲"), "music.title": ("b", "乙")}
    assert make_contract.meaning("aweme_list[].music.title", known) == ("b", "乙")
    assert make_contract.meaning("user.title", known) == ("a", "甲")
    assert make_contract.meaning("user.name", known) == ("", "")
