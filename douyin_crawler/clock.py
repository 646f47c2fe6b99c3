"""The time of answers: the service's own, and never running backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.http import Response

_AHEAD = timedelta(days=1)
_BEHIND = timedelta(minutes=1)


class AnswerClock:
    """Tells when an answer was made, to the second."""

    def __init__(self) -> None:
        self._last = datetime.min.replace(tzinfo=UTC)

    def read(self, response: Response) -> datetime:
        """Return the ``Date`` of *response*, never earlier than the last one's.

        Without a usable header it is the time of this machine; nor is a time believed
        that lies a day or more ahead of it: such a record would never change again.
        The machine's time goes on, too, where the service's was set back.
        """
        here = datetime.now(UTC).replace(microsecond=0)
        stated = _date(response) or here
        if stated > here + _AHEAD or stated + _BEHIND < self._last:
            stated = here
        self._last = max(stated, self._last)
        return self._last

    def not_before(self, moment: datetime) -> None:
        """Let no answer be older than *moment*, when an earlier run had one."""
        self._last = max(moment, self._last)


def _date(response: Response) -> datetime | None:
    header = response.headers.get("Date")
    if header is None:
        return None
    try:
        date = parsedate_to_datetime(header.decode("latin-1"))
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
