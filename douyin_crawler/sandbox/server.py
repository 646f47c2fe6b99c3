"""The HTTP server: from a request on the wire to the answer's bytes."""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING

from aiohttp import web

from .answers import Answers, WorldAnswers
from .captures import CapturedAnswers
from .changes import Changes
from .config import SandboxConfig, SandboxError
from .control import Control
from .distinct import distinct
from .fault_bodies import stand_in
from .fault_kinds import BREAKS
from .fault_wire import damage
from .faults import FaultPlan
from .gate import API, Gate, NotAdmittedError
from .login import Logins
from .pages import Pages
from .proof import Proofs
from .routes import respond
from .site import ORDER, Site
from .tokens import Mint, ms_token
from .wire import Wire, WireLog
from .world import DAY, EPOCH, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from .faults import Fault

_JSON = "application/json; charset=utf-8"


class Sandbox:
    """A local Douyin: `await start()`, `url` says where, `await stop()`."""

    def __init__(
        self,
        config: SandboxConfig,
        *,
        clock: Callable[[], float] = time.time,
        proofs: Proofs | None = None,
    ) -> None:
        self.config = config
        self.clock = clock
        day = config.day
        if day is None:
            day = max(int(clock() - EPOCH) // DAY, 0)
        self.world = World(
            config.seed,
            config.users,
            day,
            most_posts=config.most_posts,
            vast=config.comments_of_big,
        )
        self.mint = Mint(config.seed)
        self.log = WireLog(config.log)
        self.faults = FaultPlan(config.faults)
        self.changes = Changes(moving=config.moving)
        self.answer_anew()
        self.site = Site(browser_only=config.browser_only, challenge=config.challenge)
        self.logins = Logins(self.mint, self.site)
        proofs = proofs or Proofs()
        self._gate = Gate(self.mint, self.site, proofs, max_age=config.max_age)
        self._pages = Pages(self.mint, self.world, self.site, proofs, self.logins)
        self._control = Control(self)
        self._runner: web.AppRunner | None = None
        self.port = config.port

    def answer_anew(self) -> None:
        """Answer from the world as it is now, with nothing remembered."""
        config = self.config
        self.made_up = WorldAnswers(
            self.world, feed_posts=config.feed_posts, notices=config.notices
        )
        self.answers: Answers = self.made_up
        if config.captures is not None:
            self.answers = CapturedAnswers(config.captures, self.made_up)

    @property
    def url(self) -> str:
        host = self.config.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        return app

    async def start(self) -> None:
        """Listen; raises `SandboxError` where the port is taken."""
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self.config.host, self.config.port)
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise SandboxError(
                f"port {self.config.port} on {self.config.host} cannot be used "
                f"({error.strerror}); give another with --port, or --port 0"
            ) from error
        self._runner = runner
        self.port = int(runner.addresses[0][1])

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        now = self.clock()
        if request.path.startswith("/_sandbox/"):
            return await self._control.respond(request)
        wire = await Wire.received(request, now)
        self.log.add(wire)
        met = self.faults.take(wire)
        wire.fault = "+".join(fault.kind for fault in met) or None
        pause = self.config.latency
        pause += sum(fault.pause for fault in met if fault.kind == "latency")
        if pause:
            await asyncio.sleep(pause)
        back = sum(fault.pause for fault in met if fault.kind == "date_back")
        answer = self._failed(met, wire) or self._answer(wire)
        broken = next((fault for fault in met if fault.kind in BREAKS), None)
        self.changes.apply(met, wire, answer, note=broken is None)
        self._stamp(answer, now - back)
        if broken is not None:
            return await damage(broken, request, answer)
        wire.status = answer.status
        wire.length = len(answer.body) if isinstance(answer.body, bytes) else 0
        return answer

    @staticmethod
    def _failed(met: list[Fault], wire: Wire) -> web.Response | None:
        """The answer of the fault that stands in for the real one."""
        answers = (stand_in(fault, wire) for fault in met)
        return next((answer for answer in answers if answer is not None), None)

    def _answer(self, wire: Wire) -> web.Response:
        if not wire.path.startswith(API):
            return self._pages.respond(wire)
        try:
            visit = self._gate.admit(wire)
        except NotAdmittedError as turned:
            wire.refused = turned.reason
            return web.Response(
                status=turned.status, text=turned.text, headers=turned.headers
            )
        logid = _logid(wire.received_at)
        status, body = respond(self.answers, wire, visit, logid)
        if self.config.distinct_fields:
            body = distinct(wire.path, body)
        answer = web.Response(status=status, body=body, headers={"Content-Type": _JSON})
        answer.headers["X-Tt-Logid"] = logid
        self._hand_out(answer, visit.ttwid)
        if wire.page and (order := self.site.order()):
            answer.headers[ORDER] = order
        return answer

    def _hand_out(self, answer: web.Response, ttwid: str) -> None:
        """The tokens that every data answer brings."""
        token = ms_token()
        answer.headers["x-ms-token"] = token
        answer.headers.add("Set-Cookie", f"msToken={token}; Path=/; Max-Age=864000")
        if ttwid:
            answer.headers["cookie_ttwidinfo_webid"] = self.mint.webid(ttwid)

    @staticmethod
    def _stamp(answer: web.Response, now: float) -> None:
        answer.headers["Date"] = formatdate(now, usegmt=True)
        answer.headers.setdefault("X-Tt-Logid", _logid(now))
        answer.headers["Server"] = "sandbox"


def _logid(now: float) -> str:
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d%H%M%S")
    return stamp + secrets.token_hex(10).upper()
