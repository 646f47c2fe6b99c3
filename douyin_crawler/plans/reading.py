"""A TOML file to a :class:`Plan`, with every mistake at once, by table and key."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from douyin_crawler.plans.plan import Job, Plan, PostFilter, TargetQuery, span
from douyin_crawler.plans.problems import secrets, typed, unknown
from douyin_crawler.spiders.arguments import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

_PLAN = tuple(n for n in Plan.__struct_fields__ if n not in ("name", "folder"))
_JOB = tuple(name for name in Job.__struct_fields__ if name != "name")
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
_APART = frozenset({"name", "folder", "timezone", "jobs"})
_SOME_TIME = datetime(2026, 1, 1, tzinfo=SHANGHAI)
_LEAST = 60
"""Seconds of the shortest interval."""
_PARALLEL = 16
_LONGEST = timedelta(days=36_500)
"""No calendar has a date that lies much more than this before or after today."""


class PlanError(ValueError):
    """A plan that can't be used: one line a mistake."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


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
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PlanError([f"{path.name} is no TOML: {error}"]) from None
    return parse_plan(given, path)


def parse_plan(given: dict[str, Any], path: Path) -> Plan:
    """Return the plan that *given*, the contents of *path*, describes.

    Raises:
        PlanError: with all mistakes.
    """
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
    jobs = _jobs(given.get("jobs"), folder, mistakes)
    if mistakes:
        raise PlanError(mistakes)
    return Plan(name=path.stem, folder=folder, jobs=tuple(jobs), **shared)


def _timezone(name: object, mistakes: list[str]) -> tzinfo:
    if name == "Asia/Shanghai":
        return SHANGHAI  # at hand where the system has no list of time zones, too
    try:
        return ZoneInfo(str(name))
    except (OSError, ValueError, KeyError):
        pass
    mistakes.append(f"timezone: {name!r} is unknown; write one like Asia/Shanghai")
    return SHANGHAI


def _jobs(given: Any, folder: Path, mistakes: list[str]) -> list[Job]:
    if not isinstance(given, dict) or not given:
        mistakes.append("jobs: there is none; write a table [jobs.NAME] for each")
        return []
    jobs = []
    for name, table in given.items():
        found: list[str] = []
        if not _NAME.fullmatch(name):
            found.append(f"jobs.{name!r}: a name is letters, digits, - and _")
        if not isinstance(table, dict):
            found.append(f"jobs.{name}: write it as a table [jobs.{name}]")
        elif (job := _job(name, table, folder, found)) and not found:
            jobs.append(job)
        mistakes += found
    return jobs


def _job(
    name: str, given: dict[str, Any], folder: Path, mistakes: list[str]
) -> Job | None:
    where = f"jobs.{name}."
    mistakes += unknown(given, _JOB, where)
    mistakes += _query_mistakes(given.get("targets"), f"{where}targets.")
    values = typed(Job, given, where, mistakes)
    if "spider" not in given:
        mistakes.append(f"{where}spider is missing; scrapy list names them")
    if ("every" in given) == ("cron" in given):
        mistakes.append(f'{where}every or cron: give one, like every = "6h"')
    mistakes += _schedule_mistakes(values, where)
    if mistakes:
        return None
    if isinstance(query := values.get("targets"), TargetQuery):
        if bool(query.authors_of) == bool(query.posts):
            mistakes.append(f"{where}targets: give one of authors_of and posts")
        mistakes += _spans_too_long(query.filter, f"{where}targets.")
    elif isinstance(query, str):
        try:
            values["targets"] = _absolute(query, folder)
        except RuntimeError:
            wrong = f"{where}targets: {query!r}: there is no such home folder"
            mistakes.append(f"{wrong}; write the path in full")
    return Job(**values, name=name)


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
            return [
                f"{where}cron: {cron!r} is too often; 1m at least: write five fields"
            ]
        if next(times, None) is None:
            return [f"{where}cron: {cron!r} names no day that ever comes"]
    except CronSimError as error:
        hint = 'write five fields, like "30 3 * * *" (03:30 each day)'
        wrong = f"{cron!r} is no cron expression ({error})"
        return [f"{where}cron: {wrong}; {hint}"]
    return []


def _absolute(targets: str, folder: Path) -> str:
    """Return *targets* with a file's path, which is relative to the plan's folder."""
    if not targets.startswith("@"):
        return targets
    name = Path(targets[1:].strip()).expanduser()
    return f"@{folder / name}"
