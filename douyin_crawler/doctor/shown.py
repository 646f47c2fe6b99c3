"""The findings for a person, for a program, and as an exit status."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from douyin_crawler.doctor.finding import State
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from douyin_crawler.doctor.finding import Finding

_STYLES = {State.OK: "green", State.WARNING: "yellow", State.FAILED: "bold red"}
ORDER = (
    "python",
    "packages",
    "settings",
    "signer",
    "third",
    "session",
    "login",
    "store",
    "clock",
    "service",
    "chromium",
    "scrapyd",
)
"""First words of the checks, as the table has them."""


def ordered(found: Sequence[Finding]) -> list[Finding]:
    """Return the findings in the order of the table."""
    places = {word: place for place, word in enumerate(ORDER)}
    return sorted(found, key=lambda one: places.get(_word(one), len(ORDER)))


def _word(finding: Finding) -> str:
    return finding.check.replace(",", " ").split()[0]


def exit_status(found: Sequence[Finding]) -> ExitStatus:
    """Return 0 where a run can do its work, else 3."""
    failed = any(one.state is State.FAILED for one in found)
    return ExitStatus.INCOMPLETE if failed else ExitStatus.OK


def as_json(found: Sequence[Finding]) -> str:
    """Return all findings as one JSON text."""
    worst = [state for state in (State.FAILED, State.WARNING) if _any(found, state)]
    plain: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "state": str(worst[0] if worst else State.OK),
        "exit_status": int(exit_status(found)),
        "checks": [one.plain() for one in found],
    }
    return json.dumps(plain, ensure_ascii=False, indent=2)


def _any(found: Sequence[Finding], state: State) -> bool:
    return any(one.state is state for one in found)


def show(console: Console, found: Sequence[Finding], *, quiet: bool) -> None:
    """Print the table and what it comes to; when *quiet*, only what is not well."""
    from rich.table import Table  # noqa: PLC0415 - other commands need it not
    from rich.text import Text  # noqa: PLC0415

    trouble = (State.WARNING, State.FAILED)
    shown = [one for one in found if not quiet or one.state in trouble]
    if quiet and not shown:
        return
    table = Table("check", "state")
    table.add_column("finding", overflow="fold", ratio=3)
    table.add_column("what to do", overflow="fold", ratio=2)
    for one in shown:
        state = Text(one.state, _STYLES.get(one.state, "dim"))
        table.add_row(Text(one.check), state, Text(one.finding), Text(one.advice))
    console.print(table)
    console.print(summary(found), markup=False, highlight=False)


def summary(found: Sequence[Finding]) -> str:
    """Return one line."""
    counts = Counter(one.state for one in found)
    told = ", ".join(f"{counts[state]} {state}" for state in State if counts[state])
    if counts[State.FAILED]:
        return f"{told}: what failed has to be mended before a run"
    return f"{told}: a run can begin"
