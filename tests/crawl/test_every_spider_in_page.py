"""Every spider through a real Chromium, where only the site's own page is let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.items.kinds import KINDS, without_perishable
from douyin_crawler.sandbox.process import SandboxProcess
from tests.crawl.test_every_spider import SPIDERS, arguments_of
from tests.support.chromium import needs_chromium
from tests.support.served import collect
from tests.support.stored import endings, reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = needs_chromium

_MORE = {
    "user_posts": {"comments": "true", "profile": "true"},
    "comments": {"replies": "true"},
}
# Several at a time, so that more than one page is at work.
_AT_ONCE = {"CONCURRENT_REQUESTS_PER_DOMAIN": "8"}
_BY_PLACE = {"is_top"}
"""What differs between a post's two places in one list: the copy read last counts."""


@pytest.fixture(scope="module")
def site() -> Iterator[SandboxProcess]:
    """One of its own: it is switched between the two crawls."""
    with SandboxProcess("--day", "300", "--challenge") as serving:
        yield serving


async def kept(url: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return every record, less what differs from answer to answer."""
    found = {}
    async with reading(url) as store:
        for kind in KINDS.values():
            async for one in store.records(kind.name):
                fields = without_perishable(one.fields)
                key = (kind.name, one.id)
                if kind.name == "hot_word":  # a series: each answer has its own time
                    key = ("hot_word", fields.pop("board"), fields.pop("word"))
                    fields = {"list": fields["list"]}
                found[key] = {n: v for n, v in fields.items() if n not in _BY_PLACE}
    return found


@pytest.mark.parametrize("spider", SPIDERS)
async def test_the_same_records_as_by_plain_requests(
    site: SandboxProcess, url: str, tmp_path: Path, spider: str
) -> None:
    arguments = arguments_of(spider, site) | _MORE.get(spider, {})
    plain = tmp_path / "plain.db"
    site.switch("browser-only", on=False)
    ran = collect(site, spider, plain, settings=_AT_ONCE, **arguments)
    assert ran.status == 0, ran.err
    site.switch("browser-only")
    site.control("requests", "DELETE")
    signed = {"DOUYIN_SIGNER": "browser"}
    ran = collect(site, spider, url, settings=_AT_ONCE, environment=signed, **arguments)
    assert ran.status == 0, ran.err
    assert "WARNING" not in ran.err
    assert "ERROR" not in ran.err
    asked = [wire for wire in site.requests() if "/aweme/v1/" in wire["path"]]
    assert asked
    assert all(wire["page"] and not wire["refused"] for wire in asked)
    assert {ending.verdict for ending in (await endings(url)).values()} == {"complete"}
    expected = await kept(f"sqlite:///{plain}")
    assert expected
    assert await kept(url) == expected
