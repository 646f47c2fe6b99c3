"""One target read from its first page to its last."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Walk:
    """Where a walk stands; the spider moves it on page by page."""

    kind: str
    """Kind of list, e.g. ``posts``."""
    id: str
    """The target: a sec_uid, a post."""
    range: str = ""
    """The range asked for, as it was written."""
    limit: int | None = None
    cursor: str = "0"
    pages: int = 0
    seen: int = 0
    """Entries on those pages, in range or not."""
    expected: int | None = None
    """What the walk itself saw of the number of records."""
    got: set[str] = field(default_factory=set)
    """Ids of the records in range."""
    cursors: set[str] = field(default_factory=set)
    """Cursors that pages were read at."""
    empty: int = 0
    """Empty pages in a row."""
    stalled: bool = False
    """Whether the page is read again because its cursor did not move."""

    @property
    def partial(self) -> bool:
        """Whether only a part of the list was asked for."""
        return bool(self.range) or self.limit is not None

    @property
    def full(self) -> bool:
        """Whether the limit asked for is reached."""
        return self.limit is not None and len(self.got) >= self.limit
