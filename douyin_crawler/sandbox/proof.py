"""What tells a request of a page's own script from any other: its proof.

Made up for the sandbox, in the place of what the real site's script adds from month to
month: a digest over the final request with a nonce that stands in the served page, good
for the ttwid that the page was served to, and each count of it once.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .verify_crypto import sm3

if TYPE_CHECKING:
    from .wire import Wire

HEADER = "x-page-proof"
_FORM = re.compile(r"([0-9a-f]{16})\.([1-9]\d{0,8})\.([0-9a-f]{64})")
_PAGES = 10_000  # whose nonces are remembered
_WINDOW = 4096  # counts of a page, which may arrive out of order


class UnprovenError(Exception):
    """The request has no right proof; the message says what is wrong with it."""


@dataclass(slots=True)
class _Page:
    ttwid: str
    nonce: str
    floor: int = 0  # counts up to it are used
    used: set[int] = field(default_factory=set)

    def use(self, count: int) -> bool:
        """Take a count; whether it was still free."""
        if count <= self.floor or count in self.used:
            return False
        self.used.add(count)
        if len(self.used) > _WINDOW:
            self.floor = sorted(self.used)[_WINDOW // 2]
            self.used = {later for later in self.used if later > self.floor}
        return True


class Proofs:
    """The pages served, and the check of what they prove."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, _Page] = OrderedDict()

    def issue(self, ttwid: str) -> dict[str, str]:
        """The `id` and `nonce` of a page that is served to a ttwid."""
        own, nonce = secrets.token_hex(8), secrets.token_hex(16)
        self._pages[own] = _Page(ttwid, nonce)
        if len(self._pages) > _PAGES:
            self._pages.popitem(last=False)
        return {"id": own, "nonce": nonce}

    def check(self, wire: Wire, ttwid: str) -> str:
        """The id of the page that made a request; raises `UnprovenError`."""
        shown = wire.header(HEADER)
        if not shown:
            raise UnprovenError("missing")
        form = _FORM.fullmatch(shown)
        if form is None:
            raise UnprovenError("malformed")
        own, count, digest = form.groups()
        page = self._pages.get(own)
        if page is None:
            raise UnprovenError("unknown page")
        if page.ttwid != ttwid:
            raise UnprovenError("other session")
        if not hmac.compare_digest(digest, _digest(page.nonce, count, wire)):
            raise UnprovenError("digest")
        if not page.use(int(count)):
            raise UnprovenError("replayed")
        return own


def _digest(nonce: str, count: str, wire: Wire) -> str:
    agent = wire.header("User-Agent")
    head = f"{nonce}\n{count}\n{wire.method}\n{wire.path}\n{wire.query}\n{agent}\n"
    inner = sm3(head.encode("utf-8", "surrogateescape") + wire.body)
    return sm3(nonce.encode() + inner).hex()
