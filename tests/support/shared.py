"""Reference material beside the checkout, where there is any."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
CAPTURES = SHARED / "captures"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the reference material (../shared) is not here"
)
