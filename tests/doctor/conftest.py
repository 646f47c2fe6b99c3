"""What a check is told, in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from scrapy.settings import Settings

from douyin_crawler import settings as project
from douyin_crawler.config import read_config
from douyin_crawler.doctor.finding import About

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def about() -> Callable[..., About]:
    """Make what checks are told, of settings."""

    def make(*, nodes: tuple[str, ...] = (), **given: Any) -> About:
        settings = Settings()
        settings.setmodule(project, priority="project")
        settings.setdict({"DOUYIN_SESSION_FILE": "", **given}, priority="project")
        config, problems = read_config(settings)
        return About(
            settings=settings, config=config, problems=problems, nodes=[*nodes]
        )

    return make
