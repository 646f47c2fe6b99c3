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
        UsageError: another process holds it, it is somebody else's folder, or it
            can't be made.
    """
    _check_ours(profile)
    try:
        profile.parent.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
        lock = _locked(profile)
    except OSError as error:
        raise _unusable(profile, error) from None
    try:
        _check_ours(profile)
        _make(profile)
        # Of a container that is gone; nobody else opens it while we hold it.
        for name in _SINGLETONS:
            (profile / name).unlink(missing_ok=True)
        yield
    finally:
        lock.release()


def delete(profile: Path) -> bool:
    """Delete *profile*; return whether there was one.

    Raises:
        UsageError: another process holds it, or it is somebody else's folder.
        OSError: it can't be deleted.
    """
    if not profile.is_dir():
        return False
    _check_ours(profile)
    lock = _locked(profile)
    try:
        _check_ours(profile)
        shutil.rmtree(profile.resolve())  # it may lie on another disk, behind a link
        if profile.is_symlink():
            profile.unlink()
    finally:
        lock.release()
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


def _locked(profile: Path) -> FileLock:
    lock = FileLock(_lock(profile), timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise UsageError(
            f"{profile} is in use by another scrapy login; wait for it, or end it"
        ) from None
    return lock


def _lock(profile: Path) -> Path:
    return profile.with_name(profile.name + ".lock")


def _make(profile: Path) -> None:
    try:
        profile.mkdir(mode=stat.S_IRWXU, exist_ok=True)
        profile.chmod(stat.S_IRWXU)
        (profile / _MARK).touch()
    except OSError as error:
        with suppress(OSError):
            _lock(profile).unlink()
        raise _unusable(profile, error) from None


def _unusable(profile: Path, error: OSError) -> UsageError:
    return UsageError(
        f"DOUYIN_BROWSER_PROFILE: {profile} can't be made ({error.strerror}); name a "
        "folder that can"
    )


def _check_ours(profile: Path) -> None:
    if profile.exists() and not profile.is_dir():
        raise UsageError(
            f"DOUYIN_BROWSER_PROFILE: {profile} is a file; name a folder, or take it "
            "away"
        )
    if profile.is_dir() and any(profile.iterdir()) and not (profile / _MARK).exists():
        raise UsageError(
            f"{profile} was not made by scrapy login: name another folder in "
            "DOUYIN_BROWSER_PROFILE"
        )
