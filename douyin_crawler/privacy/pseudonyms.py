"""Keyed hashes in place of the ids and names of persons.

HMAC-SHA-256 under the salt: whoever lacks the salt can neither go back nor try ids out.
One id or name always has the same pseudonym under one salt. Pseudonyms have the form
of what they stand for, so that parsers, stores and look-ups work as ever.
"""

from __future__ import annotations

import base64
import hmac
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from douyin_crawler.privacy.person import Person
from douyin_crawler.privacy.spelling import units

if TYPE_CHECKING:
    from collections.abc import Callable

MIN_SALT = 16
"""Characters."""
_SEC_UID = "MS4wLjABAAAAPSEUDONYM"
_SEC_UID_SIZE = 55
_UID = "90"
"""No uid begins so before 2038; 19 digits of this begin fit into 64 bits."""
_UID_DIGITS = 17
_NAME = "用户"
_NAME_DIGITS = 12
is_pseudonym = re.compile(rf"{_UID}[0-9]{{{_UID_DIGITS}}}").fullmatch
"""Whether the text of a number is the pseudonym of a uid."""
sec_uids = re.compile(r"MS4wLjAB[A-Za-z0-9_-]{20,}").sub


class Pseudonyms:
    """The pseudonyms of one salt."""

    def __init__(self, salt: str) -> None:
        key = salt.encode("utf-8", "surrogatepass")

        @lru_cache(50_000)
        def digest(kind: str, text: str) -> bytes:
            said = f"{kind}:{text}".encode("utf-8", "surrogatepass")
            return hmac.digest(key, said, "sha256")

        self._digest: Callable[[str, str], bytes] = digest

    def sec_uid(self, text: str) -> str:
        """Return what stands for a sec_uid: ``MS4wLjABAAAAPSEUDONYM`` and a code."""
        code = base64.urlsafe_b64encode(self._digest("sec_uid", text)).decode()
        return (_SEC_UID + code)[:_SEC_UID_SIZE]

    def uid(self, text: str) -> str:
        """Return what stands for a uid: 19 digits that begin with 90."""
        number = int.from_bytes(self._digest("uid", text)[:16])
        return _UID + f"{number % 10**_UID_DIGITS:0{_UID_DIGITS}}"

    def name(self, text: str) -> str:
        """Return what stands for a nickname: 用户 and 12 hexadecimal digits."""
        return _NAME + self._digest("name", text).hex()[:_NAME_DIGITS]

    def word(self, text: str) -> str:
        """Return what stands for a nickname inside a text, as long as that is.

        So hashtags and mentions keep their places.
        """
        code = self._digest("name", text).hex()
        return (code * (units(text) // len(code) + 1))[: units(text)]

    def of_person(self, person: Person) -> Person:
        """Return the ids under which *person* stands in a store of this salt."""
        return Person(
            sec_uids={self.sec_uid(text) for text in person.sec_uids},
            uids={self.uid(text) for text in person.uids},
        )

    def __repr__(self) -> str:
        """Return a text without the salt."""
        return "Pseudonyms()"


def as_number(text: str, like: Any) -> Any:
    """Return the digits *text* as a number where *like* is one."""
    return int(text) if isinstance(like, int) else text
