"""The texts of the web pages: HTML with the scripts of `web/` inside."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .ask import encoded

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNING = ("bytes", "md5", "sm3", "rc4", "xbogus", "abogus", "websign")
_PAGE = (*SIGNING, "tokens", "proof", "sign", "hook", "login", "start")
_CHALLENGE = ("bytes", "md5", "tokens", "challenge")
_CHALLENGE_SIZE = 72_000  # the real one's (behaviour notes, 4)


@cache
def _text(name: str) -> str:
    return (files(__package__) / "web" / name).read_text("utf-8")


@cache
def scripts(names: tuple[str, ...]) -> str:
    """The scripts of these names, in this order; they share one scope."""
    return "\n".join(_text(f"{name}.js") for name in names)


def page(facts: Mapping[str, Any], more: str = "") -> str:
    """A page whose script signs; `facts` are what its script reads as PAGE.

    `more` is a script in the same scope, which may replace its functions.
    """
    known = encoded(facts).decode().replace("<", "\\u003c")
    whole = f"const PAGE = {known};\n{scripts(_PAGE)}\n{more}"
    return _with_script("page.html", whole)


def challenge() -> str:
    """The page that comes before a visitor's first one."""
    text = _with_script("challenge.html", scripts(_CHALLENGE))
    filling = "x" * (_CHALLENGE_SIZE - len(text.encode()))
    return text.replace("<body>", f"<body><!--{filling}-->")


def verify() -> str:
    """The page with a captcha, which a click solves."""
    return _text("verify.html")


def _with_script(name: str, script: str) -> str:
    return _text(name).replace("/*script*/", f"(() => {{\n{script}\n}})();")
