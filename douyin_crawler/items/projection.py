"""Decoding only what the fields of a dataclass ask for.

Half of a post's text is for the site's own page. msgspec steps over what its target
type does not name, so the target is made of the dataclasses: objects become dicts with
no other members than those that a reader looks at, and where a class has only fields of
the types that the service sends, they become objects of that class at once. The reader
then makes of it what it would make of the whole value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, TypeAlias, TypedDict, get_args, get_origin

import msgspec

from douyin_crawler.items.page import REFUSED, decode
from douyin_crawler.items.reader import hints_of, is_ready, paths_of

Instead: TypeAlias = Mapping[type[Any], type[Any]]
Shape: TypeAlias = "dict[str, Shape] | list[Shape] | type[Any] | None"
"""Members of an object; the entries of a list; a class; None for anything."""

_typed_dict: Any = TypedDict


def decoder(kind: type[Any], instead: Instead) -> Callable[[bytes], Any]:
    """Return the function that decodes what the fields of *kind* ask for.

    *instead* names classes for whose fields those of another are decoded. A text of
    another shape is decoded wholly; if that fails, :class:`MalformedPage` is raised.
    """
    read = msgspec.json.Decoder(_target(_shape(kind, instead))).decode

    def decode_shape(text: bytes) -> Any:
        try:
            return read(text)
        except REFUSED:
            return decode(text)

    return decode_shape


def _shape(kind: Any, instead: Instead) -> Shape:
    kind = instead.get(kind, kind)
    if is_ready(kind):
        ready: type[Any] = kind
        return ready
    hints = hints_of(kind)
    members: dict[str, Shape] = {}
    for part in fields(kind):
        shape = _shape_of(hints[part.name], instead)
        for path in paths_of(part):
            member, _, key = path.rpartition(".")
            _add(members, *((member, {key: shape}) if member else (key, shape)))
    return members


def _add(members: dict[str, Shape], name: str, shape: Shape) -> None:
    """Ask for a member too, beside what is asked for already."""
    known = members.setdefault(name, shape)
    if isinstance(known, dict) and isinstance(shape, dict):
        for key, inner in shape.items():
            _add(known, key, inner)
    elif known is not shape:
        members[name] = None


def _shape_of(hint: Any, instead: Instead) -> Shape:
    if get_origin(hint) is Annotated:
        return None
    if get_origin(hint) is list:
        return [_shape_of(get_args(hint)[0], instead)]
    inner = [part for part in get_args(hint) if part is not type(None)]
    if inner:
        return _shape_of(inner[0], instead)
    return _shape(hint, instead) if is_dataclass(hint) else None


def _target(shape: Shape) -> Any:
    if isinstance(shape, dict):
        members = {name: _target(inner) for name, inner in shape.items()}
        return _typed_dict("Members", members, total=False) | None
    if isinstance(shape, list):
        return list[_target(shape[0])] | None  # type: ignore[misc]
    return Any if shape is None else shape | None
