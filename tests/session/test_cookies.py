"""Cookies as users give them; a value never shows in a message."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.session.cookies import (
    LOGIN_COOKIES,
    CookieError,
    check_cookies,
    parse_cookie_header,
    read_cookies_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOST = "www.douyin.com"
SECRET = "s3cr3t-value-0123456789"
LATER = 4_102_444_800  # in 2100
EARLIER = 1_600_000_000


@pytest.mark.parametrize(
    ("text", "cookies"),
    [
        ("ttwid=1%7Cab; sessionid=c", {"ttwid": "1%7Cab", "sessionid": "c"}),
        ("Cookie: ttwid=a; sessionid=c", {"ttwid": "a", "sessionid": "c"}),
        ("cookie:ttwid=a;sessionid=c;", {"ttwid": "a", "sessionid": "c"}),
        ("'ttwid=a; sessionid=c'", {"ttwid": "a", "sessionid": "c"}),
        ('"Cookie: ttwid=a"', {"ttwid": "a"}),
        ('  ttwid=a;;  x="q"  ', {"ttwid": "a", "x": '"q"'}),
        ("\ufeffttwid=a\n", {"ttwid": "a"}),
        ("a=b=c==; d=", {"a": "b=c==", "d": ""}),
        ("a=x y, z; b={1}", {"a": "x y, z", "b": "{1}"}),
        ("a=first; a=second", {"a": "first"}),
        ("__ac_nonce=0; d_ticket=1", {"__ac_nonce": "0", "d_ticket": "1"}),
    ],
)
def test_header(text: str, cookies: dict[str, str]) -> None:
    assert parse_cookie_header(text) == cookies


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it is empty"),
        (" ; ;", "it is empty"),
        ("Cookie:", "it is empty"),
        (SECRET, "part 1 has no '='"),
        (f"a=1; {SECRET}", "part 2 has no '='"),
        (f"={SECRET}", "part 1 has no usable cookie name"),
        (f"a b={SECRET}", "part 1 has no usable cookie name"),
        (f"名={SECRET}", "part 1 has no usable cookie name"),
        (f"a=1; ttwid={SECRET}…", "the value of the cookie ttwid (part 2) holds"),
        (f"ttwid={SECRET}\x07x", "the value of the cookie ttwid (part 1) holds"),
        (f"ttwid={SECRET}\x00", "the value of the cookie ttwid (part 1) holds"),
        (f"ttwid=中{SECRET}", "the value of the cookie ttwid (part 1) holds"),
        (f"ttwid=a\nsessionid={SECRET}", "it has several lines"),
        (f"ttwid={SECRET}; Path=/; HttpOnly", "part 2 is the attribute Path"),
        (f"ttwid={SECRET}; HttpOnly", "part 2 is the attribute HttpOnly"),
        (f"Set-Cookie: ttwid={SECRET}; Path=/", "this is a Set-Cookie header"),
        (f"curl 'https://x' -H 'cookie: a={SECRET}'", "this is a whole command"),
        (f'fetch("https://x", "{SECRET}")', "this is a whole command"),
        (f'[{{"name":"a","value":"{SECRET}"}}]', "this is JSON"),
        (f"# Netscape HTTP Cookie File\n{SECRET}", "this is a cookies.txt"),
        (f".douyin.com\tTRUE\t/\tTRUE\t0\ta\t{SECRET}", "this is a cookies.txt"),
    ],
)
def test_bad_header(text: str, told: str) -> None:
    with pytest.raises(CookieError) as raised:
        parse_cookie_header(text)
    message = str(raised.value)
    assert told in message
    assert SECRET not in message
    assert "\n" not in message


def netscape(
    *rows: tuple[Any, ...], head: str = "# Netscape HTTP Cookie File\n"
) -> str:
    return head + "".join("\t".join(map(str, row)) + "\n" for row in rows)


def row(
    name: str, value: str, domain: str = ".douyin.com", expires: object = LATER
) -> tuple[Any, ...]:
    return (domain, "TRUE", "/", "TRUE", expires, name, value)


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "cookies.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str | bytes], dict[str, str]]:
    return lambda text: read_cookies_file(write(tmp_path, text), HOST)


def test_netscape(read: Callable[[str], dict[str, str]]) -> None:
    text = netscape(
        row("ttwid", "1%7Ca"),
        ("#HttpOnly_.douyin.com", "TRUE", "/", "FALSE", 0, "sessionid", "s"),
        row("host", "h", "www.douyin.com"),
        row("other", "o", ".bytedance.com"),
        row("sub", "o", "live.douyin.com"),
        row("like", "o", "evilwww.douyin.com"),
        (".douyin.com", "TRUE", "/passport/", "TRUE", LATER, "elsewhere", "e"),
        ("# a comment",),
        ("",),
        (".douyin.com", "TRUE", "/", "TRUE", f"{LATER}.5", "empty", ""),
    )
    assert read(text) == {
        "ttwid": "1%7Ca",
        "sessionid": "s",
        "host": "h",
        "empty": "",
    }


@pytest.mark.parametrize(
    "text",
    [
        netscape(row("ttwid", "a"), head=""),
        netscape(row("ttwid", "a")).replace("\n", "\r\n"),
        "\ufeff" + netscape(row("ttwid", "a")),
        "\n\n" + netscape(row("ttwid", "a")),
        netscape(row("ttwid", "a")).rstrip("\n"),
    ],
)
def test_netscape_as_it_comes(text: str, read: Callable[[str], dict[str, str]]) -> None:
    assert read(text) == {"ttwid": "a"}


@pytest.mark.parametrize(
    "entry",
    [
        {"expirationDate": LATER + 0.5, "hostOnly": False, "session": False},
        {"session": True, "expirationDate": EARLIER},
        {"expires": -1, "httpOnly": True, "sameSite": "Lax"},
        {"expires": LATER, "path": "/"},
        {"expiry": LATER},
        {"expirationDate": None},
        {},
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_json(
    entry: dict[str, Any],
    wrapped: bool,
    read: Callable[[str], dict[str, str]],
) -> None:
    cookie = {"name": "ttwid", "value": "a", "domain": ".douyin.com", **entry}
    other = {"name": "x", "value": "中", "domain": ".example.com", "path": "/"}
    cookies = [cookie, other]
    text = json.dumps({"cookies": cookies, "origins": []} if wrapped else cookies)
    assert read(text) == {"ttwid": "a"}


def test_more_specific_domain_counts(read: Callable[[str], dict[str, str]]) -> None:
    general, special = row("a", "1"), row("a", "2", "www.douyin.com")
    assert read(netscape(general, special)) == {"a": "2"}
    assert read(netscape(special, general)) == {"a": "2"}
    assert read(netscape(general, row("a", "3"))) == {"a": "1"}


def test_expired_ones_are_named(
    read: Callable[[str], dict[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    old = [row(name, SECRET, expires=EARLIER) for name in ("sid_tt", "odin_tt")]
    with caplog.at_level(logging.WARNING):
        assert read(netscape(row("ttwid", "a"), *old)) == {"ttwid": "a"}
    assert "expired cookies of cookies.txt: odin_tt, sid_tt" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("\ufeff \n", "is empty"),
        (b"SQLite format 3\x00\x10", "the browser's own database"),
        ("中".encode("gbk") * 9, "not UTF-8"),
        (f"ttwid={SECRET}; sessionid={SECRET}", "a Cookie header (for DOUYIN_COOKIE)"),
        ("<html><p>no</p></html>", "an HTML page"),
        ("hello", "no cookies.txt"),
        (netscape(row("a", "b"), (".douyin.com", SECRET)), "line 3 has 2 fields"),
        (netscape(row("a", "b"), (SECRET, "no tabs here")), "line 3 has 2 fields"),
        (netscape(row("a", SECRET, expires="never")), "line 2 has an expiry"),
        (netscape(row("a", SECRET, ".x.com")), "1 cookies, but none for www.douyin"),
        (netscape(row("a", SECRET, "com")), "none for www.douyin.com"),
        (netscape(row("a", SECRET, expires=EARLIER)), "have expired (a)"),
        (netscape(row("a", SECRET + "\x01")), "the value of the cookie a (line 2)"),
        (netscape(row("a", SECRET + "中")), "the value of the cookie a (line 2)"),
        (netscape(row("a", f"x;{SECRET}")), "(line 2) holds a ';'"),
        (netscape(row("", SECRET)), "line 2 has no usable cookie name"),
        ("[", "no whole JSON"),
        (f'[\n{{"value": "{SECRET}"', "line 2"),
        ("[" * 5000, "JSON"),
        ("{}", "no list of cookies"),
        ('{"log":{"entries":[]}}', "no list of cookies"),
        ('{"cookies":{"a":1}}', "no list of cookies"),
        (f'["{SECRET}"]', "entry 1 is no cookie"),
        (f'[{{"name":"a","value":"{SECRET}"}}]', "entry 1 has no domain"),
        ('[{"name":"a","value":1,"domain":".douyin.com"}]', "entry 1 has no value"),
        (
            f'[{{"name":"a","value":"{SECRET}","domain":"d","expires":"soon"}}]',
            "entry 1 has an expiry",
        ),
        (
            '[{"name":"a","value":"%s\\ud800","domain":"douyin.com"}]' % SECRET,  # noqa: UP031
            "the value of the cookie a (entry 1)",
        ),
        ("[]", "0 cookies, but none"),
        (b"a" * 5_000_001, "too large"),
    ],
)
def test_bad_file(
    text: str | bytes, told: str, read: Callable[[str | bytes], dict[str, str]]
) -> None:
    with pytest.raises(CookieError) as raised:
        read(text)
    assert told in str(raised.value)
    assert SECRET not in str(raised.value)
    assert SECRET not in repr(raised.value.__cause__)


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none", Path("\0"), Path("x" * 5000)):
        with pytest.raises(CookieError, match=r"no file|can't be read"):
            read_cookies_file(path, HOST)


def test_what_is_missing_is_named() -> None:
    assert check_cookies({"ttwid": "a", "UIFID": "b", "sid_tt": "c"}) == []
    assert check_cookies({"ttwid", "UIFID_TEMP", *LOGIN_COOKIES}) == []
    missing = check_cookies({"sessionid_ss": "a"})
    assert [line.split(" ")[1] for line in missing] == ["ttwid", "UIFID"]
    assert "no login" in check_cookies({"ttwid": "a", "UIFID": "b"})[0]


# Values of which no part of a message can be made by chance.
_VALUES = st.text(min_size=6).map(lambda text: f"<{SECRET}{text}>")
_TEXTS = (
    st.text()
    | st.lists(
        st.sampled_from(
            ["ttwid", "=", ";", " ", "\t", "\n", "Path", "Cookie:", ".douyin.com", "0"]
        )
        | st.text(max_size=2)
    ).map("".join)
    | st.recursive(
        st.none() | st.integers() | st.floats() | st.text(),
        lambda inside: (
            st.lists(inside)
            | st.dictionaries(
                st.sampled_from(["name", "value", "domain", "expires", "cookies"]),
                inside,
            )
        ),
        max_leaves=8,
    ).map(json.dumps)
)


def _outcomes(text: str, path: Path) -> Iterator[str]:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for read in (parse_cookie_header, lambda _: read_cookies_file(path, HOST)):
        try:
            read(text)
        except CookieError as error:
            yield str(error)


@given(text=_TEXTS)
def test_nothing_but_cookie_errors(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    assert all(message for message in _outcomes(text, path))


@given(
    value=_VALUES, form=st.sampled_from(["a={}", "ttwid=1; sid_tt={}", "Cookie: a={}"])
)
def test_no_value_in_a_message(
    value: str, form: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "secret.txt"
    cookie = {"name": "a", "value": value, "domain": ".douyin.com"}
    for text in (form.format(value), netscape(row("a", value)), json.dumps([cookie])):
        for message in _outcomes(text, path):
            assert SECRET not in message
