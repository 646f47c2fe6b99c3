from __future__ import annotations

from scrapy.http import Headers

from douyin_crawler.api.evidence import header_texts


def test_headers_of_any_bytes_are_read() -> None:
    headers = Headers({"x-tt-logid": b"a\xff\xfe", "Retry-After": "7", "X\xe9": "海"})
    headers.appendlist("Via", "a")
    headers.appendlist("Via", "b")
    assert header_texts(headers) == {
        "X-Tt-Logid": "a\ufffd\ufffd",
        "Retry-After": "7",
        "X\xc3\xa9": "海",
        "Via": "a,b",
    }
