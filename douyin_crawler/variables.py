"""Settings that are read from variables which a plan names: ``DOUYIN_VARIABLES``.

A job of Scrapyd is told the name of a variable; its value is the node's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.config import ConfigError
from douyin_crawler.convert import shown
from douyin_crawler.environment import read_variable

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from douyin_crawler.plans.plan import Plan

_SETTINGS = {
    "store": "DOUYIN_STORE",
    "cookie": "DOUYIN_COOKIE",
    "cookies_file": "DOUYIN_COOKIES_FILE",
}
_SESSION = ("DOUYIN_COOKIE", "DOUYIN_COOKIES_FILE")


def named_variables(plan: Plan) -> str:
    """Return the setting for the jobs of *plan*; empty where it names no variable."""
    named = ((key, getattr(plan, key)) for key in _SETTINGS)
    return ",".join(f"{key}={variable}" for key, variable in named if variable)


def apply_variables(settings: BaseSettings) -> None:
    """Take over the values of the variables that DOUYIN_VARIABLES names.

    Raises:
        ConfigError: it is malformed, or a variable has no value here.
    """
    for part in filter(None, str(settings.get("DOUYIN_VARIABLES") or "").split(",")):
        key, _, variable = part.partition("=")
        if key not in _SETTINGS:
            raise ConfigError(
                f"DOUYIN_VARIABLES: {shown(part)!r}: write cookie=NAME,store=NAME"
            )
        if not (value := read_variable(variable)):
            raise ConfigError(
                f"DOUYIN_VARIABLES: the plan wants {shown(variable)}, and neither the "
                "environment of this node nor its .env has it"
            )
        if _SETTINGS[key] in _SESSION:
            for name in _SESSION:
                settings.set(name, "", "project")
        settings.set(_SETTINGS[key], value, "project")
