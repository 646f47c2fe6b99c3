"""What an error may show of an answer or an exception."""

from __future__ import annotations

import re

_QUERY = re.compile(r"\?\S*")


def one_line(text: str, length: int = 120) -> str:
    """Return *text* as one printable line, without the queries of addresses."""
    line = " ".join(_QUERY.sub("", text[:2000]).split())
    line = "".join(letter for letter in line if letter.isprintable())
    return line if len(line) <= length else line[: length - 1] + "…"
