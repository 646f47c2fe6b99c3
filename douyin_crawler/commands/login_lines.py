"""What ``scrapy login`` shows a person, while it waits and at its end."""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rich.cells import cell_len

from douyin_crawler.session.expiry import login_until

if TYPE_CHECKING:
    from types import TracebackType

    from douyin_crawler.browser.login import LoggedIn
    from douyin_crawler.config import Config

CODE, PAGE = "login-qr.png", "login-page.png"
"""Pictures beside the session file: the code to scan, and a page that is no use."""
# Those two of the 256 colours that no theme of a terminal changes.
_INK = "color(231) on color(16)"
_SCAN = "Scan the code with the Douyin app (抖音, 扫一扫), and confirm there"
_DOUBTFUL = (
    "The only code in the page looks like no login's, but an app's perhaps; "
    "another is looked for."
)
_DAY = 86_400


def lenient() -> None:
    """Let the output show a name by its code points where it can't otherwise."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with suppress(OSError):  # a pipe that Python took for a file
                stream.reconfigure(errors="backslashreplace")


def near(path: Path) -> Path:
    """Return *path* as it is seen from here, if it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


class LoginLines:
    """Prints lines; draws the code, and keeps it as a picture while it is of use."""

    def __init__(self, picture: Path, config: Config, seconds: float) -> None:
        self._picture = picture
        self._config = config
        self._seconds = seconds
        from rich.console import Console  # noqa: PLC0415 - other commands need it not

        self._console = Console(highlight=False, markup=False, emoji=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the picture away: its code is used, or of no use any more."""
        self._picture.unlink(missing_ok=True)

    def begin(self, *, headless: bool) -> None:
        """Say what is going on."""
        url, profile = self._config.base_url, near(self._config.profile_path)
        where = "without a window" if headless else "in a window"
        self._say(f"Opening {url} {where}, with the profile {profile}.")
        if not headless:
            self._say("Log in there, by QR code or otherwise; it is noticed by itself.")
        self._say(f"It waits for a login for {self._seconds:g} s; Ctrl-C ends it.")

    def code(self, text: str, *, again: bool, sure: bool = True) -> None:
        """Draw the code of *text*."""
        from rich.text import Text  # noqa: PLC0415

        from douyin_crawler.browser.qr import drawn, png_of  # noqa: PLC0415

        kept = self._keep_picture(png_of(text))
        lines = drawn(text)
        if again:
            self._say("The code has changed; the new one counts now.")
        if not sure:
            self._say(_DOUBTFUL)
        if not self._has_room(lines):
            self._say(f"{_SCAN} (it has no room here). {kept}")
            return
        self._say(f"{_SCAN}:")
        code = Text("\n").join(Text(line, _INK) for line in lines)
        self._console.print("", code, "", sep="\n", soft_wrap=True)
        self._say(kept)

    def _keep_picture(self, picture: bytes) -> str:
        """Keep the code as a file; return where, or why not."""
        from douyin_crawler.browser.login_profile import write_private  # noqa: PLC0415

        where = near(self._picture)
        try:
            write_private(self._picture, picture)
        except OSError as error:
            return f"It can't be kept as a picture: {where}: {error.strerror}"
        return f"The code as a picture: {where}"

    def words(self, line: str) -> None:
        """Repeat what the page says."""
        self._say(f"The page says: {line}")

    def verify(self) -> None:
        """Send the person to the window."""
        self._say("The site shows a verify page: solve it in the window, then log in.")

    def refused(self, why: str) -> None:
        """Say that a login is there, and what the service answers."""
        self._say(f"Somebody has logged in; the service does not take it: {why}")

    def ended(self) -> None:
        """Say why another login is wanted."""
        self._say("The login in this profile has ended; log in anew.")

    def hidden(self) -> None:
        """Say what hinders."""
        self._say("The window has no size: open it up, its size is kept too.")

    def _has_room(self, lines: list[str]) -> bool:
        try:
            lines[0].encode(self._console.encoding)
        except (LookupError, UnicodeEncodeError):
            return False
        width = self._console.width if self._console.is_terminal else None
        return width is None or cell_len(lines[0]) <= width

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True)


def report(path: Path, done: LoggedIn, others: list[str]) -> list[str]:
    """Return what there is to say of a login; *others*: settings that win over it."""
    who = done.session.user or "somebody whose name could not be had"
    how = "Already logged in as" if done.before else "Logged in as"
    again = " in this profile; the session is taken over anew" if done.before else ""
    lines = [f"{how} {who}{again}."]
    if done.doubt:
        lines.append(f"Whether it is good is not known: {done.doubt}")
    lines += [
        _until(done),
        f"It is kept in {near(path)}, and used from now on.",
        "That file is as good as a password: show it to nobody.",
        "scrapy session tests it; scrapy session --forget deletes it.",
    ]
    if left := ", ".join(done.left_out):
        lines.append(f"Note: left out, as it can't be sent, is the cookie {left}.")
    names = " and ".join(others)
    if names:
        lines.append(
            f"Note: {names} is set as well, and wins: take it away to use this session."
        )
    return lines


def _until(done: LoggedIn) -> str:
    cookies = [(c.name, c.value, c.expires) for c in done.session.cookies]
    ends = login_until(cookies)
    if ends is None:
        return "How long the session is good for, its cookies do not say."
    moment = datetime.fromtimestamp(ends, UTC)
    left = days_to(ends)
    return f"The session is good until {moment:%Y-%m-%d %H:%M} UTC ({left})."


def days_to(seconds: float) -> str:
    """Return how far away that moment (Unix *seconds*) is."""
    days = int(seconds - datetime.now(UTC).timestamp()) // _DAY
    return "less than a day" if days < 1 else "1 day" if days == 1 else f"{days} days"
