"""Signatures that were made elsewhere, of the vectors of the API notes.

Source: ``signing_vectors.json`` beside ``signing.md``. Of ``a_bogus`` the first was
made by the site's own script in Chromium (2026-09-10; its noise was recovered from
it), the second by another public implementation, with a body and another page; of
``X-Bogus`` the first by a public implementation. The others are of the formulas that
are written there, over a made-up uifid.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class XBogusVector:
    """What was signed, when, and the value; ``seconds`` are Unix seconds."""

    user_agent: str
    query: str
    body: bytes
    seconds: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ABogusVector:
    """What was signed, when, in which page, with what noise (hex), and the value."""

    user_agent: str
    query: str
    body: bytes
    now_ms: int
    fingerprint: str
    page: str
    noise: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebVector:
    """A query, the session's uifid, Unix seconds, and the value."""

    query: str
    uifid: str
    seconds: int
    value: str


X_BOGUS = (
    XBogusVector(
        user_agent=(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KH"
            "TML, like Gecko) Chrome/122.0.0.0 Safari/537.36 Edg/122.0.0.0"
        ),
        query=(
            "device_platform=webapp&aid=6383&channel=channel_pc_web&aweme_id="
            "7184732601662344482&cursor=0&count=20"
        ),
        body=b"",
        seconds=1875158872,
        value="DFSzswVYNTkANxTQeZkN0e9WX7rd",
    ),
    XBogusVector(
        user_agent=(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KH"
            "TML, like Gecko) Chrome/146.0.0.0 Safari/537.36"
        ),
        query="aid=6383",
        body=b"sec_user_ids=%5B%22MS4w%22%5D",
        seconds=1795500000,
        value="DFSzswVYf6uRcdNpCBZNNe9WX7rJ",
    ),
)
A_BOGUS = (
    ABogusVector(
        user_agent=(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KH"
            "TML, like Gecko) Chrome/146.0.0.0 Safari/537.36"
        ),
        query=(
            "device_platform=webapp&aid=6383&channel=channel_pc_web&aweme_id="
            "7372484719365098803&pc_client_type=1&version_code=190500&version"
            "_name=19.5.0&cookie_enabled=true&screen_width=1920&screen_height"
            "=1080&browser_language=zh-CN&browser_platform=Win32&browser_name"
            "=Chrome&browser_version=130.0.0.0&browser_online=true&engine_nam"
            "e=Blink&engine_version=130.0.0.0&os_name=Windows&os_version=10&c"
            "pu_core_num=8&device_memory=8&platform=PC"
        ),
        body=b"",
        now_ms=1789010742989,
        fingerprint="1920|947|1920|1032|1920|1032|1920|1080|Win32",
        page="default",
        noise=(
            "6f168a139fba011214c616c5cfce76544a23211c7b6cd4b6d96b06363c3a6d28"
            "d13bdf28e68fe1"
        ),
        value=(
            "QyUVhFWEmq5nFd/tmcJuHtnlDFgMNTSySTi2WjKPyOu8LheY58Pe/PGbaxLLshEy"
            "bbBzho372xMAYEdcpUUhp9HpLmkkuBGSCGVc960Lhqw4G0kQLHb0euvzowMxUcGq"
            "aAV4ilU6gUrogfxAkHdm/dl9yKoK5bWBPZOWk/ucE9sg1MyAgpnePpbdOhPxUJOf"
        ),
    ),
    ABogusVector(
        user_agent=(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KH"
            "TML, like Gecko) Chrome/151.0.0.0 Safari/537.36"
        ),
        query="device_platform=webapp&aid=6383&keyword=%E6%A6%B4%E8%8E%B2",
        body=b"a=1&b=%2F",
        now_ms=1720000000000,
        fingerprint="2560|1215|2560|1392|2560|1392|2560|1440|Win32",
        page="www.douyin.com",
        noise=(
            "0910096a63fb9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e"
            "9e9e9e9e9e9e"
        ),
        value=(
            "df0fgq6idxW5cdMSuOTiH1nlrHnMNsWyYMi/bbAl9xL1bwUYXbYeYunWaPo8bMdf"
            "pWpwiFV7ZDYqYnnOF07a8CHkLmpDSmwWkUA5V66oZ1wXbMiQLNfBCw8LeJtbWOvE"
            "mAojJ1UlWtmO2dC4LpaTUBlytApismipQHabdc4aE9ef6zT9Bqq2uxSdO7zqKE=="
        ),
    ),
)
WEB_SIGNATURE = WebVector(
    query=(
        "device_platform=webapp&aid=6383&sec_user_id=MS4wLjABAAAAx&max_cu"
        "rsor=0&a_bogus=EX%2Fabc%3D%3D"
    ),
    uifid="ab12" * 40,
    seconds=1795500000,
    value="a3c1bbeebac91be13d318fdebfef90f6",
)
