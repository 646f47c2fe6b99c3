"""Persons in answers under pseudonyms: every copy in a payload, and what tells of them.

Everybody is pseudonymised in everything that is stored, but the users and posts that
the run was asked for by name: of those the profile, and the author of the posts, stay.
As commenters they are pseudonymised like all others, without the label that marks a
post's author.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from douyin_crawler.items.lenient import shallow
from douyin_crawler.items.page import MalformedPage, decode_part
from douyin_crawler.privacy.jsontext import read, within, written, written_within
from douyin_crawler.privacy.person import OWN, ROLES, Person, named_in, objects
from douyin_crawler.privacy.pseudonyms import Pseudonyms, as_number, sec_uids
from douyin_crawler.privacy.reread import reread

if TYPE_CHECKING:
    from douyin_crawler.items.observation import Observation

_HANDLES = frozenset({"unique_id", "owner_handle", "short_id", "handle", "ins_id"})
_NAMES = frozenset(
    {"nickname", "owner_nickname", "reply_to_username", "remark_name", "user_name"}
    | {"username", "screen_name", "sender_name", "custom_nickname"}
)
_sec_uid_name = re.compile(r"(?:.*_)?sec_(?:uid|user_id|id)s?").fullmatch
_uid_name = re.compile(r"(?:.*_)?(?:uid|user_?id)s?(?:_str)?|owner_id").fullmatch
_KEPT = frozenset(
    {"gender", "region", "language", "status", "verification_type", "secret", "is_ban"}
    | {"user_canceled", "start", "end", "type", "role_title"}
)
"""What a person's object keeps beside its ids: texts, pictures and counts tell who."""
_PICTURES = re.compile(r"avatar|head_image|cover").match
_MENTION = re.compile(r"@([^\s@#,，。!！?？:：;；、()（）]+)").sub
_LABELS = frozenset({"label_text", "label_list", "label_type"})
_PLACE = re.compile(r"IP").match
_SHORTEST = 3
"""ASCII letters of a name that is looked for in texts where no ``@`` precedes it."""
_WORKS = frozenset({"cid", "aweme_id", "nid", "nid_str", "mix_id", "owner_id"})
"""Members of objects that name a person and are none."""


@lru_cache(4096)
def _is_sec_uid(name: str) -> bool:
    return _sec_uid_name(name) is not None


@lru_cache(4096)
def _is_uid(name: str) -> bool:
    return _uid_name(name) is not None


class Pseudonymizer:
    """Rewrites observations under one salt."""

    def __init__(self, salt: str) -> None:
        self._pseudonyms = Pseudonyms(salt)

    def rewritten(self, seen: Observation, clear: Person) -> Observation | None:
        """Return *seen* with everybody but *clear* under pseudonyms.

        None where nothing can be read of it: what is not understood is not stored.
        """
        try:
            payload = self._payload(seen.payload, clear)
        except MalformedPage:
            return reread(seen, b"null") if seen.item is None else None
        return seen if payload is seen.payload else reread(seen, payload)

    def _payload(self, text: bytes, clear: Person) -> bytes:
        """Return *text* rewritten; without what is nested too deeply for that."""
        value, shown = decode_part(text)
        try:
            left = _Rewriting(self._pseudonyms, clear, value).value(value)
        except RecursionError:
            shown = shallow(text)
            value = read(shown)
            left = _Rewriting(self._pseudonyms, clear, value).value(value)
        return text if left == value and shown is text else written(left)


