"""From decoded JSON to a dataclass, by its annotations, whatever the JSON holds.

A field is read from the member of its name, or from where :func:`at` says, and
converted by its type: ``str`` by :func:`coerce.text`, ``int`` by :func:`coerce.integer`
and so on, or by the function that an ``Annotated`` type carries. A value that cannot be
converted leaves its field at None. So a new field is one line in its dataclass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, field, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import (
    Annotated,
    Any,
    NamedTuple,
    TypeAlias,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from douyin_crawler.items import coerce

T = TypeVar("T")
Convert: TypeAlias = Callable[[Any], Any]

Id: TypeAlias = Annotated[str | None, coerce.identifier]
Words: TypeAlias = Annotated[str | None, coerce.words]
"""A text that may be empty: there emptiness is a statement."""


def at(*paths: str) -> Any:
    """Return an optional field, read from the first of *paths* that has a value.

    A path is the name of a member, or two names with a dot for a member's member.
    """
    return field(default=None, metadata={"paths": paths})


def hints_of(kind: type[Any]) -> dict[str, Any]:
    """Return the annotations of a dataclass, resolved."""
    return get_type_hints(kind, include_extras=True)


def paths_of(part: Field[Any]) -> tuple[str, ...]:
    """Return where the value of a field may stand, the best first."""
    paths: tuple[str, ...] = part.metadata.get("paths", (part.name,))
    return paths


def is_ready(kind: Any) -> bool:
    """Return whether msgspec makes of a value what the reader would, or refuses it.

    So it is for classes of texts and integers alone that put right by themselves what
    is empty.
    """
    hints = hints_of(kind)
    return hasattr(kind, "__post_init__") and all(
        paths_of(part) == (part.name,) and _is_wire_type(hints[part.name])
        for part in fields(kind)
    )


def _is_wire_type(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        return False
    inner = [part for part in get_args(hint) if part is not type(None)]
    if inner:
        return all(_is_wire_type(part) for part in inner)
    return hint in {str, int} or (is_dataclass(hint) and is_ready(hint))


def reader(kind: type[T]) -> Callable[[object], T | None]:
    """Return the function that makes a *kind* of a decoded JSON value.

    It returns None for what is no object, for want of a field that has no default, and
    for what would be false (see ``__bool__`` of *kind*, if there is one).
    """
    return _reader(cast("Any", kind))


class _Source(NamedTuple):
    """Where a field's value comes from."""

    name: str
    key: str
    exact: type | None
    """A value of this very type that is true is taken as it is."""
    convert: Convert


@cache
def _reader(kind: Any) -> Convert:
    groups = _plan(kind)
    own = groups.pop("")
    members = tuple(groups.items())
    required = _required(kind)

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            return None
        found: dict[str, Any] = {}
        _collect(value, own, found)
        for member, sources in members:
            holder = value.get(member)
            if isinstance(holder, dict):
                _collect(holder, sources, found)
        for name in required:
            if name not in found:
                return None
        return kind(**found) or None

    return _quick(kind, read) if is_ready(kind) else read


def _quick(kind: Any, read: Convert) -> Convert:
    """Return *read* with msgspec before it, several times as fast."""

    def convert(value: Any) -> Any:
        try:
            return msgspec.convert(value, kind) or None
        except (msgspec.ValidationError, UnicodeEncodeError):
            return read(value)

    return convert


def _collect(
    holder: dict[str, Any], sources: tuple[_Source, ...], found: dict[str, Any]
) -> None:
    get = holder.get
    for name, key, exact, convert in sources:
        if (value := get(key)) is not None and (
            (value.__class__ is exact and value)
            or (value := convert(value)) is not None
        ):
            found[name] = value


def _plan(kind: Any) -> dict[str, tuple[_Source, ...]]:
    """Group what to read by the member that holds it: "" is the object itself.

    Of several paths the best comes last and overwrites; members' members stand behind
    the object's own.
    """
    hints = hints_of(kind)
    groups: dict[str, tuple[_Source, ...]] = {"": ()}
    for part in fields(kind):
        exact, convert = _conversion(hints[part.name])
        for path in reversed(paths_of(part)):
            member, _, key = path.rpartition(".")
            source = _Source(part.name, key, exact, convert)
            groups[member] = (*groups.get(member, ()), source)
    return groups


def _required(kind: Any) -> tuple[str, ...]:
    return tuple(
        part.name
        for part in fields(kind)
        if part.default is MISSING and part.default_factory is MISSING
    )


def _conversion(hint: Any) -> tuple[type | None, Convert]:
    """Return the type that needs no conversion, and the conversion, of a field."""
    if get_origin(hint) is Annotated:
        convert: Convert = hint.__metadata__[0]
        return (str if convert is coerce.words else None), convert
    if get_origin(hint) is list:
        return None, _sequence(*_conversion(get_args(hint)[0]))
    inner = [part for part in get_args(hint) if part is not type(None)]
    if inner:
        return _conversion(inner[0])
    return _SCALARS.get(hint) or (hint, _reader(hint))


def _sequence(exact: type | None, convert: Convert) -> Convert:
    """Return the conversion of a list; an object or text alone is a list of one."""

    def read(value: Any) -> list[Any] | None:
        if not isinstance(value, list):
            one = convert(value) if isinstance(value, dict | str) else None
            return None if one is None else [one]
        return [
            made
            for part in value
            if (made := part if part.__class__ is exact and part else convert(part))
            is not None
        ]

    return read


_SCALARS: dict[Any, tuple[type | None, Convert]] = {
    str: (str, coerce.text),
    int: (int, coerce.integer),
    float: (None, coerce.number),
    bool: (bool, coerce.boolean),
    datetime: (None, coerce.moment),
}
