"""Tokens that a client without a browser makes up, in the site's own shapes."""

from __future__ import annotations

from string import ascii_letters, ascii_lowercase, digits
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_BASE64URL = ascii_letters + digits + "-_"
_BASE62 = digits + ascii_letters
_BASE36 = digits + ascii_lowercase
_FIXED = {8: "_", 13: "_", 14: "4", 18: "_", 23: "_"}


def ms_token(random: Random) -> str:
    """Return an ``msToken`` of the newer shape: 182 base64url letters and ``==``."""
    return "".join(random.choices(_BASE64URL, k=182)) + "=="


def verify_fp(random: Random, now_ms: int) -> str:
    """Return a ``verifyFp`` (also ``fp``, ``s_v_web_id``) made at *now_ms* (unix)."""
    places = random.choices(_BASE62, k=36)
    for at, letter in _FIXED.items():
        places[at] = letter
    return f"verify_{_base36(now_ms)}_{''.join(places)}"


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _BASE36[digit] + text
    return text or "0"
