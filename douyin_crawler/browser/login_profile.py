"""The profile that a login is made in: ours alone, private, one at a time."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from scrapy.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MARK = "made-by-scrapy-login"
"""A file in it: what else lies in a folder of that name is not ours to delete."""
_SINGLETONS = ("SingletonLock", "SingletonSocket", "SingletonCookie")


@contextmanager
def held(profile: Path) -> Iterator[None]:
    """Hold *profile*, made with mode 0700 if it is not there.

    Raises:
        UsageError: another process holds it, or it is somebody else's folder.
        OSError: it can't be made.
    """
    with _locked(profile):
        _check_ours(profile)
        profile.mkdir(parents=True, exist_ok=True)
        profile.chmod(stat.S_IRWXU)
        (profile / _MARK).touch()
        # Of a container that is gone; nobody else opens it while we hold it.
        for name in _SINGLETONS:
            (profile / name).unlink(missing_ok=True)
        yield


def delete(profile: Path) -> bool:
    """Delete *profile*; return whether there was one.

    Raises:
        UsageError: another process holds it, or it is somebody else's folder.
        OSError: it can't be deleted.
    """
    if not profile.is_dir():
        return False
    with _locked(profile):
        _check_ours(profile)
        shutil.rmtree(profile)
    with suppress(OSError):
        _lock(profile).unlink()
    return True


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    binary = getattr(os, "O_BINARY", 0)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)


@contextmanager
def _locked(profile: Path) -> Iterator[None]:
    path = _lock(profile)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise UsageError(
            f"{profile} is in use by another scrapy login; wait for it, or end it"
        ) from None
    try:
        yield
    finally:
        lock.release()


def _lock(profile: Path) -> Path:
    return profile.with_name(profile.name + ".lock")


def _check_ours(profile: Path) -> None:
    if profile.is_dir() and any(profile.iterdir()) and not (profile / _MARK).exists():
        raise UsageError(
            f"{profile} was not made by scrapy login: name another folder in "
            "DOUYIN_BROWSER_PROFILE"
        )
