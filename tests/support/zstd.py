"""Reads payloads without the project's code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import zstandard

from tests.support.crawling import rows

if TYPE_CHECKING:
    from pathlib import Path


def texts(store: Path) -> list[bytes]:
    """Return every stored payload, decompressed."""
    reader = zstandard.ZstdDecompressor()
    return [
        reader.decompress(r["text"]) for r in rows(store, "SELECT text FROM payloads")
    ]
