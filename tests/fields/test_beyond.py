"""What real answers have and the description lacks is told, and stored too."""

from __future__ import annotations

import json
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.api.contract import tables
from douyin_crawler.items.columns import RECORDS
from douyin_crawler.sandbox.process import SandboxProcess
from tests.fields.captured import FOLDERS, written
from tests.fields.check import values
from tests.fields.crawls import SPIDERS, run
from tests.fields.stored import Stored, of_sqlite
from tests.support.shared import CAPTURES, ROOT, needs_shared

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = needs_shared
ENDPOINTS = {
    name: folder
    for name, folders in FOLDERS.items()
    for folder in folders
    if name != "user_profile_self"
}
"""The endpoints that have captures of their own (the feed those of its successor)."""


def answers(folder: str) -> list[Any]:
    """Return the captured answers of a folder."""
    files = sorted((CAPTURES / folder).glob("*.json"))
    return [json.loads(file.read_text("utf-8")) for file in files]


def crawls() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the spiders that ask for every capture, with their arguments."""
    author = answers("aweme_post")[0]["aweme_list"][0]["author"]
    users = [answer["user"]["sec_uid"] for answer in answers("user_profile_other")]
    comments = answers("comment_list")[0]["comments"]
    notice = answers("notice_detail")[0]["notice_list_v2"][0]
    yield "user_posts", {"user": author["sec_uid"]}
    yield "user_profile", {"user": ",".join(users)}
    yield "comments", {"post": comments[0]["aweme_id"]}
    yield "feed", {"count": "100"}
    yield "notices", {"notice": f"{notice['nid']}:{notice['type']}"}
    yield "emojis", {}
    for _ in answers("hot_search_list"):
        yield "hot_list", {"board": "main"}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Stored]]:
    """What each spider has stored of the captures, everything kept."""
    made: dict[str, list[Stored]] = defaultdict(list)
    with (
        SandboxProcess("--captures", str(CAPTURES)) as sandbox,
        ThreadPoolExecutor(2) as pool,
    ):

        def crawled(spider: str, asked: dict[str, str]) -> tuple[str, Stored]:
            file = tmp_path_factory.mktemp(spider) / "douyin.db"
            ran = run(sandbox, spider, file, asked)
            assert ran.status in {0, 3}, ran.err
            return spider, of_sqlite(file)

        for spider, stored in pool.map(crawled, *zip(*crawls(), strict=True)):
            made[spider].append(stored)
    return made


def lacking(endpoint: str) -> set[str]:
    """Return the paths that captures have and the contract's table has not."""
    shown = (path for a in answers(ENDPOINTS[endpoint]) for path in written(a))
    return set(shown) - {field.path for field in tables()[endpoint].fields}


def kept(endpoint: str, path: str, stores: list[Stored]) -> set[str]:
    """Return the values at *path* in the payloads, as texts."""
    kind, rest = "page", path
    for of_record, above in RECORDS[endpoint]:
        if path.startswith(f"{above}."):
            kind, rest = of_record, path.removeprefix(f"{above}.")
            break
    payloads = [payload for stored in stores for payload in stored.payloads_of(kind)]
    return {json.dumps(v) for payload in payloads for v in values(payload, rest)}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_what_the_description_lacks_is_listed(endpoint: str) -> None:
    text = (ROOT / "docs" / "fields.md").read_text("utf-8")
    (own,) = [part for part in text.split("\n## ") if part.startswith(f"{endpoint}\n")]
    _, _, listed = own.partition("Seen in real answers")
    paths = lacking(endpoint)
    if endpoint == "tab_feed":  # what stands beside the posts is its successor's own
        paths = {path for path in paths if path.startswith("aweme_list[].")}
    assert [path for path in paths if f"| `{path}`" not in listed] == []


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_what_the_description_lacks_is_stored(
    endpoint: str, stores: dict[str, list[Stored]]
) -> None:
    captured = answers(ENDPOINTS[endpoint])
    lost = {}
    for path in lacking(endpoint):
        shown = {json.dumps(v) for answer in captured for v in values(answer, path)}
        lost[path] = shown - kept(endpoint, path, stores[SPIDERS[endpoint]])
    assert {path: values for path, values in lost.items() if values} == {}
