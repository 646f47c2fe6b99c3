"""The table against the API's description, and against itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from douyin_crawler.api.browser import Browser
from douyin_crawler.api.endpoints import ENDPOINTS, Endpoint
from douyin_crawler.api.requests import api_request
from tests.support.shared import SHARED, needs_shared

_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)
_BROWSER = Browser.from_user_agent(_AGENT)
# What session and signer add behind the slot.
_ADDED = {"msToken", "X-Bogus"}
_EVERY = pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)


def _contract() -> list[dict[str, Any]]:
    path = SHARED / "api" / "contract.json"
    if not path.is_file():
        return []
    described: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return described


def _request_names(endpoint: Endpoint) -> set[str]:
    common = _BROWSER.parameters_before() + _BROWSER.parameters_after("1", "1")
    return {name for name, _ in common + endpoint.params}


@needs_shared
def test_every_described_endpoint_is_in_the_table() -> None:
    by_path = {endpoint.path: endpoint for endpoint in ENDPOINTS.values()}
    described = _contract()
    assert len(described) == 10
    for row in described:
        endpoint = by_path[row["path"]]
        assert endpoint.method == row["method"]
        assert set(row["query"]) <= _request_names(endpoint) | _ADDED
        assert set(row["form"]) == set(endpoint.form)


@needs_shared
def test_every_described_answer_has_the_payload_key() -> None:
    by_path = {endpoint.path: endpoint for endpoint in ENDPOINTS.values()}
    for row in _contract():
        endpoint = by_path[row["path"]]
        fields = {field["name"]: field for field in row["response"]}
        kind = fields[endpoint.payload_key]["type"]
        assert kind == ("object []" if endpoint.payload != "object" else "object")


@needs_shared
def test_described_values_are_the_defaults() -> None:
    by_path = {endpoint.path: endpoint for endpoint in ENDPOINTS.values()}
    defaults = {
        (row["path"], name): value.split(" ")[0]
        for row in _contract()
        for name, value in row["query"].items()
    }
    for path, name in (
        ("/aweme/v1/web/hot/search/list/", "detail_list"),
        ("/aweme/v1/web/hot/search/list/", "source"),
        ("/aweme/v1/web/comment/list/", "cursor"),
        ("/aweme/v1/web/comment/list/", "count"),
        ("/aweme/v1/web/im/resources/emoticon/trending", "count"),
        ("/aweme/v1/web/tab/feed/", "aweme_pc_rec_raw_data"),
        ("/aweme/v1/web/tab/feed/", "count"),
    ):
        assert dict(by_path[path].params)[name] == defaults[path, name]


def test_thirteen_endpoints_by_name() -> None:
    assert sorted(ENDPOINTS) == [
        "aweme_detail",
        "aweme_post",
        "comment_list",
        "comment_list_reply",
        "emoji_list",
        "emoticon_trending",
        "hot_search_list",
        "im_user_info",
        "notice",
        "notice_detail",
        "tab_feed",
        "user_profile_other",
        "user_profile_self",
    ]


def test_two_paths_have_no_trailing_slash() -> None:
    bare = {e.name for e in ENDPOINTS.values() if not e.path.endswith("/")}
    assert bare == {"emoji_list", "emoticon_trending"}


def test_version_belongs_to_the_endpoint() -> None:
    versions = {e.name: (e.version, e.version_name) for e in ENDPOINTS.values()}
    assert versions.pop("aweme_post") == ("290100", "29.1.0")
    assert versions.pop("aweme_detail") == ("190500", "19.5.0")
    assert set(versions.values()) == {("170400", "17.4.0")}


def test_who_takes_which_signature() -> None:
    without = {e.name for e in ENDPOINTS.values() if not e.web_signature}
    after = {e.name for e in ENDPOINTS.values() if e.verify_after}
    assert without == {"comment_list_reply"}
    assert after == {"aweme_post", "user_profile_other", "comment_list_reply"}


@_EVERY
def test_parameters_occur_once_and_none_is_a_common_one(endpoint: Endpoint) -> None:
    names = [name for name, _ in endpoint.params]
    common = _BROWSER.parameters_before() + _BROWSER.parameters_after("1", "1")
    assert len(names) == len(set(names))
    assert not set(names) & {name for name, _ in common}


@_EVERY
def test_paging_agrees_with_the_parameters(endpoint: Endpoint) -> None:
    paging = endpoint.paging
    if paging is None:
        return
    parameters = dict(endpoint.params)
    assert paging.parameter in parameters
    assert parameters["count"] == str(paging.count)
    assert (paging.inside or paging.list_key) == endpoint.payload_key


@_EVERY
def test_a_request_can_be_made_from_every_row(endpoint: Endpoint) -> None:
    values = {name: "7" for name, value in endpoint.params if not value}
    values |= dict.fromkeys(endpoint.form, "[]")
    request = api_request(
        endpoint,
        values,
        base_url="https://www.douyin.com",
        browser=_BROWSER,
        callback=print,
        errback=print,
    )
    assert request.method == endpoint.method
    assert b"{" not in (request.headers["Referer"] or b"")
    assert f"&version_code={endpoint.version}&" in request.url
