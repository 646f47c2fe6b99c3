"""``scrapy login``: a login by hand in a browser, kept for all later runs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from douyin_crawler.commands.errors import check_chromium, refuse, refusing, terse
from douyin_crawler.commands.login_lines import (
    CODE,
    PAGE,
    LoginLines,
    lenient,
    near,
    report,
)
from douyin_crawler.config import Config
from douyin_crawler.convert import shown
from douyin_crawler.session.cookies import CookieError
from douyin_crawler.session.session_file import write_session_file
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from douyin_crawler.browser.login import LoggedIn

_USAGE = "usage: scrapy login [--headless] [--timeout SECONDS]"
_SECONDS = 300.0
_PACKAGES = ("segno", "zxingcpp")
"""What reads and draws QR codes."""
_OTHERS = ("DOUYIN_COOKIE", "DOUYIN_COOKIES_FILE")


class Command(ScrapyCommand):
    """Let a person log in, and keep the session."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """Return the arguments."""
        return "[--headless] [--timeout SECONDS]"

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Log in to the site with a browser, and keep the session"

    def long_desc(self) -> str:
        """Return what ``scrapy login -h`` says."""
        return (
            "Open Chromium on the site, with a profile of its own, and wait until you "
            "have logged in by hand. Without a display the site's QR code is drawn in "
            "the terminal. The session is kept in DOUYIN_SESSION_FILE. Exit status: 0 "
            "logged in, 2 usage or no Chromium, 4 a verify page or no network, 5 "
            "nobody has logged in, 8 stopped."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ``--headless`` and ``--timeout``."""
        super().add_options(parser)
        terse(parser)
        parser.add_argument(
            "--headless",
            action="store_true",
            help="no window: draw the QR code in the terminal (also without a display)",
        )
        parser.add_argument(
            "--timeout",
            type=float,
            default=_SECONDS,
            metavar="SECONDS",
            help="how long to wait for the login (default: %(default)g)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Wait for the login, keep its session, say whose it is."""
        if args:
            refuse(f"{shown(args[0])!r} is no argument; {_USAGE}")
        if not opts.timeout > 0:
            refuse("--timeout must be more than 0")
        lenient()
        headless = opts.headless or not has_display()
        assert self.settings is not None
        with refusing():
            if headless:
                _check_packages()
            config = Config.from_settings(self.settings, check_session=False)
            path = _check_paths(config)
            check_chromium(config)
            done = self._log_in(config, path, headless=headless, seconds=opts.timeout)
            self._keep(path, done, config)

    def _log_in(
        self, config: Config, path: Path, *, headless: bool, seconds: float
    ) -> LoggedIn:
        # They need Playwright: half a second that other commands need not wait.
        from douyin_crawler.browser.chromium import BrowserMissing  # noqa: PLC0415
        from douyin_crawler.browser.login import log_in  # noqa: PLC0415
        from douyin_crawler.browser.login_chromium import LoginFailed  # noqa: PLC0415
        from douyin_crawler.browser.login_profile import held  # noqa: PLC0415

        lines = LoginLines(path.with_name(CODE), config, seconds)
        picture = path.with_name(PAGE)

        async def waited() -> LoggedIn:
            _stop_on_terminate()
            return await log_in(
                config, lines, headless=headless, seconds=seconds, picture=picture
            )

        try:
            picture.unlink(missing_ok=True)
            with held(config.profile_path), lines:
                lines.begin(headless=headless)
                return asyncio.run(waited())
        except BrowserMissing as error:
            raise UsageError(str(error)) from None
        except LoginFailed as error:
            refuse(str(error), error.status)
        except (KeyboardInterrupt, asyncio.CancelledError):
            refuse("stopped before anybody had logged in", ExitStatus.STOPPED)

    def _keep(self, path: Path, done: LoggedIn, config: Config) -> None:
        try:
            write_session_file(path, done.session)
        except CookieError as error:
            refuse(
                f"{error}; the login itself lies in {near(config.profile_path)}: mend "
                "that, and run scrapy login again"
            )
        assert self.settings is not None
        others = [name for name in _OTHERS if self.settings.get(name)]
        print("\n".join(report(path, done, others)))


def has_display() -> bool:
    """Return whether a window can be shown here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _check_paths(config: Config) -> Path:
    """Return where the session is to be kept; refuse before a login for nothing.

    Raises:
        UsageError: it can't be kept.
    """
    name = "DOUYIN_BROWSER_PROFILE"
    try:
        _ = config.profile_path
        name = "DOUYIN_SESSION_FILE"
        path = config.session_path
    except CookieError as error:
        raise UsageError(f"{name}: {error}") from None
    if path is None:
        raise UsageError("DOUYIN_SESSION_FILE is empty: name the file for the session")
    _check_writable(path)
    return path


def _check_packages() -> None:
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    wanted = [{"zxingcpp": "zxing-cpp"}.get(name, name) for name in missing]
    if wanted:
        raise UsageError(
            f"a login in the terminal needs {' and '.join(wanted)}: "
            f"pip install {' '.join(wanted)}"
        )


def _check_writable(path: Path) -> None:
    """Refuse before anybody logs in for nothing.

    Raises:
        UsageError: the session could not be kept.
    """
    trial = path.with_name(f".{path.name}.trial")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        trial.touch(mode=0o600)
        trial.unlink()
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None
    if path.is_dir():
        raise UsageError(f"{path} is a folder; DOUYIN_SESSION_FILE names a file")


def _stop_on_terminate() -> None:
    """End in order on SIGTERM and where the terminal closes, as on Ctrl-C."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    for name in ("SIGTERM", "SIGHUP"):
        with suppress(NotImplementedError, AttributeError):  # Windows has none
            loop.add_signal_handler(getattr(signal, name), task.cancel)
