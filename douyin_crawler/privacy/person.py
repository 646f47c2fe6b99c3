"""Who a person is: the ids and names by which answers tell one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
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


@dataclass(slots=True)
class Person:
    """All that is known to name one person, or several that are erased together."""

    sec_uids: set[str] = field(default_factory=set)
    uids: set[str] = field(default_factory=set)
    """Numbers as texts: ``uid`` and ``short_id``."""
    handles: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    """Nicknames, former ones too."""

    def __bool__(self) -> bool:
        """Return whether anybody is meant."""
        return bool(self.sec_uids or self.uids or self.handles)

    def size(self) -> int:
        """Return how much is known."""
        return sum(map(len, (self.sec_uids, self.uids, self.handles, self.names)))

    def update(self, other: Person) -> None:
        """Add what *other* knows."""
        self.sec_uids |= other.sec_uids
        self.uids |= other.uids
        self.handles |= other.handles
        self.names |= other.names

    def ids(self) -> Iterator[tuple[str, str]]:
        """Yield kind and text of all that names the person."""
        yield from (("sec_uid", text) for text in sorted(self.sec_uids))
        yield from (("uid", text) for text in sorted(self.uids))
        yield from (("handle", text) for text in sorted(self.handles))
        yield from (("name", text) for text in sorted(self.names))

    def is_in(self, value: dict[Any, Any], role: Role = OWN) -> bool:
        """Return whether the ids of *value* are the person's; names do not tell."""
        for name, kinds in ((role.sec_uids, self.sec_uids), (role.uids, self.uids)):
            for member in name & value.keys():
                if _text(value[member]) in kinds:
                    return True
        return any(
            _text(value[member]) in self.handles
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
