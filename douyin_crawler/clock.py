"""The time of answers: the service's own, and never running backwards."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.http import Response


class AnswerClock:
    """Tells when an answer was made, to the second."""

    def __init__(self) -> None:
        self._last = datetime.min.replace(tzinfo=UTC)

    def read(self, response: Response) -> datetime:
        """Return the ``Date`` of *response*, never earlier than the last one's.

        Without a usable header it is the time of this machine.
        """
        stated = _date(response) or datetime.now(UTC).replace(microsecond=0)
        self._last = max(stated, self._last)
        return self._last


def _date(response: Response) -> datetime | None:
    header = response.headers.get("Date")
    if header is None:
        return None
    try:
        date = parsedate_to_datetime(header.decode("latin-1"))
    except ValueError:
        return None
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
