"""What a person asks for: users and posts, in every form that they are known by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urljoin

from douyin_crawler.api.evidence import one_line
from douyin_crawler.api.links import (
    AWEME_ID,
    SEC_UID,
    Link,
    TargetError,
    link_in,
    read_link,
)
from douyin_crawler.api.requests import SITE
from douyin_crawler.api.target_lists import read_targets

__all__ = [
    "PostTarget",
    "TargetError",
    "UserTarget",
    "canonical_url",
    "parse_location",
    "parse_post",
    "parse_user",
    "read_targets",
]

_AROUND = " \t\r\n\"'“”‘’<>\u200b\ufeff"
_HANDLE = re.compile(r"[A-Za-z0-9_.-]{2,40}")
_LABELLED_HANDLE = re.compile(rf"抖音号\s*[:：]?\s*({_HANDLE.pattern})")
_HOST_LIKE = re.compile(r".*\.(?:com|cn|net|org)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UserTarget:
    """A user, as far as the text alone tells."""

    kind: Literal["sec_uid", "handle", "short_link", "self"]
    value: str
    """The sec_uid, the handle (抖音号), the short link's address, or ``self``."""


@dataclass(frozen=True, slots=True)
class PostTarget:
    """A post, as far as the text alone tells."""

    kind: Literal["aweme_id", "short_link"]
    value: str
    """The aweme_id, or the short link's address."""


def parse_user(text: str) -> UserTarget:
    """Return the user that *text* names.

    That is a sec_user_id (55 or 76 characters today; 40 to 120 are taken), the
    address of a profile, a short link, share text around either, or a handle.

    Raises:
        TargetError: it names no user.
    """
    text = text.strip(_AROUND)
    if link := _link(text):
        return _user_of(link, text)
    if re.fullmatch(SEC_UID, text):
        return UserTarget("sec_uid", text)
    if text == "self":
        return UserTarget("self", text)
    if labelled := _LABELLED_HANDLE.fullmatch(text):
        return UserTarget("handle", labelled[1])
    if fault := _fault_of_handle(text):
        raise _error(text, fault)
    return UserTarget("handle", text)


def parse_post(text: str) -> PostTarget:
    """Return the post that *text* names.

    That is an aweme_id (18 or 19 digits), the address of a post, any address with
    a ``modal_id``, a short link, or share text around either.

    Raises:
        TargetError: it names no post.
    """
    text = text.strip(_AROUND)
    if link := _link(text):
        return _post_of(link, text)
    if re.fullmatch(AWEME_ID, text):
        return PostTarget("aweme_id", text)
    if re.fullmatch(SEC_UID, text):
        raise _error(text, "is a user, not a post")
    if re.fullmatch("[0-9]+", text):
        raise _error(text, f"is no post id: those have 19 digits, not {len(text)}")
    raise _error(text, "is no post; give its id or its address")


def parse_location(location: str) -> UserTarget | PostTarget:
    """Return what the ``Location`` of a short link leads to.

    Raises:
        TargetError: it leads away from Douyin, or to neither a user nor a post.
    """
    try:
        url = urljoin(SITE, location.strip())
    except ValueError:
        raise TargetError("it leads to a malformed address") from None
    if not re.match("https?://", url, re.IGNORECASE):
        raise TargetError("it leads to an app, not to a page")
    link = read_link(url)
    if link.post:
        return PostTarget("aweme_id", link.post)
    if link.user:
        return _user_of(link, location)
    raise TargetError(f"it leads to {link.other or 'another short link'}")


def canonical_url(target: UserTarget | PostTarget) -> str:
    """Return the address of *target* for people; of a handle, a search for it."""
    match target:
        case PostTarget("aweme_id", value):
            return f"{SITE}/video/{value}"
        case UserTarget("sec_uid" | "self", value):
            return f"{SITE}/user/{value}"
        case UserTarget("handle", value):
            return f"{SITE}/search/{quote(value, safe='')}?type=user"
        case _:
            return target.value


def _link(text: str) -> Link | None:
    try:
        return link_in(text)
    except TargetError as error:
        raise _error(text, f"can't be used: {error}") from None


def _user_of(link: Link, text: str) -> UserTarget:
    if link.user == "self":
        return UserTarget("self", link.user)
    if link.user:
        return UserTarget("sec_uid", link.user)
    if link.short:
        return UserTarget("short_link", link.short)
    what = "a post" if link.post else link.other
    raise _error(text, f"is {what}; a user's profile is needed here")


def _post_of(link: Link, text: str) -> PostTarget:
    if link.post:
        return PostTarget("aweme_id", link.post)
    if link.short:
        return PostTarget("short_link", link.short)
    what = "a user" if link.user else link.other
    raise _error(text, f"is {what}; the address of a post is needed here")


def _fault_of_handle(text: str) -> str:
    """Return why *text* is no handle, or nothing."""
    if re.fullmatch(AWEME_ID, text):
        return "is the id of a post; a user is needed here"
    if re.fullmatch("[0-9]{1,40}", text):
        return (
            "is a number, and a numeric uid is not accepted; give the profile's "
            f"address, or write 抖音号:{text} if it is a handle"
        )
    if text.startswith("MS4wLjAB"):
        return f"is not a whole sec_user_id ({len(text)} characters, not 55 or 76)"
    if not _HANDLE.fullmatch(text) or _HOST_LIKE.fullmatch(text):
        return (
            "is no user; give a sec_user_id, the address of a profile, or a handle "
            "(抖音号; a nickname is not unique)"
        )
    return ""


def _error(text: str, fault: str) -> TargetError:
    return TargetError(f"{one_line(text, 60)!r} {fault}")
