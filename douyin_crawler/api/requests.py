"""Requests to the API, before they are signed: no cookie, no token, no signature."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from scrapy import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from douyin_crawler.api.browser import Browser
    from douyin_crawler.api.endpoints import Endpoint

# The page that a request is made from; the site's own, wherever the API is.
SITE = "https://www.douyin.com"
ENDPOINT = "douyin_endpoint"
PAUSE = "douyin_pause"
SIGNER = "douyin_signer"
GENERATION = "douyin_generation"
"""Of the session that a request was signed for, as it was then."""


def api_request(
    endpoint: Endpoint,
    parameters: Mapping[str, str],
    *,
    base_url: str,
    browser: Browser,
    callback: Callable[..., Any],
    errback: Callable[..., Any],
    cb_kwargs: dict[str, Any] | None = None,
    pause: float = 0.0,
) -> Request:
    """Return the unsigned request for *endpoint*.

    Args:
        parameters: values for parameters of the endpoint's table row.
        pause: seconds to wait before it is sent, beside the slot's delay.

    Raises:
        KeyError: a parameter is not in the table.
    """
    own = dict(endpoint.params) | dict.fromkeys(endpoint.form, "")
    if unknown := parameters.keys() - own.keys():
        raise KeyError(f"{endpoint.name} has no parameter {sorted(unknown)}")
    own.update(parameters)
    form = {name: own.pop(name) for name in endpoint.form}
    query = encode(
        browser.parameters_before()
        + tuple(own.items())
        + browser.parameters_after(endpoint.version, endpoint.version_name)
    )
    headers = {"Referer": SITE + endpoint.referer.format_map(own | form)}
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return Request(
        f"{base_url.rstrip('/')}{endpoint.path}?{query}",
        method=endpoint.method,
        headers=headers,
        body=encode(tuple(form.items())) if form else b"",
        callback=callback,
        errback=errback,
        cb_kwargs=cb_kwargs or {},
        dont_filter=True,
        meta={ENDPOINT: endpoint.name, PAUSE: pause, "verbatim_url": True},
    )


def as_browser(query: str, browser: Browser, endpoint: Endpoint) -> str:
    """Return *query* with the common parameters as *browser* has them.

    Their order stays, and so does what is none of them.
    """
    common = _common(browser, endpoint.version, endpoint.version_name)
    return "&".join(
        common.get(part.partition("=")[0], part) for part in query.split("&")
    )


@lru_cache(maxsize=64)
def _common(browser: Browser, version: str, version_name: str) -> dict[str, str]:
    parameters = browser.parameters_after(version, version_name)
    return {name: encode(((name, value),)) for name, value in parameters}


def encode(parameters: tuple[tuple[str, str], ...]) -> str:
    """Return *parameters* as a query; what is signed is what goes out."""
    return urlencode(parameters, quote_via=quote, safe="")
