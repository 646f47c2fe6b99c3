"""Links to Douyin: found in a text, checked, and read.

The forms are those of ``behaviour.md`` 6 of the API notes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from douyin_crawler.api.evidence import one_line

_DOMAINS = ("douyin.com", "iesdouyin.com")
_SHORT_HOSTS = frozenset({"v.douyin.com", "v.iesdouyin.com"})

# A link ends where text begins: at white space, quotes, commas, Chinese letters.
_IN_URL = r"[!#-&(-+\--;=?-\[\]_a-z~]"
_URL = re.compile(
    rf"https?://{_IN_URL}+"
    rf"|(?<![\w@./:-])(?=(?:[a-z0-9-]+\.)*(?:ies)?douyin\.com\b){_IN_URL}+",
    re.IGNORECASE | re.ASCII,
)
_TO_SPACE = re.compile(r"\S+")

AWEME_ID = r"[1-9][0-9]{17,18}(?![0-9A-Za-z])"
# 55 or 76 characters today.
SEC_UID = r"MS4wLjABAAAA[A-Za-z0-9_-]{28,108}(?![A-Za-z0-9_-])"
_POST_PATH = re.compile(rf"/(?:share/)?(?:video|note|slides|gallery)/({AWEME_ID})")
_USER_PATH = re.compile(r"/(?:share/)?user(?:/([A-Za-z0-9_-]*))?")
_SHORT_PATH = re.compile(r"/([A-Za-z0-9_-]+)")
_OTHERS = (
    (re.compile(r"/(?:share/)?(?:video|note|slides|gallery)/"), "a damaged post link"),
    (re.compile(r"/(?:share/)?(?:mix|collection)/"), "a mix"),
    (re.compile(r"/(?:share/)?music/"), "a piece of music"),
    (re.compile(r"/(?:share/)?(?:hashtag|challenge)/"), "a hashtag"),
    (re.compile(r"/(?:root/)?search/"), "a search"),
    (re.compile(r"/xg/"), "a Xigua video"),
    (re.compile(r"/?$"), "the front page, or a link that has expired"),
)


class TargetError(ValueError):
    """A target that can't be used; one line that says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link names; a link to a user may show a post as well."""

    user: str | None = None
    """A sec_uid, or ``self``."""
    post: str | None = None
    """An aweme_id."""
    short: str | None = None
    """The address of a short link, which has to be followed."""
    other: str = ""
    """What it is, if it is none of these."""


def find_links(text: str) -> list[str]:
    """Return every link in *text*, whatever its host."""
    return _URL.findall(text)


def link_in(text: str) -> Link | None:
    """Read the first link in *text*; None if there is none.

    Raises:
        TargetError: the link is not Douyin's.
    """
    match = _URL.search(text)
    if match is None:
        return None
    link = read_link(match[0])
    if link.other and not text.isascii():
        # Copied from an address bar that shows Chinese letters as such.
        whole = _TO_SPACE.match(text, match.start())
        if whole and whole.end() > match.end():
            # A terminal passes on bytes that are no text as half surrogates.
            return read_link(quote(whole[0], safe="%/:=&?#+!$;@()*~", errors="replace"))
    return link


def read_link(url: str) -> Link:
    """Read *url*; its tracking parameters are dropped.

    Raises:
        TargetError: the link is not Douyin's.
    """
    host, parts = _split(url)
    path = re.sub("/{2,}", "/", parts.path)
    if host in _SHORT_HOSTS and (code := _SHORT_PATH.match(path)):
        return Link(short=f"https://{host}/{code[1]}/")
    query = parse_qs(parts.query.replace("&amp;", "&"))
    post = _parameter(query, "modal_id", AWEME_ID)
    if by_path := _POST_PATH.match(path):
        post = post or by_path[1]
    if profile := _USER_PATH.match(path):
        return _read_profile(path, profile[1] or "", query, post)
    return Link(post=post) if post else Link(other=_describe(host, path))


def _split(url: str) -> tuple[str, SplitResult]:
    if not re.match("https?://", url, re.IGNORECASE):
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise TargetError("the link is malformed") from None
    host = host.removesuffix(".")
    ours = any(host == d or host.endswith(f".{d}") for d in _DOMAINS)
    if not ours or "@" in parts.netloc or port not in (None, 80, 443):
        raise TargetError(
            f"the link leads to {_shown_host(parts)}; "
            "only links to douyin.com and iesdouyin.com are understood"
        )
    return host, parts


def _shown_host(parts: SplitResult) -> str:
    host = one_line(parts.netloc.rpartition("@")[2], 80)
    return f"{host} with a user name" if "@" in parts.netloc else host or "no host"


def _read_profile(
    path: str, name: str, query: dict[str, list[str]], post: str | None
) -> Link:
    shared = path.startswith("/share/")
    user = _parameter(query, "sec_uid", SEC_UID) if shared else None
    if not user and (name == "self" or re.fullmatch(SEC_UID, name)):
        user = name
    if user or post:
        return Link(user=user, post=post)
    if name.isdigit():
        return Link(other="a profile by its numeric uid, which the API does not take")
    return Link(other="a profile link without a whole sec_user_id")


def _parameter(query: dict[str, list[str]], name: str, form: str) -> str | None:
    values = query.get(name, [])
    found = (re.match(form, value) for value in values)
    return next((match[0] for match in found if match), None)


def _describe(host: str, path: str) -> str:
    if host == "live.douyin.com":
        return "a live room"
    found = (what for form, what in _OTHERS if form.match(path))
    return next(found, "a page without a post or a user")
