"""Ids and names of which only hashes are known, found in texts.

Each row of the list says, beside the hash, what spares hashing every word: how long it
is, and of a name a coarse hash of two letters of it.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from douyin_crawler.privacy.eraser import is_telling
from douyin_crawler.privacy.person import AT, Person
from douyin_crawler.privacy.spelling import searchable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from douyin_crawler.privacy.forgotten import Row

    Starts = tuple[tuple[int, int, int], ...]

UNKNOWN = 0
"""Size of what an older version put on the list: any length is looked at."""
_ASCII = -1
_ANCHOR = 2
_BUCKETS = 4096
_CACHED = 100_000
_sec_uids = re.compile(rb"MS4wLjAB[A-Za-z0-9_-]{20,}").findall
_dotted = re.compile(rb"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_.-]*)?").findall
_links = re.compile(rb"\bv\.(?:ies)?douyin\.com/([A-Za-z0-9_-]+)").findall
_between = re.compile(r"[.-]").finditer
_digits = b"0123456789"
_letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_" + _digits


def _only(kept: bytes) -> bytes:
    """Return the table that makes spaces of all but *kept*."""
    return bytes(byte if byte in kept else 0x20 for byte in range(256))


_TO_WORDS, _TO_NUMBERS = _only(_letters), _only(_digits)
_NARROW = bytes(range(128))


def hash_of(key: str, kind: str, text: str) -> str:
    """Return the hash of an id under the list's *key*."""
    said = f"{kind}:{text}".encode("utf-8", "surrogatepass")
    return hmac.digest(key.encode(), said, "sha256").hex()


def hint_of(key: str, kind: str, text: str) -> str:
    """Return the note of a row: what to look at before an id or a name is hashed."""
    if kind == "handle":
        return "." if next(_between(text), None) else ""
    if kind != "name":
        return ""
    if not is_telling(text):
        return "short"
    offset = next((n for n, letter in enumerate(text) if not letter.isascii()), _ASCII)
    start = max(offset, 0)
    anchor = text[start : start + _ANCHOR]
    if offset >= 0 and anchor[1:].isascii():
        anchor = anchor[:1]
    return f"{offset}:{len(anchor)}:{_bucket(key, anchor)}"


def _bucket(key: str, anchor: str) -> int:
    return int(hash_of(key, "anchor", anchor)[:8], 16) % _BUCKETS


