"""An answer's text, cut into its records: values decoded, texts byte for byte.

msgspec does it; what it refuses (half surrogates, bytes that are not UTF-8, numbers
beyond a float, deep nesting) goes to the standard ``json``, with the same result where
both work. What is nested too deeply even for that is cut out of its page, but not read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from douyin_crawler.items import lenient
from douyin_crawler.items.lenient import MalformedPage, TooDeep

if TYPE_CHECKING:
    from collections.abc import Mapping

    Text: TypeAlias = bytes | msgspec.Raw

__all__ = [
    "Entry",
    "MalformedPage",
    "Page",
    "TooDeep",
    "decode",
    "decode_part",
    "replace_member",
    "split_member",
    "split_page",
    "split_texts",
]

_value = msgspec.json.Decoder()
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_entries = msgspec.json.Decoder(list[msgspec.Raw] | None)
REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for texts that the standard ``json`` may read."""


@dataclass(kw_only=True)
class Entry:
    """One entry of a page's list."""

    text: bytes
    """Its slice of the body, byte for byte."""

    @cached_property
    def value(self) -> Any:
        """The decoded JSON, without what is nested too deeply to be read.

        Most readers need less (see projection.py).
        """
        return decode_part(self.text)[0]


@dataclass(slots=True, kw_only=True)
class Page:
    """One page of a list."""

    envelope: dict[str, Any]
    """What stands beside the list, decoded, without what is nested too deeply."""
    rest: bytes
    """The page's JSON text with an empty list; its other members byte for byte."""
    entries: list[Entry] | None
    """None where the page has no list; empty where the list is null."""


def decode(text: bytes) -> Any:
    """Return the value of a JSON text, as ``json.loads`` would.

    Raises:
        MalformedPage: it is not JSON.
        TooDeep: it is nested too deeply to be read as a whole.
    """
    try:
        return _value.decode(text)
    except REFUSED:
        return lenient.decode(text)


def decode_part(text: bytes) -> tuple[Any, bytes]:
    """Return what can be read of a JSON text, and the text that says just that.

    Lists and objects that are nested too deeply are empty in both.

    Raises:
        MalformedPage: it is not JSON, as far as it can be read.
    """
    try:
        return decode(text), text
    except TooDeep:
        text = lenient.shallow(text)
    return decode(text), text


def split_page(body: bytes, list_key: str, inside: str | None = None) -> Page:
    """Cut a page into the entries of its list and the rest.

    Entries that are nested too deeply to be read are cut out like all others. Where
    the list stands in an object of the page, *inside* names that; the envelope is
    what stands beside the list there.

    Raises:
        MalformedPage: the body is no JSON object, or *list_key* holds no list.
    """
    if inside is not None and (inner := split_member(body, inside)) is not None:
        page = split_page(inner, list_key)
        page.rest = replace_member(body, inside, page.rest)
        return page
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
    except (*REFUSED, ValueError):  # the last: no name for a field
        members = lenient.split_object(text)
        return members.get(name) if members else None


def split_texts(text: bytes) -> list[bytes]:
    """Return the texts of the entries of a list.

    Raises:
        MalformedPage: *text* is no list.
    """
    return [entry.text for entry in _split_list(text, "")]


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
    return {name: decode_part(bytes(text))[0] for name, text in members.items()}


def _join(members: Mapping[str, Text]) -> bytes:
    parts = [json.dumps(name).encode() + b":" + bytes(t) for name, t in members.items()]
    return b"{" + b",".join(parts) + b"}"


def _kind(text: Text) -> str:
    return f"it is JSON of another type: {type(decode_part(bytes(text))[0]).__name__}"


@lru_cache(maxsize=32)
def _member(name: str) -> msgspec.json.Decoder[Any]:
    """Return a decoder that skips everything but one member, left as text."""
    field = ("member", msgspec.Raw, msgspec.Raw())
    kind = msgspec.defstruct("Member", [field], rename={"member": name})
    return msgspec.json.Decoder(kind)
