"""Hold the browser fingerprint of an a_bogus against the rest of its request."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from douyin_crawler.sandbox.verify_types import Refused

_SHAPE = re.compile(rb"((?:[1-9]\d{0,4}\|){8})(.+)", re.DOTALL)
_OVERHANG = 16  # pixels by which a maximised window reaches over its screen
_PLATFORMS = (
    ("Windows", b"Win"),
    ("Macintosh", b"Mac"),
    ("Android", b"Linux"),
    ("Linux", b"Linux"),
)


def _parameter(query: str, name: str) -> str | None:
    found, value = f"&{query}".partition(f"&{name}=")[1:]
    return unquote_plus(value.partition("&")[0]) if found else None


def _encode(text: str) -> bytes:
    """UTF-16 units: one byte below U+0100, else two."""
    units = text.encode("utf-16-be", "surrogatepass")
    pairs = (units[i : i + 2] for i in range(0, len(units), 2))
    return b"".join(pair.lstrip(b"\0") if pair != b"\0\0" else b"\0" for pair in pairs)


def _check_sizes(sizes: list[int], query: str) -> None:
    for axis, name in enumerate(("screen_width", "screen_height")):
        inner, outer, available, screen = sizes[axis::2]
        if not inner <= outer <= available + _OVERHANG or available > screen:
            raise Refused("fingerprint", "nest window, desktop and screen")
        if _parameter(query, name) not in {None, str(screen)}:
            raise Refused("fingerprint", f"make {name} the fingerprint's")


def _check_platform(platform: bytes, query: str, agent: str) -> None:
    if platform.isascii() and (b"|" in platform or not platform.decode().isprintable()):
        raise Refused("fingerprint", "join nine printable values")
    stated = _parameter(query, "browser_platform")
    if stated is None:
        return
    if _encode(stated) != platform:
        raise Refused("fingerprint", "make browser_platform the fingerprint's")
    family = next((value for name, value in _PLATFORMS if name in agent), b"")
    if not platform.startswith(family):
        raise Refused("fingerprint", "give the platform of the user agent")


def check_fingerprint(shown: bytes, query: str, agent: str) -> None:
    """Nine values, the screen's and platform's as in the query where that has them.

    The platform is held against the user agent where the query states one.
    """
    parts = _SHAPE.fullmatch(shown)
    if parts is None:
        raise Refused("fingerprint", "join eight sizes and a platform with |")
    _check_sizes([int(size) for size in parts[1].split(b"|")[:-1]], query)
    _check_platform(parts[2], query, agent)
