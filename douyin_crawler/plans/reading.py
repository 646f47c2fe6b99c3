"""A TOML file to a :class:`Plan`, with every mistake at once, by table and key."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from douyin_crawler.convert import shown
from douyin_crawler.plans.plan import Job, Plan, PostFilter, TargetQuery, span
from douyin_crawler.plans.problems import TOO_LARGE, secrets, typed, unknown, unreadable
from douyin_crawler.spiders.arguments import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

_PLAN = tuple(n for n in Plan.__struct_fields__ if n not in ("name", "folder"))
_JOB = tuple(name for name in Job.__struct_fields__ if name != "name")
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
_KEY = re.compile(r"\('.*'[^()]*\)", re.DOTALL)
"""A key in tomllib's messages, which may be a secret."""
_APART = frozenset({"name", "folder", "timezone", "jobs"})
_CHECKED_APART = ("every", "cron", "priority", "budget")
"""Keys of a job whose mistakes say nothing of its targets and arguments."""
_SOME_TIME = datetime(2026, 1, 1, tzinfo=SHANGHAI)
_LEAST = 60
"""Seconds of the shortest interval."""
_PARALLEL = 16
_LONGEST = timedelta(days=36_500)
"""No calendar has a date that lies much more than this before or after today."""


class PlanError(ValueError):
    """A plan that can't be used: one line a mistake."""

    def __init__(
        self,
        mistakes: list[str],
        plan: Plan | None = None,
        unchecked: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes
        self.plan = plan
        """What could be read of it, so that more mistakes can be found."""
        self.unchecked = unchecked
        """Jobs of which it holds too little to look at arguments and targets."""


def read_plan(path: Path) -> Plan:
    """Return the plan in the file *path*.

    Spiders, their arguments and their targets are not looked at: ``check.py``.

    Raises:
        PlanError: it can't be read, or holds mistakes.
    """
    try:
        given = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise PlanError([f"{path}: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise PlanError([f"{path}: not UTF-8; save it as UTF-8 text"]) from None
    except RecursionError:
        raise PlanError([f"{path.name}: it is nested too deep"]) from None
    except tomllib.TOMLDecodeError as error:
        why = _KEY.sub("a key or table", str(error))
        raise PlanError([f"{path.name} is no TOML: {why}"]) from None
    except ValueError:  # int() takes no more than some thousand digits
        raise PlanError([f"{path.name}: {TOO_LARGE}"]) from None
    return parse_plan(given, path)


def parse_plan(given: dict[str, Any], path: Path) -> Plan:
    """Return the plan that *given*, the contents of *path*, describes.

    Raises:
        PlanError: with all mistakes.
    """
    if why := unreadable(given):
        raise PlanError([f"{path.name}: {why}"])
    if mistakes := [*secrets(given)]:
        raise PlanError(mistakes)  # what else is said could repeat them
    if not _NAME.fullmatch(path.stem):
        mistakes.append(f"{path.name}: runs carry its name: use letters, digits, - _")
    mistakes += unknown(given, _PLAN, "")
    plain = {name: value for name, value in given.items() if name not in _APART}
    shared = typed(Plan, plain, "", mistakes)
    shared["timezone"] = _timezone(given.get("timezone", "Asia/Shanghai"), mistakes)
    if not 1 <= shared.get("parallel", 1) <= _PARALLEL:
        mistakes.append(f"parallel: a whole number from 1 to {_PARALLEL} is needed")
    if "cookie" in given and "cookies_file" in given:
        mistakes.append("cookie, cookies_file: both are given; keep one")
    folder = path.parent.absolute()
    jobs, unchecked = _jobs(given.get("jobs"), folder, mistakes)
    plan = Plan(name=path.stem, folder=folder, jobs=tuple(jobs), **shared)
    if mistakes:
        raise PlanError(mistakes, plan, unchecked)
    return plan


def _timezone(name: object, mistakes: list[str]) -> tzinfo:
    if name == "Asia/Shanghai":
        return SHANGHAI  # at hand where the system has no list of time zones, too
    try:
        return ZoneInfo(str(name))
    except (OSError, ValueError, KeyError):
        pass
    mistakes.append(
        f"timezone: {shown(name)!r} is unknown; write one like Asia/Shanghai"
    )
    return SHANGHAI


def _jobs(
    given: Any, folder: Path, mistakes: list[str]
) -> tuple[list[Job], frozenset[str]]:
    """Return the jobs, and the names of those that can't be checked any further."""
    if not isinstance(given, dict) or not given:
        mistakes.append("jobs: there is none; write a table [jobs.NAME] for each")
        return [], frozenset()
    jobs, unchecked = [], set()
    for name, table in given.items():
        if not _NAME.fullmatch(name):
            mistakes.append(f"jobs.{name!r}: a name is letters, digits, - and _")
        if not isinstance(table, dict):
            mistakes.append(f"jobs.{shown(name)}: write it as a table [jobs.NAME]")
            continue
        found: list[str] = []
        if job := _job(name, table, folder, found):
            jobs.append(job)
        apart = tuple(f"jobs.{name}.{key}" for key in _CHECKED_APART)
        if not all(mistake.startswith(apart) for mistake in found):
            unchecked.add(name)
        mistakes += found
    return jobs, frozenset(unchecked)


def _job(
    name: str, given: dict[str, Any], folder: Path, mistakes: list[str]
) -> Job | None:
    where = f"jobs.{shown(name)}."
    mistakes += unknown(given, _JOB, where)
    mistakes += _query_mistakes(given.get("targets"), f"{where}targets.")
    values = typed(Job, given, where, mistakes)
    if "spider" not in given:
        mistakes.append(f"{where}spider is missing; scrapy list names them")
    if "every" in given and "cron" in given:
        mistakes.append(f"{where}every, cron: both are given; keep one of them")
    elif not ("every" in given or "cron" in given):
        mistakes.append(f'{where}every or cron: give one, like every = "6h"')
    else:
        mistakes += _schedule_mistakes(values, where)
    if isinstance(query := values.get("targets"), TargetQuery):
        if bool(query.authors_of) == bool(query.posts):
            mistakes.append(f"{where}targets: give one of authors_of and posts")
        mistakes += _spans_too_long(query.filter, f"{where}targets.")
    elif isinstance(query, str):
        values["targets"] = _file(query, folder, f"{where}targets", mistakes)
    return Job(**values, name=name) if "spider" in values else None


def _spans_too_long(given: PostFilter, where: str) -> Iterator[str]:
    for name in ("stored_within", "older_than", "younger_than"):
        if (text := getattr(given, name)) and span(text) > _LONGEST:
            yield f"{where}{name}: {text} is too long; {_LONGEST.days}d at most"


def _query_mistakes(given: Any, where: str) -> list[str]:
    """Return the keys of a query that are unknown; types are told elsewhere."""
    if not isinstance(given, dict):
        return []
    found = [*unknown(given, TargetQuery.__struct_fields__, where)]
    for name, conditions in given.items():
        if name in TargetQuery.__struct_fields__ and isinstance(conditions, dict):
            known = PostFilter.__struct_fields__
            found += unknown(conditions, known, f"{where}{name}.")
    return found


def _schedule_mistakes(values: dict[str, Any], where: str) -> list[str]:
    if every := values.get("every"):
        if span(every) > _LONGEST:
            return [f"{where}every: {every} is too long; {_LONGEST.days}d at most"]
        short = span(every).total_seconds() < _LEAST
        return [f"{where}every: {every} is too often; 1m at least"] if short else []
    cron = values.get("cron")
    return [] if cron is None else _cron_mistakes(cron, where)


def _cron_mistakes(cron: str, where: str) -> list[str]:
    try:
        times = CronSim(cron, _SOME_TIME)
        if len(times.seconds) > 1:
            often = "is too often; 1m at least: write five fields"
            return [f"{where}cron: {shown(cron)!r} {often}"]
        if next(times, None) is None:
            return [f"{where}cron: {shown(cron)!r} names no day that ever comes"]
    except (CronSimError, ValueError) as error:
        hint = 'write five fields, like "30 3 * * *" (03:30 each day)'
        wrong = f"{shown(cron)!r} is no cron expression ({error})"
        return [f"{where}cron: {wrong}; {hint}"]
    return []


def _file(text: str, folder: Path, where: str, mistakes: list[str]) -> str | None:
    """Return ``@`` and a file's path, which is relative to the plan's folder."""
    if not text.startswith("@"):
        mistakes.append(
            f"{where}: {shown(text)!r} is a text; write a file as "
            f'"@{shown(text)}", and targets as a list, ["..."]'
        )
        return None
    try:
        return f"@{folder / Path(text[1:].strip()).expanduser()}"
    except RuntimeError:
        wrong = f"{where}: {text!r}: there is no such home folder"
        mistakes.append(f"{wrong}; write the path in full")
        return None
