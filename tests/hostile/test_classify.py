"""Any answer of any endpoint is data or has a name."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.api.classify import classify, classify_plain
from douyin_crawler.api.endpoints import ENDPOINTS, Endpoint
from douyin_crawler.api.errors import ApiError
from douyin_crawler.items.page import MalformedPage, split_member, split_page
from tests.hostile.checks import told
from tests.hostile.profile import fuzz
from tests.hostile.texts import ANYTHING, DEPTHS, NAMES, deep, mutants
from tests.items.strategies import TEXTS

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

EVERY = pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
NAMED = (
    *("status_code", "status_msg", "filter_detail", "verify_ticket", "has_more"),
    *("verify_center_decision_conf", "cursor", "max_cursor", "log_pb", "extra"),
)
HEADERS = (
    *("x-vc-bdturing-parameters", "x-tt-verify-passport-decision", "x-tt-logid"),
    *("x-whale-throughput-abort-data", "argus_security_code", "location", "Date"),
)
ENCODED = st.binary(max_size=20) | ANYTHING
SHOWN = TEXTS | ENCODED.map(lambda text: base64.b64encode(text).decode())


def answer(endpoint: Endpoint) -> dict[str, Any]:
    """Return an answer with everything that is looked at."""
    filtered = {"filter_reason": "status_self_see", "detail_msg": "x", "notice": "y"}
    base = {**dict.fromkeys(NAMED, 0), "filter_detail": filtered, "status_msg": "ok"}
    inside = endpoint.paging.inside if endpoint.paging else None
    entries: Any = [{"a": 1}] if endpoint.payload != "object" else {"a": {"b": 1}}
    if endpoint.paging and inside:
        entries = {endpoint.paging.list_key: [{"a": 1}]}
    return {**base, endpoint.payload_key: entries}


def check(error: ApiError | None) -> None:
    if error is None:
        return
    assert isinstance(error, ApiError)
    told(error)


@EVERY
@fuzz()
@given(st.data())
def test_any_answer_is_data_or_an_error_of_one_line(
    endpoint: Endpoint, data: DataObject
) -> None:
    body = data.draw(mutants(answer(endpoint)).map(lambda mutant: mutant.text))
    error = classify(endpoint, 200, {}, body)
    check(error)
    if error is None:
        check_data(endpoint, body)


def check_data(endpoint: Endpoint, body: bytes) -> None:
    """Hold that data can be cut into its records, or is refused in one line."""
    try:
        if endpoint.payload != "object":
            assert split_page(body, endpoint.payload_key).entries is not None
        else:
            text = split_member(body, endpoint.payload_key)
            assert text is not None
            assert text.startswith(b"{")
    except MalformedPage as fault:
        told(fault)


@EVERY
@fuzz(0.5)
@given(
    st.sampled_from([0, 100, 200, 204, 302, 403, 404, 418, 429, 444, 500, 999]),
    st.dictionaries(st.sampled_from(HEADERS), SHOWN, max_size=3),
    st.binary(max_size=80) | ANYTHING | ANYTHING.map(lambda text: text[:-1]),
)
def test_any_status_headers_and_body(
    endpoint: Endpoint, status: int, headers: dict[str, str], body: bytes
) -> None:
    check(classify(endpoint, status, headers, body))
    check(classify_plain(status, headers, body))


@pytest.mark.parametrize("depth", DEPTHS[:-1])
@pytest.mark.parametrize("name", [*NAMED, "payload", "beside"])
def test_depth_in_any_member(name: str, depth: int) -> None:
    for endpoint in ENDPOINTS.values():
        base = answer(endpoint)
        base[endpoint.payload_key if name == "payload" else name] = "HERE"
        body = json.dumps(base).encode().replace(b'"HERE"', deep(depth))
        check(classify(endpoint, 200, {}, body))


def test_more_depth_than_anything_can_read() -> None:
    endpoint = ENDPOINTS["aweme_post"]
    for name in ("beside", "status_code", endpoint.payload_key):
        body = b'{"aweme_list":[],"%s":%s}' % (name.encode(), deep(DEPTHS[-1]))
        check(classify(endpoint, 200, {}, body))


@pytest.mark.parametrize("name", NAMES)
def test_names_that_mean_something_elsewhere(name: bytes) -> None:
    for endpoint in ENDPOINTS.values():
        text = json.dumps(answer(endpoint)).encode()
        body = text[:-1] + b',"%s":%s}' % (name, deep(60))
        assert classify(endpoint, 200, {}, body) is None
