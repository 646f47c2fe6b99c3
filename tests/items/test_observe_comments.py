from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from douyin_crawler.items.comment import Comment, parse_comment
from douyin_crawler.items.hot_word import HotWord
from douyin_crawler.items.observe import observe_comment, observe_hot_words
from douyin_crawler.items.page import Entry, MalformedPage, split_page
from douyin_crawler.items.user import User
from tests.items import captured
from tests.items.places import changed
from tests.items.strategies import VALUES
from tests.support import samples
from tests.support.shared import CAPTURES, needs_shared

NOW = datetime(2026, 1, 5, 12, 28, 31, tzinfo=UTC)
PAGES = [
    "comment_list/last_page_2025-11.json",
    "comment_list_reply/replies_2023-05.json",
]
BOARDS = [f"hot_search_list/board_2026-01-05_{name}.json" for name in "ab"]


def entry_of(value: Any) -> Entry:
    """Return an entry of a page that shows *value*."""
    return Entry(text=json.dumps(value).encode())


def test_a_comment_and_who_wrote_it_are_shown() -> None:
    entry = entry_of(samples.comment())
    comment, user = observe_comment(entry, "list", NOW)
    assert (comment.kind, comment.id, comment.source) == (
        "comment",
        samples.CID,
        "list",
    )
    assert (user.kind, user.id, user.source) == ("user", samples.SEC_UID, "embedded")
    assert comment.observed_at == user.observed_at == NOW
    assert comment.payload == entry.text
    assert json.loads(user.payload) == samples.user()
    assert comment.item == parse_comment(samples.comment())
    assert isinstance(user.item, User)
    assert user.item.signature == "喜欢 #海边 的 @朋友"


def test_inline_replies_are_shown_each_with_who_wrote_it() -> None:
    replies = [samples.reply(1), {"text": "no cid"}, samples.reply(2)]
    value = changed(samples.comment(), "reply_comment", replies)
    shown = observe_comment(entry_of(value), "list", NOW)
    assert [one.kind for one in shown] == ["comment", "user"] * 3
    assert [one.source for one in shown] == ["list", *["embedded"] * 5]
    assert [json.loads(one.payload) for one in shown[2::2]] == [replies[0], replies[2]]
    assert shown[3].id == "MS4wLjABAAAAreply1"
    assert isinstance(shown[2].item, Comment)
    assert shown[2].item.reply_id == samples.CID


def test_replies_inline_with_a_reply_are_shown_too() -> None:
    inner = {**samples.reply(2), "reply_comment": [samples.reply(3), {"text": "-"}]}
    outer = {**samples.reply(1), "reply_comment": [inner]}
    value = changed(samples.comment(), "reply_comment", [outer, samples.reply(4)])
    shown = observe_comment(entry_of(value), "list", NOW)
    assert [one.kind for one in shown] == ["comment", "user"] * 5
    users = [one.id for one in shown if one.kind == "user"]
    assert users[1:] == [f"MS4wLjABAAAAreply{n}" for n in (1, 2, 3, 4)]
    assert json.loads(shown[4].payload) == inner
    assert {one.source for one in shown[1:]} == {"embedded"}


def test_replies_may_stand_in_each_other_many_times() -> None:
    text = b"[]"
    for number in range(300):
        text = b'[{"cid":"%d","reply_comment":%s}]' % (300 - number, text)
    shown = observe_comment(Entry(text=text[1:-1]), "list", NOW)
    assert [one.id for one in shown] == [str(number) for number in range(1, 301)]


def test_payloads_are_the_very_bytes() -> None:
    reply = b'{"cid": "6",\n"text":"\\ud83d\xff","n":1.50,"user":{"sec_uid" : "MS4y"}}'
    text = (
        b'{"cid":"5", "reply_comment" : [ ' + reply + b' ],"user":{"sec_uid":"MS4x"}}'
    )
    comment, user, inline, author = observe_comment(Entry(text=text), "list", NOW)
    assert comment.payload == text
    assert user.payload == b'{"sec_uid":"MS4x"}'
    assert inline.payload == reply
    assert author.payload == b'{"sec_uid" : "MS4y"}'


@given(VALUES)
def test_an_entry_without_an_id_shows_nothing(value: Any) -> None:
    if parse_comment(value) is None:
        assert observe_comment(entry_of(value), "list", NOW) == []


@pytest.mark.parametrize("text", [b'{"a":', b"", b"<html>", b'{"cid":"5"'])
def test_an_entry_that_is_no_json_shows_nothing(text: bytes) -> None:
    assert observe_comment(Entry(text=text), "list", NOW) == []


@given(VALUES)
def test_any_user_leaves_the_comment(user: Any) -> None:
    value = changed(samples.comment(), "user", user)
    shown = observe_comment(entry_of(value), "list", NOW)
    assert shown[0].kind == "comment"
    assert len(shown) == 1 or shown[1].id == user["sec_uid"]


@given(VALUES)
def test_any_inline_replies_leave_the_comment(replies: Any) -> None:
    value = changed(samples.comment(), "reply_comment", replies)
    shown = observe_comment(entry_of(value), "list", NOW)
    assert [one.kind for one in shown[:2]] == ["comment", "user"]


