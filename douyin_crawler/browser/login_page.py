"""The page of a login where nobody sees it: its code, its words, its verify page.

Nothing here depends on how the site names its elements: the code is read from a
picture, words are looked for as a person would.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError

from douyin_crawler.api.evidence import one_line
from douyin_crawler.browser.qr import codes_in
from douyin_crawler.browser.scripts import script

if TYPE_CHECKING:
    from playwright.async_api import Page

    from douyin_crawler.browser.qr import QrCode

_VERIFY_TITLE = "验证码中间页"
_VERIFY_FRAME = "verifycenter"
"""In the address of the frame that a captcha is shown in, over any page."""
# What leads to a code, and before that to a new one for one that has expired.
_ANEW = ("点击刷新", "刷新二维码", "重新获取", "刷新")
_FIRST = ("扫码登录", "登录")
_EXPIRED = re.compile("失效|过期")
_CLICK_EVERY = 5.0
_ENOUGH = 2
"""Clicks after which a code is shown that looks like no login's."""
_CLICK_FOR = 2_000.0
"""Milliseconds until an element can be clicked on, or is left alone."""
_TELLING = re.compile(
    "错误|失败|异常|频繁|失效|过期|受限|风险|重试|扫码成功|扫描成功|手机上确认"
    "|身份验证|安全验证|验证手机|短信验证"
)
_LONGEST = 60
_WIDTH, _HEIGHT = 1280, 720


@dataclass(slots=True, kw_only=True)
class Seen:
    """What a look at the page has found."""

    code: QrCode | None = None
    words: list[str] = field(default_factory=list)
    """Lines that say that something is wrong, or goes on elsewhere."""


async def is_verify_page(page: Page) -> bool:
    """Return whether the site asks for what only a person can do."""
    if any(_VERIFY_FRAME in frame.url for frame in page.frames):
        return True
    return _VERIFY_TITLE in await page.title()


class LoginPage:
    """Finds the code on *page*; *painter* is an empty page, for decoding pictures."""

    def __init__(self, page: Page, painter: Page) -> None:
        self.page = page
        self._painter = painter
        self._clicked_at = -_CLICK_EVERY
        self._clicks = 0

    async def look(self) -> Seen:
        """Return what is to be seen; click on what may lead to a code if none is.

        Raises:
            playwright.async_api.Error: the page is gone, or goes elsewhere.
        """
        codes = await codes_in(await self.page.screenshot(), self._painter)
        code = next((one for one in codes if one.of_login), None)
        words = await self._words(code)
        expired = any(map(_EXPIRED.search, words))
        late = time.monotonic() - self._clicked_at >= _CLICK_EVERY
        if (code is None or expired) and late:
            self._clicked_at = time.monotonic()
            self._clicks += 1
            await self._click(_ANEW if code else _ANEW + _FIRST)
        if code is None and codes and self._clicks > _ENOUGH:
            return Seen(code=codes[0], words=words)
        return Seen(code=code, words=words)

    async def _words(self, code: QrCode | None) -> list[str]:
        size = self.page.viewport_size
        width, height = (size["width"], size["height"]) if size else (_WIDTH, _HEIGHT)
        place = code.middle if code else (width // 2, height // 2)
        text: str = await self.page.evaluate(script("panel"), list(place))
        lines = (one_line(line) for line in text.splitlines())
        return [li for li in lines if 0 < len(li) <= _LONGEST and _TELLING.search(li)]

    async def _click(self, choice: tuple[str, ...]) -> None:
        for words in choice:
            found = self.page.get_by_text(words, exact=True).filter(visible=True)
            if await found.count():
                try:
                    await found.first.click(timeout=_CLICK_FOR)
                except PlaywrightError:
                    continue  # something lies over it
                return
