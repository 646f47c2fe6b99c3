"""What ``scrapy status`` says to people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from douyin_crawler.commands.columns import Columns, Row
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.commands.status import Status
    from douyin_crawler.progress import Progress
    from douyin_crawler.verdicts import RunRecord

_OPEN = "it runs, or was cut off"
_NOTHING_TO_SAY = frozenset({"", "finished"})


def status_lines(status: Status, width: int | None) -> Iterator[str]:
    """Yield the lines for a terminal of *width*; None: nothing is cut off."""
    yield f"Store: {status.store}"
    yield f"Records: {_counts(status.records)}"
    yield f"Targets: {_counts(dict(sorted(status.targets.items())))}"
    limit = f"of {status.budget:,}" if status.budget else "(no budget is set)"
    yield f"Requests of {status.session} on {status.day}: {status.spent:,} {limit}"
    yield ""
    yield "The last runs (times are UTC)" if status.runs else "No run yet"
    if status.runs:
        yield from _of_runs(status.runs).lines(width)
    if status.unfinished:
        yield ""
        yield from _unfinished(status, width)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {name}" for name, n in counts.items() if n) or "none"


def _of_runs(runs: list[RunRecord]) -> Columns:
    numbers = ("new", "changed", "refused")
    titles = ("run", "spider", "began", "ended", *numbers)
    columns = Columns(titles, frozenset(numbers), id_title="of")
    for run in runs:
        cells = (
            run.id,
            run.spider,
            _date(run.started_at),
            _ended(run),
            f"{_sum(run, '/new'):,}",
            f"{_sum(run, '/changed'):,}",
            f"{_sum(run, 'refused/'):,}",
        )
        columns.rows.append(Row(cells, _whose(run), _why(run)))
    return columns


def _ended(run: RunRecord) -> str:
    if run.exit_status is not None:
        return f"{run.exit_status} {ExitStatus(run.exit_status).name.lower()}"
    return "killed" if run.finished_at else "open"


def _whose(run: RunRecord) -> str:
    """Return the job of a plan and of Scrapyd that *run* was, if it was one."""
    named = (run.plan, f"Scrapyd job {run.job}" if run.job else "")
    return ", ".join(filter(None, named))


def _why(run: RunRecord) -> str:
    if run.exit_status is None and not run.finished_at:
        return run.reason or _OPEN
    return "" if run.reason in _NOTHING_TO_SAY else run.reason


def _sum(run: RunRecord, part: str) -> int:
    return sum(n for name, n in run.counts.items() if part in name)


def _unfinished(status: Status, width: int | None) -> Iterator[str]:
    more = status.unfinished_more
    hidden = f", {more:,} of them not shown (--limit 0: all)" if more else ""
    yield f"{len(status.unfinished) + more:,} unfinished{hidden}"
    columns = Columns(("spider", "list", "verdict", "got", "at"), frozenset({"got"}))
    columns.rows += map(_row, status.unfinished)
    yield from columns.lines(width)


def _row(walk: Progress) -> Row:
    expected = "" if walk.expected is None else f" of {walk.expected:,}"
    cells = (
        walk.spider,
        f"{walk.key.walk} {walk.key.range}".strip(),
        str(walk.verdict or "open"),
        f"{walk.got:,}{expected}",
        _date(walk.at) if walk.at else "",
    )
    return Row(cells, walk.key.id, walk.reason)


def _date(moment: datetime) -> str:
    this_year = moment.year == datetime.now(UTC).year
    return f"{moment:%m-%d %H:%M}" if this_year else f"{moment:%Y-%m-%d}"
