"""Secrets among arguments and settings are refused; what only looks alike is not."""

from __future__ import annotations

import pytest

from douyin_crawler.exposed import exposed

COOKIE = "sessionid=5e55104d5e55104d"


@pytest.mark.parametrize(
    "given",
    [
        f"DOUYIN_COOKIE={COOKIE}",
        "DOUYIN_COOKIE=anything",
        f"cookie={COOKIE}",
        "password=hunter2",
        "MAIL_PASS=hunter2",
        "AWS_SECRET_ACCESS_KEY=hunter2",
        f"user={COOKIE}; ttwid=1",
        f'DEFAULT_REQUEST_HEADERS={{"Cookie": "{COOKIE}"}}',
        'X={"sessionid": "5e55"}',
        "DOUYIN_STORE=mongodb://me:hunter2@host/db",
        "DOUYIN_PROXY=http://me:hunter2@host:1",
        'FEEDS={"ftp://me:hunter2@host/a.jsonl": {"format": "jsonl"}}',
        "user=sid_ucp_v1=5e55104d",
        "user=a; sso_uid_tt=5e55104d",
        "user={'d_ticket': '5e55104d'}",
        "user=sessionid%3D5e55104d",
        "user=a%253B%2520sid_tt%253D5e55104d",
        "user=https://www.douyin.com/?sessionid=5e55104d",
        "DOUYIN_PROXY=http://hunter2@proxy:8080",
        "X=http%3A%2F%2Fhunter2%40proxy:8080",
    ],
)
def test_refused(given: str) -> None:
    told = exposed(["LOG_LEVEL=INFO", given], "-s")
    assert told
    assert told.startswith(f"-s {given.partition('=')[0]} with a secret is refused")
    assert "hunter2" not in told
    assert "5e55" not in told


@pytest.mark.parametrize(
    "given",
    [
        "COOKIES_ENABLED=False",
        "DOUYIN_COOKIES_FILE=/etc/douyin/cookies.txt",
        "DOUYIN_COOKIE=",
        "DOUYIN_VARIABLES=cookie=SHOP_COOKIE",
        "DOUYIN_STORE=mongodb://host:27017/db",
        "DOUYIN_STORE=sqlite:////srv/douyin.db",
        "user=https://www.douyin.com/user/MS4w?msToken=abc&from=web",
        "user=https%3A%2F%2Fwww.douyin.com%2Fuser%2FMS4w%3FmsToken%3Dabc",
        "user=https://www.douyin.com/@handle",
        "DOUYIN_STORE=mongodb://me@host/db",
        "DOUYIN_SESSION_FILE=/srv/session.json",
        "user=看看 https://v.douyin.com/abc/ 复制: 10:00@here",
        "since=2024-01-31T12:00:00+08:00",
    ],
)
def test_let_through(given: str) -> None:
    assert exposed([given], "-a") is None
