"""Who is never to be stored again: hashes of ids, and what crawls see held to them."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from douyin_crawler.items.observation import Observation
from douyin_crawler.items.page import MalformedPage
from douyin_crawler.privacy.eraser import Eraser
from douyin_crawler.privacy.jsontext import read
from douyin_crawler.privacy.person import Person
from douyin_crawler.privacy.reread import reread
from douyin_crawler.privacy.spelling import plain
from douyin_crawler.progress import Claim, Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from douyin_crawler.progress import WalkKey
    from douyin_crawler.stores.base import Entry, Outcome
    from douyin_crawler.verdicts import RunRecord

KEY = "key"
"""Kind of the row that holds the store's own key."""
WORKING = "working"
"""Kind of the row that says who is being erased just now."""
_CACHED = 100_000
_sec_uids = re.compile(rb"MS4wLjAB[A-Za-z0-9_-]{20,}").findall
_uids = re.compile(rb'id(?:_str)?\\*"\s*:\s*\\*"?([0-9]{1,20})(?![0-9])').findall
_words = re.compile(r"[A-Za-z0-9_.-]{2,}").sub


@dataclass(frozen=True, slots=True)
class Row:
    """A row of ``forgotten``."""

    hash: str
    """HMAC-SHA-256 of an id under the store's own key; of the key's row, that key."""
    kind: str
    size: int = 0
    """Of a name, its letters."""
    note: str = ""


def new_key() -> Row:
    """Return the row with a key for a store that has none."""
    return Row(secrets.token_hex(32), KEY)


def rows_of(person: Person, key: str) -> list[Row]:
    """Return what the list says of *person*."""
    return [
        Row(_hash(key, kind, text), kind, len(text) if kind == "name" else 0)
        for kind, text in person.ids()
    ]


def _hash(key: str, kind: str, text: str) -> str:
    said = f"{kind}:{text}".encode("utf-8", "surrogatepass")
    return hmac.digest(key.encode(), said, "sha256").hex()


@dataclass(slots=True)
class ForgottenList:
    """The list as it was loaded last; false while nobody is on it."""

    key: str = ""
    hashes: frozenset[str] = frozenset()
    name_sizes: tuple[int, ...] = ()
    version: Any = None
    """By what the store tells whether it has changed since."""
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)

    @classmethod
    def of_rows(cls, rows: Iterable[Row], version: Any) -> ForgottenList:
        """Return the list with *rows*."""
        every = list(rows)
        return cls(
            key=next((row.hash for row in every if row.kind == KEY), ""),
            hashes=frozenset(r.hash for r in every if r.kind not in (KEY, WORKING)),
            name_sizes=tuple(sorted({r.size for r in every if r.kind == "name"})),
            version=version,
        )

    def __bool__(self) -> bool:
        """Return whether anybody is on it."""
        return bool(self.hashes)

    def has(self, kind: str, text: str) -> bool:
        """Return whether the id *text* (``sec_uid``, ``uid``, ...) is on the list."""
        if not self.hashes:
            return False
        known = self._known.get((kind, text))
        if known is None:
            if len(self._known) >= _CACHED:
                self._known.clear()
            known = _hash(self.key, kind, text) in self.hashes
            self._known[kind, text] = known
        return known

    # -- what crawls write ----------------------------------------------------------

    def kept(self, entry: Entry) -> Entry | None:
        """Return *entry* without anybody who is on the list.

        None where it is of such a person: a record, a page, a walk.
        """
        if not self.hashes:
            return entry
        if isinstance(entry, Observation):
            return self._observation(entry)
        return None if any(self._is_target(text) for text in _walks(entry)) else entry

    def run(self, run: RunRecord) -> RunRecord:
        """Return *run* with nobody who is on the list among its arguments."""
        if not self.hashes:
            return run
        arguments = {name: self._masked(text) for name, text in run.arguments.items()}
        return replace(run, arguments=arguments, reason=self._masked(run.reason))

    def is_walk(self, *keys: WalkKey | None) -> bool:
        """Return whether a walk, or who opened it, is over a person of the list."""
        return bool(self.hashes) and any(k and self._is_target(k.id) for k in keys)

    def _is_target(self, text: str) -> bool:
        return any(self.has(kind, text) for kind in ("sec_uid", "uid", "handle"))

    def _masked(self, text: str) -> str:
        return _words(lambda m: "***" if self._is_target(m[0]) else m[0], text)

    def _observation(self, seen: Observation) -> Observation | None:
        if any(self._is_target(part) for part in seen.id.split(":")):
            return None
        person = self._met(seen.payload)
        if person is None:
            return seen
        payload = Eraser(person).payload(seen.kind, seen.payload)
        if payload is None:
            return None
        return seen if payload == seen.payload else reread(seen, payload)

    def _met(self, text: bytes) -> Person | None:
        """Return who of the list is in *text*, with all that *text* says of them."""
        person = Person(
            sec_uids=set(self._listed("sec_uid", _sec_uids(text))),
            uids=set(self._listed("uid", _uids(text))),
            names=set(self._mentioned(text)) if b"@" in text else set(),
        )
        if not person.size():
            return None
        try:
            person.learn(read(text))
        except MalformedPage:
            return person
        return person

    def _listed(self, kind: str, found: Iterable[bytes]) -> Iterator[str]:
        return (t for t in {f.decode() for f in found} if self.has(kind, t))

    def _mentioned(self, text: bytes) -> Iterator[str]:
        """Yield the names of the list that stand behind an ``@``."""
        if not self.name_sizes:
            return
        resolved = plain(text) if b"\\" in text else text
        letters = resolved.decode("utf-8", "replace")
        at = letters.find("@")
        while at >= 0:
            for size in self.name_sizes:
                name = letters[at + 1 : at + 1 + size]
                if self.has("name", name):
                    yield name
            at = letters.find("@", at + 1)


def outcomes_of(
    batch: Iterable[Entry],
    kept: Iterable[Entry | None],
    written: Iterable[Outcome | None],
) -> list[Outcome | None]:
    """Return what became of each of *batch*, of which *kept* was written."""
    results = iter(written)
    return [
        next(results)
        if left is not None
        else "forgotten"
        if isinstance(entry, Observation)
        else None
        for entry, left in zip(batch, kept, strict=True)
    ]


def unrecorded(key: WalkKey, spider: str) -> Claim:
    """Return the claim of a walk of which nothing will be stored."""
    return Claim(progress=Progress(key=key, spider=spider), token=0)


def _walks(entry: Any) -> Iterator[str]:
    """Yield the ids of the walks that a verdict, an opening or a checkpoint names."""
    key = getattr(entry, "key", entry)
    yield key.id
    parent = getattr(entry, "parent", None)
    if parent:
        yield parent.split(":")[1] if isinstance(parent, str) else parent.id


NOBODY = ForgottenList()
