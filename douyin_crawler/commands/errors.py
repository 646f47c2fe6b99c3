"""A user's mistake is one line on standard error, and an exit status."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from scrapy.commands import ScrapyHelpFormatter
from scrapy.exceptions import UsageError

from douyin_crawler.api.errors import LoginMissing
from douyin_crawler.config import ConfigError, SessionExpired
from douyin_crawler.export import ExportError
from douyin_crawler.spiders.arguments import ArgumentError
from douyin_crawler.stores.base import StoreError, StoreUrlError
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from douyin_crawler.config import Config

_USAGE = (UsageError, ConfigError, ArgumentError, ExportError, StoreUrlError)


def refuse(
    message: str, status: ExitStatus = ExitStatus.USAGE, *, log: str = ""
) -> NoReturn:
    """Print *message* as an error, write it to the file *log*, and exit."""
    line = "error: " + " ".join(message.split())
    print(line, file=sys.stderr)
    with suppress(OSError):
        if log:
            with Path(log).open("a", encoding="utf-8") as file:
                print(line, file=file)
    sys.exit(status)


def terse(parser: ArgumentParser) -> None:
    """Let *parser* say what is wrong in one line, without its usage."""
    parser.error = refuse  # type: ignore[method-assign]
    parser.formatter_class = _HelpFormatter


class _HelpFormatter(ScrapyHelpFormatter):
    """Takes a line of an option's help that ends in a colon for no heading."""

    def format_part_strings(self, part_strings: list[str]) -> list[str]:
        """Leave an option's parts, which are indented, as they are."""
        if part_strings and part_strings[0].startswith("  "):
            return part_strings
        return super().format_part_strings(part_strings)


@contextmanager
def refusing(*, log: str = "") -> Iterator[None]:
    """Turn what a user can mend into one line, in the file *log* too."""
    try:
        yield
    except SessionExpired as error:
        refuse(str(error), ExitStatus.LOGIN, log=log)
    except _USAGE as error:
        refuse(str(error) or "see scrapy -h", log=log)
    except LoginMissing as error:
        refuse(str(error), ExitStatus.LOGIN, log=log)
    except StoreError as error:
        refuse(str(error), ExitStatus.STORE, log=log)
    except BrokenPipeError:  # who reads has seen enough: scrapy status | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitStatus.OK)
    except OSError as error:
        refuse(f"{error.filename or 'the file'}: {error.strerror or error}", log=log)
    except KeyboardInterrupt:
        refuse("stopped", ExitStatus.STOPPED, log=log)


def check_chromium(config: Config) -> None:
    """Start Chromium once, for its version: a wrong one is no refusal of the service's.

    Raises:
        UsageError: there is none, or it does not run; it says what to do.
    """
    from douyin_crawler.browser.chromium import (  # noqa: PLC0415 - most need it not
        BrowserMissing,
        check_runs,
    )

    try:
        check_runs(config.chromium)
    except BrowserMissing as error:
        raise UsageError(str(error)) from None
