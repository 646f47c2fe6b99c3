"""Temporary profiles, and what killed crawls leave of them; no Chromium is started."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.browser import profiles
from douyin_crawler.browser.profiles import Profile, end_processes

if TYPE_CHECKING:
    from collections.abc import Iterator

_STAND_IN = "import time; print(flush=True); time.sleep(60)"


@contextmanager
def stand_in(profile: Path) -> Iterator[subprocess.Popen[str]]:
    """Run what looks like a Chromium with *profile*."""
    process = subprocess.Popen(
        [sys.executable, "-c", _STAND_IN, f"--user-data-dir={profile}", "--headless"],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def abandon(profile: Profile) -> Path:
    """Leave a profile as a crawl does that is killed."""
    profile._lock.release()
    return profile.path


def test_it_goes_with_the_process_that_has_it(tmp_path: Path) -> None:
    profile = Profile.create(tmp_path / "all")
    assert profile.path.is_dir()
    assert profile.path.stat().st_mode & 0o077 == 0
    with stand_in(profile.path) as chromium:
        profile.end()
        assert chromium.wait(10) is not None
    profile.end()
    assert [path.name for path in (tmp_path / "all").iterdir()] == ["gate"]


def test_only_what_nobody_holds_is_ended(tmp_path: Path) -> None:
    left = abandon(Profile.create(tmp_path))
    with (
        stand_in(left) as ended,
        stand_in(Path(f"{left}x")) as of_longer_name,
        stand_in(tmp_path / "elsewhere") as another,
    ):
        held = Profile.create(tmp_path)
        assert ended.wait(10) is not None
        assert not left.exists()
        with stand_in(held.path) as running:
            third = Profile.create(tmp_path)
            for process in (of_longer_name, another, running):
                assert process.poll() is None
            held.end()
            third.end()
    end_processes(tmp_path / "nobody")


def test_what_another_user_has_made_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "aside").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "aside")
    with pytest.raises(OSError, match="not a folder of this user"):
        Profile.create(tmp_path / "link")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    assert profiles.profiles_folder().parent == tmp_path.resolve()
