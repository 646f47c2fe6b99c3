"""Crawls of a sandbox in which every field has a value of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.process import SandboxProcess

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def distinct() -> Iterator[SandboxProcess]:
    """A sandbox whose answers tell every field apart."""
    with SandboxProcess("--day", "300", "--users", "200", "--distinct-fields") as made:
        yield made
