"""What the web pages are told to do: switches that a test may turn while it runs."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

ORDER = "x-page-order"  # header: what the page that asked is to do
_Misbehaviour = Literal["hang", "navigate"]


class Orders(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What `POST /_sandbox/page` takes; what is left out stays as it was.

    `misbehave` is for the page that makes API call number `after` from now on, once.
    `signature` and `script` (in the scope of the page's own, after it) are for the
    pages served from now on, `login_life` (seconds) for the QR codes made from now on.
    """

    misbehave: _Misbehaviour | None = None
    after: Annotated[int, msgspec.Meta(ge=1)] = 1
    signature: Literal["a_bogus", "X-Bogus"] | None = None
    script: str | None = None
    login_life: Annotated[float, msgspec.Meta(gt=0)] | None = None


class Site:
    """The switches of one sandbox."""

    def __init__(self, *, browser_only: bool, challenge: bool) -> None:
        self.browser_only = browser_only
        self.challenge = challenge
        self.verify = False
        self.signature = "a_bogus"
        self.script = ""
        self.login_life = 60.0
        self._misbehaviour = ""
        self._left = 0

    def obey(self, orders: Orders) -> None:
        """Take over what a test has ordered."""
        if orders.misbehave:
            self._misbehaviour, self._left = orders.misbehave, orders.after
        self.signature = orders.signature or self.signature
        self.script = self.script if orders.script is None else orders.script
        self.login_life = orders.login_life or self.login_life

    def order(self) -> str:
        """Count one API call of a page; what that page is to do, or ""."""
        self._left -= 1
        return self._misbehaviour if self._left == 0 else ""
