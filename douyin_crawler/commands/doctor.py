"""``scrapy doctor``: looks at everything that a run needs, and says what is missing."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from douyin_crawler.commands.errors import refuse, refusing, terse
from douyin_crawler.commands.login_lines import lenient
from douyin_crawler.commands.plan import wide_console
from douyin_crawler.convert import shown

if TYPE_CHECKING:
    import argparse
    from contextlib import AbstractContextManager

    from rich.status import Status

    from douyin_crawler.doctor.finding import About, Finding

_WORDS = (
    "[--json | --report [FILE] | --quiet] [--offline] [--scrapyd URL ...] [--user USER]"
)
_USAGE = f"usage: scrapy doctor {_WORDS}"


class Command(ScrapyCommand):
    """Look at versions, settings, store, signers, session, service, browser, nodes."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """Return the arguments."""
        return _WORDS

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Check everything that a run needs, and say what to do"

    def long_desc(self) -> str:
        """Return what ``scrapy doctor -h`` says."""
        return (
            "Check versions, settings, store, signers, session, Chromium, Scrapyd "
            "nodes, this machine's clock, and the service itself: one request to an "
            "endpoint of each class (without a login, a visitor's, a login's, a "
            "protected one), with a run's pace; they count in the day's budget, "
            "and nothing else is stored or changed. Where they are refused and there "
            "is a Chromium, one more goes through it. Exit status: 0 a run can begin "
            "(there may be warnings), 3 something has failed, 2 usage, 8 stopped. For "
            "cron: --quiet, which is silent when all is well."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours."""
        super().add_options(parser)
        terse(parser)
        add = parser.add_argument
        add("--json", action="store_true", help="for programs")
        add("--quiet", "-q", action="store_true", help="say only what is not well")
        add(
            "--report",
            nargs="?",
            const="-",
            metavar="FILE",
            help="write what can be pasted into a bug report (default: to the "
            "terminal): no cookie, token, id, name or path of yours is in it",
        )
        add(
            "--offline",
            action="store_true",
            help="ask neither the service nor a node (a store is looked at)",
        )
        add(
            "--scrapyd",
            action="append",
            default=[],
            metavar="URL",
            help="a node to look at; may be given several times (login: "
            "SCRAPYD_USERNAME and SCRAPYD_PASSWORD)",
        )
        add(
            "--user",
            default="",
            metavar="USER",
            help="whose profile and posts to ask for: a sec_user_id or the address of "
            "a profile (default: your own, else one of the store)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Look at everything; the exit status tells whether a run can begin."""
        if args:
            refuse(f"{shown(args[0])!r} is no argument; {_USAGE}")
        if bool(opts.json) + (opts.report is not None) + bool(opts.quiet) > 1:
            refuse(f"--json, --report and --quiet: choose one; {_USAGE}")
        if opts.report == "":
            refuse(f"--report: the name of the file is empty; {_USAGE}")
        lenient()
        with refusing():
            about = self._about(opts)
            found = self._look(about)
            self._tell(about, found, opts)

    def _about(self, opts: argparse.Namespace) -> About:
        # A node's login and a target are what a user can get wrong here.
        from douyin_crawler.doctor.finding import About  # noqa: PLC0415
        from douyin_crawler.doctor.settings import read_settings  # noqa: PLC0415
        from douyin_crawler.scheduling.address import (  # noqa: PLC0415
            check_node,
            node_authorization,
        )

        assert self.settings is not None
        for url in opts.scrapyd:
            check_node(url)
        config, problems = asyncio.run(read_settings(self.settings))
        return About(
            settings=self.settings,
            config=config,
            problems=problems,
            offline=opts.offline,
            user=_sec_uid(opts.user),
            nodes=opts.scrapyd,
            authorization=node_authorization() if opts.scrapyd else "",
        )

    def _look(self, about: About) -> list[Finding]:
        from douyin_crawler.doctor.checks import run_checks  # noqa: PLC0415
        from douyin_crawler.doctor.service import ask_service  # noqa: PLC0415
        from douyin_crawler.doctor.shown import ordered  # noqa: PLC0415

        logs = about.settings["LOG_LEVEL"] == "DEBUG"
        with _status() as status:

            def told(name: str) -> None:
                if status:
                    status.update(f"Looking at {name} ...")

            found = asyncio.run(run_checks(about, told))
            told("the service")
            found += ask_service(about, found, logs=logs)
        return ordered(found)

    def _tell(
        self, about: About, found: list[Finding], opts: argparse.Namespace
    ) -> None:
        from douyin_crawler.doctor.report import report  # noqa: PLC0415
        from douyin_crawler.doctor.shown import (  # noqa: PLC0415
            as_json,
            exit_status,
            show,
        )

        self.exitcode = exit_status(found)
        if opts.json:
            print(as_json(found))
        elif opts.report == "-":
            print(report(about, found), end="")
        elif opts.report:
            _write_privately(Path(opts.report), report(about, found))
            print(f"Read it before you paste it anywhere: {opts.report}")
        else:
            show(wide_console(), found, quiet=opts.quiet)


def _write_privately(path: Path, text: str) -> None:
    """Write a file that nobody else may read, from its first byte on."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
        if sys.platform != "win32" and stat.S_ISREG(os.fstat(handle).st_mode):
            os.fchmod(handle, 0o600)
        file.write(text)


def _sec_uid(text: str) -> str:
    """Return the user's id; empty for none.

    Raises:
        UsageError: it would have to be looked up first.
    """
    from douyin_crawler.api.targets import TargetError, parse_user  # noqa: PLC0415

    if not text:
        return ""
    try:
        target = parse_user(text)
    except TargetError as error:
        raise UsageError(f"--user: {error}") from None
    if target.kind != "sec_uid":
        raise UsageError("--user: give the sec_user_id, or the address of the profile")
    return target.value


def _status() -> AbstractContextManager[Status | None]:
    """Return what tells a person at a terminal that there is something going on."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console  # noqa: PLC0415 - other commands need it not

    return Console(stderr=True).status("Looking ...")
