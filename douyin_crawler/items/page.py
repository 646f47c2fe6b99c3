"""An answer's text, cut into its records: values decoded, texts byte for byte.

msgspec does it; what it refuses (half surrogates, bytes that are not UTF-8, numbers
beyond a float) goes to the standard ``json``, with the same result where both work.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from douyin_crawler.items import lenient
from douyin_crawler.items.lenient import MalformedPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    Text: TypeAlias = bytes | msgspec.Raw

__all__ = [
    "Entry",
    "MalformedPage",
    "Page",
    "decode",
    "replace_member",
    "split_member",
    "split_page",
]

_value = msgspec.json.Decoder()
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_entries = msgspec.json.Decoder(list[msgspec.Raw] | None)
REFUSED = (msgspec.DecodeError, UnicodeDecodeError)
"""What msgspec raises for texts that the standard ``json`` may read."""


@dataclass(kw_only=True)
class Entry:
    """One entry of a page's list."""

    text: bytes
    """Its slice of the body, byte for byte."""

    @cached_property
    def value(self) -> Any:
        """The whole decoded JSON; most readers need less (see projection.py)."""
        return decode(self.text)


@dataclass(slots=True, kw_only=True)
class Page:
    """One page of a list."""

    envelope: dict[str, Any]
    """What stands beside the list, decoded."""
    rest: bytes
    """The page's JSON text with an empty list; its other members byte for byte."""
    entries: list[Entry] | None
    """None where the page has no list; empty where the list is null."""


def decode(text: bytes) -> Any:
    """Return the value of a JSON text, as ``json.loads`` would.

    Raises:
        MalformedPage: it is not JSON.
    """
    try:
        return _value.decode(text)
    except REFUSED:
        return lenient.decode(text)
    except RecursionError:
        raise MalformedPage(lenient.TOO_DEEP) from None


def split_page(body: bytes, list_key: str) -> Page:
    """Cut a page into the entries of its list and the rest.

    Raises:
        MalformedPage: the body is no JSON object, or *list_key* holds no list.
    """
    members = _split_object(body)
    if members is None:
        raise MalformedPage(f"a JSON object expected, but {lenient.looks_like(body)}")
    if list_key not in members:
        return Page(envelope=_decoded(members), rest=body, entries=None)
    entries = _split_list(members[list_key], list_key)
    return Page(
        envelope=_decoded({n: t for n, t in members.items() if n != list_key}),
        rest=_join({**members, list_key: b"[]"}),
        entries=entries,
    )


def split_member(text: bytes, name: str) -> bytes | None:
    """Return the text of one member of the object *text*; None where there is none."""
    try:
        return bytes(_member(name).decode(text).member) or None
    except (*REFUSED, RecursionError, ValueError):  # the last: no name for a field
        members = lenient.split_object(text)
        return members.get(name) if members else None


def replace_member(text: bytes, name: str, member: bytes) -> bytes:
    """Return the object *text* with *member* as the text of one of its members.

    Raises:
        MalformedPage: *text* is no JSON object.
    """
    members = _split_object(text)
    if members is None:
        raise MalformedPage(f"a JSON object expected, but {lenient.looks_like(text)}")
    return _join({**members, name: member})


def _split_object(body: bytes) -> Mapping[str, Text] | None:
    try:
        return _members.decode(body)
    except REFUSED:
        return lenient.split_object(body)
    except RecursionError:
        raise MalformedPage(lenient.TOO_DEEP) from None


def _split_list(text: Text, list_key: str) -> list[Entry]:
    """Return the entries; the slices are copied once, out of the body."""
    try:
        return [Entry(text=bytes(raw)) for raw in _entries.decode(text) or ()]
    except REFUSED:
        parts = lenient.split_list(bytes(text))
    if parts is None:
        raise MalformedPage(f"{list_key!r} should be a list, but {_kind(text)}")
    return [Entry(text=part) for part in parts]


def _decoded(members: Mapping[str, Text]) -> dict[str, Any]:
    return {name: decode(bytes(text)) for name, text in members.items()}


def _join(members: Mapping[str, Text]) -> bytes:
    parts = [json.dumps(name).encode() + b":" + bytes(t) for name, t in members.items()]
    return b"{" + b",".join(parts) + b"}"


def _kind(text: Text) -> str:
    return f"it is JSON of another type: {type(decode(bytes(text))).__name__}"


@lru_cache(maxsize=32)
def _member(name: str) -> msgspec.json.Decoder[Any]:
    """Return a decoder that skips everything but one member, left as text."""
    field = ("member", msgspec.Raw, msgspec.Raw())
    kind = msgspec.defstruct("Member", [field], rename={"member": name})
    return msgspec.json.Decoder(kind)
