"""One target read from its first page to its last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from douyin_crawler.verdicts import Verdict


@dataclass(slots=True, eq=False)
class Walk:
    """Where a walk stands; the spider moves it on page by page."""

    kind: str
    """Kind of list, e.g. ``posts``."""
    id: str
    """The target: a sec_uid, an aweme_id, the cid whose replies are read."""
    range: str = ""
    """The range asked for, as it was written."""
    limit: int | None = None
    """Records asked for, those of its children among them."""
    parent: Walk | None = None
    """The walk that opened this one: the comments of the post, for replies."""
    cursor: str = "0"
    pages: int = 0
    seen: int = 0
    """Entries on those pages, in range or not."""
    expected: int | None = None
    """What the walk itself saw of the number of records."""
    accounted: int = 0
    """Records that the entries speak of, where the number counts more than these."""
    got: set[str] = field(default_factory=set)
    """Ids of the records in range."""
    kept: set[str] = field(default_factory=set)
    """Where there is a limit: ids of the records, those of children among them."""
    cursors: set[str] = field(default_factory=set)
    """Cursors that pages were read at."""
    met: set[bytes] = field(default_factory=set)
    """Texts of the authors that the present page showed already."""
    empty: int = 0
    """Empty pages in a row."""
    stalled: bool = False
    """Whether the page is read again because its cursor did not move."""
    children: int = 0
    """Walks that this one opened and that have no verdict yet."""
    awaiting: tuple[Verdict, str] | None = None
    """How it ends once those have ended."""

    @property
    def key(self) -> str:
        """What tells walks of one run apart."""
        return f"{self.kind}:{self.id}"

    @property
    def root(self) -> Walk:
        """The walk over the target that was asked for."""
        return self.parent.root if self.parent else self

    @property
    def full(self) -> bool:
        """Whether the limit asked for is reached."""
        root = self.root
        return root.limit is not None and len(root.kept) >= root.limit

    def admit(self, id: str) -> bool:
        """Count the record *id* once; return False for one beyond the limit."""
        root = self.root
        if root.limit is not None and id not in root.kept:
            if self.full:
                return False
            root.kept.add(id)
        return True
