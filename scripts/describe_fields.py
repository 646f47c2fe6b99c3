"""Write docs/fields.md: every field of the answers, what it means, where it is stored.

    python scripts/describe_fields.py [OUT_FILE]

From the project's own copy of the contract and the dataclasses of the items.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from douyin_crawler.api.contract import tables  # noqa: E402
from douyin_crawler.api.private import PRIVATE  # noqa: E402
from douyin_crawler.items.columns import columns  # noqa: E402
from douyin_crawler.sandbox.answered import answered  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.api.contract import Field, Table
    from douyin_crawler.items.columns import Column

OUT = ROOT / "docs" / "fields.md"
SPIDERS = {
    "aweme_post": "user_posts",
    "tab_feed": "feed",
    "comment_list": "comments",
    "hot_search_list": "hot_list",
    "user_profile_other": "user_profile",
    "user_profile_self": "self_profile",
    "im_user_info": "user_info",
    "notice_detail": "notices",
    "emoji_list": "emojis",
    "emoticon_trending": "stickers",
}
HEAD = """\
# Fields

Every field that the API description lists, endpoint by endpoint, and every further one
that real answers were seen to have. All of them are stored, as they came, in the
payloads (`scrapy raw`); the private ones, marked so, only with
`DOUYIN_STORE_PRIVATE=true`. What stands beside the records (status, cursor, ...) is in
the page's payload.

A typed one is moreover a column of a table (in MongoDB a field of a collection), under
the name given here: `posts.author.nickname` is `nickname` in the part `author` of the
record. "else" stands before a column that takes its value from there only where a
better place has none. The description gives no meanings; those here are our own, from
names and from what answers show.

Made by `scripts/describe_fields.py`; the tests see to it that it is up to date.
"""


def is_private(path: str) -> bool:
    return any(name.removesuffix("[]") in PRIVATE for name in path.split("."))


def stored_as(fed: list[Column]) -> str:
    return "<br>".join(f"{'else ' * bool(c.better)}`{c}`" for c in fed)


def row(one: Field, fed: dict[str, list[Column]], *meaning: str) -> str:
    private = " (private)" if is_private(one.path) else ""
    cells = (f"`{one.path}`{private}", one.type, stored_as(fed.get(one.path, [])))
    return f"| {' | '.join((*cells, *meaning))} |"


def typed(fields: tuple[Field, ...], fed: dict[str, list[Column]]) -> int:
    """How many fields some column takes its value from first."""
    return sum(any(not c.better for c in fed.get(f.path, ())) for f in fields)


def section(table: Table) -> Iterator[str]:
    fed = columns(table.name, answered(table.name))
    about = f": {table.about}" if table.about else ""
    yield f"\n## {table.name}\n"
    yield f"`{table.method} {table.path}`, {table.title}{about}\n"
    yield f"Spider: `{SPIDERS[table.name]}`\n"
    yield "| field | type | typed | meaning | 含义 |"
    yield "| --- | --- | --- | --- | --- |"
    for one in table.fields:
        yield row(one, fed, one.english, one.chinese)
    if table.beyond:
        yield "\nSeen in real answers, and not in the description:\n"
        yield "| field | type | typed |"
        yield "| --- | --- | --- |"
        for one in table.beyond:
            yield row(one, fed)


def overview() -> Iterator[str]:
    yield (
        "| endpoint | fields | typed | with a meaning "
        "| beyond the description | of them typed |"
    )
    yield "| --- | --: | --: | --: | --: | --: |"
    sums = [0, 0, 0, 0, 0]
    for name, table in tables().items():
        fed = columns(name, answered(name))
        meant = sum(bool(field.english) for field in table.fields)
        counts = [len(table.fields), typed(table.fields, fed), meant]
        counts += [len(table.beyond), typed(table.beyond, fed)]
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        yield f"| [{name}](#{name}) | {' | '.join(map(str, counts))} |"
    yield f"| all | {' | '.join(map(str, sums))} |"


def text() -> str:
    lines = [HEAD, *overview()]
    for table in tables().values():
        lines += section(table)
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=OUT)
    parser.parse_args().out.write_text(text(), "utf-8")


if __name__ == "__main__":
    main()
