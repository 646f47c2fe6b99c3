"""The nesting of the contract's fields, held against captured answers, path by path."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.api.contract import Field, tables
from douyin_crawler.sandbox.skeletons import template
from tests.fields.captured import FOLDERS, captured_paths, name_of, parent_of, written
from tests.support.shared import needs_shared

if TYPE_CHECKING:
    from collections.abc import Iterable

    from douyin_crawler.api.contract import Table

pytestmark = needs_shared

OF_THEIR_OWN = frozenset({"aweme_list[].geofencing"})
"""Fields beside those of the same names that the contract has deeper.

The contract's stands where the author's names are sorted, behind ``following_count``.
"""
COMPARED = {
    "aweme_post": 140,
    "tab_feed": 260,
    "user_profile_other": 180,
    "user_profile_self": 140,
    "comment_list": 100,
    "hot_search_list": 60,
    "emoji_list": 7,
    "notice_detail": 35,
}
"""How many of the contract's fields the captures show at the least."""


def misplaced(table: Table, captured: Iterable[str]) -> list[str]:
    """Return where a capture has a field that the contract has in another place.

    A field that a captured object has, and the contract's has not, is misplaced where
    the contract has its name in an object that was captured without it; else it is one
    that the contract lacks.
    """
    captured = set(captured)
    paths = {field.path for field in table.fields}
    objects = {parent_of(path) for path in paths}
    filled = {parent_of(path) for path in captured}
    astray = {
        name_of(path): path for path in paths - captured if parent_of(path) in filled
    }
    return [
        f"{path}: the contract has it at {astray[name_of(path)]}"
        for path in sorted(captured - paths)
        if parent_of(path) in objects and name_of(path) in astray
    ]


@pytest.mark.parametrize("endpoint", FOLDERS)
def test_captured_fields_stand_where_the_contract_has_them(endpoint: str) -> None:
    table, captured = tables()[endpoint], captured_paths(endpoint)
    assert misplaced(table, captured - OF_THEIR_OWN) == []
    paths = {field.path for field in table.fields}
    assert len(paths & captured) >= COMPARED[endpoint], "hardly anything was compared"


@pytest.mark.parametrize("endpoint", FOLDERS)
def test_the_sandbox_shows_each_field_where_the_contract_has_it(endpoint: str) -> None:
    shown = set(written(template(endpoint)))
    assert {field.path for field in tables()[endpoint].fields} - shown == set()


def test_a_field_in_another_object_is_named() -> None:
    table = tables()["hot_search_list"]
    moved = tuple(
        Field("data.word_list[].uri", field.type)
        if field.path == "data.word_list[].word_cover.uri"
        else field
        for field in table.fields
    )
    assert misplaced(
        replace(table, fields=moved), captured_paths("hot_search_list")
    ) == [
        "data.word_list[].word_cover.uri: the contract has it at data.word_list[].uri"
    ]
