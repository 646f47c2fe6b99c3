"""The web pages' switches as a plain client meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.login import LIFE, Logins
from douyin_crawler.sandbox.proof import HEADER, Proofs, UnprovenError, _digest
from douyin_crawler.sandbox.site import Orders, Site
from douyin_crawler.sandbox.tokens import Mint
from douyin_crawler.sandbox.wire import Wire
from tests.sandbox.client import Client, sec_uid

if TYPE_CHECKING:
    from douyin_crawler.sandbox.server import Sandbox


async def test_browser_only_refuses_a_plain_client(
    sandbox: Sandbox, visitor: Client
) -> None:
    async def statuses() -> list[tuple[int, bool]]:
        user = sec_uid(sandbox, 0)
        answers = [
            await visitor.api("aweme/post/", sec_user_id=user, max_cursor=0),
            await visitor.api("user/profile/other/", sec_user_id=user),
            await visitor.api("emoji/list"),
        ]
        return [(answer.status, b"{" in answer.body) for answer in answers]

    await visitor.control("browser-only", "POST")
    await visitor.visit()  # it is let in to the page, and knows no better for it
    assert await statuses() == [(403, False), (200, False), (200, False)]
    refused = {wire["refused"] for wire in sandbox.log.entries()[-3:]}
    assert refused == {"proof: missing"}
    await visitor.control("browser-only", "DELETE")
    assert await statuses() == [(200, True)] * 3


async def test_a_challenge_or_a_captcha_hands_out_no_tokens(sandbox: Sandbox) -> None:
    for switch, mark in (("challenge", b"_$jsvmprt"), ("verify", b"TTGCaptcha")):
        async with Client(sandbox.url) as client:
            await client.control(switch, "POST")
            await client.visit()
            assert "ttwid" not in client.cookies
            assert mark in (await client.send("/")).body
            await client.control(switch, "DELETE")
            await client.visit()
            assert {"ttwid", "UIFID_TEMP"} <= client.cookies.keys()


@pytest.mark.parametrize(
    "orders", [{"misbehave": "explode"}, {"after": 0}, {"login_life": 0}, {"colour": 1}]
)
async def test_orders_are_checked(visitor: Client, orders: dict[str, Any]) -> None:
    assert "error" in await visitor.control("page", "POST", orders)


def test_an_order_is_for_one_call() -> None:
    site = Site(browser_only=False, challenge=False)
    site.obey(Orders(misbehave="hang", after=3))
    site.obey(Orders(signature="X-Bogus", login_life=5.0))
    assert [site.order() for _ in range(5)] == ["", "", "hang", "", ""]
    assert (site.signature, site.login_life) == ("X-Bogus", 5.0)


def test_a_count_of_a_page_is_good_once_in_any_order() -> None:
    proofs = Proofs()
    page = proofs.issue("1|a")

    def use(count: int) -> str:
        wire = Wire("GET", "/aweme/v1/web/a/", "b=1", [("User-Agent", "c")], 0.0)
        digest = _digest(page["nonce"], str(count), wire)
        wire.headers.append((HEADER, f"{page['id']}.{count}.{digest}"))
        return proofs.check(wire, "1|a")

    for count in (*range(4000, 1, -1), *range(4001, 9000)):
        use(count)
    for count in (2, 4500, 8999):
        with pytest.raises(UnprovenError, match="replayed"):
            use(count)
    assert use(9000) == page["id"]


def test_a_code_runs_out_unless_it_was_confirmed() -> None:
    logins = Logins(Mint(1), Site(browser_only=False, challenge=False))
    old, new = (logins.show("http://a", now)["token"] for now in (0.0, 30.0))
    assert logins.turn("scanned", 59.0) == 2
    assert [logins.status(token, 61.0) for token in (old, new)] == [
        "expired",
        "scanned",
    ]
    assert logins.turn("confirmed", 61.0) == 1
    assert logins.status(new, 1000.0) == "confirmed"
    assert logins.status("unknown", 0.0) == "expired"
    (line, *_) = logins.set_cookies(1000.0)
    assert line.startswith(f"sessionid={Mint(1).session_id()}; ")
    assert line.endswith(f"; Max-Age={LIFE}; HttpOnly")
