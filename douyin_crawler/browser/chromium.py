"""Which Chromium is started, and with what options."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from douyin_crawler.api.browser import Screen
from douyin_crawler.api.evidence import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.config import Config

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_WINDOWS = (r"Chromium\Application\chrome.exe", r"Google\Chrome\Application\chrome.exe")
_DEBIAN = ("/etc/debian_version", "/usr/bin/apt-get")
"""Files of it; what cron starts has them, but not apt-get on its PATH."""
_PACKAGES = ("playwright", "scrapy_playwright")
# What Chromium itself says of these systems, whatever their versions are.
_SYSTEMS = {
    "win32": "Windows NT 10.0; Win64; x64",
    "darwin": "Macintosh; Intel Mac OS X 10_15_7",
}
_QUIET = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_SECONDS = 20.0
"""For telling its version: a program, on a disk that may be asleep."""


class BrowserMissing(ValueError):  # noqa: N818 - it says what there is not
    """There is no Chromium that can be driven; one line that says what to do."""


def find_chromium(setting: str) -> Path | None:
    """Return the executable; None for the one that Playwright itself has installed.

    *setting* (``DOUYIN_CHROMIUM``) comes first, then Playwright's own, then what the
    system has. Nothing is started.

    Raises:
        BrowserMissing: there is none, or a package that drives it is missing.
    """
    for package in _PACKAGES:
        if find_spec(package) is None:
            name = package.replace("_", "-")
            install = _install("it" if setting or _in_system() else "both")
            raise BrowserMissing(f"a browser needs the package {name}; {install}")
    if setting:
        if found := _program(setting):
            return found
        raise _wrong(setting, "is no program that runs here")
    if _has_own():
        return None
    if found := _in_system():
        return found
    raise BrowserMissing(f"there is no Chromium on this machine; {_install('it')}")


def _program(setting: str) -> Path | None:
    try:
        found = shutil.which(Path(setting).expanduser())
    except RuntimeError:  # the home of a user that there is not
        return None
    return Path(found) if found else None


def _in_system() -> Path | None:
    found = next(filter(None, map(shutil.which, _places())), None)
    return Path(found) if found else None


def _wrong(setting: str, what: str) -> BrowserMissing:
    told = f"DOUYIN_CHROMIUM={printable(setting, 300)} {what}"
    return BrowserMissing(
        f"{told}; correct it, or unset it: a Chromium that is installed is found by "
        "itself"
    )


def launch_options(config: Config, *, headless: bool) -> dict[str, Any]:
    """Return the options for Playwright's ``launch_persistent_context``.

    It may start the executable once, to ask for its version.

    Raises:
        BrowserMissing: there is no Chromium.
    """
    executable = find_chromium(config.chromium)
    agent = _user_agent(executable, config.chromium) if headless else ""
    options: dict[str, Any] = {
        "headless": headless,
        "args": [*_arguments(config), *(_of_screen() if headless else ())],
        "no_viewport": True,  # it would make the window as small as the page in it
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "accept_downloads": False,
        # They are ours: Ctrl-C goes to the whole group, and the crawl ends in order.
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
        "env": {k: v for k, v in os.environ.items() if not k.startswith("DOUYIN_")},
    }
    # With a channel Playwright takes the whole Chromium, as at the login.
    options |= (
        {"executable_path": executable} if executable else {"channel": "chromium"}
    )
    if config.proxy:
        options["proxy"] = _proxy(config.proxy)
    if agent:
        options["args"] += [f"--user-agent={agent}"]
    return options


def _of_screen() -> Iterator[str]:
    """Give a window that nobody sees the sizes of a maximised one."""
    sizes = Screen()
    bar = sizes.screen[1] - sizes.outer[1]
    yield "--window-size={},{}".format(*sizes.outer)
    yield "--screen-info={{{}x{} workAreaBottom={}}}".format(*sizes.screen, bar)


def _arguments(config: Config) -> Iterator[str]:
    yield from _QUIET
    if not config.proxy:
        yield "--no-proxy-server"  # not the environment's either
    if config.moved:
        hosts = {urlsplit(url).hostname for url in (config.base_url, config.proxy)}
        known = ", ".join(f"EXCLUDE {host}" for host in sorted(filter(None, hosts)))
        yield f"--host-resolver-rules=MAP * ~NOTFOUND, {known}"


def _proxy(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    # Chromium goes past a proxy to loopback, unless it is told not to.
    proxy = {"server": f"http://{host}:{parts.port}", "bypass": "<-loopback>"}
    if parts.username:
        proxy["username"] = unquote(parts.username)
        proxy["password"] = unquote(parts.password or "")
    return proxy


def _user_agent(executable: Path | None, setting: str) -> str:
    """Return what this Chromium calls itself when it has a window."""
    version = _version(executable, setting) if executable else _own_version()
    system = _SYSTEMS.get(sys.platform, "X11; Linux x86_64")
    return (
        f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{version}.0.0.0 Safari/537.36"
    )


def check_runs(setting: str) -> None:
    """Start the Chromium that a run would use, to ask for its version.

    Raises:
        BrowserMissing: there is none, or it does not run.
    """
    if executable := find_chromium(setting):
        _version(executable, setting)


def _version(executable: Path, setting: str) -> str:
    """Return the major version.

    Raises:
        BrowserMissing: it does not tell one, so it does not run, or is no Chromium.
    """
    if sys.platform == "win32":  # there it would open a window
        told = " ".join(path.name for path in executable.parent.glob("*.*.*.*"))
    else:
        try:
            told = subprocess.run(  # noqa: S603 - the user's own browser
                [executable, "--version"],
                capture_output=True,
                check=False,
                timeout=_SECONDS,
                encoding="utf-8",
                errors="replace",
            ).stdout
        except (OSError, subprocess.TimeoutExpired):
            told = ""
    if match := re.search(r"(\d+)\.\d+\.\d+\.\d+", told):
        return match[1]
    if setting:
        raise _wrong(setting, "does not run, or is no Chromium")
    problem = f"{executable} does not run, or is no Chromium"
    raise BrowserMissing(f"{problem}; install one anew: {' ; '.join(_commands())}")


def _driver() -> Path:
    import playwright  # noqa: PLC0415 - half a second that plain runs need not wait

    return Path(playwright.__file__).parent / "driver" / "package" / "browsers.json"


def _own() -> dict[str, str]:
    """Return what Playwright's version wants: ``revision``, ``browserVersion``."""
    try:
        browsers = json.loads(_driver().read_text("utf-8"))["browsers"]
        return next(b for b in browsers if b["name"] == "chromium")
    except (OSError, ValueError, KeyError, StopIteration):
        return {}


def _own_version() -> str:
    return _own().get("browserVersion", "").partition(".")[0]


def _has_own() -> bool:
    revision = _own().get("revision")
    folder = _own_folder() / f"chromium-{revision}"
    return (folder / "INSTALLATION_COMPLETE").exists()


def _own_folder() -> Path:
    """Return where ``playwright install`` puts browsers."""
    given = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    if given == "0":
        return _driver().parent / ".local-browsers"
    if given:
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "")) / "ms-playwright"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "ms-playwright"


def _places() -> Iterator[str]:
    yield from _NAMES
    if sys.platform == "darwin":
        yield from _MAC
    if sys.platform == "win32":
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            if folder := os.environ.get(variable):
                yield from (str(Path(folder) / place) for place in _WINDOWS)


def _install(what: str) -> str:
    return f"install {what}: {' ; '.join(_commands())}"


def _commands() -> tuple[str, str]:
    """Return the two commands that install what drives Chromium, and Chromium."""
    debian = sys.platform == "linux" and any(Path(one).exists() for one in _DEBIAN)
    chromium = "apt-get install chromium" if debian else "playwright install chromium"
    return "pip install scrapy-playwright", chromium
