"""Persons in answers under pseudonyms: every copy in a payload, and what tells of them.

Everybody is pseudonymised in everything that is stored, but the users and posts that
the run was asked for by name: of those the profile, and the author of the posts, stay.
As commenters they are pseudonymised like all others, without the label that marks a
post's author.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from douyin_crawler.items.lenient import shallow
from douyin_crawler.items.page import MalformedPage, decode_part
from douyin_crawler.privacy.jsontext import read, within, written, written_within
from douyin_crawler.privacy.members import (
    COUNT_DIGITS,
    HANDLES,
    KEPT,
    LABELS,
    NAMES,
    SHORTEST,
    UID_DIGITS,
    WORKS,
    blank,
    everybody_in,
    in_addresses,
    is_person,
    is_picture,
    is_post_id,
    is_sec_uid,
    is_uid,
    longest_first,
    mentions,
    numbers,
    sound_title,
    told,
    without_label,
)
from douyin_crawler.privacy.person import Person, lists_users, named_in
from douyin_crawler.privacy.pseudonyms import (
    Pseudonyms,
    as_number,
    is_pseudonym,
    sec_uids,
)
from douyin_crawler.privacy.reread import reread

if TYPE_CHECKING:
    from douyin_crawler.items.observation import Observation


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
        named = everybody_in(value)
        self._clear_names = clear.names | clear.handles
        self._words = longest_first(
            {n: pseudonyms.word(n) for n in named.names - clear.names if n.strip()}
            | {h: pseudonyms.word(h) for h in named.handles - clear.handles}
        )
        self._plain = [told(name, word) for name, word in self._words.items()]
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
            return [self._listed(part, name) for part in value]
        if isinstance(value, str):
            return self._text(value, name)
        if isinstance(value, int) and not isinstance(value, bool):
            digits = str(value) if value.bit_length() < 128 else ""
            known = is_uid(name) or digits in self._numbers
            is_long = len(digits) > COUNT_DIGITS and lists_users(name)
            return self._uid(value) if known or is_long else value
        return value

    def _listed(self, value: Any, name: str) -> Any:
        """Return an element of a list called *name*; lists have no counts."""
        if isinstance(value, int | str) and not isinstance(value, bool):
            digits = str(value)
            if lists_users(name) and digits.isdigit() and len(digits) >= SHORTEST:
                return self._uid(value)
        return self.value(value, name)

    def _object(self, value: dict[str, Any]) -> Any:
        if self._clear and self._clear.is_in(value) and not WORKS & value.keys():
            return value
        person = is_person(value)
        is_comment = "cid" in value and "user" in value
        is_named = bool(named_in(value).size() or "owner_id" in value)
        left: dict[str, Any] = {}
        for name, part in value.items():
            if is_comment and name in LABELS:
                left[name] = without_label(name, part)
            elif person and not self._is_kept(name, part):
                left[name] = blank(part)
            elif is_named and is_picture(name) and "aweme_id" not in value:
                left[name] = None
            elif "avatar" in name.lower() and isinstance(part, dict | list | str):
                left[name] = blank(part)
            elif person and name in ("id", "id_str"):
                left[name] = self._uid(part)
            else:
                left[self._key(name)] = self.value(part, name)
        return left

    def _key(self, name: str) -> str:
        is_long = name.isdigit() and COUNT_DIGITS < len(name) <= UID_DIGITS
        if is_long and not is_post_id(name):
            return str(self._uid(name))
        return self._string(name)

    def _is_kept(self, name: str, part: Any) -> bool:
        if part is None or isinstance(part, bool) or name in KEPT or name in NAMES:
            return True
        if name in HANDLES:
            return False
        return bool(is_sec_uid(name) or is_uid(name) or name in ("id", "id_str"))

    def _text(self, text: str, name: str) -> str:
        if is_sec_uid(name) and text and " " not in text and text[:1] not in "{[":
            return text if text in self._clear.sec_uids else self._to.sec_uid(text)
        if name in HANDLES:
            return text if text in self._clear_names | self._clear.uids else ""
        if name in NAMES:
            known = not text or text in self._clear.names
            return text if known else self._to.name(text)
        if (is_uid(name) or lists_users(name)) and numbers(text):
            return re.sub(r"\d+", lambda found: str(self._uid(found[0])), text)
        if name.endswith("title") and (made := self._sound(text)):
            return made
        inner = within(text)
        if inner is not None:
            left = _Rewriting(self._to, self._clear, inner).value(inner)
            text = text if left == inner else written_within(left)
        return self._string(text)

    def _uid(self, value: Any) -> Any:
        text = str(value)
        if text in {"0", "", "-1"} | self._clear.uids or not text.isdigit():
            return value
        if is_pseudonym(text):
            return value
        return as_number(self._to.uid(text), value)

    def _string(self, text: str) -> str:
        """Return *text* with all that names somebody in it replaced."""
        if text in self._words:
            return self._words[text]
        if "MS4wLjAB" in text:
            text = sec_uids(self._sec_uid, text)
        text = self._uids_in(text)
        for plain, word in self._plain:
            if plain in text:
                text = text.replace(plain, word)
        if "%" in text:
            for coded, word in self._coded:
                if coded in text:
                    text = text.replace(coded, word)
        if "@" in text or "＠" in text:
            text = mentions(self._mention, text)
        return text

    def _uids_in(self, text: str) -> str:
        if "id" in text or "/profile" in text:
            text = in_addresses(self._in_address, text)
        for uid, number in self._numbers.items():
            if uid in text:
                text = re.sub(rf"(?<!\d){uid}(?!\d)", number, text)
        return text

    def _sound(self, title: str) -> str:
        """Return the title that a sound has from who made it, without that name.

        Empty where *title* is none of these.
        """
        found = sound_title(title)
        if not found or found[2] in self._clear_names:
            return title if found else ""
        return found[1] + self._to.word(found[2]) + found[3]

    def _in_address(self, found: re.Match[str]) -> str:
        return found[1] + str(self._uid(found[2]))

    def _sec_uid(self, found: re.Match[str]) -> str:
        known = found[0] in self._clear.sec_uids or "PSEUDONYM" in found[0]
        return found[0] if known else self._to.sec_uid(found[0])

    def _mention(self, found: re.Match[str]) -> str:
        if found[2] in self._clear_names or found[2] in self._words.values():
            return found[0]
        return found[1] + self._to.word(found[2])
