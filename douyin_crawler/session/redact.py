"""Keeps the session's values out of logs, whoever writes the line."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from douyin_crawler.session.session import Session

_FORMATTER = logging.Formatter()
# What the download handler adds to an address.
_SIGNED = re.compile(
    r"[&?](?:msToken|a_bogus|X-Bogus|verifyFp|fp|uifid|webid|timestamp"
    r"|x-secsdk-web-signature)=[^&\s\"'<>]*"
)


class RedactingFilter(logging.Filter):
    """Strikes out the session's values in messages and tracebacks.

    Scrapy's own handler names the signed URL when a body is cut or too large.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact *record* in place; it is always kept."""
        message = record.getMessage()
        redacted = self._redact(message)
        if redacted != message:
            record.msg, record.args = redacted, None
        if record.exc_info and not record.exc_text:
            text = _FORMATTER.formatException(record.exc_info)
            record.exc_text = self._redact(text)
        return True

    def _redact(self, text: str) -> str:
        return _SIGNED.sub("", self._session.redact(text))


def redact_logs(session: Session) -> None:
    """Put a filter before every handler of the root logger."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(RedactingFilter(session))
