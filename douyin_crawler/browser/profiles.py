"""Temporary profiles: one for each start of Chromium, held by a locked file.

A crawl that is killed leaves its profile behind, and perhaps its Chromium. The lock
goes with the process that held it, so the next start knows what is left over.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)

_PREFIX = "profile-"
_LOCK = ".lock"
_GATE = "gate"
_WAIT = 30.0
"""Seconds for another's start, which makes a profile or ends what is left of some."""
_SHORT = 55
"""Letters of a path to which Chromium can still add the name of a socket."""
_KILLED = 5.0
"""Seconds until a process that was killed is gone."""


class Profile:
    """A folder for one Chromium, made by `create`, taken away by `end`."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self.path = path
        self._lock = lock
        # Behind a second signal nobody else ends what was started.
        atexit.register(self.end)

    @classmethod
    def create(cls, folder: Path | None = None) -> Profile:
        """Make a profile that is ours; end what killed crawls have left.

        Raises:
            OSError: the folder can't be made, or is another user's.
        """
        folder = folder or profiles_folder()
        _make(folder)
        try:
            with FileLock(folder / _GATE, timeout=_WAIT):
                sweep(folder)
                path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
                lock = FileLock(f"{path}{_LOCK}", thread_local=False)
                lock.acquire(timeout=0)
        except Timeout:
            raise OSError(f"{folder / _GATE} is held by another process") from None
        return cls(path, lock)

    @property
    def environment(self) -> dict[str, str]:
        """What lets Chromium's own temporary files go with the profile."""
        path = str(self.path)
        if len(path) <= _SHORT:
            return {"TMPDIR": path}
        return {"TMPDIR": "/tmp"} if os.name == "posix" else {}  # noqa: S108

    def end(self) -> None:
        """End the Chromium that has this profile, and remove it."""
        atexit.unregister(self.end)
        if self._lock.is_locked:
            _remove(self.path)
            self._lock.release()
            Path(f"{self.path}{_LOCK}").unlink(missing_ok=True)


def profiles_folder() -> Path:
    """Return where the profiles of this user's crawls are."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    return Path(tempfile.gettempdir()).resolve() / f"douyin-crawler-browser-{user}"


def sweep(folder: Path) -> None:
    """End what is left of profiles whose lock is free, and nothing else.

    The caller holds the folder's gate, so that none of them is one just being made.
    """
    for path in sorted(folder.glob(f"{_PREFIX}*")):
        if path.suffix == _LOCK or not path.is_dir():
            continue
        lock = FileLock(f"{path}{_LOCK}", thread_local=False)
        try:
            with lock.acquire(timeout=0):
                logger.info("Removing what a killed crawl left of a browser: %s", path)
                _remove(path)
        except Timeout:
            continue
        Path(f"{path}{_LOCK}").unlink(missing_ok=True)


def end_processes(profile: Path) -> None:
    """Kill the Chromium that runs with *profile*, with all its processes."""
    found = list(_processes(profile))
    for process in found:
        with suppress(psutil.Error):
            found += process.children(recursive=True)
    for process in found:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(found, timeout=_KILLED)


def _processes(profile: Path) -> Iterator[psutil.Process]:
    # Chromium writes the words of some of its processes as one.
    switch = f"--user-data-dir={profile}"
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = process.cmdline()
            if switch in words or any(f"{switch} " in f"{w} " for w in words):
                yield process


def _remove(path: Path) -> None:
    end_processes(path)
    for _ in range(3):  # a process that was just killed may still have made a file
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return


def _make(folder: Path) -> None:
    """Make the folder, readable by its user only.

    Raises:
        OSError: it is no folder of this user's: /tmp belongs to all.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    info = folder.lstat()
    own = not hasattr(os, "getuid") or info.st_uid == os.getuid()
    if not stat.S_ISDIR(info.st_mode) or not own:
        raise OSError(f"{folder} is not a folder of this user")
