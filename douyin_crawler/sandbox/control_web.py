"""The control paths of the web pages: switches, the login, orders to pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from .config import SandboxError
from .site import Orders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .server import Sandbox

_SWITCHES = {"browser-only": "browser_only", "challenge": "challenge"}
_SWITCHES |= {"verify": "verify"}


def ways(sandbox: Sandbox) -> dict[str, Callable[[Mapping[str, str]], Any]]:
    """The calls that take no body."""
    found: dict[str, Callable[[Mapping[str, str]], Any]] = {
        "GET login": lambda _: _shown(sandbox),
        "POST login": lambda _: _turn(sandbox, "confirmed"),
        "POST login/scan": lambda _: _turn(sandbox, "scanned"),
        "POST login/expire": lambda _: _turn(sandbox, "expired"),
    }
    for path, name in _SWITCHES.items():
        found[f"POST {path}"] = _switch(sandbox, name, on=True)
        found[f"DELETE {path}"] = _switch(sandbox, name, on=False)
    return found


def order(sandbox: Sandbox, body: bytes) -> None:
    """Take orders to pages; raises `msgspec.MsgspecError`."""
    sandbox.site.obey(msgspec.json.decode(body, type=Orders))


def _switch(sandbox: Sandbox, name: str, *, on: bool) -> Callable[[Any], None]:
    return lambda _: setattr(sandbox.site, name, on)


def _shown(sandbox: Sandbox) -> list[dict[str, Any]]:
    codes = sandbox.logins.on_show(sandbox.clock())
    return [msgspec.to_builtins(code) for code in codes]


def _turn(sandbox: Sandbox, status: str) -> dict[str, int]:
    turned = sandbox.logins.turn(status, sandbox.clock())
    if not turned:
        raise SandboxError("no page shows a QR code")
    return {"codes": turned}
