"""QR codes: read from a picture of a page, drawn anew in a terminal and as a file."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from math import hypot, sqrt
from typing import TYPE_CHECKING

from douyin_crawler.browser.scripts import script

if TYPE_CHECKING:
    import zxingcpp
    from playwright.async_api import Page

_BORDER = 2
"""Modules; the standard asks for four, cameras are content with less."""
_SCALE = 8
"""Pixels of a module in the file."""
_OF_AN_APP = re.compile(
    r"/download|/app(?:$|[/?#])|\.apk\b|//(?:apps|itunes)\.apple\.|//play\.google\.",
    re.IGNORECASE,
)
_OF_A_LOGIN = re.compile(r"login|passport|token|qrcode|sso", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QrCode:
    """A code that stands on a page."""

    text: str
    middle: tuple[int, int]
    """Where it stands, in pixels from the left and from the top."""
    side: int
    """Of the square that it covers, in pixels."""

    @property
    def of_login(self) -> bool:
        """Whether it looks like a login's, and not like an app's download."""
        return bool(_OF_A_LOGIN.search(self.text)) and not _OF_AN_APP.search(self.text)

    def rank(self) -> tuple[bool, int]:
        """Return what puts a login's code before that of an app's download."""
        return self.of_login, self.side


def read_codes(gray: bytes, width: int, height: int) -> list[QrCode]:
    """Return the codes in a picture of one byte a pixel, the likeliest login first."""
    import zxingcpp  # noqa: PLC0415 - 30 ms, and few commands need it

    picture = memoryview(gray).cast("B", (height, width))
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(picture, formats=formats)
    codes = [_code(one.text, one.position) for one in found if one.text]
    return sorted(codes, key=QrCode.rank, reverse=True)


def _code(text: str, at: zxingcpp.Position) -> QrCode:
    one, other = at.top_left, at.bottom_right
    diagonal = hypot(one.x - other.x, one.y - other.y)
    middle = (one.x + other.x) // 2, (one.y + other.y) // 2
    return QrCode(text, middle, round(diagonal / sqrt(2)))


async def codes_in(picture: bytes, painter: Page) -> list[QrCode]:
    """Return the codes in a PNG, which the empty page *painter* decodes."""
    text = base64.b64encode(picture).decode()
    width, height, gray = await painter.evaluate(script("gray"), text)
    return read_codes(base64.b64decode(gray), width, height)


def drawn(text: str) -> list[str]:
    """Return the code of *text*, two modules in one character.

    What is light is drawn, so it is for white on black, whatever a terminal has.
    """
    import segno  # noqa: PLC0415 - see above

    out = io.StringIO()
    code = segno.make(text, error="l", micro=False)
    code.terminal(out, border=_BORDER, compact=True)
    *lines, last = out.getvalue().rstrip("\n").split("\n")
    # The number of rows is odd: let the last half row belong to the border.
    return [*lines, last.replace("▀", "█")]


def png_of(text: str) -> bytes:
    """Return the code of *text* as a PNG."""
    import segno  # noqa: PLC0415 - see above

    out = io.BytesIO()
    segno.make(text, micro=False).save(out, kind="png", scale=_SCALE, border=4)
    return out.getvalue()
