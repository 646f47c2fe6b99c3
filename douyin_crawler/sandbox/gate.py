"""Who may pass: tokens and signatures, and refusals like the real site's.

A refusal is HTTP 200 with an empty body, or 403 with a line of text from the gateway
in front of the protected paths (behaviour notes, 1 and 4).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import verify
from .proof import HEADER, Proofs, UnprovenError
from .tokens import Mint, is_ms_token

if TYPE_CHECKING:
    from .site import Site
    from .wire import Wire

API = "/aweme/v1/web/"
PROTECTED = frozenset(
    f"{API}{path}/"
    for path in (
        *("aweme/detail", "aweme/post", "aweme/favorite", "aweme/listcollection"),
        *("mix/aweme", "mix/list", "mix/detail", "mix/listcollection", "tab/feed"),
        *("music/aweme", "music/list", "music/detail"),
        *("collects/list", "collects/video/list"),
    )
)
OPEN = frozenset({API + "hot/search/list/", API + "emoji/list"})  # no ttwid asked for


SESSIONS = 10_000  # whose fingerprints are remembered


class NotAdmittedError(Exception):
    """The request does not pass: what the client sees, and why (for the log)."""

    def __init__(self, reason: str, status: int = 200, text: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.text = text
        self.headers: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is asking, once they have passed."""

    login: bool | None  # True: ours; False: unknown or expired; None: a visitor
    ttwid: str
    headers: dict[str, str] = field(default_factory=dict)


class Gate:
    """Checks requests against one seed's tokens; `max_age` of signatures in seconds."""

    def __init__(
        self, mint: Mint, site: Site, proofs: Proofs, *, max_age: float | None = 60.0
    ) -> None:
        self._mint = mint
        self._site = site
        self._proofs = proofs
        self._max_age = max_age
        self._fingerprints: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def admit(self, wire: Wire) -> Visit:
        """Let an API request in, or raise `NotAdmittedError`."""
        self._origin(wire)
        self._argus(wire)
        ttwid = self._cookies(wire)
        self._proof(wire, ttwid)
        self._signature(wire, ttwid)
        return Visit(self._mint.knows_login(wire.cookies), ttwid)

    @staticmethod
    def _origin(wire: Wire) -> None:
        origin = wire.header("Origin")
        host = urlsplit(origin).hostname or ""
        own = host == wire.header("Host").rpartition(":")[0]
        if origin and not own and not f".{host}".endswith(".douyin.com"):
            raise NotAdmittedError("origin", 403, "Forbidden")

    def _argus(self, wire: Wire) -> None:
        """The third signature: asked for on protected paths, else right if there."""
        if wire.path not in PROTECTED and "x-secsdk-web-signature" not in wire.params:
            return
        try:
            verify.check_web_signature(wire.query, known_uifid=self._mint.knows_uifid)
        except verify.Refused as refused:
            raise _argus(refused.reason, refused.reason) from refused

    def _cookies(self, wire: Wire) -> str:
        ttwid = wire.cookies.get("ttwid", "")
        if not self._mint.knows_ttwid(ttwid):
            if wire.path not in OPEN:
                raise NotAdmittedError("ttwid")
            ttwid = ""
        webid = wire.params.get("webid")
        if webid is not None and ttwid and webid != self._mint.webid(ttwid):
            raise NotAdmittedError("webid")
        if not is_ms_token(wire.params.get("msToken", "")):
            raise NotAdmittedError("msToken")
        return ttwid

    def _proof(self, wire: Wire, ttwid: str) -> None:
        """What the page's script adds: has to be there or not, right where it is."""
        if not self._site.browser_only and not wire.header(HEADER):
            return
        try:
            wire.page = self._proofs.check(wire, ttwid)
        except UnprovenError as unproven:
            reason = f"proof: {unproven}"
            if wire.path in PROTECTED:
                raise _argus("sign invalid", reason) from unproven
            raise NotAdmittedError(reason) from unproven

    def _signature(self, wire: Wire, ttwid: str) -> None:
        received = verify.Received(
            wire.query, wire.body, wire.header("User-Agent"), wire.received_at
        )
        try:
            checked = verify.check_signature(
                received,
                max_age=self._max_age,
                fingerprint=self._fingerprints.get((ttwid, wire.page)),
            )
        except verify.Refused as refused:
            raise NotAdmittedError(f"signature: {refused.reason}") from refused
        wire.signer, wire.signature_age = checked.signer, checked.age
        wire.fingerprint = checked.fingerprint.hex()
        if ttwid and checked.fingerprint:
            self._keep((ttwid, wire.page), checked.fingerprint)

    def _keep(self, session: tuple[str, str], fingerprint: bytes) -> None:
        """Hold a session to its fingerprint; forget the longest unused ones.

        Each page of a browser is one by itself, beside the plain client of its ttwid.
        """
        self._fingerprints[session] = fingerprint
        self._fingerprints.move_to_end(session)
        if len(self._fingerprints) > SESSIONS:
            self._fingerprints.popitem(last=False)


def _argus(words: str, reason: str) -> NotAdmittedError:
    """The 403 of the gateway in front of the protected paths."""
    told = f"Blocked by ArgusSecurityPlugin {words.title()}"
    turned = NotAdmittedError(reason, 403, told)
    if words == "sign invalid":
        turned.headers["argus_security_code"] = "web_id_sign_invalid"
    return turned
