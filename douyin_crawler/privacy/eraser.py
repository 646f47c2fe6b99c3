"""A person taken out of values and of JSON texts.

Objects that are the person (users, mentions, sounds, whole comments) become null or
leave their list; ids elsewhere become empty; names inside texts become asterisks, as
many as the name has letters, so that places in texts stay true.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from douyin_crawler.items.page import MalformedPage
from douyin_crawler.privacy.jsontext import read, within, written, written_within
from douyin_crawler.privacy.person import AT, lists_users
from douyin_crawler.privacy.spelling import pattern, plain, units

if TYPE_CHECKING:
    from douyin_crawler.privacy.person import Person
    from douyin_crawler.privacy.spelling import Edge

CUT: Final = object()
"""In place of what was the person's own."""
_LONG_NUMBER = 8
"""Digits from which a number is not taken for a count."""
_LONG_WORD = 6
_SIGNS = ("uid=", "user_id=", "/profile/")
"""Before a uid in addresses."""
_SHORT_HOSTS = ("v.douyin.com/", "v.iesdouyin.com/")
_COMMON = frozenset(
    {"douyin", "iesdouyin", "bytedance", "aweme", "video", "image", "images", "music"}
    | {"avatar", "nickname", "comment", "comments", "https", "signature", "string"}
    | {"已注销", "账号已注销", "用户已注销", "抖音用户", "已重置"}
)
"""Words of the API and names of nobody."""


def is_telling(name: str) -> bool:
    """Return whether *name* can be searched for in any text.

    Others are words of the language as well: they are erased where they stand behind
    an ``@``, or as the whole of a text.
    """
    if name.casefold() in _COMMON or not name.strip():
        return False
    return units(name) >= (_LONG_WORD if name.isascii() else 3)


class Eraser:
    """Takes *person* out."""

    def __init__(self, person: Person) -> None:
        self.person = person
        words = [*person.handles, *person.names]
        self._whole = person.sec_uids | person.uids | person.handles | person.names
        self._folded = {handle.casefold() for handle in person.handles}
        self._parts = [
            *person.sec_uids,
            *(uid for uid in person.uids if len(uid) >= _LONG_WORD),
            *(word for word in words if is_telling(word)),
            *(f"{host}{code}" for code in person.links for host in _SHORT_HOSTS),
        ]
        short = [word for word in words if not is_telling(word) and word.strip()]
        short_uids = [uid for uid in person.uids if len(uid) < _LONG_WORD]
        self._parts.sort(key=len, reverse=True)
        self._behind = [(at, word) for word in short + short_uids for at in AT]
        self._behind += [(sign, uid) for uid in short_uids for sign in _SIGNS]
        texts = {*self._parts, *(sign + word for sign, word in self._behind)}
        self._needles = [_bytes(text).lower() for text in sorted(texts, key=len)]
        self._quoted = [_bytes(word).lower() for word in short + short_uids]

    def touches(self, text: bytes) -> bool:
        """Return whether *text* names the person, or may."""
        return self._found(text) or (
            (b"\\" in text or b"%" in text) and self._found(plain(text))
        )

    def owns(self, kind: str, value: Any) -> bool:
        """Return whether a record of *kind*, or its payload, is the person's own.

        A sticker outlives its author, and a notice who it tells of.
        """
        if not isinstance(value, dict) or kind == "sticker":
            return False
        if kind == "notice":
            return str(value.get("user_id")) in self.person.uids
        return self.person.made(value)

    def payload(self, kind: str, text: bytes) -> bytes | None:
        """Return a payload without the person; None where it is the person's own."""
        if not self.touches(text):
            return text
        try:
            value = read(text)
            if self.owns(kind, value):
                return None
            is_object = isinstance(value, dict)
            left = self._members(value, cut=True) if is_object else self.value(value)
        except (MalformedPage, RecursionError):
            return self._raw(text)
        return self._raw(text if left == value else written(left))

    def notes(self, text: bytes) -> bytes:
        """Return a program's own JSON text, its form kept, without the person."""
        if not self.touches(text):
            return text
        try:
            return self._raw(written(self.value(read(text), cut=False)))
        except (MalformedPage, RecursionError):
            return self._raw(text)

    def value(self, value: Any, *, cut: bool = True, name: str = "") -> Any:
        """Return *value*, a member called *name*, without the person.

        CUT where it is the person's own; without *cut* objects stay, less what names
        the person.
        """
        return self._erased(value, cut, name)

    def _found(self, text: bytes) -> bool:
        text = text.lower()
        return any(needle in text for needle in self._needles) or any(
            _stands_alone(word, text) for word in self._quoted if word in text
        )

    def _erased(self, value: Any, cut: bool, name: str) -> Any:
        if isinstance(value, dict):
            return self._object(value, cut)
        if isinstance(value, list):
            parts = (self._erased(part, cut, name) for part in value)
            return [part for part in parts if part is not CUT]
        if isinstance(value, str):
            return self._string(value, cut)
        if isinstance(value, int) and not isinstance(value, bool):
            return self._number(value, name)
        return value

    def _object(self, value: dict[Any, Any], cut: bool) -> Any:
        if cut and self.person.made(value):
            return CUT
        return self._members(value, cut=cut)

    def _members(self, value: dict[Any, Any], *, cut: bool) -> dict[Any, Any]:
        kept = {}
        for name, part in value.items():
            if isinstance(name, str) and self._string(name, cut) != name:
                continue
            left = self._erased(part, cut, name)
            kept[name] = None if left is CUT else left
        return kept

    def _number(self, value: int, name: str) -> int:
        text = str(value) if value.bit_length() < 128 else ""
        if text not in self.person.uids:
            return value
        is_id = name.endswith("id") or lists_users(name)
        return 0 if len(text) >= _LONG_NUMBER or is_id else value

    def _string(self, text: str, cut: bool) -> str:
        if text in self._whole or text.casefold() in self._folded:
            return ""
        if not self.touches(_bytes(text)):
            return text
        inner = within(text)
        if inner is not None:
            left = self._erased(inner, cut, "")
            text = "" if left is CUT else written_within(left)
        return self._replaced(text)

    def _replaced(self, text: str) -> str:
        for part in self._parts:
            text = self._pattern(part).sub("*" * units(part), text)
        for sign, word in self._behind:
            edge: Edge = "" if sign in AT else "digit"
            stars = sign + "*" * units(word)
            text = pattern(sign + word, edge).sub(stars, text)
        return text

    def _pattern(self, part: str) -> re.Pattern[str]:
        if part in self.person.sec_uids:
            return pattern(part)
        return pattern(part, "digit" if part in self.person.uids else "word")

    def _raw(self, text: bytes) -> bytes:
        """Return *text* with what still names the person replaced in its letters."""
        if not self.touches(text):
            return text
        letters = text.decode("utf-8", "surrogateescape")
        return self._replaced(letters).encode("utf-8", "surrogateescape")


def _stands_alone(word: bytes, text: bytes) -> bool:
    """Return whether *word* is a whole value in *text*."""
    around = rb'(?:^|["\[,:])\s*%b\s*(?:$|["\],:}])' % re.escape(word)
    return re.search(around, text) is not None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
