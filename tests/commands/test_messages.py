"""A mistake is one line on standard error and exit status 2."""

from __future__ import annotations

import pytest

from tests.support.crawling import scrapy


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("status", "--limit", "abc"), "argument --limit: invalid int value: 'abc'"),
        (("raw", "post", "1", "--source", "x"), "argument --source: invalid choice"),
        (("sandbox", "--port", "a"), "argument --port: invalid int value"),
        (("crawl", "self_profile", "-a", "user=x"), "of this spider; it takes none"),
        (("crawl", "hot_list", "-a", "x=1"), "of this spider; the only one is board"),
        (("forget", "-a", "users=x"), "of scrapy forget; did you mean user?"),
        (("forget", "-a", "user"), "-a user"),
        (("crawl", "hot_list", "-s", "x"), "use -s NAME=VALUE"),
    ],
)
def test_one_line(words: tuple[str, ...], message: str) -> None:
    ran = scrapy(*words)
    assert (ran.status, ran.out) == (2, "")
    (line,) = ran.err.strip().splitlines()
    assert line.startswith("error: ")
    assert message in line


def test_the_help_of_the_sandbox_says_what_to_do() -> None:
    ran = scrapy("sandbox", "-h")
    assert ran.status == 0
    assert ran.out.startswith("usage: scrapy sandbox [options]")
    assert "in another terminal" in ran.out
