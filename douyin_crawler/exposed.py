"""Secrets where anybody can read them: on a command line, in a job of Scrapyd.

Scrapyd makes a command line of a job's arguments and settings, and writes it into its
log; what runs on a machine can be listed by every user of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = re.compile(
    r"(?:^|_)(?:COOKIE|PASSWORD|PASSWD|PASS|SECRET|SECRET_ACCESS_KEY|TOKEN|SALT)$",
    re.IGNORECASE,
)
_COOKIE = re.compile(
    r"(?:^|[\s;:\"'{,])(?:sessionid|sessionid_ss|sid_tt|sid_guard|ttwid|odin_tt|uifid"
    r"|uifid_temp|mstoken|passport_csrf_token)[\"']?\s*[=:]",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"://[^/\s@:]*:[^/\s@]+@")


def exposed(given: Iterable[str], option: str) -> str | None:
    """Return what is wrong with the first ``NAME=VALUE`` that holds a secret.

    *option* is how they are given, like ``-s``. The value is not repeated.
    """
    for argument in given:
        name, _, value = argument.partition("=")
        if value and _secret(name.strip(), value):
            return (
                f"{option} {name[:60]} with a secret is refused as an argument: it "
                "would show in the list of processes and in logs; put it into .env or "
                "the environment (of the node, for a job of Scrapyd)"
            )
    return None


def _secret(name: str, value: str) -> bool:
    return bool(_NAME.search(name) or _COOKIE.search(value) or _PASSWORD.search(value))
