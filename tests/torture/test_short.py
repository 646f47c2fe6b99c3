"""The short form of ``make torture``: a few points of each kind of fault."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.process import SandboxProcess
from tests.torture import killed, network, outage
from tests.torture.ground import Ground
from tests.torture.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.torture.table import Row

_WORLD = ("--day", "300", "--users", "60", "--most-posts", "3", "--moving")
_USER = 12
"""A few posts with some hundred comments."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("torture")
    with SandboxProcess(*_WORLD) as sandbox:
        yield Ground(sandbox, folder, random.Random(1), [sandbox.users[_USER]])


def _judge(row: Row) -> None:
    if row.skipped:
        pytest.skip(row.skipped)
    assert not row.bad, "\n".join([row.line(), *row.notes])


def test_killed(ground: Ground) -> None:
    row, _ = killed.killed(ground, "sqlite", 3, most=3)
    _judge(row)


def test_passing_faults(ground: Ground) -> None:
    for row in network.passing(ground, "sqlite", ["empty bodies, 4 in a row"]):
        _judge(row)


def test_a_full_disk(ground: Ground) -> None:
    _judge(outage.disk_full(ground, 2))


def test_the_comparison_sees_what_is_lost(tmp_path: Path) -> None:
    assert "exit status 0" in plain(tmp_path / "plain", random.Random(1), 1)
