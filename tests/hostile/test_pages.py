"""What a list's page says of itself: list, cursor and has_more of any type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.api.endpoints import ENDPOINTS, Endpoint
from douyin_crawler.items.coerce import boolean, integer
from douyin_crawler.items.page import MalformedPage, replace_member, split_page
from douyin_crawler.spiders.paged import _cursor
from tests.hostile.checks import told
from tests.hostile.profile import fuzz
from tests.hostile.texts import ANYTHING, NAMES, spelled

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

PAGED = [row for row in ENDPOINTS.values() if row.paging]


@pytest.mark.parametrize("endpoint", PAGED, ids=lambda endpoint: endpoint.name)
@fuzz()
@given(st.data())
def test_any_list_any_cursor_any_has_more(endpoint: Endpoint, data: DataObject) -> None:
    paging = endpoint.paging
    assert paging is not None
    entries = st.lists(ANYTHING, max_size=4)
    joined = entries.map(lambda texts: b"[%s]" % b",".join(texts))
    names = [paging.list_key, paging.cursor_key or "x", paging.more_key]
    texts = [data.draw(joined | ANYTHING), data.draw(ANYTHING), data.draw(ANYTHING)]
    more = data.draw(st.lists(st.tuples(st.sampled_from(NAMES), ANYTHING), max_size=2))
    members = [*zip([name.encode() for name in names], texts, strict=True), *more]
    members = data.draw(st.permutations(members))
    body = b"{%s}" % b",".join(b'"%s":%s' % (n, text) for n, text in members)
    if paging.inside:
        body = b'{"x":1,"%s":%s}' % (paging.inside.encode(), body)
    try:
        page = split_page(body, paging.list_key, paging.inside)
    except MalformedPage as error:
        told(error)
        return
    assert page.entries is not None
    for entry in page.entries:
        assert entry.text in body
    rest = split_page(page.rest, paging.list_key, paging.inside)
    assert (rest.entries, rest.rest) == ([], page.rest)
    assert boolean(page.envelope.get(paging.more_key)) in {True, False, None}
    integer(page.envelope.get("total"))
    cursor = _cursor(page.envelope.get(paging.cursor_key))
    assert cursor is None or (cursor.isascii() and cursor.isprintable() and cursor)


@fuzz(3)
@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=5), ANYTHING)
def test_members_are_replaced_and_the_others_stay(
    members: dict[bytes, bytes], new: bytes
) -> None:
    body = b"{%s}" % b",".join(b'"%s":%s' % member for member in members.items())
    after = replace_member(body, "__proto__", new)
    for name, text in members.items():
        if name != b"__proto__":
            assert text in after
    assert new in after


@fuzz()
@given(st.binary(max_size=50) | ANYTHING | st.builds(spelled, st.lists(st.integers())))
def test_what_is_no_page_is_refused_in_one_line(body: bytes) -> None:
    try:
        page = split_page(body, "list")
    except MalformedPage as error:
        told(error)
    else:
        assert page.entries is None
