"""Signatures of the Douyin web API: pure functions, without Scrapy.

A signer is one instance for a session: what depends on how many signatures the
session made before is counted here.
"""

from __future__ import annotations

import time
from random import SystemRandom
from typing import TYPE_CHECKING, Protocol

from douyin_crawler.signing.abogus import ABogus
from douyin_crawler.signing.xbogus import XBogus

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


class Signer(Protocol):
    """Signs the query of a request."""

    @property
    def name(self) -> str:
        """Return the name by which the setting chooses it."""

    @property
    def parameter(self) -> str:
        """Return the query parameter that carries its signature."""

    def sign(self, query: str, body: bytes) -> str:
        """Return the parameter's value, percent-encoded.

        *query* is as it goes on the wire, without ``?`` and the parameter itself;
        *body* as it is sent, ``b""`` for GET.
        """


class ABogusSigner:
    """Signs as the site's script does; counts what it signed."""

    name = "a_bogus"
    parameter = "a_bogus"

    def __init__(
        self, algorithm: ABogus, clock: Callable[[], float], random: Random
    ) -> None:
        self._algorithm = algorithm
        self._clock = clock
        self._random = random
        self._made = 0

    def sign(self, query: str, body: bytes) -> str:
        """Return ``a_bogus`` for *query* and *body*, now."""
        value = self._algorithm.sign_now(
            query, body, clock=self._clock, random=self._random, made=self._made
        )
        self._made += 1
        return _percent(value)


class XBogusSigner:
    """Signs as the API's description says."""

    name = "x_bogus"
    parameter = "X-Bogus"

    def __init__(self, algorithm: XBogus, clock: Callable[[], float]) -> None:
        self._algorithm = algorithm
        self._clock = clock

    def sign(self, query: str, body: bytes) -> str:
        """Return ``X-Bogus`` for *query* and *body*, now."""
        return _percent(self._algorithm.sign(query, body, int(self._clock())))


SIGNERS = ("a_bogus", "x_bogus")


def make_signer(
    name: str,
    *,
    user_agent: str,
    fingerprint: str,
    clock: Callable[[], float] = time.time,
    random: Random | None = None,
) -> Signer:
    """Return the signer *name* (one of `SIGNERS`) for one session.

    *clock* tells unix seconds; *random* is the source of noise, the system's
    unless given.

    Raises:
        ValueError: an unknown name, or what `ABogus` or `XBogus` refuses.
    """
    if name == "a_bogus":
        algorithm = ABogus(user_agent, fingerprint)
        return ABogusSigner(algorithm, clock, random or SystemRandom())
    if name == "x_bogus":
        return XBogusSigner(XBogus(user_agent), clock)
    raise ValueError(f"No signer {name!r}; there are {', '.join(SIGNERS)}")


def _percent(value: str) -> str:
    # Beside these two, no letter of either alphabet needs it.
    return value.replace("/", "%2F").replace("=", "%3D")
