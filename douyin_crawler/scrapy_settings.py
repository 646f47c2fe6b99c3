"""Scrapy's own settings: what this project can't work with, said in one line.

Scrapy itself meets a wrong value late: in the middle of a crawl, or never.
"""

from __future__ import annotations

import json
import logging
import math
from typing import TYPE_CHECKING, Any

from scrapy.settings import BaseSettings, default_settings
from scrapy.utils.misc import load_object

from douyin_crawler import settings as project
from douyin_crawler.convert import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ARTICLE = {bool: "a boolean (True or False)", int: "a whole number", float: "a number"}
_INCOMPATIBLE = {
    "COOKIES_ENABLED": "the session keeps cookies, a jar would log them; remove it",
    "HTTPCACHE_ENABLED": "it replays refusals to every retry; remove it",
    "JOBDIR": "requests on disk would be lost after a kill; the store keeps what is "
    "done, so run the same command again instead",
    "DEPTH_LIMIT": "a walk would end in the middle; -a limit=... ends it in order",
}
_FROM_ONE = frozenset(
    {"CONCURRENT_REQUESTS", "CONCURRENT_REQUESTS_PER_DOMAIN", "CONCURRENT_ITEMS"}
)
_NUMBERS = ("AUTOTHROTTLE_", "CONCURRENT_", "DOWNLOAD_", "CLOSESPIDER_")
_NEEDED = {
    "ITEM_PIPELINES": (
        "nothing would be stored",
        "douyin_crawler.pipelines.store.StorePipeline",
        "douyin_crawler.pipelines.clean.CleanPipeline",
        "douyin_crawler.pipelines.dedupe.DedupePipeline",
    ),
    "DOWNLOADER_MIDDLEWARES": (
        "nothing would be signed or retried",
        "douyin_crawler.middlewares.signing.SigningMiddleware",
        "douyin_crawler.middlewares.envelope.EnvelopeMiddleware",
    ),
    "EXTENSIONS": (
        "there would be no store",
        "douyin_crawler.extensions.run.RunExtension",
    ),
}
"""What goes wrong without a component of ours, and their names."""


def problem_of_arguments(settings: BaseSettings, given: Sequence[str]) -> str | None:
    """Return which ``-s NAME=VALUE`` is no JSON object though *settings* has one."""
    for argument in given:
        name, equals, value = argument.partition("=")
        if not equals or not isinstance(settings.get(name), BaseSettings):
            continue
        try:
            usable = isinstance(json.loads(value), dict)
        except (ValueError, RecursionError):
            usable = False
        if not usable:
            return f"{name}: {shown(value)!r} is not a JSON object"
    return None


def problems_of_scrapy_settings(settings: BaseSettings) -> Iterator[str]:
    """Yield what is wrong with *settings*, a line each."""
    for name, kind in _types():
        yield from _number_problems(settings, name, kind)
    level = settings.get("LOG_LEVEL")
    if level not in logging.getLevelNamesMapping():
        levels = "CRITICAL, ERROR, WARNING, INFO, DEBUG"
        yield f"LOG_LEVEL: {shown(level)!r} is not one of {levels}"
    for name, why in _INCOMPATIBLE.items():
        if settings.get(name) not in (None, "", False, 0, "0", "False", "false"):
            yield f"{name} can't be used with this project: {why}"
    for name in _NEEDED:
        yield from _component_problems(settings, name)


def _types() -> Iterator[tuple[str, type]]:
    # Ours first: Scrapy's default delay is a whole number, a user's need not be.
    for name, default in (vars(default_settings) | vars(project)).items():
        ours = name.startswith("DOUYIN_")
        if name.isupper() and not ours and type(default) in _ARTICLE:
            yield name, type(default)


def _number_problems(settings: BaseSettings, name: str, kind: type) -> Iterator[str]:
    value = settings.get(name)
    read = {bool: settings.getbool, int: settings.getint, float: settings.getfloat}
    try:
        number = read[kind](name)
    except (ValueError, TypeError, OverflowError):
        yield f"{name}: {shown(value)!r} is not {_ARTICLE[kind]}"
        return
    if kind is bool or not name.startswith(_NUMBERS):
        return
    least = 1 if name in _FROM_ONE else 0
    if not math.isfinite(number) or number < least:
        yield f"{name}: {shown(value)!r} is not {_ARTICLE[kind]} from {least}"
    if name == "AUTOTHROTTLE_TARGET_CONCURRENCY" and not number:
        yield f"{name}: it has to be above 0, like 1.0"


def _component_problems(settings: BaseSettings, name: str) -> Iterator[str]:
    try:
        components = {_path(k): v for k, v in settings.getdict(name).items()}
    except (ValueError, TypeError):
        yield f"{name}: it is not a JSON object of components and numbers"
        return
    loss, *needed = _NEEDED[name]
    for ours in needed:
        if components.get(ours) is None:
            yield f"{name} lacks {ours}: {loss}; add to it instead of replacing it"
    for component, order in components.items():
        if order is None or component in vars(project)[name]:
            continue
        if isinstance(order, bool) or not isinstance(order, int | float):
            yield f"{name}: {component} needs a number, not {shown(order)!r}"
        try:
            load_object(component)
        except Exception as error:
            yield f"{name}: {component} can't be imported ({shown(error)})"


def _path(component: Any) -> str:
    if isinstance(component, str):
        return component
    return f"{component.__module__}.{component.__qualname__}"
