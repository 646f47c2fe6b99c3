"""A sandbox in its own process, and a store of its own for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.process import SandboxProcess
from tests.support.started import fresh  # noqa: F401 (a fixture)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess("--day", "300") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox: SandboxProcess) -> SandboxProcess:
    """A sandbox without faults and with an empty wire log."""
    _sandbox.control("faults", "DELETE")
    _sandbox.control("requests", "DELETE")
    return _sandbox


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where the embedded store of this test will be."""
    return tmp_path / "douyin.db"


@pytest.fixture(params=["sqlite", "mongodb"])
def url(request: pytest.FixtureRequest, store: Path) -> str:
    """The address of a store of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{store}"
    found: str = request.getfixturevalue("mongodb_url")
    return found
