"""What MongoDB's errors mean to a person."""

from __future__ import annotations

from typing import Any

from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

_REFUSED = (
    "it refuses the login: check user and password in DOUYIN_STORE, and add "
    "?authSource=admin where the user was made in another database"
)
_NO_RIGHTS = (
    "it wants a login, or one that may read and write this database: put "
    "user:password@ into DOUYIN_STORE"
)
_NOT_PRIMARY = (
    "this server takes no writes: name all members and replicaSet=NAME in DOUYIN_STORE"
)
_FULL = "its disk or quota is full: free some space, then run it again"
_LATE = "it did not answer in time"
_GONE = "the server can't be reached: check that it runs, and its address"
_ADVICE = {
    11: _REFUSED,
    13: _NO_RIGHTS,
    18: _REFUSED,
    50: _LATE,
    64: _LATE,
    91: _NOT_PRIMARY,
    189: _NOT_PRIMARY,
    262: _LATE,
    8000: _REFUSED,
    10107: _NOT_PRIMARY,
    11602: _NOT_PRIMARY,
    13435: _NOT_PRIMARY,
    13436: _NOT_PRIMARY,
    14031: _FULL,
}
"""By the server's error code."""
_PASSING = frozenset({50, 64, 91, 189, 262, 10107, 11600, 11602, 13435, 13436})
"""Codes of servers that are being restarted, change their roles, or are too busy."""
DUPLICATE_KEY = 11000
"""Another document has the key."""
_MAX_SAID = 200


def is_transient(error: PyMongoError) -> bool:
    """Return whether the same call may well succeed in a while."""
    return isinstance(error, ConnectionFailure) or _code(error) in _PASSING


def explain(error: PyMongoError) -> str:
    """Return one line that says what to do, with the server's own words behind it."""
    said = _said(error)
    advice = _advice(error)
    return f"{advice} ({said})" if advice else said


def _advice(error: PyMongoError) -> str | None:
    if isinstance(error, NotPrimaryError):
        return _NOT_PRIMARY
    if isinstance(error, ServerSelectionTimeoutError):
        return _GONE
    if error.timeout:
        return _LATE
    if isinstance(error, ConnectionFailure | ConfigurationError):
        return _GONE
    return _ADVICE.get(_code(error) or 0)


def _code(error: PyMongoError) -> int | None:
    if isinstance(error, BulkWriteError):
        first = _first(error)
        return int(first["code"]) if first else None
    return error.code if isinstance(error, OperationFailure) else None


def _said(error: PyMongoError) -> str:
    """Return what the server or the driver said, without the state of everything."""
    if isinstance(error, BulkWriteError):
        text = (_first(error) or {}).get("errmsg") or str(error)
    elif isinstance(error, OperationFailure) and error.details:
        text = error.details.get("errmsg") or str(error)
        text = text.partition(" to execute command")[0]
    else:
        text = str(error).partition(" (configured timeouts")[0]
        text = text.partition(", Timeout:")[0]
    return " ".join(text.split())[:_MAX_SAID]


def _first(error: BulkWriteError) -> dict[str, Any] | None:
    """Return the first error that is more than a key met twice."""
    details = error.details or {}
    every = [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]
    return next((one for one in every if one.get("code") != DUPLICATE_KEY), None)
