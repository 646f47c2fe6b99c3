"""Running sandboxes and clients of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.config import SandboxConfig
from douyin_crawler.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.sandbox.client import Client


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    running = Sandbox(SandboxConfig(port=0, day=30, users=50))
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def member(sandbox: Sandbox) -> AsyncIterator[Client]:
    """A client with the made-up login."""
    from tests.sandbox.client import Client

    async with Client(sandbox.url, sandbox.mint.login_cookie()) as client:
        yield client


@pytest.fixture
async def visitor(sandbox: Sandbox) -> AsyncIterator[Client]:
    """A client with a visitor's tokens."""
    from tests.sandbox.client import Client

    async with Client(sandbox.url) as client:
        await client.visit()
        yield client
