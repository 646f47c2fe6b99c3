"""Answers changed on their way out, and what was last served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from .ask import encoded
from .counters import Served, add_to_counters
from .fault_edits import Trail, edited
from .fault_kinds import CHANGES, base_of
from .gate import API

if TYPE_CHECKING:
    from aiohttp import web

    from .faults import Fault
    from .wire import Wire

_STEP, _SPAN = 37, 10_007  # up from answer to answer, and down again


class Changes:
    """Applies faults that change an answer; with `moving` on, moves all counters.

    Moving counters differ from answer to answer by up to 10,006, now up, now down.
    """

    def __init__(self, *, moving: bool = False) -> None:
        self.moving = moving
        self.served = Served()
        self._trail = Trail()
        self._answers = 0

    def move(self, *, on: bool) -> None:
        self.moving = on

    def apply(
        self, met: list[Fault], wire: Wire, answer: web.Response, *, note: bool
    ) -> None:
        """Change an answer's body in place; `note` what it serves if it arrives."""
        self._trail.follow(wire)
        chosen = [fault for fault in met if base_of(fault.kind) in CHANGES]
        body = answer.body
        wanted = bool(chosen or self.moving) and wire.path.startswith(API)
        if not wanted or not isinstance(body, bytes):
            return
        try:
            value: Any = msgspec.json.decode(body)
        except msgspec.DecodeError:
            return
        if self.moving:
            self._answers += 1
            add_to_counters(value, self._answers * _STEP % _SPAN)
        for fault in chosen:
            value = edited(value, fault, wire, self._trail)
        if note:
            self.served.note(value, wire.path.removeprefix(API), wire.received_at)
        answer.body = encoded(value)
