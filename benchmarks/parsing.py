"""Milliseconds a post from JSON to typed items, next to f2's filters in the same run.

    python -m venv f2venv && f2venv/bin/pip install f2==0.0.1.7
    python benchmarks/parsing.py --f2-python f2venv/bin/python [PAGE]

PAGE is an answer of ``aweme/post/``; by default the captured one. f2 makes of a post
a flat dict of some 30 values as they came, here it becomes an object of some 350, each
of its type.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from timeit import repeat
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from douyin_crawler.items.page import split_page  # noqa: E402
from douyin_crawler.items.post import Post, parse_post  # noqa: E402
from douyin_crawler.items.projection import decoder  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

F2 = "0.0.1.7"
PAGE = ROOT.parent / "shared" / "captures" / "aweme_post" / "page_2024-03.json"

VALUE = "decoded JSON to items"
TEXT = "a post's text to its item"
BODY = "a page's body to items"

F2_SCRIPT = """
import json, sys
from importlib.metadata import version
from timeit import repeat
from f2.apps.douyin.filter import UserPostFilter
body = sys.stdin.buffer.read()
page = json.loads(body)
posts = len(page["aweme_list"])
def ms(call):
    return min(repeat(call, number=1, repeat=7)) / posts * 1e3
value = ms(lambda: UserPostFilter(page)._to_list())
decoding = ms(lambda: json.loads(body))
print(json.dumps({
    "version": version("f2"),
    "python": sys.version.split()[0],
    "values": len(UserPostFilter(page)._to_list()[0]),
    "decoded JSON to items": value,
    "a post's text to its item": value + decoding,
    "a page's body to items": value + decoding,
}))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the parsing of a page of posts.")
    parser.add_argument("page", nargs="?", default=PAGE, type=Path, metavar="PAGE")
    parser.add_argument("--f2-python", default=sys.executable, metavar="PYTHON")
    arguments = parser.parse_args()
    if not arguments.page.is_file():
        parser.error(f"no page at {arguments.page}: name a saved answer of aweme/post/")
    body = arguments.page.read_bytes()
    f2 = time_f2(arguments.f2_python, body)
    if f2 is None:
        print(
            f"f2 is missing from {arguments.f2_python}. To compare with it:\n"
            f"    python -m venv f2venv && f2venv/bin/pip install f2=={F2}\n"
            "    python benchmarks/parsing.py --f2-python f2venv/bin/python\n"
        )
    print_table(body, time_ours(body), f2 or {})
    return 0


def time_ours(body: bytes) -> dict[str, float]:
    """Return milliseconds a post, the best of many rounds."""
    entries = split_page(body, "aweme_list").entries or []
    values = [entry.value for entry in entries]
    decode = decoder(Post, {})

    def ms(call: Callable[[], object]) -> float:
        return min(repeat(call, number=1, repeat=60)) / len(entries) * 1e3

    def from_body() -> list[Post | None]:
        found = split_page(body, "aweme_list").entries or []
        return [parse_post(decode(entry.text)) for entry in found]

    return {
        VALUE: ms(lambda: [parse_post(value) for value in values]),
        TEXT: ms(lambda: [parse_post(decode(entry.text)) for entry in entries]),
        BODY: ms(from_body),
    }


def time_f2(python: str, body: bytes) -> dict[str, Any] | None:
    """Return the same for f2, or None where *python* has none."""
    with TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, "-c", F2_SCRIPT],
            input=body,
            capture_output=True,
            check=False,
            cwd=folder,
        )
    if b"No module named 'f2'" in done.stderr:
        return None
    if done.returncode:
        sys.exit(f"f2 failed:\n{done.stderr.decode()}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def count(item: Any) -> int:
    """Return how many values an item holds."""
    if is_dataclass(item):
        return sum(count(getattr(item, part.name)) for part in fields(item))
    if isinstance(item, list):
        return sum(count(part) for part in item)
    return item is not None


def print_table(body: bytes, ours: dict[str, float], f2: dict[str, Any]) -> None:
    entries = split_page(body, "aweme_list").entries or []
    values = count(parse_post(entries[0].value))
    print(f"{len(entries)} posts of {len(body) // len(entries):,} bytes")
    print(f"values of the first: {values} here, {f2.get('values', '-')} in f2")
    print(f"Python {platform.python_version()}, f2 {f2.get('version', '-')}")
    print(f"\n{'milliseconds a post':28}{'here':>8}{'f2':>10}{'times':>8}")
    for name, mine in ours.items():
        theirs = f2.get(name)
        compared = f"{theirs:10.2f}{theirs / mine:8.0f}" if theirs else ""
        print(f"{name:28}{mine:8.3f}{compared}")


if __name__ == "__main__":
    sys.exit(main())
