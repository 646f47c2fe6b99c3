"""Options of commands that list what a store holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser


def add_list_options(parser: ArgumentParser, what: str, most: int) -> None:
    """Add ``--json``, and ``--limit`` with *most* by default; *what* is its help."""
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--limit", type=int, default=most, metavar="N", help=what.format(most)
    )
