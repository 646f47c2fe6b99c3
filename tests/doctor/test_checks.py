"""Checks one by one, in this process: what each finds, and says to do."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.doctor import settings, signers, versions
from douyin_crawler.doctor.asking import clock_finding
from douyin_crawler.doctor.checks import Check, run_check, run_checks
from douyin_crawler.doctor.chromium import check_chromium
from douyin_crawler.doctor.finding import About, Finding, State, failed, ok, warning
from douyin_crawler.doctor.session import check_session
from douyin_crawler.doctor.settings import check_settings
from douyin_crawler.doctor.shown import exit_status, ordered
from douyin_crawler.doctor.signers import check_signers
from douyin_crawler.doctor.versions import check_versions
from douyin_crawler.doctor.wanted import REQUIREMENTS
from tests.support.chromium import needs_chromium
from tests.support.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., About]

DAY = 86_400


def states(found: list[Finding]) -> dict[str, str]:
    return {one.check: str(one.state) for one in found}


async def test_one_that_raises_or_hangs_fails_and_the_others_go_on(make: Make) -> None:
    async def raises(about: About) -> list[Finding]:
        raise ValueError("of two\nlines")

    async def hangs(about: About) -> list[Finding]:
        await asyncio.Event().wait()
        return []

    async def fine(about: About) -> list[Finding]:
        return [ok("fine", "it is")]

    checks = (Check("a", raises, 9), Check("b", hangs, 0.05), Check("c", fine, 9))
    found = await run_checks(make(), checks=checks)
    assert states(found) == {"a": "failed", "b": "failed", "fine": "ok"}
    assert found[0].finding == "ValueError: of two lines"
    assert "no answer in 0.05 s" in found[1].finding
    offline = make()
    offline.offline = True
    (left_out,) = await run_check(Check("d", raises, 9, asks=True), offline)
    assert left_out.state is State.SKIPPED


def test_only_what_failed_is_an_exit_status() -> None:
    fine = [ok("settings", "x"), warning("python", "x", "y")]
    assert exit_status(fine) == 0
    assert exit_status([*fine, failed("service, login", "x", "y")]) == 3
    assert [one.check for one in ordered(fine)] == ["python", "settings"]


async def test_versions_are_held_against_what_is_asked_for(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(states(await check_versions(make())).values()) == {"ok"}
    written = (ROOT / "requirements.txt").read_text("utf-8").split()
    assert list(REQUIREMENTS) == written
    have = {"scrapy": "2.99", "pymongo": "4.1", "msgspec": None}
    real = versions.installed
    monkeypatch.setattr(versions, "installed", lambda name: have.get(name, real(name)))
    packages = (await check_versions(make()))[1]
    assert packages.state is State.FAILED
    assert "'pymongo<5,>=4.20' 'msgspec>=0.20'" in packages.advice
    have |= {"pymongo": "4.20", "msgspec": "0.20"}
    packages = (await check_versions(make()))[1]
    assert packages.state is State.WARNING
    assert "'scrapy<2.20,>=2.19'" in packages.advice


async def test_every_problem_of_the_settings_is_told(make: Make) -> None:
    about = make(
        DOUYIN_RETRY_TIMES="many",
        DOUYIN_SIGNER="pen",
        DOUYIN_STORE="file:x",
        DOUYIN_COOKIE="nothing",
        COOKIES_ENABLED="True",
    )
    found = await check_settings(about)
    assert {one.state for one in found} == {State.FAILED}
    told = "\n".join(one.finding for one in found)
    for name in ("RETRY_TIMES", "SIGNER", "STORE", "COOKIE", "COOKIES_ENABLED"):
        assert name in told
    assert len(found) == 5
    (well,) = await check_settings(make())
    assert well.state is State.OK


async def test_a_file_that_does_not_answer_is_a_problem(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = make(DOUYIN_SESSION_FILE=str(tmp_path / "session.json"))
    monkeypatch.setattr(settings, "_SECONDS", 0.05)
    monkeypatch.setattr(settings, "in_thread", lambda work: asyncio.sleep(9))
    config, problems = await settings.read_settings(about.settings)
    assert config.session_file == ""
    assert "DOUYIN_SESSION_FILE: its file does not answer" in problems[0]


async def test_signers_are_held_against_known_values(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(states(await check_signers(make())).values()) == {"ok"}
    monkeypatch.setattr(signers, "x_bogus", lambda *given: "DFSzswVY")
    monkeypatch.setattr(signers, "_QUERY", "a b")
    found = states(await check_signers(make()))
    assert found["signer x_bogus"] == "failed"


@pytest.mark.parametrize(
    ("ends_in", "state"),
    [(60 * DAY, "ok"), (DAY, "warning"), (-DAY, "warning"), (None, "ok")],
)
async def test_how_long_a_login_is_good(
    make: Make, ends_in: int | None, state: str
) -> None:
    begun = int(time.time()) - 30 * DAY
    guard = "x" if ends_in is None else f"x%7C{begun}%7C{30 * DAY + ends_in}%7Cdate"
    cookie = f"ttwid=1; UIFID=2; sessionid=abc; sid_guard={guard}; pasted-value=3"
    found = await check_session(make(DOUYIN_COOKIE=cookie))
    assert states(found) == {"session": "ok", "login": state}
    assert "sessionid, sid_guard, 1 others" in found[0].finding
    assert "pasted-value" not in str(found)


async def test_a_session_that_lacks_something_or_everything(make: Make) -> None:
    visitor = await check_session(make())
    assert states(visitor) == {"session": "ok", "login": "skipped"}
    found = await check_session(make(DOUYIN_COOKIE="sessionid=abc"))
    assert "no ttwid" in found[1].finding
    broken = await check_session(make(DOUYIN_COOKIE="curl https://x"))
    assert states(broken) == {"session": "failed"}


@pytest.mark.parametrize(
    ("ahead", "state"),
    [
        (None, "skipped"),
        (-59, "ok"),
        (61, "warning"),
        (-299, "warning"),
        (301, "failed"),
    ],
)
def test_the_clock(ahead: float | None, state: str) -> None:
    assert clock_finding(ahead).state == state


async def test_a_chromium_that_is_missing_costs_whom_it_costs(make: Make) -> None:
    absent = {"DOUYIN_CHROMIUM": "/nowhere/chromium"}
    for signer, state in (("a_bogus", "warning"), ("auto", "warning")):
        (found,) = await check_chromium(make(DOUYIN_SIGNER=signer, **absent))
        assert found.state == state
        assert "install" in found.advice
    (found,) = await check_chromium(make(DOUYIN_SESSION="browser", **absent))
    assert found.state is State.FAILED


@needs_chromium
async def test_chromium_starts(make: Make) -> None:
    (found,) = await check_chromium(make())
    assert found.state is State.OK, found
    assert "starts and opens a page" in found.finding


@pytest.fixture
def make(about: Make) -> Make:
    return about
