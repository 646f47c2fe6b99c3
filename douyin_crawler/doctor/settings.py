"""The settings: everything that is wrong with them, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.doctor.finding import failed, ok

if TYPE_CHECKING:
    from douyin_crawler.doctor.finding import About, Finding


async def check_settings(about: About) -> list[Finding]:
    """Tell all problems; no other command would say more than the first."""
    if not about.problems:
        config = about.config
        where = "another server" if config.moved else "the real site"
        signed = f"signed by {config.signer}, session {config.session}"
        return [ok("settings", f"{where}, {signed}")]
    return [_problem(problem) for problem in about.problems]


def _problem(problem: str) -> Finding:
    """Return what is wrong, apart from what to do where the line says both."""
    wrong, _, advice = problem.partition("; ")
    return failed("settings", wrong, advice or "set it right, or remove it")
