"""The settings: everything that is wrong with them, a line each."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from douyin_crawler.config import Config, ConfigError, read_config
from douyin_crawler.doctor.finding import failed, ok
from douyin_crawler.doctor.threads import in_thread

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from douyin_crawler.doctor.finding import About, Finding


_SECONDS = 10.0


async def read_settings(settings: BaseSettings) -> tuple[Config, list[str]]:
    """Return the settings, and all that is wrong with them; a file may not answer.

    Raises:
        ConfigError: they can't be read at all.
    """
    try:
        read = in_thread(lambda: read_config(settings))
        return await asyncio.wait_for(read, _SECONDS)
    except TimeoutError:
        config, problems = read_config(settings, check_session=False)
        late = f"{config.given.setting}: its file does not answer in {_SECONDS:g} s"
        # Nobody is to wait for it again.
        bare = replace(config, cookies_file="", session_file="")
        return bare, [*problems, f"{late}; name a plain file on a disk that answers"]
    except ValueError as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError("a setting can't be read: see DOUYIN_BASE_URL") from None


async def check_settings(about: About) -> list[Finding]:
    """Tell all problems; no other command would say more than the first."""
    if not about.problems:
        config = about.config
        where = "another server" if config.moved else "the real site"
        signed = f"signed by {config.signer}, session {config.session}"
        return [ok("settings", f"{where}, {signed}")]
    return [_problem(problem) for problem in about.problems]


def _problem(problem: str) -> Finding:
    """Return what is wrong, apart from what to do where the line says both."""
    wrong, _, advice = problem.partition("; ")
    return failed("settings", wrong, advice or "set it right, or remove it")
