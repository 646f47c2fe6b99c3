"""Failures on demand, so that tests can see what a crawl makes of them."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import zlib
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from aiohttp import web

if TYPE_CHECKING:
    from .wire import Wire

Instead = Literal["empty", "403", "429", "html", "status", "json"]
Broken = Literal["truncate", "reset", "stall", "gzip"]

_CHALLENGE = (
    "<html><head><script>window._$jsvmprt=function(){};"
    "window.byted_acrawler={};document.cookie='__ac_nonce=';</script></head>"
    "<body>{}</body></html>"
)


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One planned failure.

    It is for requests whose path ends in `path` and whose query holds `contains`: of
    these for `times` of them (-1: all) from the `nth` on (from 1), or behind the first
    `after`. `status`, `body`, `headers` and `seconds` say more where the kind asks.
    """

    kind: Instead | Broken
    path: str = ""
    contains: str = ""
    nth: int = 0
    after: int = 0
    times: int = 1
    status: int = 503
    body: Any = ""  # text, or for `json` any value
    headers: dict[str, str] = {}
    seconds: float = 3600.0
    seen: int = 0

    def meets(self, wire: Wire) -> bool:
        """Count the request, and say whether this fault is for it."""
        if not wire.path.endswith(self.path) or self.contains not in wire.query:
            return False
        self.seen += 1
        turn = self.seen - (self.nth or self.after + 1)
        return turn >= 0 and (self.times < 0 or turn < self.times)


class FaultPlan:
    """The failures that are planned; the first that meets a request is taken."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, text: bytes) -> int:
        """Add faults from a JSON list; raises `msgspec.MsgspecError`."""
        self._faults += msgspec.json.decode(text, type=list[Fault])
        return len(self._faults)

    def clear(self) -> None:
        self._faults.clear()

    def entries(self) -> list[Fault]:
        return self._faults

    def take(self, wire: Wire) -> Fault | None:
        met = [fault for fault in self._faults if fault.meets(wire)]
        return met[0] if met else None


def _abort(request: web.Request) -> None:
    """Close the connection with a reset instead of an orderly end."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


def instead(fault: Fault) -> web.Response | None:
    """The answer that stands in place of the real one, for faults that have one."""
    text = fault.body if isinstance(fault.body, str) else ""
    head = fault.headers
    match fault.kind:
        case "empty":
            return web.Response(headers=head)
        case "403" | "429":
            status = int(fault.kind)
            return web.Response(status=status, text=text or "Forbidden", headers=head)
        case "html":
            page = text or _CHALLENGE.replace("{}", "x" * 70_000)
            return web.Response(text=page, content_type="text/html", headers=head)
        case "status":
            return web.Response(status=fault.status, text=text, headers=head)
        case "json":
            body = msgspec.json.encode(fault.body)
            return web.Response(
                body=body, content_type="application/json", headers=head
            )
    return None


def _broken_gzip(body: bytes) -> bytes:
    """Half of a text, and then a block of a type that does not exist."""
    packer = zlib.compressobj(1, wbits=31)
    half = packer.compress(body[: len(body) // 2]) + packer.flush(zlib.Z_SYNC_FLUSH)
    return half + b"\xff" * 64


async def damage(
    fault: Fault, request: web.Request, answer: web.Response
) -> web.StreamResponse:
    """Send an answer in the broken way that the fault names."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    if fault.kind == "reset":
        _abort(request)
        return answer
    if fault.kind == "stall":
        await asyncio.sleep(fault.seconds)
        return answer
    if fault.kind == "gzip":
        answer.headers["Content-Encoding"] = "gzip"
        answer.body = _broken_gzip(body)
        return answer
    half = web.StreamResponse(status=answer.status, headers=answer.headers)
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half
