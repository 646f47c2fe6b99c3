from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.items import lenient
from douyin_crawler.items.page import (
    MalformedPage,
    TooDeep,
    decode,
    replace_member,
    split_member,
    split_page,
)
from tests.items.strategies import ODD, TEXTS, VALUES
from tests.support.shared import CAPTURES, needs_shared

INDENTS = st.sampled_from([None, 0, 2])
DEEP = 200_000


def same(first: Any, second: Any) -> bool:
    """Compare value by value: types too, and NaN with NaN."""
    return repr(first) == repr(second)


@given(ODD, INDENTS, st.booleans())
def test_decode_equals_json(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    body = text.encode("utf-8", "surrogatepass")
    assert same(decode(body), json.loads(body))


@given(
    st.binary(max_size=60)
    | st.text('{}[]",:0123 \\u\ud83d').map(lambda t: t.encode("utf-8", "surrogatepass"))
)
def test_decode_refuses_what_json_refuses(body: bytes) -> None:
    try:
        value = json.loads(body.decode("utf-8", "surrogatepass"))
    except ValueError:
        value = MalformedPage
    try:
        mine = decode(body)
    except MalformedPage:
        mine = MalformedPage
    if mine is MalformedPage or value is not MalformedPage:
        assert same(mine, value)


@given(
    st.dictionaries(st.text(max_size=6) | st.just("\ud83d"), VALUES, max_size=4),
    st.lists(VALUES, max_size=5),
    INDENTS,
    st.booleans(),
)
def test_split_page_equals_json(
    beside: dict[str, Any], entries: list[Any], indent: int | None, ascii_only: bool
) -> None:
    whole = {**beside, "list": entries, "has_more": 1}
    text = json.dumps(whole, indent=indent, ensure_ascii=ascii_only)
    body = text.encode("utf-8", "surrogatepass")
    page = split_page(body, "list")
    expected = json.loads(body)
    assert page.entries is not None
    assert same([entry.value for entry in page.entries], expected["list"])
    assert same(page.envelope, {n: v for n, v in expected.items() if n != "list"})
    assert same(json.loads(page.rest), expected | {"list": []})
    for entry in page.entries:
        assert same(json.loads(entry.text), entry.value)
    at = 0
    for entry in page.entries:
        at = body.index(entry.text, at) + len(entry.text)


@given(st.dictionaries(TEXTS, VALUES, max_size=4), TEXTS, st.booleans())
def test_split_member_equals_json(
    value: dict[str, Any], name: str, ascii_only: bool
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    expected = json.loads(text)
    for member in (name, *value):
        part = split_member(text, member)
        assert (part is None) == (member not in expected)
        if part is not None:
            assert part in text
            assert same(json.loads(part), expected[member])


def test_split_member_of_no_object() -> None:
    assert split_member(b"[1]", "a") is None
    assert split_member(b'{"a":null}', "a") == b"null"


def test_the_last_of_equal_members_holds() -> None:
    body = b'{"list":[1],"x":1,"list":[2,3],"x":2}'
    page = split_page(body, "list")
    assert [entry.value for entry in page.entries or ()] == [2, 3]
    assert page.envelope == {"x": 2}
    page = split_page(body.replace(b"1", b'"\\ud83d"'), "list")
    assert [entry.value for entry in page.entries or ()] == [2, 3]


def test_a_page_without_its_list() -> None:
    page = split_page(b'{"status_code":0}', "aweme_list")
    assert page.entries is None
    assert page.envelope == {"status_code": 0}
    assert page.rest == b'{"status_code":0}'


@pytest.mark.parametrize("text", [b"null", b"[]", b" [ ] "])
def test_a_null_list_is_empty(text: bytes) -> None:
    page = split_page(b'{"aweme_list":' + text + b"}", "aweme_list")
    assert page.entries == []
    assert page.rest == b'{"aweme_list":[]}'


@pytest.mark.parametrize("text", [b"{}", b"1", b'"abc"', b"true", b'"\\ud83d"'])
def test_a_list_that_is_none_is_malformed(text: bytes) -> None:
    with pytest.raises(MalformedPage, match="'aweme_list' should be a list"):
        split_page(b'{"aweme_list":' + text + b"}", "aweme_list")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"<!DOCTYPE html><title>\n verify </title>", "HTML or XML titled 'verify'"),
        (b"blocked", "no JSON from byte 0"),
        (b"[1]", "another type: list"),
        (b"null", "another type: NoneType"),
        (b'{"a":1', "cut at byte 6"),
        (b'{"a":"\xe6\xb5\xb7', "cut at byte 9"),
        (b'{"a":"\xe6\xb5', "cut at byte 8"),
        ('{"海":x}'.encode(), "no JSON from byte 7"),
        (b'{"a":1}{"a":2}', "no JSON from byte 7"),
    ],
)
def test_what_is_no_page_is_named(body: bytes, message: str) -> None:
    with pytest.raises(MalformedPage, match=message) as caught:
        split_page(body, "aweme_list")
    assert "\n" not in str(caught.value)


