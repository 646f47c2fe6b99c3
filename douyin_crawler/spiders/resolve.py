"""Handles and short links: one unsigned request each, before the walk begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from scrapy import Request

from douyin_crawler.api.classify import classify
from douyin_crawler.api.endpoints import Endpoint
from douyin_crawler.api.errors import HandleGone, ParameterRefused
from douyin_crawler.items.page import decode

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.http import Response

    from douyin_crawler.config import Config

# Source: behaviour.md 6 of the API notes; needs no login and no signature.
_HANDLE_LOOKUP = "https://www.iesdouyin.com/web/api/v2/user/info/?unique_id="
# Not of the API proper: it is neither signed nor has it a session.
_LOOKUP = Endpoint(
    name="handle_lookup",
    path="/web/api/v2/user/info/",
    params=(("unique_id", ""),),
    payload_key="user_info",
    payload="object",
    login="no",
)


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


def read_handle(response: Response) -> str:
    """Return the sec_uid of a look-up's answer.

    Raises:
        ApiError: no user has this handle (status_code 5), or the look-up is refused.
    """
    error = classify(_LOOKUP, response.status, {}, response.body)
    if isinstance(error, ParameterRefused):
        raise HandleGone(error.evidence)
    if error:
        raise error
    info = decode(response.body)["user_info"]
    return str(info.get("sec_uid") or "")


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
