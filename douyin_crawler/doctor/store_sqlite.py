"""A SQLite file, or the place where there will be one."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import uuid
from contextlib import closing
from typing import TYPE_CHECKING

from douyin_crawler.doctor.store import Looked
from douyin_crawler.stores.base import SCHEMA_VERSION
from douyin_crawler.stores.sqlite_connection import connect, transaction
from douyin_crawler.stores.sqlite_errors import explain, is_transient
from douyin_crawler.stores.sqlite_schema import quote

if TYPE_CHECKING:
    from pathlib import Path

_BUSY = 3.0
"""Seconds to wait for another process that writes."""


def look_at_file(path: Path) -> Looked:
    """Return what *path* is good for."""
    folder = next(place for place in path.parents if place.exists())
    if not folder.is_dir():
        return Looked(exists=False, problem=f"{folder} is no folder: choose another")
    free = shutil.disk_usage(folder).free
    if not path.is_file():
        return Looked(exists=False, free=free, problem=_problem_of_place(folder, path))
    version = 0
    try:
        with closing(connect(path, _BUSY)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            problem = "" if version else _problem_of_tables(connection)
            if version < 0:
                problem = "it is another program's file: choose another"
            elif not problem and version <= SCHEMA_VERSION:
                _write(connection)
            elif version:
                problem = "a newer version of this program wrote it: see below"
    except sqlite3.Error as error:
        passing = is_transient(error)
        return Looked(
            version=version, free=free, problem=explain(error), passing=passing
        )
    size = path.stat().st_size
    return Looked(version=version, size=size, free=free, problem=problem)


def _problem_of_place(folder: Path, path: Path) -> str:
    """Return why no file can be made there."""
    if path.exists():
        return "this is no file: name one in DOUYIN_STORE"
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"douyin_crawler")
    except OSError as error:
        return f"{folder} can't be written ({error.strerror}): let this user write it"
    return ""


def _problem_of_tables(connection: sqlite3.Connection) -> str:
    found = connection.execute("SELECT name FROM sqlite_master LIMIT 1").fetchone()
    return "it is another program's file: choose another" if found else ""


def _write(connection: sqlite3.Connection) -> None:
    """Commit a table that comes and goes: the disk is written, the file as before."""
    table = quote(f"doctor_{uuid.uuid4().hex}")
    with transaction(connection):
        connection.execute(f"CREATE TABLE {table} (text TEXT)")
        connection.execute(f"INSERT INTO {table} VALUES ('written')")  # noqa: S608
        connection.execute(f"DROP TABLE {table}")
