"""Check the signatures of a request as received (`signing.md`).

Nothing here is shared with `douyin_crawler.signing`: a signature is taken apart, not
made again, so that a mistake there cannot hide here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from douyin_crawler.sandbox.verify_abogus import check_a_bogus
from douyin_crawler.sandbox.verify_types import Checked, Received, Refused
from douyin_crawler.sandbox.verify_web import check_web_signature
from douyin_crawler.sandbox.verify_xbogus import check_x_bogus

__all__ = ["Checked", "Received", "Refused", "check_signature", "check_web_signature"]

SIGNATURES = ("a_bogus", "X-Bogus")
TRAILING = ("verifyFp", "fp", "uifid", "timestamp", "x-secsdk-web-signature")
AHEAD = 5.0  # seconds that a client's clock may run before ours
_VALUE = re.compile(r"(?:[A-Za-z0-9-]|%2F)+(?:%3D){0,2}")


@dataclass(frozen=True, slots=True)
class _Signed:
    parameter: str
    value: str  # percent-encoding undone
    covered: bytes  # all that stands before it


def _check_trailing(names: list[str]) -> None:
    places = [TRAILING.index(name) if name in TRAILING else -1 for name in names]
    if -1 in places or places != sorted(set(places)):
        raise Refused("trailing", f"only {', '.join(TRAILING)} may follow, in order")


def _find_signature(query: str) -> _Signed:
    parts = query.split("&")
    names = [part.partition("=")[0] for part in parts]
    found = [i for i, name in enumerate(names) if unquote(name) in SIGNATURES]
    if not found:
        raise Refused("missing", f"send {' or '.join(SIGNATURES)}")
    if len(found) > 1:
        raise Refused("duplicate", "send one signature, once")
    place = found[0]
    name, _, value = parts[place].partition("=")
    if name not in SIGNATURES or not _VALUE.fullmatch(value):
        raise Refused("malformed", "write / as %2F, = as %3D, the rest as it is")
    _check_trailing(names[place + 1 :])
    return _Signed(name, unquote(value), _wire_bytes("&".join(parts[:place])))


def _wire_bytes(query: str) -> bytes:
    """The bytes of a query; aiohttp keeps the odd ones as half surrogates."""
    try:
        return query.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise Refused("query", "percent-encode what is not ASCII") from None


def _signed_agent(user_agent: str) -> str:
    agent = user_agent.strip()
    if not (agent.isascii() and agent.isprintable()):
        raise Refused("agent", "use printable ASCII in the user agent")
    return agent


def check_signature(
    received: Received,
    *,
    max_age: float | None = 60.0,
    fingerprint: bytes | None = None,
) -> Checked:
    """Check the a_bogus or X-Bogus of a request; raise Refused with its reason.

    `max_age` is in seconds, None leaves the clock aside. `fingerprint` is what this
    session's signatures showed before (`Checked.fingerprint`): a session keeps to it.
    """
    signed = _find_signature(received.query)
    agent = _signed_agent(received.user_agent)
    request = (signed.value, signed.covered, received.body)
    if signed.parameter == "X-Bogus":
        seconds = float(check_x_bogus(*request, agent.encode()))
        return _on_time(Checked("x_bogus", seconds, received.now - seconds), max_age)
    opened = check_a_bogus(*request, agent)
    if fingerprint not in {None, opened.fingerprint}:
        raise Refused("fingerprint", "keep to one fingerprint in a session")
    at = opened.now_ms / 1000
    checked = Checked("a_bogus", at, received.now - at, opened.fingerprint)
    return _on_time(checked, max_age)


def _on_time(checked: Checked, max_age: float | None) -> Checked:
    if max_age is None or -AHEAD <= checked.age <= max_age:
        return checked
    raise Refused("clock", f"sign when sending: {checked.age:.3f} s old")
