"""The login's profile: private from its creation, and taken away wherever it lies."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest
from scrapy.exceptions import UsageError

from douyin_crawler.browser.login_profile import delete, held

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")


@posix
def test_it_is_its_owner_s_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whatever is made has its mode at once, so nothing has to be mended.
    monkeypatch.setattr("pathlib.Path.chmod", lambda *_: None)
    profile = tmp_path / "data" / "browser"
    old = os.umask(0)
    try:
        with held(profile):
            made = [profile.parent, profile, tmp_path / "data" / "browser.lock"]
            modes = [stat.S_IMODE(one.stat().st_mode) for one in made]
    finally:
        os.umask(old)
    assert modes == [0o700, 0o700, 0o600]


@posix
def test_what_a_link_leads_to_goes_too(tmp_path: Path) -> None:
    there, link = tmp_path / "disk", tmp_path / "browser"
    link.symlink_to(there, target_is_directory=True)
    there.mkdir()
    with held(link):
        (there / "Cookies").touch()
    assert delete(link)
    assert not list(tmp_path.iterdir())
    assert not delete(link)


def test_what_is_no_folder_leaves_no_lock(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for profile in (file, file / "below"):
        with (
            pytest.raises(
                UsageError, match=r"^DOUYIN_BROWSER_PROFILE: .*; name a folder"
            ),
            held(profile),
        ):
            pass
    assert list(tmp_path.iterdir()) == [file]
