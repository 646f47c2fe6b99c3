"""Every form in which users and posts are named (``behaviour.md`` 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.api.targets import (
    PostTarget,
    TargetError,
    UserTarget,
    canonical_url,
    parse_location,
    parse_post,
    parse_user,
    read_targets,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ID = "7345678901234567890"
OTHER_ID = "7299999999999999999"
SEC = "MS4wLjABAAAA" + "aB3-_" * 8 + "xyz"
LONG_SEC = "MS4wLjABAAAA" + "Zz09_-xy" * 8
USER = UserTarget("sec_uid", SEC)
POST = PostTarget("aweme_id", ID)
SHORT = "https://v.douyin.com/iRNBho6u/"
SHARE_TEXT = (
    "7.43 复制打开抖音，看看【小明的作品】今天, 天气真好 # 日常 "
    f"{SHORT} Wzt:/ 03/12 k@C.hb"
)


@pytest.mark.parametrize(
    "text",
    [
        SEC,
        f"  {SEC}\n",
        f'"{SEC}"',
        f"https://www.douyin.com/user/{SEC}",
        f"http://www.douyin.com/user/{SEC}/",
        f"www.douyin.com/user/{SEC}",
        f"douyin.com/user/{SEC}",
        f"HTTPS://WWW.DOUYIN.COM/user/{SEC}",
        f"Www.Douyin.Com/user/{SEC}",
        f"https://www.douyin.com./user/{SEC}",
        f"https://www.douyin.com:443/user/{SEC}",
        f"https://www.douyin.com//user/{SEC}",
        f"https://www.douyin.com/user/{SEC}?vid={ID}&from_tab_name=main",
        f"https://www.douyin.com/user/{SEC}?modal_id={ID}",
        f"https://www.douyin.com/user/{SEC}#top",
        f"https://www.iesdouyin.com/share/user/{SEC}",
        f"https://www.iesdouyin.com/share/user/123456?u_code=x&sec_uid={SEC}&did=1",
        f"https://www.iesdouyin.com/share/user/{LONG_SEC}?sec_uid={SEC}",
        f"https://www.iesdouyin.com/share/user/1?a=1&amp;sec_uid={SEC}&amp;b=2",
        f"https://m.douyin.com/share/user/{SEC}?from=web",
        f"https://www.douyin.com/share/user/{SEC}",
        f"看看他的主页：https://www.douyin.com/user/{SEC}，很有意思",
        f"主页https://www.douyin.com/user/{SEC}。",
        f"(https://www.douyin.com/user/{SEC})",
        f"<https://www.douyin.com/user/{SEC}>",
        f"看 www.douyin.com/user/{SEC} 吧",
        f"https://www.douyin.com/user/{SEC}\uff1b",
        f"https://www.douyin.com/user/{SEC}?名字=小明&vid=1",
    ],
)
def test_user_by_sec_uid(text: str) -> None:
    assert parse_user(text) == USER


@pytest.mark.parametrize("length", [40, 55, 76, 120])
def test_length_of_a_sec_uid(length: int) -> None:
    sec = "MS4wLjABAAAA".ljust(length, "x")
    assert parse_user(sec) == UserTarget("sec_uid", sec)


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("xiaoming2020", "xiaoming2020"),
        ("a.b_c-d", "a.b_c-d"),
        ("dy1234", "dy1234"),
        ("抖音号：xiaoming", "xiaoming"),
        ("抖音号: 123456789", "123456789"),
        ("john.doe", "john.doe"),
    ],
)
def test_user_by_handle(text: str, handle: str) -> None:
    assert parse_user(text) == UserTarget("handle", handle)


@pytest.mark.parametrize(
    "text",
    [
        "self",
        "https://www.douyin.com/user/self",
        "www.douyin.com/user/self?showTab=like",
    ],
)
def test_own_account(text: str) -> None:
    assert parse_user(text) == UserTarget("self", "self")


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f"https://www.douyin.com/video/{ID}",
        f"https://www.douyin.com/video/{ID}/",
        f"http://douyin.com/video/{ID}?previous_page=app_code_link",
        f"www.douyin.com/note/{ID}",
        f"https://www.douyin.com/slides/{ID}",
        f"https://www.douyin.com/gallery/{ID}",
        f"https://www.douyin.com/user/{SEC}?modal_id={ID}",
        f"https://www.douyin.com/user/self?modal_id={ID}&showTab=like",
        f"https://www.douyin.com/discover?modal_id={ID}",
        f"https://www.douyin.com/?modal_id={ID}",
        f"https://www.douyin.com?modal_id={ID}",
        f"https://www.douyin.com/jingxuan?modal_id={ID}",
        f"https://www.douyin.com/channel/300201?modal_id={ID}",
        f"https://www.douyin.com/search/%E7%BE%8E%E9%A3%9F?modal_id={ID}&type=general",
        f"https://www.douyin.com/search/美食?modal_id={ID}",
        f"https://www.douyin.com/root/search/x?a=&modal_id={ID}",
        f"https://www.douyin.com/video/{OTHER_ID}?modal_id={ID}",
        f"https://www.iesdouyin.com/share/video/{ID}/?region=CN&mid=1&u_code=0",
        f"https://www.iesdouyin.com/share/note/{ID}/",
        f"https://www.iesdouyin.com/share/slides/{ID}/",
        f"https://m.douyin.com/share/video/{ID}",
        f"快看https://www.douyin.com/video/{ID}，太好笑了",
        f"快看 https://www.douyin.com/video/{ID}. 哈哈",
        f"https://www.douyin.com/video/{ID}！",
        f"1 https://www.douyin.com/video/{ID} 2 https://www.douyin.com/video/{OTHER_ID}",
    ],
)
def test_post(text: str) -> None:
    assert parse_post(text) == POST


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (SHORT, SHORT),
        ("v.douyin.com/iRNBho6u", SHORT),
        ("http://V.DOUYIN.COM/iRNBho6u", SHORT),
        (SHARE_TEXT, SHORT),
        ("看https://v.douyin.com/iRNBho6u/复制此链接，打开抖音", SHORT),
        ("看 https://v.douyin.com/iRNBho6u，打开", SHORT),
        ("https://v.douyin.com/iRNBho6u/?a=1", SHORT),
        ("https://v.douyin.com/-aB_9-x/", "https://v.douyin.com/-aB_9-x/"),
        ("https://v.iesdouyin.com/iRN_-o/", "https://v.iesdouyin.com/iRN_-o/"),
    ],
)
def test_short_link(text: str, address: str) -> None:
    assert parse_user(text) == UserTarget("short_link", address)
    assert parse_post(text) == PostTarget("short_link", address)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no user"),
        ("   ", "is no user"),
        (ID, "is the id of a post"),
        ("1234567890", "a numeric uid is not accepted"),
        ("MS4wLjABAAAAabc", "is not a whole sec_user_id (15 characters"),
        (SEC + "*", "is not a whole sec_user_id"),
        ("小明", "a nickname is not unique"),
        ("xiao ming", "is no user"),
        ("@xiaoming", "is no user"),
        ("xiao/ming", "is no user"),
        (f"https://www.douyin.com/video/{ID}", "is a post; a user's profile"),
        (f"https://www.douyin.com/discover?modal_id={ID}", "is a post"),
        ("https://www.douyin.com/user/123456", "numeric uid"),
        ("https://www.iesdouyin.com/share/user/123456?sec_uid=", "numeric uid"),
        ("https://www.douyin.com/user/MS4wLjABAAAAx", "without a whole sec_user_id"),
        ("https://www.douyin.com/user/", "without a whole sec_user_id"),
        ("https://www.douyin.com/user/***", "without a whole sec_user_id"),
        ("https://www.douyin.com", "the front page"),
        ("www.douyin.com", "the front page"),
        ("https://live.douyin.com/123456", "a live room"),
        ("https://www.iesdouyin.com/share/music/7345678901234567890", "music"),
        ("https://www.douyin.com/collection/7345678901234567890", "a mix"),
        ("https://www.douyin.com/search/x?type=user", "a search"),
        ("https://www.douyin.com/hot", "without a post or a user"),
        ("https://v.douyin.com/", "the front page"),
    ],
)
def test_no_user(text: str, told: str) -> None:
    with pytest.raises(TargetError) as raised:
        parse_user(text)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no post"),
        (SEC, "is a user, not a post"),
        ("123", "is no post id: those have 19 digits, not 3"),
        (ID + "0", "not 20"),
        ("\uff17" * 19, "is no post"),
        ("xiaoming", "is no post; give its id"),
        (f"https://www.douyin.com/user/{SEC}", "is a user; the address of a post"),
        ("https://www.douyin.com/user/self", "is a user"),
        ("https://www.douyin.com/video/123", "a damaged post link"),
        (f"https://www.douyin.com/video/{ID}99", "a damaged post link"),
        ("https://www.douyin.com/video/", "a damaged post link"),
        ("https://www.iesdouyin.com/share/mix/detail/7345678901234567890", "a mix"),
        (f"https://www.iesdouyin.com/xg/video/{ID}", "a Xigua video"),
    ],
)
def test_no_post(text: str, told: str) -> None:
    with pytest.raises(TargetError) as raised:
        parse_post(text)
    assert told in str(raised.value)


@pytest.mark.parametrize("parse", [parse_user, parse_post])
@pytest.mark.parametrize(
    "base",
    [
        "https://douyin.com.evil.com",
        "douyin.com.evil.com",
        "https://evil-douyin.com",
        "evil-douyin.com",
        "https://evildouyin.com",
        "https://www.douyin.com@evil.com",
        "https://evil.com@www.douyin.com",
        "https://user:pass@www.douyin.com",
        "user@www.douyin.com",
        "https://www.douyin.com\\@evil.com",
        "https://www.douyin.com:8080",
        "https://www.douyin.com:x",
        "https://[::1",
        "https://www.douyin.com。evil.com",
        "https://evil.com/https://www.douyin.com",
        "https://evil.com/?u=https://www.douyin.com",
        "https://www.douyin\u3002com",
        "https://www.tiktok.com",
        "ftp://www.douyin.com",
        "javascript://www.douyin.com",
        "snssdk1128://www.douyin.com",
        "https://",
        "//www.douyin.com.evil.com",
    ],
)
def test_other_hosts_are_refused(base: str, parse: Callable[[str], object]) -> None:
    for path in (f"/user/{SEC}", f"/video/{ID}", f"/?modal_id={ID}&sec_uid={SEC}", ""):
        with pytest.raises(TargetError):
            parse(base + path)


def test_messages_are_one_short_line_without_queries() -> None:
    with pytest.raises(TargetError) as raised:
        parse_user("https://www.douyin.com/hot?token=SECRET\n" + "x" * 5000)
    message = str(raised.value)
    assert "SECRET" not in message
    assert "\n" not in message
    assert len(message) < 300


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (f"https://www.iesdouyin.com/share/video/{ID}/?region=CN", POST),
        (f"https://www.douyin.com/video/{ID}?previous_page=app_code_link", POST),
        (f"https://www.iesdouyin.com/share/user/1?sec_uid={SEC}", USER),
        (f"https://www.douyin.com/user/{SEC}?modal_id={ID}", POST),
        (f"//www.douyin.com/user/{SEC}", USER),
        (f"/share/note/{ID}", POST),
    ],
)
def test_location(location: str, target: object) -> None:
    assert parse_location(location) == target


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("", "the front page"),
        ("https://www.douyin.com", "the front page, or a link that has expired"),
        (f"https://evil.com/video/{ID}", "evil.com"),
        (f"//evil.com/video/{ID}", "evil.com"),
        ("https://webcast.amemv.com/x", "webcast.amemv.com"),
        ("snssdk1128://aweme/detail/1", "an app"),
        ("https://v.douyin.com/abc/", "another short link"),
        ("https://www.iesdouyin.com/share/music/1", "a piece of music"),
        ("https://[", "malformed"),
    ],
)
def test_location_elsewhere(location: str, told: str) -> None:
    with pytest.raises(TargetError) as raised:
        parse_location(location)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("target", "url"),
    [
        (USER, f"https://www.douyin.com/user/{SEC}"),
        (POST, f"https://www.douyin.com/video/{ID}"),
        (UserTarget("self", "self"), "https://www.douyin.com/user/self"),
        (UserTarget("handle", "a.b"), "https://www.douyin.com/search/a.b?type=user"),
        (UserTarget("short_link", SHORT), SHORT),
        (PostTarget("short_link", SHORT), SHORT),
    ],
)
def test_canonical_url(target: UserTarget | PostTarget, url: str) -> None:
    assert canonical_url(target) == url


_PIECES = st.sampled_from(
    [
        *("https://", "www.", "douyin.com", "v.douyin.com", ".evil.com", "@", "/user/"),
        *("/video/", "/share/", "?modal_id=", "&sec_uid=", SEC, ID, "，", ",", " "),
        *("[", "]", ":", "\\", "%", "#", "抖音号：", "\x00", "\ud800", "\u202e"),
    ]
)
_TEXTS = st.text() | st.lists(_PIECES | st.text(max_size=3)).map("".join)


@given(_TEXTS)
def test_nothing_but_target_errors(text: str) -> None:
    for read in (
        parse_user,
        parse_post,
        parse_location,
        lambda argument: list(read_targets(argument.lstrip("@ "), parse_user)),
    ):
        assert "\n" not in _message(read, text)


def _message(read: Callable[[str], object], text: str) -> str:
    try:
        read(text)
    except TargetError as error:
        return str(error)
    return ""


@given(st.text(max_size=50))
def test_no_file_name_raises_anything_else(name: str) -> None:
    with pytest.raises(TargetError):
        read_targets(f"@/nonexistent/{name}", parse_user)


@given(_TEXTS)
def test_targets_keep_their_form(text: str) -> None:
    try:
        target = parse_post(text)
    except TargetError:
        return
    assert parse_post(canonical_url(target)) == target


# -- many at once ------------------------------------------------------------------


def users(argument: str) -> list[UserTarget]:
    return list(read_targets(argument, parse_user))


A, B = UserTarget("handle", "aaa1"), UserTarget("handle", "bbb2")
LINK = UserTarget("short_link", SHORT)


@pytest.mark.parametrize(
    ("argument", "targets"),
    [
        ("aaa1", [A]),
        ("aaa1,bbb2", [A, B]),
        (" aaa1 , bbb2, ", [A, B]),
        ("aaa1，bbb2", [A, B]),
        ("aaa1,bbb2,aaa1", [A, B]),
        (f"{SEC},https://www.douyin.com/user/{SEC}/?x=1", [USER]),
        (f"{SEC},{SHORT},aaa1", [USER, LINK, A]),
        (f"aaa1,{SHORT}", [A, LINK]),
        (f"{SHORT},https://www.douyin.com/user/{SEC}", [LINK, USER]),
        (SHARE_TEXT, [LINK]),
        (f"Hi, look: {SHORT} copy, open", [LINK]),
        (f"早安, {SHORT}", [LINK]),
        (f"{SHORT}，复制此链接，打开抖音", [LINK]),
        (f"{SEC}, 看看 {SHORT} 复制", [USER, LINK]),
        (f"看看 {SHORT} 复制, 主页 https://www.douyin.com/user/{SEC}", [LINK, USER]),
        (f"{SHORT}。,aaa1", [LINK, A]),
    ],
)
def test_list(argument: str, targets: list[UserTarget]) -> None:
    assert users(argument) == targets


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("", "no target is given"),
        (" , ，", "no target is given"),
        ("aaa1,小明", "'小明' is no user"),
        (f"aaa1,小明,{SHORT}", "'小明' is no user"),
        (f"bad!,{SHORT}", "'bad!' is no user"),
        (f"{SHORT} https://v.douyin.com/abc/", "holds 2 links: separate them"),
        (f"{SHORT}\nhttps://v.douyin.com/abc/", "holds 2 links"),
        (f"早安, 看 {SHORT} 复制, {SHORT}", "several share texts"),
        (f"aaa1,https://www.douyin.com/video/{ID}", "is a post"),
    ],
)
def test_bad_list(argument: str, told: str) -> None:
    with pytest.raises(TargetError) as raised:
        read_targets(argument, parse_user)
    assert told in str(raised.value)


def write(folder: Path, data: bytes) -> str:
    path = folder / "targets.txt"
    path.write_bytes(data)
    return f"@{path}"


def test_file(tmp_path: Path) -> None:
    lines = ["# my users", "", "aaa1", f"  {SEC}  ", SHARE_TEXT, "aaa1", "# end"]
    text = "\ufeff" + "\r\n".join(lines)
    argument = write(tmp_path, text.encode())
    assert users(argument) == [A, USER, LINK, A]


def test_file_is_checked_at_once_and_read_lazily(tmp_path: Path) -> None:
    argument = write(tmp_path, b"aaa1\nbbb2\n")
    calls: list[str] = []

    def parse(text: str) -> UserTarget:
        calls.append(text)
        return parse_user(text)

    targets = read_targets(argument, parse)
    assert calls == ["aaa1", "bbb2"]
    assert next(targets) == A
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"aaa1\n\n# x\nxiao ming\n", "targets.txt, line 4: 'xiao ming' is no user"),
        (b"aaa1\n\xff\xfe\n", "line 2: not UTF-8"),
        ("aaa1".encode("utf-16"), "line 1: not UTF-8"),
        (b"", "holds no target"),
        (b"\xef\xbb\xbf# only\r\n\r\n", "holds no target"),
        (b"aaa1\n" + b"x" * 20_000, "line 2: longer than 10000 bytes"),
        (f"{SHORT},https://v.douyin.com/abc/".encode(), "line 1: "),
    ],
)
def test_bad_file(data: bytes, told: str, tmp_path: Path) -> None:
    with pytest.raises(TargetError) as raised:
        read_targets(write(tmp_path, data), parse_user)
    assert told in str(raised.value)


def test_no_file(tmp_path: Path) -> None:
    for argument in ("@", "@ ", "@xiaoming", f"@{tmp_path}", f"@{tmp_path / 'no'}"):
        with pytest.raises(TargetError, match="file"):
            read_targets(argument, parse_user)


def test_file_that_changes_meanwhile(tmp_path: Path) -> None:
    argument = write(tmp_path, b"aaa1\n")
    targets = read_targets(argument, parse_user)
    write(tmp_path, b"xiao ming\n")
    with pytest.raises(TargetError, match="line 1"):
        list(targets)
