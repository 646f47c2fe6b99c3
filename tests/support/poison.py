"""A pipeline that kills the crawl when it meets one target, as a crash would."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

from douyin_crawler.items.observation import Observation

VARIABLE = "DOUYIN_TEST_POISON"
"""The id of the target; its pages kill the process before they are stored."""


def poison_settings() -> dict[str, str]:
    """Return the settings that put the pipeline where it has to be."""
    ours = {
        "douyin_crawler.pipelines.clean.CleanPipeline": 100,
        "tests.support.poison.PoisonPipeline": 150,
        "douyin_crawler.pipelines.dedupe.DedupePipeline": 200,
        "douyin_crawler.pipelines.store.StorePipeline": 900,
    }
    return {"ITEM_PIPELINES": json.dumps(ours)}


class PoisonPipeline:
    """Sends this process SIGKILL at the first page of the target."""

    def process_item(self, item: Any) -> Any:
        is_page = isinstance(item, Observation) and item.kind == "page"
        if is_page and os.environ[VARIABLE] in item.id:
            os.kill(os.getpid(), signal.SIGKILL)
        return item
