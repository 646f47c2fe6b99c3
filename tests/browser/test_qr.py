"""Which of the codes in a page is a login's, and when another is shown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from douyin_crawler.browser import login_page
from douyin_crawler.browser.login_page import LoginPage
from douyin_crawler.browser.qr import QrCode

LOGIN = "https://www.douyin.com/passport/qr?aid=6383&token=abc"
APP = "https://www.douyin.com/download?from=login_qrcode"


@pytest.mark.parametrize(
    ("text", "of_login"),
    [
        (LOGIN, True),
        ("https://sso.douyin.com/qrconnect", True),
        (APP, False),
        ("https://www.douyin.com/app?token=1", False),
        ("https://apps.apple.com/cn/id1142110895?token=1", False),
        ("https://example.com/", False),
    ],
)
def test_a_code_of_a_login(text: str, of_login: bool) -> None:
    code = QrCode(text, (0, 0), 400)
    assert code.of_login is of_login
    assert QrCode(LOGIN, (0, 0), 50).rank() >= code.rank() or of_login


def test_a_doubtful_code_is_shown_only_after_some_clicks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes = [QrCode(APP, (0, 0), 400)]
    page = FakePage()

    async def codes_in(*_: object) -> list[QrCode]:
        return list(codes)

    monkeypatch.setattr(login_page, "codes_in", codes_in)
    monkeypatch.setattr(login_page, "_CLICK_EVERY", 0.0)

    async def looks() -> list[str | None]:
        sight = LoginPage(page, page)  # type: ignore[arg-type]
        found = [(await sight.look()).code for _ in range(3)]
        codes.append(QrCode(LOGIN, (0, 0), 50))
        found.append((await sight.look()).code)
        return [code.text if code else None for code in found]

    assert asyncio.run(looks()) == [None, None, APP, LOGIN]
    assert page.clicked == ["登录"] * 3


class FakePage:
    """A page with a button to log in, and nothing to read."""

    viewport_size = None

    def __init__(self) -> None:
        self.clicked: list[str] = []
        self._words = ""

    async def screenshot(self) -> bytes:
        return b""

    async def evaluate(self, *_: object) -> str:
        return ""

    def get_by_text(self, words: str, **_: Any) -> FakePage:
        self._words = words
        return self

    def filter(self, **_: Any) -> FakePage:
        return self

    async def count(self) -> int:
        return int(self._words == "登录")

    @property
    def first(self) -> FakePage:
        return self

    async def click(self, **_: Any) -> None:
        self.clicked.append(self._words)
