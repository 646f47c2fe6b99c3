"""JSON texts that msgspec refuses, by the standard ``json``: slower, and as exact.

Where a text is nested too deeply for that too, brackets are counted, and it is read
without what stands too deep.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOO_DEEP = "its JSON is nested too deeply to be read"
DEPTH = 100
"""Brackets around what is still read of a text that is nested too deeply.

The service nests some twenty deep; Python's own limit is near a thousand, less the
calls that are open.
"""
_SPLIT_DEPTH = 2 * DEPTH
"""The same where a text is cut, so that its parts are JSON down to ``DEPTH``."""

_MAX_DIGITS = 4_000
"""Python itself refuses to read more; what is cut off is beyond every store anyway."""
_ERRORS = ("surrogatepass", "surrogateescape")
"""Half surrogates as ``json`` reads them; else bytes that are not UTF-8 become some.

Both give the same bytes back when encoded.
"""


class MalformedPage(ValueError):  # noqa: N818  (it names a page)
    """An answer's text is not the JSON it should be; says in one line what it is."""


class TooDeep(MalformedPage):
    """A text is nested too deeply to be read as a whole."""


def decode(body: bytes) -> Any:
    """Return the value of a JSON text.

    Raises:
        MalformedPage: it is not JSON.
        TooDeep: it is nested too deeply.
    """
    return _load(_decoder.decode, _text(body)[0], body)


def shallow(body: bytes) -> bytes:
    """Return a JSON text with the lists and objects at :data:`DEPTH` emptied."""
    text, errors = _text(body)
    return _emptied(text, DEPTH, "").encode("utf-8", errors)


def split_object(body: bytes) -> dict[str, bytes] | None:
    """Return the texts of an object's members; None where the text is no object.

    Raises:
        MalformedPage: it is not JSON, as far as it can be read.
    """
    text, errors = _text(body)
    value, shown = _load(_readable, text, body)
    if not isinstance(value, dict):
        return None
    members = {}
    at = _skip(shown, shown.index("{") + 1)
    while shown[at] != "}":
        name, at = _decoder.raw_decode(shown, at)
        start = _skip(shown, _skip(shown, at) + 1)
        end = _decoder.raw_decode(shown, start)[1]
        members[name] = text[start:end].encode("utf-8", errors)
        at = _next(shown, end)
    return members


def split_list(body: bytes) -> list[bytes] | None:
    """Return the texts of a list's entries; None where the text is no list.

    Raises:
        MalformedPage: it is not JSON, as far as it can be read.
    """
    text, errors = _text(body)
    value, shown = _load(_readable, text, body)
    if not isinstance(value, list):
        return None
    return [text[start:end].encode("utf-8", errors) for start, end in _entries(shown)]


def looks_like(body: bytes) -> str:
    """Say in a few words what *body* is, of which a JSON object was expected."""
    start = body[:2048].lstrip().removeprefix(codecs.BOM_UTF8).lstrip()
    if not start:
        return "it is empty"
    if start.startswith(b"<"):
        return "it is HTML or XML" + _title(body)
    text, errors = _text(body)
    try:
        value = _readable(text)[0]
    except RecursionError:
        return TOO_DEEP
    except json.JSONDecodeError as error:
        at = len(text[: error.pos].encode("utf-8", errors))
        return _where(error.msg, at, len(text.rstrip().encode("utf-8", errors)))
    return f"it is JSON of another type: {type(value).__name__}"


def _load(read: Callable[[str], Any], text: str, body: bytes) -> Any:
    try:
        return read(text)
    except RecursionError:
        raise TooDeep(TOO_DEEP) from None
    except json.JSONDecodeError:
        raise MalformedPage(f"JSON expected, but {looks_like(body)}") from None


def _readable(text: str) -> tuple[Any, str]:
    """Return what can be read of a text, and the text that says just that.

    Both texts have the same length, so places in one are places in the other.
    """
    try:
        return _decoder.decode(text), text
    except RecursionError:
        shown = _emptied(text, _SPLIT_DEPTH, " ")
    return _decoder.decode(shown), shown


def _emptied(text: str, deepest: int, fill: str) -> str:
    """Return *text* with each letter within the brackets at *deepest* made *fill*."""
    kept = []
    depth = start = 0
    for token in _tokens(text):
        if token[0] in "[{":
            depth += 1
            if depth == deepest:
                kept.append(text[start : token.end()])
                start = token.end()
        elif token[0] in "]}":
            if depth == deepest:
                kept.append(fill * (token.start() - start))
                start = token.start()
            depth -= 1
    kept.append(text[start:] if depth < deepest else fill * (len(text) - start))
    return "".join(kept)


def _text(body: bytes) -> tuple[str, str]:
    body = body.removeprefix(codecs.BOM_UTF8)
    for errors in _ERRORS:
        try:
            return body.decode("utf-8", errors), errors
        except UnicodeDecodeError:
            continue
    raise AssertionError("surrogateescape decodes every byte")


def _entries(text: str) -> Iterator[tuple[int, int]]:
    at = _skip(text, text.index("[") + 1)
    while text[at] != "]":
        end = _decoder.raw_decode(text, at)[1]
        yield at, end
        at = _next(text, end)


def _skip(text: str, at: int) -> int:
    found = _space(text, at)
    return found.end() if found else at


def _next(text: str, at: int) -> int:
    """Return where the next part or the closing bracket stands, behind a part's end."""
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _integer(digits: str) -> int:
    return int(digits[:_MAX_DIGITS])


def _title(body: bytes) -> str:
    found = re.search(rb"(?is)<title[^>]*>([^<]{1,200})", body[:16_384])
    title = " ".join(found[1].decode("utf-8", "replace").split()) if found else ""
    return f" titled {title[:60]!r}" if title else ""


def _where(message: str, at: int, size: int) -> str:
    if at >= size or message.startswith("Unterminated string"):
        return f"it is cut at byte {size}"
    return f"it is no JSON from byte {at} on"


_decoder = json.JSONDecoder(parse_int=_integer)
_space = re.compile(r"[ \t\n\r]*").match
_tokens = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL).finditer
