from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.spiders.hot_list import HotListSpider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return the project's settings; a test may change them before the crawler is."""
    settings = Settings()
    settings.setmodule("douyin_crawler.settings")
    settings.set("DOUYIN_STORE", f"sqlite:///{tmp_path}/posts.db")
    settings.set("DOUYIN_PROGRESS_SECONDS", 0)
    settings.set("TWISTED_REACTOR_ENABLED", False)
    return settings


@pytest.fixture
async def crawler(settings: Settings) -> AsyncIterator[Crawler]:
    """Return a crawler whose store is open; it does not crawl."""
    crawler = Crawler(HotListSpider, settings)
    crawler._apply_settings()
    run = RunExtension.find(crawler)
    await run.store.open()
    yield crawler
    await run.store.close()


@pytest.fixture
def run(crawler: Crawler) -> RunExtension:
    """Return the run that pipelines share."""
    return RunExtension.find(crawler)
