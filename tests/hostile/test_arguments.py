"""What a person may write, and what no person writes: one line says what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.settings import Settings
from scrapy.utils.misc import walk_modules_iter
from scrapy.utils.spider import iter_spider_classes

from douyin_crawler.api.links import TargetError, find_links, link_in, read_link
from douyin_crawler.api.targets import (
    PostTarget,
    UserTarget,
    canonical_url,
    parse_location,
    parse_post,
    parse_user,
    read_targets,
)
from douyin_crawler.config import Config, ConfigError, _types, setting_name
from douyin_crawler.spiders.arguments import ArgumentError, Range
from douyin_crawler.spiders.base import DouyinSpider
from tests.hostile.checks import told
from tests.hostile.profile import fuzz
from tests.items.strategies import TEXTS
from tests.stores.samples import HOSTILE
from tests.support.samples import AWEME_ID, SEC_UID

if TYPE_CHECKING:
    from pathlib import Path

    from hypothesis.strategies import DataObject

LINKS = (
    f"https://www.douyin.com/user/{SEC_UID}?modal_id={AWEME_ID}",
    f"https://www.douyin.com/video/{AWEME_ID}",
    "https://v.douyin.com/iRNBho6u/",
    f"https://www.iesdouyin.com/share/user/1?sec_uid={SEC_UID}&a=%00",
    "3.84 复制打开抖音，看看【某某的作品】海边 # 日出 https://v.douyin.com/x-_1/ @a.bc",
    *(
        "https://[::1",
        "http://a@douyin.com:99999/",
        "//",
        "douyin.com",
        "@",
        "@/dev/null",
    ),
    *("https://www.douyin.com:abc/video/1", "https://DOUYIN.com.", "https://№.com/"),
    *(
        "抖音号: abc_1",
        "self",
        SEC_UID,
        AWEME_ID,
        "~",
        "~nobody-here/x",
        "a\0b",
        "１２",
    ),
    *("2024-01-31", "2024-01-31T12:00:00+08:00", "0001-01-01", "9999-12-31", "1e3"),
)
PIECES = st.sampled_from([*LINKS, *HOSTILE]) | TEXTS | st.text(max_size=20)
WRITTEN = st.one_of(
    PIECES,
    st.lists(PIECES, max_size=4).map("".join),
    st.builds(
        lambda text, at, piece: text[:at] + piece + text[at + len(piece) :],
        st.sampled_from(LINKS),
        st.integers(0, 60),
        PIECES,
    ),
    PIECES.map(lambda piece: (piece * 300)[:3_000]),
)
"""Links and ids, whole and damaged, and any text."""
SPIDERS: list[type[DouyinSpider]] = [
    spider
    for module in walk_modules_iter("douyin_crawler.spiders")
    for spider in iter_spider_classes(module)
    if issubclass(spider, DouyinSpider)
]


@fuzz(5)
@given(WRITTEN)
def test_targets(text: str) -> None:
    for parse, kind in ((parse_user, UserTarget), (parse_post, PostTarget)):
        try:
            target = parse(text)
        except TargetError as error:
            told(error)
            continue
        assert isinstance(target, kind)
        assert target.value.isascii()
        assert target.value.isprintable()
        assert canonical_url(target).isascii()
        if target.kind != "short_link":
            assert parse(target.value).value == target.value or target.kind == "handle"


@fuzz(5)
@given(WRITTEN)
def test_links(text: str) -> None:
    for link in find_links(text):
        assert link in text
    for read in (link_in, read_link):
        try:
            found = read(text)
        except TargetError as error:
            told(error)
            continue
        if found is not None and found.short:
            assert found.short.startswith(("https://v.douyin.com/", "https://v.ies"))
    try:
        assert parse_location(text).value
    except TargetError as error:
        told(error)


@fuzz(3)
@given(st.lists(WRITTEN, max_size=4).map(",".join))
def test_lists_of_targets(text: str) -> None:
    for parse in (parse_user, parse_post):
        try:
            targets: list[Any] = list(read_targets(text, parse))
        except TargetError as error:
            told(error)
        else:
            assert targets
            assert len(set(targets)) == len(targets)


@fuzz()
@given(st.data())
def test_files_of_targets(tmp_path: Path, data: DataObject) -> None:
    lines = data.draw(st.lists(WRITTEN.map(_encoded) | st.binary(max_size=30)))
    file = tmp_path / "targets.txt"
    file.write_bytes(b"\n".join(lines))
    for parse in (parse_user, parse_post):
        try:
            targets: list[Any] = list(read_targets(f"@{file}", parse))
        except TargetError as error:
            told(error)
        else:
            assert targets


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("spider", SPIDERS, ids=lambda spider: spider.name)
@fuzz()
@given(st.data())
def test_spider_arguments(spider: type[DouyinSpider], data: DataObject) -> None:
    known = spider.arguments_class.__struct_fields__
    good = {"user": SEC_UID, "post": AWEME_ID, "sec_user_id": SEC_UID}
    given = {n: good[n] for n in known if n in good}
    names = st.sampled_from([*known, "_job", "aweme_id"]) | TEXTS
    given |= data.draw(st.dictionaries(names, WRITTEN, max_size=3))
    try:
        arguments = spider.read_arguments(given)
    except ArgumentError as error:
        told(error)
    else:
        assert isinstance(arguments, spider.arguments_class)


@fuzz(3)
@given(WRITTEN, WRITTEN)
def test_ranges(since: str, until: str) -> None:
    try:
        Range.parse(since, until)
    except ArgumentError as error:
        told(error)


@pytest.mark.parametrize("name", sorted(_types()))
def test_settings_that_mean_something_elsewhere(name: str) -> None:
    for value in (*LINKS, *HOSTILE):
        read_setting(name, value)


@fuzz(5)
@given(st.sampled_from(sorted(_types())), WRITTEN)
def test_settings(name: str, value: str) -> None:
    read_setting(name, value)


def read_setting(name: str, value: str) -> None:
    """Hold that a value is taken, or refused in one line."""
    settings = Settings()
    settings.setmodule("douyin_crawler.settings")
    settings.set(setting_name(name), value)
    try:
        config = Config.from_settings(settings)
    except ConfigError as error:
        told(error, 500 + len(ascii(value)))  # the name of a file is shown whole
    else:
        assert type(getattr(config, name)) in {str, int, float, bool}
        assert config.first_visit
        assert isinstance(config.moved, bool)
        assert type(repr(config)) is str
