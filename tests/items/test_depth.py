"""One record that is nested too deeply costs itself, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import TextResponse

from douyin_crawler.items import lenient
from douyin_crawler.items.observe import (
    observe_comment,
    observe_hot_words,
    observe_post,
)
from douyin_crawler.items.page import (
    Entry,
    TooDeep,
    decode_part,
    split_member,
    split_page,
)
from douyin_crawler.items.user import User
from douyin_crawler.spiders.comments import CommentsSpider
from douyin_crawler.spiders.user_posts import UserPostsSpider
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import TargetVerdict, Verdict
from tests.items.strategies import VALUES
from tests.support import samples

NOW = datetime(2026, 10, 1, tzinfo=UTC)
DEEP = b'["\\"]{",' * 20_000 + '{"海":1}'.encode() + b"]" * 20_000


def deep(value: dict[str, Any]) -> bytes:
    """Return the text of *value* with a member that nobody asks for."""
    return json.dumps({"zz": 0, **value}).encode().replace(b"0", DEEP, 1)


def page_of(list_key: str, *entries: bytes) -> bytes:
    """Return a page's text, with a deep member beside the list too."""
    shown = b" , ".join(entries)
    return b'{"x":%s,"%s": [%s],"has_more":1}' % (DEEP, list_key.encode(), shown)


def counting(spider: Any) -> Counter[str]:
    """Give *spider* a run that counts, and return the counts."""
    counts: Counter[str] = Counter()
    spider.run = SimpleNamespace(
        id="r",
        count=lambda name: counts.update([name]),
        ended=lambda *_, **__: None,
        clock=SimpleNamespace(read=lambda response: NOW),
    )
    spider.forget = spider.next_target = lambda *_, **__: None
    return counts


@settings(max_examples=20, deadline=None)
@given(st.lists(VALUES | st.just(DEEP.decode()), max_size=4), st.booleans())
def test_entries_are_cut_byte_for_byte(values: list[Any], ascii_only: bool) -> None:
    texts = [json.dumps(value, ensure_ascii=ascii_only) for value in values]
    entries = [text.encode("utf-8", "surrogatepass") for text in texts]
    for text in (DEEP, b'{"a":"\xff","b":%s}' % DEEP):
        page = split_page(page_of("list", *entries, text), "list")
        assert [entry.text for entry in page.entries or ()] == [*entries, text]
        assert page.envelope["has_more"] == 1
        assert page.rest == b'{"x":%s,"list":[],"has_more":1}' % DEEP


@given(VALUES, st.integers(1, 6))
def test_emptied_texts_are_json_to_their_depth(value: Any, deepest: int) -> None:
    text = json.dumps({"a": value, "b": [[['\\"]']]]})
    shown = lenient._emptied(text, deepest, " ")
    assert len(shown) == len(text)
    assert json.loads(shown) == _to_depth(json.loads(text), deepest)
    assert json.loads(lenient._emptied(text, deepest, "")) == json.loads(shown)


def _to_depth(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        inner = {n: _to_depth(v, depth - 1) for n, v in value.items()}
        return inner if depth > 1 else {}
    if isinstance(value, list):
        return [_to_depth(v, depth - 1) for v in value] if depth > 1 else []
    return value


def test_of_an_entry_too_deep_only_a_part_is_read() -> None:
    text = deep(samples.user())
    value = Entry(text=text).value
    assert value["sec_uid"] == samples.SEC_UID
    part, shown = decode_part(text)
    assert part == value == json.loads(shown)
    assert len(shown) < len(text) - 100_000
    assert split_member(text, "zz") == DEEP


def test_what_is_too_deep_has_no_item() -> None:
    with pytest.raises(TooDeep):
        observe_post(Entry(text=deep(samples.post())), "list", NOW)
    with pytest.raises(TooDeep):
        observe_comment(Entry(text=deep(samples.comment())), "list", NOW)
    body = b'{"data":%s}' % page_of("word_list", b'{"word":"a"}', b'{"word":"b"')
    body = body.replace(b'"b"', b'"b","zz":%s}' % DEEP)
    board = observe_hot_words(body, "main", NOW)
    assert (len(board.observations), board.without_word) == (1, 1)


def test_a_post_too_deep_is_counted_and_the_others_are_kept() -> None:
    spider = UserPostsSpider(user=samples.SEC_UID, since="2000-01-01")
    counts = counting(spider)
    good = json.dumps({**samples.post(), "is_ads": False}).encode()
    page = split_page(
        page_of("aweme_list", good, deep(samples.post()), b"{}"), "aweme_list"
    )
    walk = Walk(kind="posts", id=samples.SEC_UID)
    shown = [o for e in page.entries or () for o in spider.observe(walk, e, NOW)]
    assert [o.kind for o in shown] == ["post", "user"]
    assert counts == {"dropped/too_deep": 1, "dropped/no_id": 1}
    assert spider.past_range(walk, page) is False


def test_a_comment_too_deep_is_counted_and_the_others_are_kept() -> None:
    spider = CommentsSpider(post=samples.AWEME_ID)
    counts = counting(spider)
    walk = Walk(kind="comments", id=samples.AWEME_ID)
    good = json.dumps(samples.comment()).encode()
    texts = (deep(samples.comment()), b"{}", good)
    shown = [
        o for t in texts for o in spider.listing(walk).observe(walk, Entry(text=t), NOW)
    ]
    assert shown[0].id == samples.CID
    assert counts == {"dropped/too_deep": 1, "dropped/no_id": 1}


def test_the_user_of_a_profile_too_deep_is_read() -> None:
    spider = UserPostsSpider(user=samples.SEC_UID)
    counting(spider)
    for user in (deep(samples.user()), json.dumps(samples.user()).encode()):
        body = b'{"zz":%s,"user":%s}' % (DEEP, user)
        response = TextResponse("http://localhost/", body=body)
        walk = Walk(kind="posts", id=hashlib.md5(user).hexdigest())
        assert spider.begin(walk)
        shown, verdict = spider.parse_profile(response, walk)
        assert isinstance(shown.item, User)
        assert json.loads(shown.payload)["sec_uid"] == samples.SEC_UID
        assert verdict.verdict is not Verdict.FAILED


def test_a_profile_that_can_t_be_read_is_a_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lenient, "shallow", lambda text: text)
    spider = UserPostsSpider(user=samples.SEC_UID)
    counting(spider)
    body = b'{"user":%s}' % deep(samples.user())
    response = TextResponse("http://localhost/", body=body)
    walk = Walk(kind="posts", id="u")
    assert spider.begin(walk)
    (verdict,) = spider.parse_profile(response, walk)
    assert isinstance(verdict, TargetVerdict)
    assert (verdict.verdict, verdict.reason) == (
        Verdict.FAILED,
        "the profile is nested too deeply",
    )
