"""Scrapy's own commands work in the project, without its store and session."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.support.crawling import crawl_environment, scrapy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("fresh")
PAGE = b"<html><title>A page</title></html>"
SPIDER = """
import scrapy

class Another(scrapy.Spider):
    name = "another"
    start_urls = ["{url}"]

    def parse(self, response):
        print(response.css("title::text").get())
        yield {{"title": "one"}}
"""


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("command", ["fetch", "shell", "runspider"])
def test_a_built_in_command_works_and_stores_nothing(
    url: str, store: Path, tmp_path: Path, command: str
) -> None:
    spider = tmp_path / "another.py"
    spider.write_text(SPIDER.format(url=url))
    words = {
        "fetch": ("fetch", url),
        "shell": ("shell", "-c", "response.css('title::text').get()", url),
        "runspider": ("runspider", str(spider)),
    }[command]
    ran = scrapy(*words, environment=crawl_environment(url, store))
    assert ran.status == 0, ran.err
    assert "Traceback" not in ran.err
    assert "A page" in ran.out
    assert not store.exists()


def test_fetch_prints_the_page_alone(url: str, store: Path) -> None:
    ran = scrapy("fetch", "--nolog", url, environment=crawl_environment(url, store))
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.strip() == PAGE.decode()
