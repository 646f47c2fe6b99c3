"""Where records go: one contract (base.py), one module a store."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from douyin_crawler.environment import project_folder
from douyin_crawler.stores.base import StoreUrlError
from douyin_crawler.stores.sqlite import SQLiteStore

if TYPE_CHECKING:
    from douyin_crawler.stores.base import Store

_FORMS = (
    "use sqlite:///relative/path.db, sqlite:////absolute/path.db or "
    "mongodb://[user:password@]host[:port]/database"
)
_MONGO = frozenset({"mongodb", "mongodb+srv"})
_scheme = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://").match


def open_store(url: str) -> Store:
    """Return the store that *url* (``DOUYIN_STORE``) names, not yet opened.

    A relative path is that of a file below the project's folder.

    Raises:
        StoreUrlError: it names none; the message has no part of the address that
            could be a password.
    """
    found = _scheme(url.strip())
    if found is None:
        raise StoreUrlError(f"it names no store: {_FORMS}")
    scheme = found[1].lower()
    if scheme in _MONGO:
        # pymongo takes a second to import, which SQLite's users need not wait.
        from douyin_crawler.stores.mongo import MongoStore  # noqa: PLC0415

        return MongoStore(url.strip())
    if scheme != "sqlite":
        raise StoreUrlError(f"{found[0]} is not supported: {_FORMS}")
    return SQLiteStore(_file(url.strip()[found.end() :]))


def _file(rest: str) -> Path:
    if not rest.startswith("/"):
        raise StoreUrlError(f"sqlite:// takes three slashes and a path: {_FORMS}")
    name = rest[1:]
    if not name.strip("/") or "\0" in name or name == ":memory:":
        raise StoreUrlError(f"sqlite:/// needs the path of a file: {_FORMS}")
    try:
        return project_folder() / Path(name).expanduser()
    except RuntimeError:
        raise StoreUrlError("it names the home of a user who has none here") from None
