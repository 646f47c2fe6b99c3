"""Check the third signature, as the site's gateway does on protected paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from douyin_crawler.sandbox.verify_crypto import md5
from douyin_crawler.sandbox.verify_types import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

PARAMETER = "x-secsdk-web-signature"
SALT = "A96D855A08C0A9707F8BEF0D9A527E4E"
_END = re.compile(rf"(.*&timestamp=([0-9]+))&{PARAMETER}=([0-9a-f]{{32}})", re.DOTALL)


def _values(query: str, name: str) -> list[str]:
    pairs = (part.partition("=") for part in query.split("&"))
    return [value for found, _, value in pairs if found == name]


def check_web_signature(query: str, *, known_uifid: Callable[[str], bool]) -> None:
    """Raise Refused unless the raw query ends in a right `x-secsdk-web-signature`.

    The reasons are the gateway's words in lower case, in its order (`behaviour.md`
    4). The age of the timestamp is not looked at, as on the site (1.2).
    """
    uifids = _values(query, "uifid")
    if not any(uifids):
        raise Refused("uifid not found", "send the session's uifid")
    if not any(_values(query, PARAMETER)):
        raise Refused("signature not found", f"send {PARAMETER}")
    if not known_uifid(uifids[0]):
        raise Refused("validate error", "send a uifid that this server issued")
    end = _END.fullmatch(query)
    if end is None or len(uifids) != 1 or len(_values(query, "timestamp")) != 1:
        raise Refused("sign invalid", f"uifid and timestamp once, {PARAMETER} last")
    covered, timestamp, signature = end.groups()
    signed = f"{uifids[0]}_{timestamp}_{SALT}_{covered}"
    if md5(signed.encode("utf-8", "surrogateescape")).hex() != signature:
        raise Refused("sign invalid", "sign the query exactly as it goes out")
