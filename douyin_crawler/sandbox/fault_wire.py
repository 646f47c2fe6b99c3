"""Failures of the connection: real answers that are sent badly."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import zlib
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from .faults import Fault


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
    match fault.kind:
        case "reset":
            _abort(request)
        case "stall":
            await asyncio.sleep(fault.pause)
        case "cut":
            answer.body = body[: len(body) // 2]
        case "gzip" | "gzip_garbage":
            answer.headers["Content-Encoding"] = "gzip"
            broken = fault.kind == "gzip"
            answer.body = _broken_gzip(body) if broken else bytes(range(64, 128)) * 9
        case "short_length":
            _overrun(request, answer, body)
        case _:
            return await _halved(fault, request, answer, body)
    return answer


def _overrun(request: web.Request, answer: web.Response, body: bytes) -> None:
    """Send more than Content-Length says, past the library that would not."""
    transport = request.transport
    if transport is None:
        return
    lines = [f"{name}: {value}" for name, value in answer.headers.items()]
    lines = [line for line in lines if not line.lower().startswith("content-length")]
    head = [f"HTTP/1.1 {answer.status} OK", *lines, f"Content-Length: {len(body) // 2}"]
    transport.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)
    transport.close()


async def _halved(
    fault: Fault, request: web.Request, answer: web.Response, body: bytes
) -> web.StreamResponse:
    """The first half; then nothing more, or after a while the second."""
    half = web.StreamResponse(status=answer.status, headers=answer.headers)
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if fault.kind == "stall_body":
        await asyncio.sleep(fault.pause)
        await half.write(body[len(body) // 2 :])
        await half.write_eof()
    elif request.transport is not None:
        request.transport.close()
    return half
