"""Every vector of `signing_vectors.json` holds; what the other tests make of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from douyin_crawler.sandbox.verify import (
    Checked,
    Received,
    check_signature,
    check_web_signature,
)
from tests.support.shared import SHARED, needs_shared

PARAMETERS = {"a_bogus": "a_bogus", "x_bogus": "X-Bogus"}


def load(kind: str) -> list[dict[str, Any]]:
    """The vectors of a kind; none where the reference material is missing."""
    path = SHARED / "api" / "signing_vectors.json"
    if not path.is_file():
        return []
    vectors: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))[kind]
    return vectors


def escape(value: str) -> str:
    return value.replace("/", "%2F").replace("=", "%3D")


def encode_fingerprint(text: str) -> bytes:
    codes = [(ord(c).bit_length() > 8, ord(c)) for c in text]
    return b"".join(code.to_bytes(1 + wide, "big") for wide, code in codes)


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A vector, as a request that a part can be exchanged in."""

    kind: str
    query: str
    body: bytes
    user_agent: str
    value: str
    now: float
    fingerprint: bytes | None = None
    vector: dict[str, Any] = field(repr=False, default_factory=dict)

    @property
    def signature(self) -> str:
        return f"{PARAMETERS[self.kind]}={escape(self.value)}"

    @property
    def wire(self) -> str:
        return f"{self.query}&{self.signature}" if self.query else self.signature

    def check(self, wire: str | None = None, *, session: bool = True) -> Checked:
        """Hold it as the sandbox does, in a session that knows the fingerprint."""
        received = Received(wire or self.wire, self.body, self.user_agent, self.now)
        known = self.fingerprint if session else None
        return check_signature(received, max_age=None, fingerprint=known)


def signed(kind: str, vector: dict[str, Any]) -> Signed:
    shown = vector.get("fingerprint")
    return Signed(
        kind=kind,
        query=vector["query"],
        body=vector["body"].encode(),
        user_agent=vector["user_agent"],
        value=vector[kind],
        now=vector["now_ms"] / 1000 if "now_ms" in vector else vector["time"],
        fingerprint=None if shown is None else encode_fingerprint(shown),
        vector=vector,
    )


A_BOGUS = [signed("a_bogus", vector) for vector in load("a_bogus")]
X_BOGUS = [signed("x_bogus", vector) for vector in load("x_bogus")]
WEB = load("web_signature")


@needs_shared
@pytest.mark.parametrize("vector", A_BOGUS + X_BOGUS, ids=lambda v: v.kind)
def test_every_vector_is_accepted(vector: Signed) -> None:
    checked = vector.check()
    assert checked.signer == vector.kind
    assert checked.signed_at == vector.now
    assert checked.age == 0
    assert checked.fingerprint == (vector.fingerprint or b"")


@needs_shared
@pytest.mark.parametrize("vector", WEB, ids=lambda v: v["tests"])
def test_every_web_vector_is_accepted(vector: dict[str, Any]) -> None:
    check_web_signature(vector["wire"], known_uifid=vector["uifid"].__eq__)


@needs_shared
def test_the_vectors_are_all_there() -> None:
    assert (len(A_BOGUS), len(X_BOGUS), len(WEB)) >= (28, 10, 3)