@dataclass(slots=True)
class Finder:
    """Finds what is on the list with *key* and *rows*; *has* looks a text up."""

    key: str
    has: Callable[[str, str], bool]
    _uids: frozenset[int]
    _handles: frozenset[int]
    _dotted: frozenset[int]
    _names: frozenset[int]
    _short: frozenset[int]
    _buckets: dict[int, Starts]
    _has_links: bool
    _single: bool
    """Whether a name ends behind its one letter that is not ASCII."""
    _ascii: bool
    """Whether a longer name is all ASCII."""
    _starts: dict[str, Starts] = field(default_factory=dict)
    _dead: set[str] = field(default_factory=set)
    """Letters with which no name begins."""

    @classmethod
    def of_rows(
        cls, key: str, rows: Iterable[Row], has: Callable[[str, str], bool]
    ) -> Finder:
        """Return what looks for *rows*."""
        every = list(rows)
        buckets: dict[int, Starts] = {}
        for row in every:
            if row.kind == "name" and ":" in row.note:
                offset, length, bucket = map(int, row.note.split(":"))
                start = (offset, length, row.size)
                buckets[bucket] = (*buckets.get(bucket, ()), start)
        starts = [start for of_bucket in buckets.values() for start in of_bucket]

        def sizes(kind: str, note: str | None = None) -> frozenset[int]:
            of_kind = (row for row in every if row.kind == kind)
            return frozenset(r.size for r in of_kind if note in (None, r.note))

        return cls(
            key=key,
            has=has,
            _uids=sizes("uid"),
            _handles=sizes("handle", ""),
            _dotted=sizes("handle", "."),
            _names=sizes("name"),
            _short=sizes("name", "short"),
            _buckets=buckets,
            _has_links=any(row.kind == "link" for row in every),
            _single=any(length == 1 for _, length, _ in starts),
            _ascii=any(offset == _ASCII for offset, _, _ in starts),
        )

    def found(self, text: bytes) -> Person:
        """Return who of the list is named in *text*, in whichever spelling."""
        text = searchable(text)
        words = {*text.translate(_TO_WORDS).split()}
        person = Person(sec_uids=self._listed("sec_uid", _sec_uids(text)))
        if self._uids:
            numbers = b" ".join(words).translate(_TO_NUMBERS).split()
            person.uids = self._listed("uid", _of_sizes(numbers, self._uids))
        if self._handles:
            person.handles = self._listed("handle", _of_sizes(words, self._handles))
        if self._dotted or UNKNOWN in self._handles:
            person.handles |= set(self._dotted_handles(text))
        if self._has_links:
            person.links = self._listed("link", _links(text))
        if self._names:
            letters = text.decode("utf-8", "replace")
            heads = {word[:_ANCHOR].decode() for word in words} if self._ascii else ()
            wide = text.translate(None, _NARROW).decode("utf-8", "replace")
            named = {*self._names_in(letters), *self._anchored(letters, wide, heads)}
            person.names = {name for name in named if self.has("name", name)}
        return person

    def _listed(self, kind: str, found: Iterable[bytes]) -> set[str]:
        return {t for t in {f.decode() for f in found} if self.has(kind, t)}

    def _dotted_handles(self, text: bytes) -> Iterator[str]:
        """Yield the handles with a dot or a hyphen: any run of a word's parts."""
        for whole in {*_dotted(text)}:
            word = whole.decode()
            cuts = [found.start() for found in _between(word)]
            for start in (0, *(cut + 1 for cut in cuts)):
                for end in (*cuts, len(word)):
                    size = end - start
                    known = size in self._dotted or UNKNOWN in self._handles
                    if known and size > 1 and self.has("handle", word[start:end]):
                        yield word[start:end]

    def _names_in(self, letters: str) -> Iterator[str]:
        """Yield what may be a name: behind ``@``, a whole value, or anywhere."""
        for sign in AT:
            for at in _places(sign, letters):
                yield from (letters[at + 1 : at + 1 + size] for size in self._names)
        if self._short:
            values = {*letters.split('"')}
            yield from (value for value in values if len(value) in self._short)

    def _anchored(self, letters: str, wide: str, heads: Iterable[str]) -> Iterator[str]:
        """Yield what may be a longer name: where two letters of one stand.

        *wide* are the letters that are not ASCII, *heads* the first ones of words.
        """
        pairs = {first + second for first, second in pairwise(wide)}
        if self._single:
            pairs.update(wide)
        for anchors, is_wide in ((pairs, True), (heads, False)):
            for anchor in {*anchors} - self._dead:
                for offset, length, size in self._starting(anchor):
                    if (offset >= 0) is is_wide and length == len(anchor):
                        before = max(offset, 0)
                        for at in _places(anchor, letters):
                            yield letters[max(at - before, 0) : at - before + size]

    def _starting(self, anchor: str) -> Starts:
        """Return where in which names *anchor* may stand."""
        known = self._starts.get(anchor)
        if known is None:
            known = self._buckets.get(_bucket(self.key, anchor), ())
            if known:
                self._starts[anchor] = known
            else:
                if len(self._dead) >= _CACHED:
                    self._dead.clear()
                self._dead.add(anchor)
        return known


def _places(part: str, text: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _of_sizes(found: Iterable[bytes], sizes: frozenset[int]) -> set[bytes]:
    if UNKNOWN in sizes:
        return {*found}
    return {text for text in found if len(text) in sizes}
