"""A session keeps to the fingerprint of its first signature."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from douyin_crawler.sandbox import gate, verify
from douyin_crawler.sandbox.verify_envelope import S4
from tests.sandbox.client import AGENT, API, MS_TOKEN, Client
from tests.sandbox.test_verify_sweep import changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from douyin_crawler.sandbox.server import Sandbox

PROFILE = API + "user/profile/other/"


def shown_by(query: str) -> bytes | None:
    """The fingerprint of a query that is accepted by itself; None if it is not."""
    try:
        received = verify.Received(query, b"", AGENT, 0.0)
        return verify.check_signature(received, max_age=None).fingerprint
    except verify.Refused:
        return None


def other_windows(query: str) -> Iterator[str]:
    """The query with one letter of its a_bogus changed and only another window."""
    before, _, value = query.partition("a_bogus=")
    own = shown_by(query)
    for changed in changes(unquote(value), S4, Random(1)):
        other = f"{before}a_bogus={quote(changed, safe='')}"
        if shown_by(other) not in {None, own}:
            yield other


async def test_another_window_in_a_session_is_refused(
    sandbox: Sandbox, visitor: Client
) -> None:
    user = sandbox.world.user(0).sec_uid
    assert (await visitor.api("user/profile/other/", sec_user_id=user)).body
    visitor.cookies.pop("UIFID_TEMP", None)  # no third signature over the second
    query = visitor.query(PROFILE, {"sec_user_id": user, "msToken": MS_TOKEN})
    others = list(other_windows(query))
    assert len(others) > 3
    for other in others:
        assert (await visitor.send(PROFILE, other)).body == b""
        assert sandbox.log.entries()[-1]["refused"] == "signature: fingerprint"
    assert (await visitor.send(PROFILE, query)).body


async def test_another_session_may_have_another_window(
    sandbox: Sandbox, visitor: Client
) -> None:
    user = sandbox.world.user(0).sec_uid
    visitor.cookies.pop("UIFID_TEMP", None)
    query = visitor.query(PROFILE, {"sec_user_id": user})
    other = next(other_windows(query))
    assert (await visitor.send(PROFILE, other)).body, "the first of its session"
    assert (await visitor.send(PROFILE, query)).body == b""
    async with Client(sandbox.url) as second:
        await second.visit()
        assert (await second.send(PROFILE, query)).body


async def test_the_longest_unused_session_is_forgotten(
    sandbox: Sandbox, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "SESSIONS", 1)
    user = sandbox.world.user(0).sec_uid
    assert (await visitor.api("user/profile/other/", sec_user_id=user)).body
    async with Client(sandbox.url) as second:
        await second.visit()
        assert (await second.api("user/profile/other/", sec_user_id=user)).body
    visitor.cookies.pop("UIFID_TEMP", None)
    query = visitor.query(PROFILE, {"sec_user_id": user})
    assert (await visitor.send(PROFILE, next(other_windows(query)))).body
