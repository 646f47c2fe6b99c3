"""What an error may show of an answer or an exception."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_QUERY = re.compile(r"\?\S*")


def one_line(text: str, length: int = 120) -> str:
    """Return *text* as one printable line, without the queries of addresses."""
    return printable(_QUERY.sub("", text[:2000]), length)


def printable(text: str, length: int = 120) -> str:
    """Return *text* as one line that no terminal obeys: no controls, no bidi marks."""
    line = " ".join(text[:2000].split())
    line = "".join(letter for letter in line if letter.isprintable())
    return line if len(line) <= length else line[: length - 1] + "…"


def header_texts(headers: Mapping[bytes, Sequence[bytes]]) -> dict[str, str]:
    """Return the headers of an answer as texts, whatever bytes they are made of.

    Of a header that came several times, the values are joined by commas.
    """
    return {
        name.decode("latin-1"): b",".join(values).decode("utf-8", "replace")
        for name, values in headers.items()
    }
