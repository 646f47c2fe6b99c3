"""What holds for every spider: its names, its facts, its arguments."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.project import get_project_settings

from douyin_crawler import spiders
from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.items.kinds import KINDS
from douyin_crawler.spiders.arguments import ArgumentError, Arguments
from douyin_crawler.spiders.base import DouyinSpider

_LOADER = SpiderLoader.from_settings(get_project_settings())
_NAMES = sorted(_LOADER.list())


def spider_of(name: str) -> type[DouyinSpider]:
    found = _LOADER.load(name)
    assert issubclass(found, DouyinSpider)
    return found


_EVERY = pytest.mark.parametrize("spider", [*map(spider_of, _NAMES)], ids=_NAMES)


def test_eleven_and_more_spiders() -> None:
    assert set(_NAMES) >= {
        *("comments", "emojis", "feed", "hot_list", "notices", "posts"),
        *("self_profile", "stickers", "user_info", "user_posts", "user_profile"),
    }


@_EVERY
def test_file_name_and_class_agree(spider: type[DouyinSpider]) -> None:
    assert spider.__module__ == f"{spiders.__name__}.{spider.name}"
    words = spider.name.title().replace("_", "")
    assert spider.__name__ == f"{words}Spider"
    assert spider.arguments_class.__name__ == f"{words}Arguments"
    assert f"scrapy crawl {spider.name}" in (spider.arguments_class.__doc__ or "")


@_EVERY
def test_its_facts_are_known(spider: type[DouyinSpider]) -> None:
    assert spider.item_class in {kind.item for kind in KINDS.values()}
    assert ":" not in spider.walk_kind
    assert spider.walk_kind in spider.endpoints
    assert set(spider.endpoints.values()) <= set(ENDPOINTS)


def test_no_two_share_a_kind_of_walk_over_different_lists() -> None:
    asked: dict[str, str] = {}
    for name in _NAMES:
        for kind, endpoint in spider_of(name).endpoints.items():
            assert asked.setdefault(kind, endpoint) == endpoint


@_EVERY
def test_an_unknown_argument_is_refused(spider: type[DouyinSpider]) -> None:
    with pytest.raises(ArgumentError, match="no argument of this spider"):
        spider.read_arguments({"no_such_thing": "1"})


def test_every_spider_has_a_file_of_its_own() -> None:
    """Files without one hold what several share."""
    modules = [name for _, name, _ in pkgutil.iter_modules(spiders.__path__)]
    for name in modules:
        module = importlib.import_module(f"{spiders.__name__}.{name}")
        own = [
            found
            for found in vars(module).values()
            if isinstance(found, type)
            and issubclass(found, DouyinSpider)
            and found.__module__ == module.__name__
            and isinstance(vars(found).get("name"), str)
        ]
        assert [found.name for found in own] == ([name] if name in _NAMES else [])


def test_needs_a_login() -> None:
    needing = {n for n in _NAMES if spider_of(n).needs_login(_arguments(n))}
    assert needing == {"notices", "self_profile", "stickers", "user_info"}


def _arguments(name: str) -> Arguments:
    given = {"user": "MS4wLjABAAAA" + "a" * 43, "post": "7331282357997579691"}
    spider = spider_of(name)
    known = spider.arguments_class.__struct_fields__
    named = {k: v for k, v in given.items() if k in known}
    if "group" in known:
        named = {"group": "all"}
    return spider.read_arguments(named)
