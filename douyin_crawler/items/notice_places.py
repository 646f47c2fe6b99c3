"""Where the member of a notice tells of users, a post or a comment, by what they are.

For types that nobody has described: what is told of them stands under any name, alone
or in a list, a few members deep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Path: TypeAlias = tuple[str | int, ...]
"""The names of members, and the numbers of entries, on the way to a part."""

_DEPTH = 4
_MOST = 200
"""Parts of one notice; more is none that a person could read."""


def places(about: object) -> list[tuple[str, Path]]:
    """Return what there is, as ``from_user``, ``aweme`` or ``comment``, and where.

    Who made a post or a comment stands inside of it, and is not looked for.
    """
    found: list[tuple[str, Path]] = []
    for place in _search(about, ()):
        found.append(place)
        if len(found) == _MOST:
            break
    return found


def at_path(about: Any, path: Path) -> Any:
    """Return the part of *about* that :func:`places` found at *path*."""
    for step in path:
        about = about[step]
    return about


def _search(part: object, path: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(part, dict):
        if what := _what(part):
            yield what, path
            return
        inside: Any = part.items()
    elif isinstance(part, list):
        inside = enumerate(part)
    else:
        return
    if len(path) < _DEPTH:
        for step, inner in inside:
            yield from _search(inner, (*path, step))


def _what(part: dict[str, Any]) -> str:
    """Return what an object is: each has an id that the others have not."""
    if part.get("cid"):
        return "comment"
    if part.get("aweme_id"):
        return "aweme"
    known = part.get("sec_uid") or (part.get("uid") and part.get("nickname"))
    return "from_user" if known else ""
