"""The fingerprint agrees with itself, the query and the user agent."""

from __future__ import annotations

import pytest

from douyin_crawler.sandbox.verify_fingerprint import check_fingerprint
from douyin_crawler.sandbox.verify_types import Refused

SIZES = "1920|947|1920|1032|1920|1032|1920|1080"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/146.0.0.0 Safari/537.36"
LINUX = "Mozilla/5.0 (X11; Linux x86_64) Chrome/146.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("shown", "query", "agent"),
    [
        (f"{SIZES}|Win32", "", WINDOWS),
        (f"{SIZES}|Win32", "screen_width=1920&screen_height=1080", WINDOWS),
        (f"{SIZES}|Win32", "a=1&browser_platform=Win32&b=2", WINDOWS),
        (f"{SIZES}|Linux x86_64", "browser_platform=Linux+x86_64", LINUX),
        (f"{SIZES}|Linux x86_64", "browser_platform=Linux%20x86_64", LINUX),
        (f"{SIZES}|é", "browser_platform=%C3%A9", "other"),
        (f"{SIZES}|MacIntel", "", WINDOWS),
        (f"{SIZES}|Win32", "my_screen_width=1", WINDOWS),
        ("1920|947|1936|1048|1920|1032|1920|1080|Win32", "", WINDOWS),
    ],
)
def test_accepted(shown: str, query: str, agent: str) -> None:
    check_fingerprint(shown.encode("latin-1"), query, agent)


def test_a_platform_beyond_latin_1() -> None:
    shown = SIZES.encode() + b"|\x7e\xdf\x4f\xe1\xe9"
    check_fingerprint(shown, "browser_platform=%E7%BB%9F%E4%BF%A1%C3%A9", "other")


@pytest.mark.parametrize(
    ("shown", "query", "agent"),
    [
        ("", "", WINDOWS),
        (SIZES, "", WINDOWS),
        (f"{SIZES}|", "", WINDOWS),
        (f"{SIZES}|Win32|Win32", "", WINDOWS),
        (f"{SIZES}|Win\x0032", "", WINDOWS),
        (f"0{SIZES}|Win32", "", WINDOWS),
        (f"{SIZES.replace('947', '')}|Win32", "", WINDOWS),
        (f"{SIZES.replace('947', '1033')}|Win32", "", WINDOWS),
        (f"{SIZES.replace('1032', '1092')}|Win32", "", WINDOWS),
        (f"{SIZES.replace('1920|1080', '1900|1080')}|Win32", "", WINDOWS),
        (f"{SIZES}|Win32", "screen_width=1921", WINDOWS),
        (f"{SIZES}|Win32", "a=1&screen_height=1200", WINDOWS),
        (f"{SIZES}|Win32", "browser_platform=MacIntel", WINDOWS),
        (f"{SIZES}|Win32", "browser_platform=Win32", LINUX),
    ],
)
def test_refused(shown: str, query: str, agent: str) -> None:
    with pytest.raises(Refused, match="fingerprint"):
        check_fingerprint(shown.encode("latin-1"), query, agent)
