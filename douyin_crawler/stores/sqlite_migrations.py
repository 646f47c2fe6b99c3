"""SQLite files that an older version of this program wrote, made into today's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.verdicts import FINAL

if TYPE_CHECKING:
    import sqlite3

_FINAL = ", ".join(f"'{verdict}'" for verdict in sorted(FINAL))
_LATEST = f"""
    INSERT OR REPLACE INTO targets (
        walk, id, range, spider, parent, verdict, final, reason, expected, got, pages,
        cursor, state, run_id, at, token
    )
    SELECT
        walk, id, range, spider, '', verdict, verdict IN ({_FINAL}), reason, expected,
        got, pages, cursor, x'', run_id, at, 0
    FROM verdicts ORDER BY at, rowid
"""  # noqa: S608


def rename_history(connection: sqlite3.Connection) -> None:
    """Make room for progress: in version 1, ``targets`` was the history."""
    connection.execute("ALTER TABLE targets RENAME TO verdicts")
    connection.execute("DROP INDEX IF EXISTS targets_walk_id_at")


def fill_progress(connection: sqlite3.Connection) -> None:
    """Let each walk stand where its latest verdict says."""
    connection.execute(_LATEST)
