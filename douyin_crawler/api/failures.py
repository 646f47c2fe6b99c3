"""What can fail on the way: the network's rows of the table, and their exceptions."""

# ruff: noqa: N818 - the names say what happened; all are errors

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import zlib

import msgspec
import scrapy.exceptions as scrapy_errors
from scrapy.core.downloader.handlers.http11 import TunnelError
from twisted.internet import error as twisted_errors
from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from douyin_crawler.api.errors import (
    REPORT,
    Action,
    ApiError,
    BlockError,
    FailedError,
    Malformed,
    MalformedError,
)
from douyin_crawler.api.evidence import one_line
from douyin_crawler.verdicts import Verdict


class TransientError(ApiError):
    action = Action.TRANSIENT
    verdict = Verdict.FAILED
    advice = "run the same command again later"


class BrokenEncoding(MalformedError):
    slug = "broken_encoding"
    meaning = "the compressed answer is broken"


class DownloadCancelled(FailedError):
    slug = "download_cancelled"
    meaning = "the download was cut off"
    advice = "if the answer was too large, raise DOWNLOAD_MAXSIZE"


class ServerError(TransientError):
    slug = "server_error"
    meaning = "the server fails"


class Timeout(TransientError):
    slug = "timeout"
    meaning = "no answer in time"
    advice = "check the network, or raise DOWNLOAD_TIMEOUT"


class ConnectionLost(TransientError):
    slug = "connection_lost"
    meaning = "the connection broke"


class DataLoss(TransientError):
    slug = "data_loss"
    meaning = "the answer was cut short on its way"


class UnreachableError(ApiError):
    # No other target can fare better while the network is away.
    action = Action.TRANSIENT
    verdict = Verdict.BLOCKED


class ConnectionRefused(UnreachableError):
    slug = "connection_refused"
    meaning = "nothing answers at the address"
    advice = "check DOUYIN_BASE_URL, DOUYIN_PROXY and the network"


class HostUnknown(UnreachableError):
    slug = "host_unknown"
    meaning = "the host's name can't be resolved"
    advice = "check the network and DOUYIN_BASE_URL"


class ProxyFailed(UnreachableError):
    slug = "proxy"
    meaning = "the proxy refuses"
    advice = "check DOUYIN_PROXY, its user and its password"


class UnsupportedUrl(BlockError):
    slug = "unsupported_url"
    meaning = "the address can't be asked"
    advice = "check DOUYIN_BASE_URL and DOUYIN_PROXY"


class UnexpectedError(FailedError):
    slug = "unexpected_error"
    meaning = "an error that no one thought of"
    advice = REPORT


# First match wins: what is more special stands first.
_EXCEPTIONS: tuple[tuple[tuple[type[BaseException], ...], type[ApiError]], ...] = (
    (
        (
            scrapy_errors.IgnoreRequest,
            scrapy_errors.DownloadCancelledError,
            scrapy_errors.StopDownload,
            CancelledError,
            asyncio.CancelledError,
        ),
        DownloadCancelled,
    ),
    ((gzip.BadGzipFile, zlib.error, EOFError), BrokenEncoding),
    ((UnicodeError, json.JSONDecodeError, msgspec.DecodeError), Malformed),
    (
        (
            scrapy_errors.DownloadTimeoutError,
            twisted_errors.TimeoutError,
            twisted_errors.TCPTimedOutError,
            TimeoutError,
        ),
        Timeout,
    ),
    (
        (
            scrapy_errors.CannotResolveHostError,
            twisted_errors.DNSLookupError,
            twisted_errors.UnknownHostError,
            socket.gaierror,
        ),
        HostUnknown,
    ),
    (
        (
            scrapy_errors.DownloadConnectionRefusedError,
            twisted_errors.ConnectionRefusedError,
            twisted_errors.NoRouteError,
            ConnectionRefusedError,
        ),
        ConnectionRefused,
    ),
    ((scrapy_errors.ResponseDataLossError,), DataLoss),
    ((TunnelError,), ProxyFailed),
    (
        (scrapy_errors.UnsupportedURLSchemeError, scrapy_errors.NotSupported),
        UnsupportedUrl,
    ),
    (
        (
            scrapy_errors.DownloadFailedError,
            twisted_errors.ConnectionClosed,
            twisted_errors.ConnectError,
            ResponseFailed,
            OSError,
        ),
        ConnectionLost,
    ),
)
_OPTIONAL_DECODERS = frozenset({"brotli", "brotlicffi"})


def classify_exception(exc: BaseException) -> ApiError:
    """Return the row for a network error, or for an answer that can't be unpacked."""
    if isinstance(exc, Failure):
        return classify_exception(exc.value or Exception("no cause given"))
    if isinstance(exc, ApiError):
        return exc
    name, text = type(exc).__name__, one_line(str(exc))
    return _row(exc)(f"{name}: {text}" if text else name)


def _row(exc: BaseException) -> type[ApiError]:
    module = type(exc).__module__.partition(".")[0]
    if module in _OPTIONAL_DECODERS or type(exc).__name__ == "ZstdError":
        return BrokenEncoding
    for types, kind in _EXCEPTIONS:
        if isinstance(exc, types):
            return kind
    return UnexpectedError
