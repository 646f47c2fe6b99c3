"""A user's mistake is one line on standard error, and an exit status."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from scrapy.exceptions import UsageError

from douyin_crawler.api.errors import LoginMissing
from douyin_crawler.config import ConfigError
from douyin_crawler.export import ExportError
from douyin_crawler.spiders.arguments import ArgumentError
from douyin_crawler.stores.base import StoreError, StoreUrlError
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

_USAGE = (UsageError, ConfigError, ArgumentError, ExportError, StoreUrlError)


def refuse(message: str, status: ExitStatus = ExitStatus.USAGE) -> NoReturn:
    """Print *message* as an error and exit."""
    line = " ".join(message.split())
    print(f"error: {line}", file=sys.stderr)
    sys.exit(status)


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what a user can mend into one line."""
    try:
        yield
    except _USAGE as error:
        refuse(str(error) or "see scrapy -h")
    except LoginMissing as error:
        refuse(str(error), ExitStatus.LOGIN)
    except StoreError as error:
        refuse(str(error), ExitStatus.STORE)
    except OSError as error:
        refuse(f"{error.filename or 'the file'}: {error.strerror}")
    except KeyboardInterrupt:
        refuse("stopped", ExitStatus.STOPPED)
