"""Secrets where anybody can read them: on a command line, in a job of Scrapyd.

Scrapyd makes a command line of a job's arguments and settings, and writes it into its
log; what runs on a machine can be listed by every user of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAME = re.compile(
    r"(?:^|_)(?:COOKIE|PASSWORD|PASSWD|PASS|SECRET|SECRET_ACCESS_KEY|TOKEN|SALT)$",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?<!\w)(?:sessionid|sessionid_ss|sid_tt|sid_guard|uid_tt|uid_tt_ss|sid_ucp_v1"
    r"|ssid_ucp_v1|sid_ucp_sso_v1|ssid_ucp_sso_v1|sso_uid_tt|sso_uid_tt_ss"
    r"|toutiao_sso_user|toutiao_sso_user_ss|d_ticket|odin_tt|passport_assist_user"
    r"|passport_csrf_token)[\"']?\s*[=:]",
    re.IGNORECASE,
)
# Links of the site carry these, too, behind a ? or &.
_VISITOR = re.compile(
    r"(?:^|[\s;:\"'{,])(?:ttwid|uifid|uifid_temp|mstoken|s_v_web_id)[\"']?\s*[=:]",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"://[^/\s@:]*:[^/\s@]+@")
_TOKEN = re.compile(r"(?:https?|socks\w*)://[^/\s@?#]+@", re.IGNORECASE)
_SECRETS = (_LOGIN, _VISITOR, _PASSWORD, _TOKEN)
_USER_INFO = re.compile(r"//[^/\s?#]*@")
_LAYERS = 3


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


def is_secret(value: str) -> bool:
    """Return whether *value* holds what looks like a cookie or a password."""
    return any(form.search(text) for text in _readings(value) for form in _SECRETS)


def without_login(url: str) -> str:
    """Return an address without the name and the password in it."""
    return _USER_INFO.sub("//", url)


def _secret(name: str, value: str) -> bool:
    return bool(_NAME.search(name)) or is_secret(value)


def _readings(value: str) -> Iterator[str]:
    """Yield *value* as it is, and without what percent-encoding there is of it."""
    for _ in range(_LAYERS):
        yield value
        if (plain := unquote(value)) == value:
            return
        value = plain
