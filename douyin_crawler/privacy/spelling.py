"""A text as it may be written inside JSON: escaped, percent-encoded, or both."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, TypeAlias
from urllib.parse import unquote_to_bytes

_blanks = re.compile(rb"\\+[bfnrt]").sub
_unicode = re.compile(rb"\\+u([0-9a-fA-F]{4})").sub
_HALVES = re.compile(r"[\ud800-\udbff][\udc00-\udfff]").search
_LAYERS = 6
Edge: TypeAlias = Literal["", "word", "digit"]
_SEPARATED = {
    edge: rf"(?:(?<!{joined})|(?<=%[0-9A-Fa-f]{{2}})|(?<=\\[nrtbf])"
    r"|(?<=\\u[0-9a-fA-F]{4}))"
    for edge, joined in (("word", "[0-9A-Za-z_]"), ("digit", "[0-9]"))
}
"""Before a word; the letters of an escape are none of it."""


def plain(text: bytes) -> bytes:
    """Return *text* with all escapes of JSON and of addresses resolved, however deep.

    It is for searching alone: quotes inside strings are no longer told from those
    around them.
    """
    for _ in range(_LAYERS):
        if b"\\" not in text and b"%" not in text:
            break
        before = text
        text = _joined(_unicode(_letter, text)) if b"\\u" in text else text
        text = text.replace(b"\\", b"")
        text = unquote_to_bytes(text) if b"%" in text else text
        if text == before:
            break
    return text


def searchable(text: bytes) -> bytes:
    """Return *text* for a search for whole words: line breaks do not join them."""
    if b"\\" in text:
        text = _blanks(b" ", text)
    return plain(text)


def _letter(found: re.Match[bytes]) -> bytes:
    return chr(int(found[1], 16)).encode("utf-8", "surrogatepass")


def _joined(text: bytes) -> bytes:
    """Return *text* with the two halves of a letter made one."""
    if b"\xed" not in text:
        return text
    letters = text.decode("utf-8", "surrogatepass") if _is_utf8(text) else ""
    if not _HALVES(letters):
        return text
    whole = letters.encode("utf-16-le", "surrogatepass")
    return whole.decode("utf-16-le", "surrogatepass").encode("utf-8", "surrogatepass")


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


@lru_cache(4096)
def pattern(text: str, edge: Edge = "") -> re.Pattern[str]:
    """Return what finds *text* in any of its spellings, in small letters or capitals.

    *edge* is what must not join it: letters, digits and ``_`` of ASCII (``word``), or
    digits.
    """
    body = "".join(map(_spellings, text))
    if edge and text[0].isascii():
        body = _SEPARATED[edge] + body
    if edge and text[-1].isascii():
        body += "(?![0-9A-Za-z_])" if edge == "word" else "(?![0-9])"
    return re.compile(body, re.DOTALL | re.IGNORECASE)


def _spellings(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass").hex()
    escaped = "".join(rf"\\+u{units[at : at + 4]}" for at in range(0, len(units), 4))
    octets = letter.encode("utf-8", "surrogatepass")
    percent = "".join(f"%(?:25)*{octet:02x}" for octet in octets)
    forms = [re.escape(letter), f"(?i:{escaped}|{percent})"]
    if letter in '"\\/':
        forms[0] = r"\\*" + forms[0]
    if letter == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"


def units(text: str) -> int:
    """Return the length of *text* as the service counts places in texts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
