"""Tables for people: ids stay whole, texts fit, and a pipe gets everything."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from douyin_crawler.commands.columns import Columns, Row, shortened

ID = "MS4wLjABAAAA" + "x" * 64
TEXT = "the service answers without its list: 没有 " + "very " * 60 + "long"


def table() -> Columns:
    columns = Columns(("spider", "got"), frozenset({"got"}))
    columns.rows += [
        Row(("user_posts", "1,203 of 9,999"), ID, TEXT),
        Row(("comments", "3"), "7331282357997579691"),
    ]
    return columns


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_line_fits_the_terminal_and_ids_are_whole(width: int) -> None:
    lines = list(table().lines(width))
    assert max(map(cell_len, lines)) <= width
    assert any(ID in line for line in lines)
    assert any(line.endswith("...") for line in lines)
    assert len(lines) == (3 if width == 200 else 6)


def test_a_pipe_gets_a_line_for_each_row_with_all_of_it() -> None:
    heading, first, second = table().lines(None)
    assert heading.split() == ["spider", "got", "id", "why"]
    assert first.startswith("user_posts  1,203 of 9,999  ")
    assert first.endswith(TEXT)
    assert second.split() == ["comments", "3", "7331282357997579691"]


def test_wide_characters_take_two_cells() -> None:
    assert shortened("热榜热榜热榜", 9) == "热榜热..."
    assert shortened("热榜", 4) == "热榜"
