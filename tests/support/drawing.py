"""Reads a QR code as a terminal shows it."""

from __future__ import annotations

from douyin_crawler.browser.qr import read_codes

_HALVES = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
_SCALE = 4


def code_drawn(lines: list[str]) -> str:
    """Return the text of the code that half blocks draw, white on black."""
    rows: list[bytes] = []
    for line in lines:
        for half in (0, 1):
            row = b"".join(bytes([_HALVES[c][half]]) * _SCALE for c in line)
            rows += [row] * _SCALE
    (code,) = read_codes(b"".join(rows), len(rows[0]), len(rows))
    return code.text


def drawings(lines: list[str]) -> list[list[str]]:
    """Return the drawings among *lines* of output."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line and set(line) <= _HALVES.keys():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [one for one in found if one]
