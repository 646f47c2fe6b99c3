"""Many targets at once: an argument with commas, or a file of lines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from douyin_crawler.api.evidence import one_line
from douyin_crawler.api.links import AWEME_ID, SEC_UID, TargetError, find_links

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COMMA = re.compile("[,，]")
_ID = re.compile(f"(?:{SEC_UID}|{AWEME_ID})")
_MAX_LINE = 10_000
"""Bytes; a longer line is no list of targets."""

T = TypeVar("T")


def read_targets(argument: str, parse: Callable[[str], T]) -> Iterator[T]:
    """Return the targets of *argument*: comma-separated, or ``@`` and a file's name.

    A file holds one target a line, UTF-8; blank lines and lines that begin with
    ``#`` are skipped. It is read twice and never kept: all is checked before this
    returns. Repeats are dropped from an argument, not from a file.

    Raises:
        TargetError: a target, which is named, or the file can't be used.
    """
    argument = argument.strip()
    if argument.startswith("@"):
        return _read_file(argument[1:].strip(), parse)
    return iter(dict.fromkeys(_parse_list(argument, parse)))


def _parse_list(argument: str, parse: Callable[[str], T]) -> list[T]:
    pieces = [piece for part in _COMMA.split(argument) if (piece := part.strip())]
    if not pieces:
        raise TargetError("no target is given")
    if _is_share_text(pieces, parse):
        return [_parse_one(argument, parse)]
    return [_parse_one(piece, parse) for piece in pieces]


def _is_share_text(pieces: list[str], parse: Callable[[str], T]) -> bool:
    """Whether the commas belong to one sentence around a link.

    Raises:
        TargetError: several sentences, and no telling where each begins.
    """
    linked = [piece for piece in pieces if find_links(piece)]
    bare = [piece for piece in pieces if not find_links(piece)]
    if not linked or not bare or any(map(_ID.fullmatch, bare)):
        return False
    worded = any(re.search(r"\w", _without_links(piece)) for piece in linked)
    if sum(len(find_links(piece)) for piece in linked) == 1:
        return worded or all(_is_wording(piece, parse) for piece in bare)
    if worded:
        raise TargetError(
            "several share texts with commas in them: give their links alone, or a "
            "file with one share text a line (@file)"
        )
    return False


def _is_wording(piece: str, parse: Callable[[str], T]) -> bool:
    if piece.isascii() and " " not in piece:
        return False
    try:
        parse(piece)
    except TargetError:
        return True
    return False


def _parse_one(text: str, parse: Callable[[str], T]) -> T:
    links = find_links(text)
    if len(links) > 1 and not re.search(r"\w", _without_links(text)):
        raise TargetError(
            f"{one_line(text, 60)!r} holds {len(links)} links: separate them with "
            "commas, or put each on a line of a file (@file)"
        )
    return parse(text)


def _without_links(text: str) -> str:
    for link in find_links(text):
        text = text.replace(link, " ", 1)
    return text


def _read_file(name: str, parse: Callable[[str], T]) -> Iterator[T]:
    if not name:
        raise TargetError("'@' needs the name of a file behind it")
    path = Path(name)
    if not _is_file(path):
        raise TargetError(
            f"there is no file {one_line(name)!r} (a value that begins with @ names a "
            "file of targets; a handle is written without it)"
        )
    if sum(1 for _ in _parse_lines(path, parse)) == 0:
        raise TargetError(f"the file {one_line(name)!r} holds no target")
    return _parse_lines(path, parse)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _parse_lines(path: Path, parse: Callable[[str], T]) -> Iterator[T]:
    number = 0
    try:
        with path.open("rb") as file:
            while line := file.readline(_MAX_LINE):
                number += 1
                text = _decode(line, number)
                if text and not text.startswith("#"):
                    yield _parse_one(text, parse)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TargetError(f"the file {path.name!r} can't be read: {reason}") from None
    except TargetError as error:
        raise TargetError(f"{path.name}, line {number}: {error}") from None


def _decode(line: bytes, number: int) -> str:
    if len(line) == _MAX_LINE:
        raise TargetError(f"longer than {_MAX_LINE} bytes")
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise TargetError("not UTF-8; save the file as UTF-8 text") from None
    return text.strip()
