"""Tokens that the sandbox hands out and knows again, after a restart too."""

from __future__ import annotations

import hmac
import re
import secrets
import string
from hashlib import blake2b
from urllib.parse import quote, unquote

LOGIN_COOKIES = ("sessionid", "sessionid_ss", "sid_tt", "sid_guard")
_MS_TOKEN = re.compile(r"[\w-]{107}|[\w-]{126}|[\w-]{156}|[\w-]{164}", re.ASCII)
_MS_TOKEN_PADDED = re.compile(r"[\w-]{182}(==)?|[\w-]{184}", re.ASCII)
_LETTERS = string.ascii_letters + string.digits + "-_"
_UIFID_SIZES = {160, 192, 224, 320}


class Mint:
    """Makes and recognises the tokens of one seed."""

    def __init__(self, seed: int) -> None:
        self._key = blake2b(f"sandbox tokens {seed}".encode()).digest()

    def _mark(self, purpose: str, text: str) -> str:
        message = f"{purpose}|{text}".encode()
        return hmac.digest(self._key, message, "sha256").hex()

    def ttwid(self, now: int, noise: str | None = None) -> str:
        """As it stands in Set-Cookie, percent-encoded."""
        text = f"1|{noise or secrets.token_urlsafe(32)}|{now}"
        return quote(f"{text}|{self._mark('ttwid', text)}", safe="")

    def knows_ttwid(self, value: str) -> bool:
        text, _, mark = unquote(value).rpartition("|")
        return bool(text) and hmac.compare_digest(mark, self._mark("ttwid", text))

    def webid(self, ttwid: str) -> str:
        """The 19 digits that belong to a ttwid."""
        number = int(self._mark("webid", unquote(ttwid))[:15], 16)
        return str(7_000_000_000_000_000_000 + number % (5 * 10**17))

    def uifid(self, size: int = 192, noise: str | None = None) -> str:
        """A UIFID_TEMP (192 hex digits) or UIFID (320)."""
        text = (noise or secrets.token_hex(size))[: size - 64]
        return text + self._mark("uifid", text)

    def knows_uifid(self, value: str) -> bool:
        if len(value) not in _UIFID_SIZES or not value.isascii():
            return False
        text, mark = value[:-64], value[-64:]
        return hmac.compare_digest(mark, self._mark("uifid", text))

    def session_id(self) -> str:
        return self._mark("login", "sessionid")[:32]

    def login_cookie(self) -> str:
        """The raw Cookie header of the made-up login: always the same for a seed."""
        session, noise = self.session_id(), self._mark("login", "noise")
        cookies = {
            "ttwid": self.ttwid(1_767_196_800, noise[:43]),
            "UIFID": self.uifid(320, (noise * 4)[:256]),
            "s_v_web_id": f"verify_{noise[:8]}_{noise[8:16]}",
            "passport_csrf_token": noise[:32],
            "sid_guard": f"{session}%7C1767196800%7C315360000%7C",
            "sid_tt": session,
            "sessionid": session,
            "sessionid_ss": session,
        }
        return "; ".join(f"{name}={value}" for name, value in cookies.items())

    def knows_login(self, cookies: dict[str, str]) -> bool | None:
        """Whether the login is one of ours; None where there is no login cookie."""
        values = [cookies[name] for name in LOGIN_COOKIES if cookies.get(name)]
        session = self.session_id()
        known = (re.split(r"%7C|\|", value)[0] == session for value in values)
        return any(known) if values else None


def ms_token() -> str:
    drawn = secrets.token_bytes(182)  # at once: a draw a letter costs a millisecond
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in drawn) + "=="


def is_ms_token(value: str) -> bool:
    """Whether it has one of the shapes that are in use (behaviour notes, 5)."""
    return bool(_MS_TOKEN.fullmatch(value) or _MS_TOKEN_PADDED.fullmatch(value))
