"""Who a person is: the ids and names by which answers tell one."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SEC_UIDS = frozenset({"sec_uid", "sec_user_id"})
UIDS = frozenset({"uid", "user_id", "author_user_id", "short_id"})
HANDLES = frozenset({"unique_id"})
NAMES = frozenset({"nickname"})


@dataclass(frozen=True, slots=True)
class Role:
    """The members of an object by which it names one person."""

    sec_uids: frozenset[str]
    uids: frozenset[str]
    handles: frozenset[str]
    names: frozenset[str]


OWN = Role(SEC_UIDS, UIDS, HANDLES, NAMES)
"""The object is the person, or made by the person."""
ROLES = (
    OWN,
    Role(
        frozenset({"author_sec_uid", "owner_sec_uid"}),
        frozenset({"owner_id"}),
        frozenset({"owner_handle"}),
        frozenset({"owner_nickname"}),
    ),
    Role(
        frozenset({"reply_to_user_sec_id"}),
        frozenset({"reply_to_userid", "reply_to_user_id"}),
        frozenset(),
        frozenset({"reply_to_username"}),
    ),
)
_NAMING = frozenset().union(*(r.sec_uids | r.uids | r.handles | r.names for r in ROLES))
_WORKS = (("cid", "user"), ("aweme_id", "author"))
"""By the member with its id, a record's member that holds who made it."""
_USER = frozenset({"nickname", "start"})
"""What users and mentions have, and no other object that has ids of persons."""
_NOBODY = frozenset({"", "0", "-1"})
AT = ("@", "＠")
ASKED_FOR = "asked_for"
"""Member of the note that says to which ``sec_uid`` a link or a handle led."""
_link = re.compile(r"(?:^|[/.])v\.(?:ies)?douyin\.com/([A-Za-z0-9_-]+)").search
_of_users = re.compile(
    "(?:.*_)?(?:users?|uids?|user_?ids?|by|fans|followers?|followings?|members?"
    "|viewers?|likers?|diggers?)(?:_list|_ids?|_str)?"
).fullmatch


@dataclass(slots=True)
class Person:
    """All that is known to name one person, or several that are erased together."""

    sec_uids: set[str] = field(default_factory=set)
    uids: set[str] = field(default_factory=set)
    """Numbers as texts: ``uid`` and ``short_id``."""
    handles: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    """Nicknames, former ones too."""
    links: set[str] = field(default_factory=set)
    """What stands behind the host in short links to the profile."""

    def __bool__(self) -> bool:
        """Return whether anybody is meant."""
        return bool(self.sec_uids or self.uids or self.handles)

    def size(self) -> int:
        """Return how much is known."""
        return sum(1 for _ in self.ids())

    def update(self, other: Person) -> None:
        """Add what *other* knows."""
        self.sec_uids |= other.sec_uids
        self.uids |= other.uids
        self.handles |= other.handles
        self.names |= other.names
        self.links |= other.links

    def ids(self) -> Iterator[tuple[str, str]]:
        """Yield kind and text of all that names the person."""
        yield from (("sec_uid", text) for text in sorted(self.sec_uids))
        yield from (("uid", text) for text in sorted(self.uids))
        yield from (("handle", text) for text in sorted(self.handles))
        yield from (("name", text) for text in sorted(self.names))
        yield from (("link", text) for text in sorted(self.links))

    def is_in(self, value: dict[Any, Any], role: Role = OWN) -> bool:
        """Return whether the ids of *value* are the person's; names do not tell."""
        for name, kinds in ((role.sec_uids, self.sec_uids), (role.uids, self.uids)):
            for member in name & value.keys():
                if _text(value[member]) in kinds:
                    return True
        handles = {handle.casefold() for handle in self.handles}
        return any(
            _text(value[member]).casefold() in handles
            for member in role.handles & value.keys()
        )

    def made(self, value: dict[Any, Any]) -> bool:
        """Return whether *value* is the person, or a comment or post of the person."""
        if self.is_in(value):
            return True
        return any(
            key in value and isinstance(value.get(by), dict) and self.is_in(value[by])
            for key, by in _WORKS
        )

    def learn(self, value: Any) -> None:
        """Take up what the objects in *value* that name the person say besides.

        Only of users and of mentions do all ids name the same person; of others that
        name the person by an id, just the name that goes with it is taken.
        """
        for found in objects(value):
            for role in ROLES:
                if self._is_sure(found, role):
                    named = named_in(found, role)
                    whole = role is OWN and not _USER.isdisjoint(found)
                    self.update(named if whole else Person(names=named.names))
                    if role is OWN and isinstance(found.get(ASKED_FOR), str):
                        self.update(asked_for(found[ASKED_FOR]))
            self.learn_mentions(found)

    def learn_mentions(self, value: dict[Any, Any]) -> None:
        """Take up the names under which the texts in *value* mention the person."""
        for tag, name in mentioned_in(value):
            if self._is_sure(tag, OWN):
                self.names.add(name)

    def _is_sure(self, value: dict[Any, Any], role: Role) -> bool:
        sec_uids, uids = role.sec_uids & value.keys(), role.uids & value.keys()
        return any(_text(value[name]) in self.sec_uids for name in sec_uids) or any(
            _text(value[name]) in self.uids for name in uids
        )

    def to_plain(self) -> dict[str, list[str]]:
        """Return it as plain values."""
        return {name: sorted(texts) for name, texts in asdict(self).items()}

    @classmethod
    def of_plain(cls, values: dict[str, list[str]]) -> Person:
        """Return what :meth:`to_plain` was called on."""
        return cls(**{name: set(texts) for name, texts in values.items()})


