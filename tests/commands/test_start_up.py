"""Scrapy loads all commands for each one: none may drag in what few need."""

from __future__ import annotations

import subprocess
import sys

from tests.support.shared import ROOT

# Each takes from 40 to 400 ms.
HEAVY = (
    "aiohttp",
    "douyin_crawler.extensions.run",
    "douyin_crawler.sandbox.server",
    "douyin_crawler.spiders.base",
    "pyarrow",
    "pymongo",
    "rich.console",
)
SCRIPT = """
import sys
from scrapy.utils.misc import walk_modules
from scrapy.utils.project import get_project_settings
settings = get_project_settings()
walk_modules(settings["COMMANDS_MODULE"])
print([name for name in sys.argv[1:] if name in sys.modules])
"""


def test_commands_are_loaded_without_what_few_need() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, *HEAVY],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[]"
