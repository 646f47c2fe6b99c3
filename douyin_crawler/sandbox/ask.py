"""Requests as endpoints see them, and what their answers have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

MOST = 50  # entries a page, whatever is asked for
NOT_LOGGED_IN = {"status_code": 8, "status_msg": "用户未登录"}
WRONG_PARAMETER = {"status_code": 5, "status_msg": "参数不合法"}


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as an endpoint sees it."""

    params: dict[str, str]
    logged_in: bool
    now: float  # Unix seconds
    logid: str
    session: str = ""  # the same for all requests of one session

    def number(self, name: str, default: int) -> int | None:
        """A parameter as a whole number >= 0; None for what is no such number."""
        text = self.params.get(name) or str(default)
        return int(text) if text.isascii() and text.isdigit() else None


def encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)


def marks(ask: Ask) -> dict[str, Any]:
    """What identifies an answer: `extra` and `log_pb`."""
    extra = {"fatal_item_ids": [], "logid": ask.logid, "now": int(ask.now * 1000)}
    return {"extra": {**extra, "scenes": None}, "log_pb": {"impr_id": ask.logid}}
