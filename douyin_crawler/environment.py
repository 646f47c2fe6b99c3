"""The environment and the file ``.env``, read once, at the start."""

from __future__ import annotations

import os
from pathlib import Path

from dotenv import dotenv_values
from scrapy.utils.conf import closest_scrapy_cfg


def env_file() -> Path:
    """Return where ``.env`` is looked for: beside ``scrapy.cfg``, else here."""
    config = closest_scrapy_cfg()
    return (Path(config).parent if config else Path.cwd()) / ".env"


def read_environment() -> dict[str, str]:
    """Return the ``DOUYIN_*`` variables; the environment wins over ``.env``."""
    path = env_file()
    values: dict[str, str | None] = {}
    if path.is_file():
        values.update(dotenv_values(path, encoding="utf-8-sig"))
    values.update(os.environ)
    return {k: v for k, v in values.items() if k.startswith("DOUYIN_") and v}