def named_in(value: dict[Any, Any], role: Role = OWN) -> Person:
    """Return what the object *value* says of who has that role in it."""
    if _NAMING.isdisjoint(value):
        return Person()
    return Person(
        *(
            {_text(value[name]) for name in names & value.keys()} - _NOBODY
            for names in (role.sec_uids, role.uids, role.handles, role.names)
        )
    )


def mentioned_in(value: dict[Any, Any]) -> Iterator[tuple[dict[Any, Any], str]]:
    """Yield what *value* tags in its own texts, with the name that stands there.

    Places are counted in UTF-16. A name that no ``@`` precedes is not taken for one:
    the tags may be those of another text.
    """
    tags = [
        part
        for parts in value.values()
        if isinstance(parts, list)
        for part in parts
        if isinstance(part, dict) and "start" in part and "end" in part
    ]
    if not tags:
        return
    texts = [
        t for t in value.values() if isinstance(t, str) and any(a in t for a in AT)
    ]
    for text in texts:
        wide = text.encode("utf-16-le", "surrogatepass")
        for tag in tags:
            if name := _name_at(wide, tag["start"], tag["end"]):
                yield tag, name


def _name_at(wide: bytes, start: Any, end: Any) -> str:
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end):
        return ""
    around = wide[2 * max(start - 1, 0) : 2 * end].decode("utf-16-le", "surrogatepass")
    inside = around if start == 0 else around[1:]
    if inside.startswith(AT):
        return inside[1:].strip()
    return inside.strip() if around.startswith(AT) else ""


def asked_for(text: str) -> Person:
    """Return what a target that had to be looked up tells of its user."""
    code = link_code(text)
    return Person(links={code}) if code else Person(handles={text})


def link_code(text: str) -> str:
    """Return what tells a short link from others; empty where *text* is none."""
    found = _link(text)
    return found[1] if found else ""


@lru_cache(4096)
def lists_users(name: str) -> bool:
    """Return whether a member called *name* lists ids of users, by its name."""
    return _of_users(name) is not None


def objects(value: Any) -> Iterator[dict[Any, Any]]:
    """Yield every object in *value*."""
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            yield part
            left.extend(part.values())
        elif isinstance(part, list | tuple):
            left.extend(part)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else ""
