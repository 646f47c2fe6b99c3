"""The scripts that are run in pages; package data, so they are read from an egg too."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def script(name: str) -> str:
    """Return the text of ``name.js`` of this package: one function of JavaScript."""
    text = files(__package__).joinpath(f"{name}.js").read_text("utf-8")
    # Playwright looks at the first letters, and takes no comment for a function.
    lines = text.splitlines()
    while lines[0].startswith("//"):
        del lines[0]
    return "\n".join(lines).rstrip().removesuffix(";")
