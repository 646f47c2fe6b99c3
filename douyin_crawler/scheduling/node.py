"""One Scrapyd: what it is asked, and what its answers mean."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec
from aiohttp import ClientConnectorError, ClientError, ClientTimeout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientSession

PROJECT = "douyin_crawler"
_PATIENCE = ClientTimeout(total=60, sock_connect=10)
"""A node answers nothing else while it lists the spiders of a new version: seconds."""
_UNAUTHORIZED = 401


class NodeFailure(Exception):  # noqa: N818
    """A node can't be used now; the message is one line that says what to do."""

    def __init__(self, message: str, *, delivered: bool | None = False) -> None:
        super().__init__(message)
        self.delivered = delivered
        """Whether the node has what it was sent; None: that can't be known."""


class _Answer(msgspec.Struct):
    status: str
    message: str = ""


class _Job(msgspec.Struct):
    id: str


class _Lists(_Answer):
    pending: list[_Job] = []
    running: list[_Job] = []
    finished: list[_Job] = []


class _Versions(_Answer):
    versions: list[str] = []


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs that a node knows, by their ids."""

    waiting: frozenset[str]
    """Pending or running."""
    finished: frozenset[str]


A = TypeVar("A", bound=_Answer)


class Node:
    """A Scrapyd at *url*. ``str()`` gives the address.

    *authorization* is the header of that name, empty for none.
    """

    def __init__(self, url: str, http: ClientSession, authorization: str = "") -> None:
        self._url = url.rstrip("/")
        self._http = http
        self._headers = {"Authorization": authorization} if authorization else {}

    def __str__(self) -> str:
        return self._url

    async def jobs(self) -> Jobs:
        """Return the jobs that it has, and those that it had.

        Raises:
            NodeFailure: it does not answer, or not as Scrapyd does.
        """
        lists = await self._ask("GET", "listjobs", {"project": PROJECT}, _Lists)
        return Jobs(
            waiting=frozenset(job.id for job in (*lists.pending, *lists.running)),
            finished=frozenset(job.id for job in lists.finished),
        )

    async def versions(self) -> list[str]:
        """Return the project's versions, the newest last; none where it has not been
        deployed.

        Raises:
            NodeFailure: it does not answer, or not as Scrapyd does.
        """
        asked = {"project": PROJECT}
        return (await self._ask("GET", "listversions", asked, _Versions)).versions

    async def start(
        self,
        job: str,
        spider: str,
        arguments: Mapping[str, str],
        settings: Mapping[str, str],
        priority: int = 0,
    ) -> None:
        """Put *job* into its queue.

        Raises:
            NodeFailure: it could not; ``delivered`` tells what is known of that.
        """
        form = [
            *(("project", PROJECT), ("spider", spider), ("jobid", job)),
            ("priority", str(priority)),
            *(("setting", f"{name}={value}") for name, value in settings.items()),
            *arguments.items(),
        ]
        await self._ask("POST", "schedule", form, _Answer)

    async def _ask(
        self,
        method: str,
        name: str,
        values: Mapping[str, str] | list[tuple[str, str]],
        kind: type[A],
    ) -> A:
        sent = {"params": values} if method == "GET" else {"data": values}
        try:
            async with self._http.request(
                method,
                f"{self._url}/{name}.json",
                headers=self._headers,
                timeout=_PATIENCE,
                allow_redirects=False,
                **sent,  # type: ignore[arg-type]
            ) as response:
                return self._read(response.status, await response.read(), kind)
        except ClientConnectorError as error:
            code = error.errno or 0  # below 0, it is of the name's look-up
            reason = os.strerror(code) if code > 0 else "its name is not known"
            raise NodeFailure(f"{self} is down ({reason})") from None
        except TimeoutError:
            raise NodeFailure(f"{self} does not answer", delivered=None) from None
        except ClientError as error:
            message = f"{self} broke off ({type(error).__name__})"
            raise NodeFailure(message, delivered=None) from None

    def _read(self, status: int, body: bytes, kind: type[A]) -> A:
        if status == _UNAUTHORIZED:
            raise NodeFailure(
                f"{self} wants another user or password: set SCRAPYD_USERNAME and "
                "SCRAPYD_PASSWORD"
            )
        try:
            answer = msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise NodeFailure(
                f"{self} answers {status} and no JSON of Scrapyd's; is it the address?",
                delivered=None,
            ) from None
        if answer.status != "ok":
            deploy = "; deploy it" if "not found" in answer.message else ""
            raise NodeFailure(f"{self}: {answer.message[:200]}{deploy}")
        return answer
