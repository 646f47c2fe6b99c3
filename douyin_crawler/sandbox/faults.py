"""Failures on demand, so that tests can see what a crawl makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from .config import SandboxError
from .dice import Dice
from .fault_kinds import AROUND, CHANGES, PAUSES, base_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .wire import Wire


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One planned failure; `fault_kinds.KINDS` says which there are.

    It is for requests whose path ends in `path` and whose query holds `contains`: of
    these for `times` of them (-1: all) from the `nth` on (from 1), or behind the first
    `after`; with `every` for the first `times` of each `every`, with `percent` for so
    many of a hundred. `status`, `body`, `headers`, `by` and `seconds` say more where
    the kind asks.
    """

    kind: str
    path: str = ""
    contains: str = ""
    nth: int = 0
    after: int = 0
    times: int = 1
    every: int = 0
    percent: int = 100
    status: int = 503
    body: Any = ""  # text, or for `json` any value
    headers: dict[str, str] = {}
    seconds: float = -1.0  # below 0: the kind's own
    by: int = 1
    seen: int = 0  # requests it is for
    met: int = 0  # of these, the ones that it failed
    kept: dict[str, list[Any]] = {}  # entries that it will repeat

    def __post_init__(self) -> None:
        if not base_of(self.kind):
            raise ValueError(f"no fault is called {self.kind}")

    @property
    def pause(self) -> float:
        """How long it waits, in seconds."""
        return self.seconds if self.seconds >= 0 else PAUSES.get(self.kind, 0.0)

    @property
    def joins(self) -> bool:
        """Whether it leaves room for other faults in the same answer."""
        return base_of(self.kind) in CHANGES or self.kind in AROUND

    def meets(self, wire: Wire) -> bool:
        """Count the request, and say whether this fault is for it."""
        if not wire.path.endswith(self.path) or self.contains not in wire.query:
            return False
        self.seen += 1
        turn = self.seen - (self.nth or self.after + 1)
        turn = turn % self.every if self.every and turn >= 0 else turn
        due = turn >= 0 and (self.times < 0 or turn < self.times)
        return due and Dice("fault", self.kind, self.seen).chance(self.percent)


class FaultPlan:
    """The failures that are planned.

    Of those that stand in for an answer or break it, the first that meets a request is
    taken; of the others, all.
    """

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults: list[Fault] = list(faults)

    def add(self, text: bytes) -> int:
        """Add faults from a JSON list; raises `msgspec.MsgspecError`."""
        self._faults += msgspec.json.decode(text, type=list[Fault])
        return len(self._faults)

    def clear(self) -> None:
        self._faults.clear()

    def entries(self) -> list[dict[str, Any]]:
        """The faults with their counts, as JSON values."""
        shown = [msgspec.to_builtins(fault) for fault in self._faults]
        return [{k: v for k, v in fault.items() if k != "kept"} for fault in shown]

    def take(self, wire: Wire) -> list[Fault]:
        """The faults that a request meets."""
        met = [fault for fault in self._faults if fault.meets(wire)]
        single = next((fault for fault in met if not fault.joins), None)
        taken = [fault for fault in met if fault.joins or fault is single]
        for fault in taken:
            fault.met += 1
        return taken


def parsed(text: str) -> Fault:
    """A fault as `--fault` takes it; raises `SandboxError`."""
    kind, *pairs = text.split(",")
    if not all("=" in pair for pair in pairs):
        raise SandboxError(f"--fault {text}: give NAME=VALUE after the kind")
    named = dict(pair.split("=", 1) for pair in pairs)
    try:
        return msgspec.convert({"kind": kind, **named}, Fault, strict=False)
    except msgspec.ValidationError as error:
        raise SandboxError(f"--fault {text}: {error}; see --help") from None
