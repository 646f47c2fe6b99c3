"""Who is never to be stored again: hashes of ids, and what crawls see held to them."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from douyin_crawler.items.observation import Observation
from douyin_crawler.items.page import MalformedPage
from douyin_crawler.privacy.eraser import Eraser
from douyin_crawler.privacy.finder import Finder, hash_of, hint_of
from douyin_crawler.privacy.jsontext import read
from douyin_crawler.privacy.person import Person, link_code
from douyin_crawler.privacy.reread import reread
from douyin_crawler.progress import Claim, Progress
from douyin_crawler.verdicts import TargetVerdict

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
_words = re.compile(r"[A-Za-z0-9_.-]{2,}").sub
_KINDS = ("sec_uid", "uid", "handle")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of ``forgotten``."""

    hash: str
    """HMAC-SHA-256 of an id under the store's own key; of the key's row, that key."""
    kind: str
    size: int = 0
    """The letters of the id or name; 0 where they were not counted yet."""
    note: str = ""
    """Of a name and a handle, what to look at before they are hashed."""


def new_key() -> Row:
    """Return the row with a key for a store that has none."""
    return Row(secrets.token_hex(32), KEY)


def rows_of(person: Person, key: str) -> list[Row]:
    """Return what the list says of *person*."""
    ids = person.ids()
    return [
        Row(hash_of(key, kind, text), kind, len(text), hint_of(key, kind, text))
        for kind, text in ((k, t.casefold() if k == "handle" else t) for k, t in ids)
    ]


@dataclass(slots=True)
class ForgottenList:
    """The list as it was loaded last; false while nobody is on it."""

    key: str = ""
    hashes: frozenset[str] = frozenset()
    version: Any = None
    """By what the store tells whether it has changed since."""
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)
    _free: set[int] = field(default_factory=set)
    """Hashes of payloads with nobody in them: pipeline and store ask in turn."""
    _finder: Finder | None = None

    @classmethod
    def of_rows(cls, rows: Iterable[Row], version: Any) -> ForgottenList:
        """Return the list with *rows*."""
        every = [row for row in rows if row.kind != WORKING]
        known = cls(
            key=next((row.hash for row in every if row.kind == KEY), ""),
            hashes=frozenset(row.hash for row in every if row.kind != KEY),
            version=version,
        )
        known._finder = Finder.of_rows(known.key, every, known.has)
        return known

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
            texts = {text, text.casefold()} if kind == "handle" else {text}
            known = any(hash_of(self.key, kind, t) in self.hashes for t in texts)
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
        if any(self._is_target(text) for text in _walks(entry)):
            return None
        if isinstance(entry, TargetVerdict):
            reason = self._masked(entry.reason)
            return entry if reason == entry.reason else replace(entry, reason=reason)
        return entry

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
        if any(self.has(kind, text) for kind in _KINDS):
            return True
        return self.has("link", link_code(text) or text)

    def _masked(self, text: str) -> str:
        return _words(lambda m: "***" if self._is_target(m[0]) else m[0], text)

    def _observation(self, seen: Observation) -> Observation | None:
        if any(self._is_target(part) for part in seen.id.split(":")):
            return None
        digest = hash(seen.payload)
        if digest in self._free:
            return seen
        person = self._met(seen.payload)
        if person is None:
            if len(self._free) >= _CACHED:
                self._free.clear()
            self._free.add(digest)
            return seen
        payload = Eraser(person).payload(seen.kind, seen.payload)
        if payload is None:
            return None
        return seen if payload == seen.payload else reread(seen, payload)

    def _met(self, text: bytes) -> Person | None:
        """Return who of the list is in *text*, with all that *text* says of them."""
        person = self._finder.found(text) if self._finder else Person()
        if not person.size():
            return None
        try:
            person.learn(read(text))
        except MalformedPage:
            return person
        return person


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