@needs_shared
@pytest.mark.parametrize("name", PAGES)
def test_a_captured_page_shows_every_comment_and_user(name: str) -> None:
    body = (CAPTURES / name).read_bytes()
    entries = split_page(body, "comments").entries or []
    shown = [one for entry in entries for one in observe_comment(entry, "list", NOW)]
    raw = captured.load(name)["comments"]
    assert [one.kind for one in shown] == ["comment", "user"] * len(raw)
    assert [json.loads(one.payload) for one in shown[::2]] == raw
    assert [json.loads(one.payload) for one in shown[1::2]] == [
        value["user"] for value in raw
    ]
    assert [one.item for one in shown[::2]] == [parse_comment(value) for value in raw]


def test_the_words_of_a_board_are_shown() -> None:
    body = json.dumps(samples.hot_board()).encode()
    board = observe_hot_words(body, "main", NOW)
    ids = ["ranked:置顶", f"ranked:{samples.WORD}", "ranked:第二", "rising:上升"]
    assert [one.payload_id for one in board.observations] == [f"main:{i}" for i in ids]
    assert [one.id for one in board.observations] == [
        f"main:{i}:2026-01-05T12:28:31Z" for i in ids
    ]
    words = [one.item for one in board.observations if isinstance(one.item, HotWord)]
    assert [word.is_pinned for word in words] == [True, False, False, False]
    assert [word.position for word in words] == [None, 7, 8, None]
    assert {word.active_time for word in words} == {"2026-01-05 20:28:10"}
    assert {one.source for one in board.observations} == {"list"}
    assert board.without_word == 0


def test_the_rest_of_a_board_is_kept_byte_for_byte() -> None:
    body = (
        b'{"status_code" : 0, "data":{"word_list":[ {"word":"\\ud83d\xff" , "n":1.50} ]'
        b',"trending_list":[{"word" : "b"}], "active_time":"x","n":1.0},"log":{ "a":2}}'
    )
    board = observe_hot_words(body, "main", NOW)
    first, second = board.observations
    assert first.payload == b'{"word":"\\ud83d\xff" , "n":1.50}'
    assert second.payload == b'{"word" : "b"}'
    assert board.rest == (
        b'{"status_code":0,"data":{"word_list":[],"trending_list":[],'
        b'"active_time":"x","n":1.0},"log":{ "a":2}}'
    )


def test_entries_without_a_word_are_counted() -> None:
    value = samples.hot_board()
    value["data"]["word_list"] += [{"hot_value": 5}, None]
    value["data"]["trending_list"] = [{"word": ""}]
    board = observe_hot_words(json.dumps(value).encode(), "main", NOW)
    assert len(board.observations) == 3
    assert board.without_word == 3


@pytest.mark.parametrize("rising", [{}, {"trending_list": None}, {"trending_list": []}])
def test_a_board_may_have_no_rising_words(rising: dict[str, Any]) -> None:
    value = {"data": {"word_list": [samples.hot_word()], **rising}}
    board = observe_hot_words(json.dumps(value).encode(), "society", NOW)
    assert [one.payload_id for one in board.observations] == [
        f"society:ranked:{samples.WORD}"
    ]
    assert json.loads(board.rest)["data"]["word_list"] == []


def test_a_board_may_be_empty() -> None:
    board = observe_hot_words(b'{"data":{"word_list":null}}', "main", NOW)
    assert board.observations == []
    assert board.rest == b'{"data":{"word_list":[]}}'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty"),
        (b"<html>", "HTML"),
        (b"[]", "'data'"),
        (b'{"status_code":0}', "'data'"),
        (b'{"data":null}', "object"),
        (b'{"data":[]}', "object"),
        (b'{"data":{}}', "word_list"),
        (b'{"data":{"word_list":{}}}', "list"),
        (b'{"data":{"word_list":[],"trending_list":5}}', "list"),
        (b'{"data":' + b"[" * 200_000, "cut at byte 200008"),
    ],
)
def test_an_answer_without_its_list_is_malformed(body: bytes, message: str) -> None:
    with pytest.raises(MalformedPage, match=message):
        observe_hot_words(body, "main", NOW)


@given(VALUES)
def test_any_list_is_read_or_malformed(entries: Any) -> None:
    body = json.dumps({"data": {"word_list": entries}}).encode()
    try:
        board = observe_hot_words(body, "main", NOW)
    except MalformedPage:
        assert entries is not None
        assert not isinstance(entries, list)
        return
    assert len(board.observations) + board.without_word == len(entries or [])


@needs_shared
@pytest.mark.parametrize("name", BOARDS)
def test_a_captured_board_shows_every_word(name: str) -> None:
    body = (CAPTURES / name).read_bytes()
    board = observe_hot_words(body, "main", NOW)
    data = captured.load(name)["data"]
    raw = [*data["word_list"], *data["trending_list"]]
    assert [json.loads(one.payload) for one in board.observations] == raw
    assert len({one.id for one in board.observations}) == 55
    rest = json.loads(board.rest)
    assert rest["data"]["word_list"] == rest["data"]["trending_list"] == []
    rest["data"] |= {n: data[n] for n in ("word_list", "trending_list")}
    assert rest == captured.load(name)
