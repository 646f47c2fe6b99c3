"""Who walks what, in SQLite: by the clock of this machine, as the file is on it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from douyin_crawler.progress import Claim
from douyin_crawler.stores.sqlite_connection import transaction
from douyin_crawler.stores.sqlite_progress import insert_row, load_row
from douyin_crawler.stores.sqlite_schema import quote
from douyin_crawler.stores.storable import storable
from douyin_crawler.stores.walks import (
    KEY,
    NOT_HELD,
    claimed,
    holder_of,
    key_values,
    progress_of,
)

if TYPE_CHECKING:
    import sqlite3

    from douyin_crawler.progress import Holder, WalkKey
    from douyin_crawler.stores.walks import Values

_IS = " AND ".join(f"{quote(name)} = :{name}" for name in KEY)
_GRANT = (
    "UPDATE targets SET token = token + 1, spider = :spider, holder = :holder, "  # noqa: S608
    f"host = :host, lock = :lock, lease_until = :until WHERE {_IS}"
)
_RENEW = "UPDATE targets SET lease_until = :until WHERE holder = :holder"
_RELEASE = (
    f"UPDATE targets SET {', '.join(f'{name} = NULL' for name in NOT_HELD)}, "  # noqa: S608
    "tries = CASE WHEN :dead THEN tries ELSE 0 END WHERE holder = :holder"
)


def claim(
    connection: sqlite3.Connection,
    key: WalkKey,
    holder: Holder,
    seconds: float,
    *,
    spider: str,
    parent: WalkKey | None,
    over: int | None,
) -> Claim:
    """Give *holder* the lease of a walk, unless another run has it."""
    with transaction(connection):
        now = time.time()
        row = load_row(connection, key)
        if row is None:
            made = claimed(spider, parent, holder.run_id)
            at = datetime.fromtimestamp(now, UTC)
            insert_row(connection, key, {**made, "at": at})
        elif not _is_free(row, now, holder, over):
            return Claim(
                progress=progress_of(row),
                token=None,
                holder=holder_of(row),
                held_token=row["token"],
            )
        lease = _lease(holder, now + seconds)
        connection.execute(_GRANT, {**lease, "spider": spider, **key_values(key)})
        granted = load_row(connection, key)
        assert granted is not None
    return Claim(progress=progress_of(granted), token=granted["token"])


def _is_free(row: Values, now: float, holder: Holder, over: int | None) -> bool:
    return (
        row["holder"] in (None, storable(holder.run_id))
        or row["lease_until"] <= now
        or row["token"] == over
    )


def _lease(holder: Holder, until: float) -> Values:
    names = {"holder": holder.run_id, "host": holder.host, "lock": holder.lock}
    return {**storable(names), "until": until}


def renew(connection: sqlite3.Connection, run_id: str, seconds: float) -> None:
    """Let the leases that a run still holds run for so long from now."""
    until = time.time() + seconds
    connection.execute(_RENEW, {"holder": storable(run_id), "until": until})


def release(connection: sqlite3.Connection, run_id: str, *, dead: bool) -> None:
    """End the leases that a run still holds."""
    connection.execute(_RELEASE, {"holder": storable(run_id), "dead": dead})
