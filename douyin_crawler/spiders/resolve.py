"""Handles and short links: one unsigned request each, before the walk begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from scrapy import Request

from douyin_crawler.items.page import MalformedPage, decode

if TYPE_CHECKING:
    from collections.abc import Callable

    from douyin_crawler.config import Config

# Source: behaviour.md 6 of the API notes; needs no login and no signature.
_HANDLE_LOOKUP = "https://www.iesdouyin.com/web/api/v2/user/info/?unique_id="


def lookup_request(
    handle: str, config: Config, callback: Callable[..., Any], **options: Any
) -> Request:
    """Return the request that finds the sec_uid of a handle (抖音号)."""
    return _request(_HANDLE_LOOKUP + quote(handle, safe=""), config, callback, options)


def short_link_request(
    url: str, config: Config, callback: Callable[..., Any], **options: Any
) -> Request:
    """Return the request for a short link, of which only the Location is read."""
    return _request(url, config, callback, options)


def read_handle(body: bytes) -> str | None:
    """Return the sec_uid of a look-up's answer, or None where there is no such user.

    Raises:
        MalformedPage: the answer is no look-up's.
    """
    answer = decode(body)
    if not isinstance(answer, dict) or "status_code" not in answer:
        raise MalformedPage("the look-up of the handle gave something else")
    info = answer.get("user_info")
    sec_uid = info.get("sec_uid") if isinstance(info, dict) else None
    return sec_uid if isinstance(sec_uid, str) and sec_uid else None


def _request(
    url: str, config: Config, callback: Callable[..., Any], options: dict[str, Any]
) -> Request:
    headers = {}
    if config.moved:
        # Nothing asks another host then; the original one goes along.
        parts = urlsplit(url)
        headers["X-Forwarded-Host"] = parts.netloc
        query = f"?{parts.query}" if parts.query else ""
        url = config.base_url.rstrip("/") + parts.path + query
    return Request(url, callback, headers=headers, dont_filter=True, **options)