@needs_shared
def test_a_page_cut_anywhere_is_malformed() -> None:
    body = (CAPTURES / "aweme_post" / "page_2024-03.json").read_bytes().rstrip()
    for at in (1, 100, 5_000, 100_000, len(body) - 1):
        with pytest.raises(MalformedPage, match=f"cut at byte {at}|no JSON from"):
            split_page(body[:at], "aweme_list")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_too_deep_is_malformed(opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    deep = opening * DEEP + "1" + closing * DEEP
    for body in (deep, '{"aweme_list":[' + deep + "]}", '["\\ud83d",' + deep + "]"):
        with pytest.raises(TooDeep, match="nested too deeply"):
            decode(body.encode())


def test_a_byte_order_mark_is_skipped() -> None:
    page = split_page(b'\xef\xbb\xbf{"aweme_list":[{"a":1}]}', "aweme_list")
    assert [entry.value for entry in page.entries or ()] == [{"a": 1}]


def test_bytes_that_are_not_utf8_cost_only_themselves() -> None:
    body = b'{"aweme_list":[{"a":"\xff"},{"b":"\\ud83d"}],"log":"\xfe"}'
    page = split_page(body, "aweme_list")
    assert [entry.text for entry in page.entries or ()] == [
        b'{"a":"\xff"}',
        b'{"b":"\\ud83d"}',
    ]
    assert [entry.value for entry in page.entries or ()] == [
        {"a": "\udcff"},
        {"b": "\ud83d"},
    ]


def test_integers_of_any_length_are_read() -> None:
    assert decode(b"9" * 100) == int("9" * 100)
    assert decode(b"-" + b"9" * 6_000) < -(2**64)
    page = split_page(b'{"a":' + b"9" * 6_000 + b',"list":[1]}', "list")
    assert page.envelope["a"] > 2**64


def test_numbers_beyond_a_float_are_read() -> None:
    assert math.isinf(decode(b"1e400"))


@given(VALUES)
def test_the_lenient_ways_agree_with_the_fast_ones(value: Any) -> None:
    text = json.dumps({"a": value, "b": [value, 1]}).encode()
    members = lenient.split_object(text) or {}
    assert list(members) == ["a", "b"]
    assert same(decode(members["a"]), json.loads(json.dumps(value)))
    parts = lenient.split_list(members["b"]) or []
    assert parts == [members["a"], b"1"]


def test_a_member_is_replaced_and_the_others_stay_byte_for_byte() -> None:
    text = b'{"a" : 1.50, "b":"\\ud83d\xff", "c":[ 1]}'
    assert replace_member(text, "c", b"[]") == b'{"a":1.50,"b":"\\ud83d\xff","c":[]}'
    with pytest.raises(MalformedPage, match="object"):
        replace_member(b"[]", "c", b"[]")


def test_a_list_inside_an_object_of_the_page() -> None:
    body = b'{"status_code":0,"data":{"has_more":true,"list":[{"id": 1},2],"x":1.50}}'
    page = split_page(body, "list", "data")
    assert [entry.text for entry in page.entries or ()] == [b'{"id": 1}', b"2"]
    assert page.envelope == {"has_more": True, "x": 1.5}
    rest = b'{"status_code":0,"data":{"has_more":true,"list":[],"x":1.50}}'
    assert page.rest == rest
    for without in (b'{"data":{"has_more":true}}', b'{"status_code":0}'):
        assert split_page(without, "list", "data").entries is None
    with pytest.raises(MalformedPage):
        split_page(b'{"data":null}', "list", "data")
