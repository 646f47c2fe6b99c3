"""What a way onto the wire has to offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class Wire(Protocol):
    """Signs a request and sends it: by plain HTTP, or in a page."""

    async def send(self, request: Request) -> Response:
        """Return the answer to *request*.

        Its URL and request are the unsigned ones; it carries no token, nor does
        an exception.
        """
