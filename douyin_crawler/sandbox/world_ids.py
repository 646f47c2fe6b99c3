"""Ids that carry what they name, so that nothing has to be remembered.

They look like the service's own: `aweme_id` of 19 digits with the creation time in its
upper 32 bits, `sec_uid` of 55 or 76 characters (behaviour notes, section 6).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import blake2b
from typing import Literal, NamedTuple

from .dice import Dice

SEC_UID_PREFIX = "MS4wLjABAAAA"
MAX_USERS = 1 << 18
MAX_POSTS = 1 << 14
_MASK = (1 << 32) - 1
_FACTOR = 0x9E3779B1  # odd: the product can be undone modulo 2**32
_INVERSE = pow(_FACTOR, -1, 1 << 32)
_SYLLABLES = "an bei chen dong fei guo hai jia lan ming nan qing rui shan tian xiao"

Kind = Literal["user", "post"]


class Named(NamedTuple):
    """What an id or code stands for; `created` is 0 where the id does not say."""

    user: int
    post: int
    created: int = 0


class Ids:
    """The two-way maps between indices and ids of one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._key = blake2b(f"sandbox ids {seed}".encode()).digest()
        self._salt = int.from_bytes(self._key[:4], "big")

    def _digest(self, purpose: str, index: int, size: int) -> bytes:
        text = f"{purpose}/{index}".encode()
        return blake2b(text, digest_size=size, key=self._key).digest()

    def sec_uid(self, user: int) -> str:
        wide = self._digest("wide", user, 1)[0] < 64
        digest = self._digest("sec_uid", user, 44 if wide else 28)
        mask = int.from_bytes(digest[:4], "big")
        data = digest + (user ^ mask).to_bytes(4, "big")
        return SEC_UID_PREFIX + urlsafe_b64encode(data).decode().rstrip("=")

    def user_of_sec_uid(self, text: str) -> int | None:
        """The user's index; None for what this seed never gave out."""
        try:
            data = urlsafe_b64decode(text.removeprefix(SEC_UID_PREFIX) + "=")
        except (Error, ValueError):
            return None
        if len(data) not in {32, 48}:
            return None
        user = int.from_bytes(data[-4:], "big") ^ int.from_bytes(data[:4], "big")
        return user if user < MAX_USERS and self.sec_uid(user) == text else None

    def aweme_id(self, user: int, post: int, created: int) -> str:
        low = ((user * MAX_POSTS + post) ^ self._salt) * _FACTOR & _MASK
        return str(created << 32 | low)

    def post_of_aweme_id(self, text: str) -> Named | None:
        """What an id says it is; whether such a post exists, the world knows."""
        if not (text.isascii() and text.isdigit() and len(text) in {18, 19}):
            return None
        created, low = divmod(int(text), 1 << 32)
        user, post = divmod((low * _INVERSE & _MASK) ^ self._salt, MAX_POSTS)
        return Named(user, post, created)

    def handle(self, user: int) -> str:
        """The chosen name (抖音号); one user in ten has none (`unique_id` is empty)."""
        dice = Dice(self._seed, "handle", user)
        if dice.chance(10) and user > 9:
            return ""
        syllables = _SYLLABLES.split()
        return f"{dice.pick(syllables)}{dice.pick(syllables)}_{7919 * (user + 13)}"

    def short_id(self, user: int) -> str:
        return str(70_000_019 + 9973 * user)

    def user_of_handle(self, text: str) -> int | None:
        """The user of a handle, or of a short id as the app shows for want of one."""
        if text.isascii() and text.isdigit():
            user, rest = divmod(int(text) - 70_000_019, 9973)
            return None if rest or not 0 <= user < MAX_USERS else user
        number = text.rpartition("_")[2]
        if not (number.isascii() and number.isdigit()):
            return None
        user = int(number) // 7919 - 13
        return user if 0 <= user < MAX_USERS and self.handle(user) == text else None

    def short_code(self, kind: Kind, user: int, post: int = 0) -> str:
        """The code of a `v.douyin.com` link, 8 characters."""
        packed = ((kind == "post") << 32 | user * MAX_POSTS + post).to_bytes(5, "big")
        mark = self._digest("code", int.from_bytes(packed, "big"), 1)
        mixed = bytes(a ^ b for a, b in zip(packed, self._key[8:], strict=False))
        return urlsafe_b64encode(mark + mixed).decode()

    def target_of_code(self, code: str) -> tuple[Kind, Named] | None:
        try:
            data = urlsafe_b64decode(code)
        except (Error, ValueError):
            return None
        packed = bytes(a ^ b for a, b in zip(data[1:], self._key[8:], strict=False))
        number = int.from_bytes(packed, "big")
        kind: Kind = "post" if number >> 32 else "user"
        named = Named(*divmod(number & _MASK, MAX_POSTS))
        return (kind, named) if self.short_code(kind, *named[:2]) == code else None
