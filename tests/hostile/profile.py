"""How many examples are tried: few and always the same, or as many as are asked for."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_EXAMPLES = 25
WANTED = int(os.environ.get("DOUYIN_TEST_FUZZ", "0"))
"""Examples of each property, new ones every time; 0 for the few of every day."""
_FEW = (Phase.explicit, Phase.generate)
"""What failed is made simpler where many are asked for: that takes its time."""


def fuzz(share: float = 1.0) -> settings:
    """Return the profile of a property; *share* of the examples where one is slow."""
    return settings(
        max_examples=max(1, int((WANTED or _EXAMPLES) * share)),
        derandomize=not WANTED,
        database=None,
        deadline=None,
        print_blob=True,
        phases=[*Phase] if WANTED else _FEW,
        suppress_health_check=[*HealthCheck],
    )
