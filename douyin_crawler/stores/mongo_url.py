"""Addresses of MongoDB: read, checked, and shown without what is secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri, split_options

from douyin_crawler.stores.base import StoreUrlError

if TYPE_CHECKING:
    from typing import Self

FORM = "mongodb://[user:password@]host[:port]/database[?options]"
_UNREADABLE = (
    f"it is no address of MongoDB that can be read: use {FORM}, and in user and "
    "password %40 for @, %3A for :, %2F for /, %3F for ? and %25 for %"
)
_OWN = frozenset({"admin", "local", "config"})
_MAX_NAME = 63
_FORBIDDEN = frozenset('/\\. "$*<>:|?\0')
_ONLY_SRV = frozenset({"srvservicename", "srvmaxhosts", "srvallowedhostssuffix"})


@dataclass(frozen=True, slots=True)
class MongoAddress:
    """Where a database is. Its ``repr`` and ``str`` hold no password."""

    url: str
    database: str
    options: frozenset[str]
    """Names of the options that it sets, in lower case."""
    shown: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Return the address of *url*.

        No part of a malformed one is shown: a password that is not escaped may stand
        anywhere in it. Nothing is asked of the network.

        Raises:
            StoreUrlError: it is malformed, or lacks the database.
        """
        scheme, _, rest = url.partition("://")
        place, _, options = rest.partition("?")
        server, _, database = place.rpartition("/") if "/" in place else (place, "", "")
        if "@" in options or "@" in database:
            raise StoreUrlError(_UNREADABLE)
        found = _parse(server)
        _check_database(unquote(database))
        userinfo, at, hosts = server.rpartition("@")
        user = userinfo.partition(":")[0]
        _check_options(server, options)
        if scheme.lower() == "mongodb+srv" and not _is_one_name(hosts, found):
            raise StoreUrlError("mongodb+srv:// takes one host name, without a port")
        return cls(
            url=f"{scheme.lower()}://{rest}",
            database=unquote(database),
            options=frozenset(name for name, _ in _pairs(options)),
            shown=f"{scheme.lower()}://{user}{at}{hosts}/{database}",
        )

    def __repr__(self) -> str:
        """Return it without the password."""
        return self.shown

    __str__ = __repr__


def _parse(server: str) -> dict[str, Any]:
    """Return users and hosts, as pymongo reads them."""
    try:
        return dict(parse_uri(f"mongodb://{server}/"))
    except (PyMongoError, ValueError):
        raise StoreUrlError(_UNREADABLE) from None


def _check_database(name: str) -> None:
    if not name:
        raise StoreUrlError(f"it names no database: use {FORM}")
    if set(name) & _FORBIDDEN or len(name.encode()) > _MAX_NAME:
        raise StoreUrlError("its database has a forbidden character, or a long name")
    if name in _OWN:
        raise StoreUrlError(f"the database {name} is the server's own: choose another")


def _is_one_name(hosts: str, found: dict[str, Any]) -> bool:
    return len(found["nodelist"]) == 1 and ":" not in hosts


def _pairs(options: str) -> list[tuple[str, str]]:
    """Return the names of *options*, in lower case, each with its text."""
    texts = options.replace(";", "&").split("&") if options else []
    return [(text.partition("=")[0].lower(), text) for text in texts]


def _check_options(server: str, options: str) -> None:
    """Refuse options that pymongo would ignore with a warning."""
    checked = [pair for pair in _pairs(options) if pair[0] not in _ONLY_SRV]
    for name, text in checked:
        try:
            split_options(text)
        except (PyMongoError, ValueError):
            raise StoreUrlError(
                f"its option {name!r} is unknown, or its value is not usable: "
                "see MongoDB's manual on connection strings"
            ) from None
    try:
        parse_uri(f"mongodb://{server}/?{'&'.join(text for _, text in checked)}")
    except (PyMongoError, ValueError):
        raise StoreUrlError("its options contradict one another") from None
