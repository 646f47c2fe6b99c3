"""``scrapy session``: what the session is, how long it is good, whether it works."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from douyin_crawler.commands.columns import width_of_terminal
from douyin_crawler.commands.errors import refuse, refusing, terse
from douyin_crawler.commands.login_lines import CODE, PAGE, lenient, near
from douyin_crawler.commands.session_lines import (
    forgotten_lines,
    plain_report,
    report_lines,
    trial_line,
)
from douyin_crawler.config import Config, ConfigError
from douyin_crawler.convert import shown
from douyin_crawler.session.cookies import CookieError
from douyin_crawler.session.report import read_report
from douyin_crawler.session.session_file import TEMPORARY
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from douyin_crawler.session.report import SessionReport

_USAGE = "usage: scrapy session [--json] [--no-test] | scrapy session --forget"


class Command(ScrapyCommand):
    """Show the session without a value of it, try it, or delete it."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """Return the arguments."""
        return "[--json] [--no-test] [--forget]"

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Show the session and how long it is good; try it with one request"

    def long_desc(self) -> str:
        """Return what ``scrapy session -h`` says."""
        return (
            f"{self.short_desc()}. No value of a cookie is shown. Exit status: 0 good, "
            "5 a login that has run out, 4 blocked or no network, 2 usage, settings or "
            "cookies that can't be used; else as of scrapy crawl."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ``--no-test``, ``--json`` and ``--forget``."""
        super().add_options(parser)
        terse(parser)
        add = parser.add_argument
        add("--no-test", action="store_true", help="send no request")
        add("--json", action="store_true", help="for programs")
        add(
            "--forget",
            action="store_true",
            help="delete the session file and the profile of scrapy login",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print what there is to tell; the exit status says whether it is good."""
        if args:
            refuse(f"{shown(args[0])!r} is no argument; {_USAGE}")
        if opts.forget and (opts.json or opts.no_test):
            option = "--json" if opts.json else "--no-test"
            refuse(f"--forget does not go with {option}; {_USAGE}")
        lenient()
        with refusing():
            assert self.settings is not None
            config = Config.from_settings(self.settings, check_session=False)
            if opts.forget:
                self._forget(config)
                return
            try:
                report = read_report(config)
            except CookieError as error:
                raise ConfigError(f"{config.given.setting}: {error}") from None
            self._show(config, report, opts)

    def _show(
        self, config: Config, report: SessionReport, opts: argparse.Namespace
    ) -> None:
        if not opts.json:
            print("\n".join(report_lines(report, config, width_of_terminal())))
        status = ExitStatus.LOGIN if report.expired else ExitStatus.OK
        trial = None
        if not opts.no_test and not report.dead:
            from douyin_crawler.session.trial import try_session  # noqa: PLC0415 - heavy

            assert self.settings is not None
            logs = self.settings["LOG_LEVEL"] == "DEBUG"
            trial = try_session(self.settings, config, logs=logs)
            status = trial.status
        if opts.json:
            plain = plain_report(report, config, trial, status)
            print(json.dumps(plain, ensure_ascii=False, indent=2))
        elif trial is not None:
            print(trial_line(trial))
        self.exitcode = status

    def _forget(self, config: Config) -> None:
        from douyin_crawler.browser.login_profile import delete  # noqa: PLC0415

        deleted, kept = [], []
        try:
            path = config.session_path
            profile = config.profile_path if config.browser_profile else None
        except CookieError as error:
            raise ConfigError(str(error)) from None
        for one in filter(None, (profile, *_files(path))):
            try:
                if delete(one) if one is profile else _unlink(one):
                    deleted.append(one)
            except OSError as error:
                kept.append(f"{near(one)} can't be deleted: {error.strerror or error}")
        if deleted or not kept:
            print("\n".join(forgotten_lines(deleted, path, profile, config)))
        if kept:
            rest = "all else was" if deleted else "nothing was deleted"
            refuse(f"{'; '.join(kept)}; {rest}")


def _files(path: Path | None) -> list[Path]:
    """Return what a login keeps beside its profile, as far as it is there."""
    if path is None:
        return []
    # Of a write that was killed, too.
    left = sorted(path.parent.glob(f"{TEMPORARY}*"))
    found = [path, *(path.with_name(name) for name in (CODE, PAGE)), *left]
    return [one for one in found if one.is_file() or one.is_symlink()]


def _unlink(file: Path) -> bool:
    file.unlink()
    return True