class _Rewriting:
    """One payload."""

    def __init__(self, pseudonyms: Pseudonyms, clear: Person, value: Any) -> None:
        self._to = pseudonyms
        self._clear = clear
        named = _everybody(value)
        self._clear_names = clear.names | clear.handles
        self._words = _longest_first(
            {n: pseudonyms.word(n) for n in named.names - clear.names if n.strip()}
            | {h: pseudonyms.word(h) for h in named.handles - clear.handles}
        )
        self._plain = [_told(name, word) for name, word in self._words.items()]
        self._coded = [
            (form, word)
            for name, word in self._words.items()
            if (coded := quote(name, safe="")) != name
            for form in (coded, coded.lower())
        ]
        uids = {u for u in named.uids - clear.uids if len(u) > 5}
        self._numbers = {uid: pseudonyms.uid(uid) for uid in uids}

    def value(self, value: Any, name: str = "") -> Any:
        """Return *value*, a member called *name*, rewritten."""
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self.value(part, name) for part in value]
        if isinstance(value, str):
            return self._text(value, name)
        if isinstance(value, int) and not isinstance(value, bool):
            known = _is_uid(name) or str(value) in self._numbers
            return self._uid(value) if known else value
        return value

    def _object(self, value: dict[str, Any]) -> Any:
        if self._clear and self._clear.is_in(value) and not _WORKS & value.keys():
            return value
        person = _is_person(value)
        is_comment = "cid" in value and "user" in value
        is_named = bool(named_in(value).size() or "owner_id" in value)
        left: dict[str, Any] = {}
        for name, part in value.items():
            if is_comment and name in _LABELS:
                left[name] = _without_label(name, part)
            elif person and not self._is_kept(name, part):
                left[name] = _blank(part)
            elif is_named and _PICTURES(name) and "aweme_id" not in value:
                left[name] = None
            elif person and name in ("id", "id_str"):
                left[name] = self._uid(part)
            else:
                left[self._string(name)] = self.value(part, name)
        return left

    def _is_kept(self, name: str, part: Any) -> bool:
        if part is None or isinstance(part, bool) or name in _KEPT or name in _NAMES:
            return True
        if name in _HANDLES:
            return False
        return bool(_is_sec_uid(name) or _is_uid(name) or name in ("id", "id_str"))

    def _text(self, text: str, name: str) -> str:
        if not text:
            return text
        if _is_sec_uid(name) and " " not in text and text[:1] not in "{[":
            return text if text in self._clear.sec_uids else self._to.sec_uid(text)
        if name in _HANDLES:
            return text if text in self._clear_names | self._clear.uids else ""
        if name in _NAMES:
            return text if text in self._clear.names else self._to.name(text)
        if _is_uid(name) and text.isdigit():
            return str(self._uid(text))
        inner = within(text)
        if inner is not None:
            left = _Rewriting(self._to, self._clear, inner).value(inner)
            text = text if left == inner else written_within(left)
        return self._string(text)

    def _uid(self, value: Any) -> Any:
        text = str(value)
        if text in {"0", "", "-1"} | self._clear.uids or not text.isdigit():
            return value
        return as_number(self._to.uid(text), value)

    def _string(self, text: str) -> str:
        """Return *text* with all that names somebody in it replaced."""
        if "MS4wLjAB" in text:
            text = sec_uids(self._sec_uid, text)
        for uid, number in self._numbers.items():
            if uid in text:
                text = re.sub(rf"(?<!\d){uid}(?!\d)", number, text)
        for plain, word in self._plain:
            if plain in text:
                text = text.replace(plain, word)
        if "%" in text:
            for coded, word in self._coded:
                if coded in text:
                    text = text.replace(coded, word)
        if "@" in text:
            text = _MENTION(self._mention, text)
        return text

    def _sec_uid(self, found: re.Match[str]) -> str:
        known = found[0] in self._clear.sec_uids or "PSEUDONYM" in found[0]
        return found[0] if known else self._to.sec_uid(found[0])

    def _mention(self, found: re.Match[str]) -> str:
        if found[1] in self._clear_names or found[1] in self._words.values():
            return found[0]
        return "@" + self._to.word(found[1])


def _everybody(value: Any) -> Person:
    """Return all ids and names that the objects in *value* give somebody."""
    everybody = Person()
    for found in objects(value):
        for role in ROLES:
            everybody.update(named_in(found, role))
        for text in (found.get("text"), found.get("desc")):
            everybody.names |= _mentioned(text, found.get("text_extra"))
    return everybody


def _mentioned(text: Any, extra: Any) -> set[str]:
    """Return the names that stand in *text* where *extra* says that someone does."""
    if not isinstance(text, str) or not isinstance(extra, list) or "@" not in text:
        return set()
    wide = text.encode("utf-16-le", "surrogatepass")
    names = set()
    for entry in extra:
        if not isinstance(entry, dict) or not named_in(entry).size():
            continue
        start, end = entry.get("start"), entry.get("end")
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end:
            cut = wide[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
            names.add(cut.removeprefix("@").strip())
    return names - {""}


def _is_person(value: dict[str, Any]) -> bool:
    """Return whether an object is a user, or a copy of one."""
    if _WORKS & value.keys():
        return False
    return bool(named_in(value, OWN).size())


def _blank(value: Any) -> Any:
    """Return what stands for a value that is left out."""
    if isinstance(value, str):
        return ""
    if isinstance(value, list):
        return []
    return 0 if isinstance(value, int | float) else None


def _without_label(name: str, value: Any) -> Any:
    """Return a comment's label if it is the place that it was in 2023."""
    if name == "label_text" and isinstance(value, str) and _PLACE(value):
        return value
    return _blank(value)


def _told(name: str, word: str) -> tuple[str, str]:
    """Return what to look for in texts, and what stands for it."""
    if len(name) >= (_SHORTEST if name.isascii() else 2):
        return name, word
    return f"@{name}", f"@{word}"


def _longest_first(words: dict[str, str]) -> dict[str, str]:
    return dict(sorted(words.items(), key=lambda pair: -len(pair[0])))
