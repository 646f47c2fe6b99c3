"""Private fields: what the service sends about a person that is not to be kept.

What a person shows to everybody (name, bio, gender, ``ip_label``, ``ip_location``,
``city`` and ``province``) is not among them.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PHONE = "a telephone number"
_BIRTHDAY = "the day of birth, or what is reckoned from it"
_EMAIL = "an address of mail, or the login at another company"
_LOGIN = "an account at another company"
_BOUGHT = "what the person buys"
_IDENTITY = "who the person is by law"
_SCHOOL = "where the person learns or learned"
_PLACE = "where the person is or lives, closer than the city"

PRIVATE: dict[str, str] = {
    "bind_phone": _PHONE,
    "contact_phone": _PHONE,
    "mobile": _PHONE,
    "mobile_phone": _PHONE,
    "phone": _PHONE,
    "phone_num": _PHONE,
    "phone_number": _PHONE,
    "smart_phone_list": _PHONE,
    "telephone": _PHONE,
    "birth_date": _BIRTHDAY,
    "birth_day": _BIRTHDAY,
    "birthday": _BIRTHDAY,
    "birthday_str": _BIRTHDAY,
    "apple_account": _EMAIL,
    "apple_id": _EMAIL,
    "constellation": _BIRTHDAY,
    "rec_age_stage": _BIRTHDAY,
    "user_age": _BIRTHDAY,
    "bind_email": _EMAIL,
    "email": _EMAIL,
    "email_addr": _EMAIL,
    "email_address": _EMAIL,
    "google_account": _EMAIL,
    "ins_id": _LOGIN,
    "platform_sync_info": _LOGIN,
    "qq": _LOGIN,
    "qq_number": _LOGIN,
    "twitter_id": _LOGIN,
    "twitter_name": _LOGIN,
    "wechat": _LOGIN,
    "wechat_id": _LOGIN,
    "weibo_name": _LOGIN,
    "weibo_schema": _LOGIN,
    "weibo_url": _LOGIN,
    "weibo_verify": _LOGIN,
    "weixin": _LOGIN,
    "youtube_channel_id": _LOGIN,
    "youtube_channel_title": _LOGIN,
    "latest_order_time": _BOUGHT,
    "id_card": _IDENTITY,
    "id_number": _IDENTITY,
    "real_name": _IDENTITY,
    "college_name": _SCHOOL,
    "education": _SCHOOL,
    "enroll_year": _SCHOOL,
    "school": _SCHOOL,
    "school_id": _SCHOOL,
    "school_info": _SCHOOL,
    "school_name": _SCHOOL,
    "student_id": _SCHOOL,
    "address": _PLACE,
    "district": _PLACE,
    "geohash": _PLACE,
    "hometown": _PLACE,
    "lat": _PLACE,
    "latitude": _PLACE,
    "lng": _PLACE,
    "location": _PLACE,
    "lon": _PLACE,
    "longitude": _PLACE,
    "poi_address": _PLACE,
    "poi_latitude": _PLACE,
    "poi_longitude": _PLACE,
    "simple_addr": _PLACE,
}
"""Names of members, each with what it tells; met in all of :func:`_spellings`."""


def _spellings(name: str) -> set[str]:
    """Return *name* as others write it: phoneNumber, PhoneNumber, PHONE_NUMBER."""
    words = name.split("_")
    titled = "".join(word.capitalize() for word in words)
    return {
        name,
        name.upper(),
        name.capitalize(),
        "".join(words),
        titled,
        words[0] + titled[len(words[0]) :],
    }


def _either(names: set[str]) -> str:
    """Return the expression for *names*: a fifth of the time of a long alternation."""
    return "|".join(
        initial + "(?:" + "|".join(name[1:] for name in of_initial) + ")"
        for initial, of_initial in groupby(sorted(names), key=itemgetter(0))
    )


_every = set().union(*map(_spellings, PRIVATE))
_capital = {name for name in _every if name[0].isupper()}
_names = f"{_either(_every - _capital)}|(?=[A-Z])(?:{_either(_capital)})"
_key = re.compile(f'"(?:{_names})"\\s*:\\s*'.encode()).finditer
_is_name = re.compile(f"(?:{_names})".encode()).fullmatch
_key_within = re.compile(f'\\\\"(?:{_names})\\\\'.encode()).search
"""A name inside a string; what it begins with is what makes the search fast."""
_empty = re.compile(
    rb'(?:null|false|-?0(?:\.0+)?|""|\[\s*\]|\{\s*\})(?=\s*(?:[,}]|$))'
).match
_escaped_name = re.compile(rb"\\u00(?:3\d|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])").search
_string = re.compile(rb'"((?:[^"\\]|\\.)*)"(\s*:\s*)?', re.DOTALL).finditer
_scalar = re.compile(rb'"(?:[^"\\]|\\.)*"?|[^\s,\]}]+', re.DOTALL).match
_token = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL).finditer
_comma_behind = re.compile(rb"\s*,\s*").match
_SPACE = b" \t\r\n"


def cut(text: bytes) -> tuple[bytes, int]:
    """Return a JSON text without its private members, and how many there were.

    Members that are empty (null, "", 0, false, [], {}) stay. Everything else stays
    byte for byte: big integers, half surrogates and texts that are no whole JSON
    too. What stands in a string, as JSON within JSON, is :func:`cut_within`'s.
    """
    kept = bytearray()
    done = count = 0
    for start, value in _members(text):
        if start < done or _empty(text, value):
            continue
        kept += text[done:start]
        done = _end(text, value)
        if comma := _comma_behind(text, done):
            done = comma.end()
        else:
            _drop_comma(kept)
        count += 1
    return (bytes(kept + text[done:]), count) if count else (text, 0)


def cut_within(text: bytes) -> tuple[bytes, int]:
    """Return a JSON text whose strings, where they are JSON, have no private members.

    And how many there were. Strings in which there are none stay byte for byte.
    """
    if not _may_hold(text):
        return text, 0
    kept = bytearray()
    done = count = 0
    for found in _string(text):
        if found[2] or found[1].lstrip(_SPACE)[:1] not in (b"{", b"["):
            continue
        left, members = _cut_string(found[1])
        if members:
            kept += text[done : found.start(1)] + left
            done = found.end(1)
            count += members
    return (bytes(kept + text[done:]), count) if count else (text, 0)


def _may_hold(text: bytes) -> bool:
    """Return whether a string in *text* may hold a private member."""
    if b"\\u0022" in text:
        return True
    if b'\\"' not in text:
        return False
    is_spelled = b"\\u00" in text and _escaped_name(text) is not None
    return is_spelled or _key_within(text) is not None


def _cut_string(escaped: bytes) -> tuple[bytes, int]:
    """Return the inside of a JSON string less the private members of its own JSON."""
    try:
        inner = json.loads(b'"%b"' % escaped, strict=False)
    except ValueError:
        return escaped, 0
    whole = inner.encode("utf-8", "surrogatepass")
    whole, members = cut(whole)
    whole, deeper = cut_within(whole)
    if not members + deeper:
        return escaped, 0
    left = whole.decode("utf-8", "surrogatepass")
    try:
        said = json.dumps(left, ensure_ascii=escaped.isascii()).encode()
    except UnicodeEncodeError:  # half a surrogate
        said = json.dumps(left).encode()
    return said[1:-1], members + deeper


def _drop_comma(kept: bytearray) -> None:
    """Remove the comma at the end, which nothing follows any more."""
    end = len(kept)
    while end and kept[end - 1 : end].isspace():
        end -= 1
    if kept[end - 1 : end] == b",":
        del kept[end - 1 :]


def _members(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield where private members and their values begin."""
    if b"\\u00" in text and _escaped_name(text):
        yield from _spelled_out(text)
        return
    for found in _key(text):
        start, value = found.span()
        if text[start - 1 : start] != b"\\":
            yield start, value


def _spelled_out(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield the same where names may be written with escapes, like ``\\u0062``."""
    for found in _string(text):
        if found[2] and _is_private(found[1]):
            yield found.span()


@lru_cache(4096)
def _is_private(name: bytes) -> bool:
    """Return whether a member is private; its name may be written with escapes."""
    return _is_name(_unescaped(name).encode("utf-8", "replace")) is not None


def _unescaped(name: bytes) -> str:
    try:
        return str(json.loads(b'"' + name + b'"'))
    except ValueError:
        return ""


def _end(text: bytes, start: int) -> int:
    """Return where the value ends that begins at *start*."""
    if text[start : start + 1] not in {b"{", b"["}:
        found = _scalar(text, start)
        return found.end() if found else start
    depth = 0
    for token in _token(text, start):
        depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return len(text)
