"""`scrapy sandbox`: a local Douyin to crawl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from douyin_crawler.commands.errors import refusing, terse

if TYPE_CHECKING:
    import argparse
    from types import ModuleType


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options]"

    def long_desc(self) -> str:
        return (
            "Serve a local Douyin to develop, demonstrate and test against, until "
            "Ctrl-C.\nIt prints the variables that point a crawl in another terminal "
            "at it, and users to ask for;\n--list prints more users, posts and notices."
        )

    def short_desc(self) -> str:
        return "Serve a local Douyin to develop, demonstrate and test against"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        terse(parser)
        _cli().add_options(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        with refusing():
            if args:
                raise UsageError(f"{args[0]}: scrapy sandbox takes options only")
        self.exitcode = _cli().run(opts)


def _cli() -> ModuleType:
    """Return the server's own command line; other commands need not load it."""
    from douyin_crawler.sandbox import cli  # noqa: PLC0415

    return cli
