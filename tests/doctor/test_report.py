"""The report: nothing of what is planted in the settings is in it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.config import Config, setting_name
from douyin_crawler.doctor.finding import failed
from douyin_crawler.doctor.report import report
from douyin_crawler.doctor.settings import check_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from douyin_crawler.doctor.finding import About

FORMS = {
    "DOUYIN_BASE_URL": "http://bob:{},;)/x@{}.lan:9",
    "DOUYIN_VISITOR_URL": "http://bob:x,{};)@{}.lan/",
    "DOUYIN_STORE": "sqlite:////srv/my {} dir/douyin.db",
    "DOUYIN_PROXY": "socks5://me:({},{}@10.1.2.3:99",
    "DOUYIN_CHROMIUM": "/srv/my {} dir/chrome",
    "DOUYIN_SESSION_FILE": "/srv/the {} dir/session.json",
    "DOUYIN_COOKIE": "sessionid={}; other={}",
}


@pytest.mark.parametrize("wanted", ["", "browser"])
async def test_what_is_planted_in_any_setting_is_not_told(
    about: Callable[..., About], wanted: str
) -> None:
    names = [setting_name(one.name) for one in fields(Config)]
    secrets = {name: f"Planted{place}Zq" for place, name in enumerate(names)}
    given = {
        name: FORMS.get(name, "{}").replace("{}", secret)
        for name, secret in secrets.items()
    }
    if wanted:
        given["DOUYIN_SIGNER"] = wanted
    it = about(**given)
    told = [f"{name}={value} ({value}): {value}, seen" for name, value in given.items()]
    found = [*await check_settings(it), *(failed("x", one, "") for one in told)]
    text = report(it, found)
    for name, secret in secrets.items():
        assert secret not in text, (name, text)
