"""Requests as received, and the log of what was asked and answered."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from aiohttp import web

_SECONDS = 7200  # of which the number of requests is remembered


@dataclass(slots=True)
class Wire:
    """One request: what came in, and what became of it."""

    method: str
    path: str
    query: str  # as on the wire, without "?"
    headers: list[tuple[str, str]]
    received_at: float  # Unix seconds
    body: bytes = b""
    signer: str | None = None
    signature_age: float | None = None  # seconds, at receipt
    fingerprint: str = ""  # hex, from inside an a_bogus
    refused: str | None = None  # why the gate turned it away
    fault: str | None = None  # several: joined by "+"
    status: int | None = None  # None: no complete answer was sent
    length: int | None = None
    params: dict[str, str] = field(default_factory=dict)
    proxied: bool = False
    page: str = ""  # the id of the page whose script made it

    @classmethod
    async def received(cls, request: web.Request, now: float) -> Wire:
        path, _, query = request.raw_path.partition("?")
        proxied = "://" in path  # the sandbox was asked as a proxy
        path = f"/{path.split('/', 3)[-1]}" if proxied else path
        headers = [
            (k.decode("latin-1"), v.decode("latin-1")) for k, v in request.raw_headers
        ]
        wire = cls(request.method, path, query, headers, now)
        wire.proxied = proxied
        wire.body = await request.read()
        wire.params = dict(parse_qsl(query, keep_blank_values=True))
        return wire

    def header(self, name: str) -> str:
        """The first header of that name, or ""."""
        lower = name.lower()
        return next((v for k, v in self.headers if k.lower() == lower), "")

    @property
    def target(self) -> str:
        """Path and query as on the wire."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form in the body."""
        if self.method != "POST" or "x-www-form" not in self.header("Content-Type"):
            return {}
        text = self.body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True))

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (part.partition("=") for part in self.header("Cookie").split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs}


class WireLog:
    """The last requests, for tests to look at."""

    def __init__(self, size: int = 10_000) -> None:
        self._entries: deque[Wire] = deque(maxlen=size)
        self._total = 0
        self._seconds: dict[int, int] = {}

    def add(self, wire: Wire) -> None:
        self._entries.append(wire)
        self._total += 1
        second = int(wire.received_at)
        self._seconds[second] = self._seconds.get(second, 0) + 1
        if len(self._seconds) > _SECONDS:
            del self._seconds[next(iter(self._seconds))]

    def counts(self) -> dict[str, Any]:
        """All requests ever; by second for the last ones; what the log has of them."""
        by_path = Counter(wire.path for wire in self._entries)
        by_fault = Counter(w.fault for w in self._entries if w.fault)
        by_status = Counter(str(wire.status) for wire in self._entries)
        return {
            "total": self._total,
            "by_second": {str(second): n for second, n in self._seconds.items()},
            "logged": len(self._entries),
            "by_path": by_path,
            "by_fault": by_fault,
            "by_status": by_status,
        }

    def last(self, ending: str) -> Wire | None:
        """The latest request whose path has that ending."""
        found = (w for w in reversed(self._entries) if w.path.endswith(ending))
        return next(found, None)

    def clear(self) -> None:
        self._entries.clear()
        self._total = 0
        self._seconds.clear()

    def entries(self, ending: str = "", last: int = 0) -> list[dict[str, Any]]:
        """The requests in the order of their arrival, as JSON values.

        Those whose path has that ending; of these the `last` ones (0: all).
        """
        found = [wire for wire in self._entries if wire.path.endswith(ending)]
        return [
            {**asdict(wire), "body": wire.body.decode("latin-1")}
            for wire in found[-last:]
        ]
