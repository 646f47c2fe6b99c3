"""Chromium's names of network errors, as the exceptions that plain HTTP raises."""

from __future__ import annotations

import gzip
import re

from scrapy import exceptions
from scrapy.core.downloader.handlers.http11 import TunnelError

_NAME = re.compile(r"net::(ERR_[A-Z0-9_]+)")
_ERRORS: tuple[tuple[str, type[Exception]], ...] = (
    ("ERR_NAME_", exceptions.CannotResolveHostError),
    ("ERR_DNS", exceptions.CannotResolveHostError),
    ("ERR_TUNNEL", TunnelError),
    ("ERR_PROXY_AUTH", TunnelError),
    ("ERR_INVALID_AUTH", TunnelError),
    ("ERR_CONNECTION_REFUSED", exceptions.DownloadConnectionRefusedError),
    ("ERR_PROXY_CONNECTION", exceptions.DownloadConnectionRefusedError),
    ("ERR_ADDRESS", exceptions.DownloadConnectionRefusedError),
    ("ERR_TIMED_OUT", exceptions.DownloadTimeoutError),
    ("ERR_CONNECTION_TIMED_OUT", exceptions.DownloadTimeoutError),
    ("ERR_CONTENT_LENGTH_MISMATCH", exceptions.ResponseDataLossError),
    ("ERR_INCOMPLETE_CHUNKED", exceptions.ResponseDataLossError),
    ("ERR_CONTENT_DECODING", gzip.BadGzipFile),
    ("ERR_UNSAFE_PORT", exceptions.UnsupportedURLSchemeError),
)
"""By the beginning of a name; names from Chromium's net/base/net_error_list.h."""


def network_error(text: str) -> Exception:
    """Return the exception for what Chromium says of a request that failed.

    Of *text* only the error's name is taken over: the rest holds signed addresses.
    """
    match = _NAME.search(text)
    name = match[1] if match else "no reason given"
    for start, kind in _ERRORS:
        if name.startswith(start):
            return kind(f"net::{name}")
    return exceptions.DownloadFailedError(f"net::{name}" if match else name)
