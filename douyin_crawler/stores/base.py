"""The contract that every store keeps; its test suite is tests/stores/contract.py."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from douyin_crawler.items.observation import Observation
from douyin_crawler.progress import Checkpoint, Opened
from douyin_crawler.stores.jobs import Jobs
from douyin_crawler.stores.queues import Queues
from douyin_crawler.verdicts import TargetVerdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from douyin_crawler.items.observation import Source
    from douyin_crawler.privacy.forgotten import ForgottenList
    from douyin_crawler.privacy.person import Person
    from douyin_crawler.progress import Claim, Holder, Progress, WalkKey
    from douyin_crawler.stores.merge import Record
    from douyin_crawler.stores.sweep import Erased
    from douyin_crawler.verdicts import RunRecord

SCHEMA_VERSION = 2
"""Counted up when an older program could misread what a newer one wrote."""
MAX_BYTES = 16_000_000
"""Largest typed record and largest payload (before compression) that is stored."""
MAX_ID = 10_000
"""Characters of the longest id that is stored: queries name hundreds of ids at once."""

Outcome: TypeAlias = Literal[
    "new", "changed", "unchanged", "too_large", "payload", "lost", "forgotten"
]
"""What became of an entry; ``payload``: a page, of which no record is kept; ``lost``:
its token is not current, ``forgotten``: it is of a person who was erased; nothing of
either was written."""
Step: TypeAlias = Opened | Checkpoint | TargetVerdict
"""What is written of a walk."""
Entry: TypeAlias = Observation | Step


class StoreError(Exception):
    """The store can't be used; the message is one line that says what to do."""


class StoreUnavailable(StoreError):  # noqa: N818
    """It can't be opened, read or written now."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient
        """Whether the same call may well succeed in a while, with nobody's help."""


class StoreAbsent(StoreUnavailable):
    """There is none yet, and none was to be made."""


class SchemaTooNew(StoreError):  # noqa: N818
    """A newer version of this program wrote it."""


class StoreUrlError(StoreError):
    """``DOUYIN_STORE`` names no store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """The answer to a session that wants to send a request."""

    granted: bool
    """Whether the budget has room for it."""
    spent: int
    """Requests of that session and day, this one among them if it is granted."""
    wait: float
    """Seconds until its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayload:
    """The JSON text of one record, as one source showed it last."""

    kind: str
    id: str
    source: Source
    observed_at: datetime
    text: bytes


class Store(Queues, Jobs):
    """Keeps one record an id, the newest payload of each source, walks and runs.

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

        No record is ever half there, and no checkpoint or verdict without the records
        and openings before it. Returns one outcome an entry, None for what is written
        of walks unless it is ``lost``. Writing a batch again does no harm.
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
    async def claim(
        self,
        key: WalkKey,
        holder: Holder,
        seconds: float,
        *,
        spider: str,
        parent: WalkKey | None = None,
        over: int | None = None,
    ) -> Claim:
        """Give *holder* the lease of a walk for so long, by the store's clock. Durable.

        It is granted where no other run has one that has not expired, or the one there
        has the token *over* (whoever asks has seen that its holder is dead). Each
        grant counts the token up. A walk that is not known yet is made, of *parent*.
        """

    @abstractmethod
    async def renew(self, run_id: str, seconds: float) -> None:
        """Let the leases that a run still holds run for so long from now."""

    @abstractmethod
    async def release(self, run_id: str, *, dead: bool = False) -> None:
        """End the leases that a run still holds; their tokens stay current.

        *dead*: it can't do so itself, which speaks against its tickets.
        """

    @abstractmethod
    async def progress(self, key: WalkKey) -> Progress | None:
        """Return where a walk stands; None where it is not known."""

    @abstractmethod
    def unfinished(
        self, *, spider: str | None = None, parent: WalkKey | None = None
    ) -> AsyncIterator[Progress]:
        """Yield the walks that are not final, in the order of (walk, id, range).

        Only those of *spider*, only those that *parent* opened. One that changes
        meanwhile may or may not be among them; none comes twice.
        """

    @abstractmethod
    async def count_targets(self, spider: str | None = None) -> dict[str, int]:
        """Return how many walks ended last by which verdict; ``open`` for none."""

    @abstractmethod
    async def verdicts(self, run_id: str | None = None) -> list[TargetVerdict]:
        """Return the verdicts of one run or of all, in the order of their time.

        Token and state are not kept of them.
        """

    @abstractmethod
    async def last_verdicts(self, key: WalkKey, limit: int) -> list[TargetVerdict]:
        """Return the latest verdicts of one walk, the newest first."""

    @abstractmethod
    async def runs(
        self, limit: int = 20, *, plan: str | None = None
    ) -> list[RunRecord]:
        """Return the latest runs, of a plan's job alone if asked, the newest first."""

    @abstractmethod
    async def open_runs(self) -> list[RunRecord]:
        """Return the runs that have no end on record, the newest first."""

    @abstractmethod
    async def reserve(
        self, session: str, day: str, *, limit: int, interval: float
    ) -> Reservation:
        """Count a request of *session* on *day* before it is sent, and give it a turn.

        One atomic step, by the clock of the store: any number of processes send, all
        together, no more than *limit* requests a day (0: any number), each *interval*
        seconds or more after the turn of the one before. A turn that is not taken is
        spent all the same.
        """

    @abstractmethod
    async def hold(self, session: str, day: str, seconds: float) -> None:
        """Give *session* no turn for so long from now, whichever process asks.

        Turns that are given stay; a hold that lasts longer does, too. *day* is the
        present one, as for :meth:`reserve`: no request of it is counted.
        """

    @abstractmethod
    async def spent(self, session: str, day: str) -> int:
        """Return how many requests *session* has reserved on *day*."""

    @property
    @abstractmethod
    def forgotten(self) -> ForgottenList:
        """Who is never to be stored, as known since the store was last written."""

    @abstractmethod
    async def forget(self, person: Person) -> Erased:
        """Erase *person* from everything, and keep them out from now on.

        Doing it again, after a kill too, does no harm.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let go of everything; closing twice does nothing."""
