"""What the signature checks take, give back and raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "missing",  # no signature in the query
    "duplicate",  # more than one
    "trailing",  # something after it that may not stand there
    "malformed",  # not the encoding of anything
    "lengths",  # its parts do not fill it as it says
    "checksum",
    "constants",  # a fixed byte, or an application it does not know
    "noise",  # a draw outside its range, or of another browser
    "times",  # its own times contradict each other
    "query",
    "body",
    "agent",
    "fingerprint",
    "clock",  # too old, or from the future
    "uifid not found",
    "signature not found",
    "validate error",
    "sign invalid",
]


class Refused(Exception):  # noqa: N818 - a verdict on a request, not a fault of ours
    """A signature that does not hold; `reason` is its short code."""

    def __init__(self, reason: Reason, remedy: str) -> None:
        super().__init__(f"{reason}: {remedy}")
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came over the wire."""

    query: str  # raw, without the "?"
    body: bytes
    user_agent: str
    now: float  # Unix seconds at receipt


@dataclass(frozen=True, slots=True)
class Checked:
    """A signature that holds."""

    signer: Literal["a_bogus", "x_bogus"]
    signed_at: float  # Unix seconds, from inside the signature
    age: float  # seconds from then to the receipt
    fingerprint: bytes = b""  # a_bogus only, encoded: a session keeps to one
