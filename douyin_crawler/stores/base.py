"""The contract that every store keeps; its test suite is tests/stores/contract.py."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from douyin_crawler.items.observation import Observation
from douyin_crawler.verdicts import TargetVerdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from douyin_crawler.items.observation import Source
    from douyin_crawler.stores.merge import Record
    from douyin_crawler.verdicts import RunRecord

SCHEMA_VERSION = 1
"""Counted up when an older program could misread what a newer one wrote."""
MAX_BYTES = 16_000_000
"""Largest typed record and largest payload (before compression) that is stored."""

Outcome: TypeAlias = Literal["new", "changed", "unchanged", "too_large", "payload"]
"""What became of an observation; ``payload``: a page, of which no record is kept."""
Entry: TypeAlias = Observation | TargetVerdict


class StoreError(Exception):
    """The store can't be used; the message is one line that says what to do."""


class StoreUnavailable(StoreError):  # noqa: N818
    """It can't be opened, read or written now."""


class SchemaTooNew(StoreError):  # noqa: N818
    """A newer version of this program wrote it."""


class StoreUrlError(StoreError):
    """``DOUYIN_STORE`` names no store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayload:
    """The JSON text of one record, as one source showed it last."""

    kind: str
    id: str
    source: Source
    observed_at: datetime
    text: bytes


class Store(ABC):
    """Keeps one record an id, the newest payload of each source, verdicts and runs.

    Every method raises StoreUnavailable when the store is out of reach. ``str()``
    gives its address, without a password.
    """

    @abstractmethod
    async def open(self, *, create: bool = True) -> None:
        """Connect, create what is missing, bring an older schema up to date.

        Raises:
            SchemaTooNew: a newer version of this program wrote it.
            StoreUnavailable: also when there is none yet and *create* is off.
        """

    @abstractmethod
    async def write(self, batch: Sequence[Entry]) -> list[Outcome | None]:
        """Write *batch* in its order; durable on return.

        No record is ever half there, and no verdict without the records before it.
        Returns one outcome an entry, None for a verdict.
        """

    @abstractmethod
    async def reparse(self, batch: Sequence[Observation]) -> list[Outcome]:
        """Merge what today's parsers read in payloads that are stored already.

        Of one observation the value read now wins over the one that is stored, so a
        corrected parser corrects. Payloads and metrics stay as they are. Durable, and
        in order, as :meth:`write` is.
        """

    @abstractmethod
    async def load(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        """Return the records that are stored, by id."""

    @abstractmethod
    async def count(self, kind: str) -> int:
        """Return how many ids of *kind* are stored."""

    @abstractmethod
    def records(
        self,
        kind: str,
        *,
        since: datetime | None = None,
        user: str | None = None,
        post: str | None = None,
    ) -> AsyncIterator[Record]:
        """Yield the records of *kind* in the order of their keys.

        Only those of *since* or later, of the user with the sec_uid *user*, of the
        post with the aweme_id *post*: by the fields that KINDS names.

        Raises:
            ValueError: records of *kind* have no such field.
        """

    @abstractmethod
    async def payload(
        self, kind: str, id: str, source: Source | None = None
    ) -> StoredPayload | None:
        """Return the payload of *source*, by default of the best one there is.

        Raises:
            StoreError: it is damaged.
        """

    @abstractmethod
    def payloads(self) -> AsyncIterator[StoredPayload]:
        """Yield the payloads of all records, pages aside, in the order of their time.

        Those of one second come by kind, id and source. The text of one that is
        damaged is b"".
        """

    @abstractmethod
    async def count_payloads(self) -> int:
        """Return how many :meth:`payloads` yields."""

    @abstractmethod
    async def save_run(self, run: RunRecord) -> None:
        """Insert *run*, or replace the one of its id."""

    @abstractmethod
    async def targets(self, run_id: str | None = None) -> list[TargetVerdict]:
        """Return the verdicts of one run or of all, in the order of their time."""

    @abstractmethod
    async def runs(self, limit: int = 20) -> list[RunRecord]:
        """Return the latest runs, the newest first."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of everything; closing twice does nothing."""
