"""Numbers that depend on nothing but their keys."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Dice:
    """A stream of draws fixed by its keys: the same keys, the same draws."""

    __slots__ = ("_name", "_pool")

    def __init__(self, *keys: int | str) -> None:
        self._name = "/".join(map(str, keys)).encode()
        self._pool = 0

    def below(self, end: int) -> int:
        """A whole number from 0 to `end - 1`."""
        if self._pool < end << 32:  # so that every draw is as good as even
            self._name = blake2b(self._name).digest()
            self._pool = int.from_bytes(self._name, "big")
        self._pool, drawn = divmod(self._pool, end)
        return drawn

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def hex(self, digits: int) -> str:
        return f"{self.below(16**digits):0{digits}x}"

    def letters(self, count: int, alphabet: str) -> str:
        return "".join(self.pick(alphabet) for _ in range(count))
