"""What the site's script reports of the page it runs in.

Data, not algorithm: next month's page is a new row. Source of the values:
signatures of the site's own script (``default``: 43 of August and September
2026; the others: one client, October 2026).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page's values inside ``a_bogus``."""

    env: int
    nr: int
    nr_tag: tuple[int, int, int, int]
    detect: int
    page_id: int
    aid: int


PAGES = {
    "default": Page(1, 33, (0, 0, 0, 0), 14, 6241, 6383),
    "www.douyin.com": Page(1, 1, (132, 1, 1, 0), 8, 11881, 6383),
    "live.douyin.com": Page(1, 1, (0, 0, 0, 0), 12, 7571, 6383),
}
