"""What a plan holds, in its types; ``reading.py`` makes one of a TOML file."""

from __future__ import annotations

import re
from datetime import timedelta, tzinfo
from pathlib import Path  # noqa: TC003
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

DURATION = "[1-9][0-9]{0,5}[smhdw]"
_SPAN = re.compile("([1-9][0-9]{0,5})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}

Duration: TypeAlias = Annotated[str, Meta(pattern=rf"^{DURATION}\Z")]
"""``90s``, ``30m``, ``6h``, ``7d``, ``2w``; :func:`span` reads it."""
Variable: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Z_][A-Z0-9_]*\Z")]
"""The name of an environment variable, never its value."""
Positive: TypeAlias = Annotated[int, Meta(ge=1)]
Scalar: TypeAlias = str | int | float | bool


def span(text: str) -> timedelta:
    """Return how long *text*, a Duration, is.

    Raises:
        ValueError: it is none.
    """
    if not (found := _SPAN.fullmatch(text)):
        raise ValueError("write a number and a unit, like 30m, 6h, 7d or 2w")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


class PostFilter(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which posts of the store are meant; all conditions hold at once."""

    stored_within: Duration | None = None
    """First stored so long ago at most."""
    older_than: Duration | None = None
    younger_than: Duration | None = None
    """By the time of the post itself."""
    min_likes: Positive | None = None
    min_comments: Positive | None = None


class TargetQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Targets that the store names when the job runs; one of the two is given."""

    authors_of: PostFilter | None = None
    """The authors of these posts, each once: targets of spiders that take users."""
    posts: PostFilter | None = None
    """These posts: targets of spiders that take posts."""

    @property
    def filter(self) -> PostFilter:
        """Which posts are looked at."""
        return self.authors_of or self.posts or PostFilter()


RETRY = "+retry"
"""What follows a job's key where a run took up only what had failed: no run of the
job's schedule, but the job is under way as long as it lasts."""

Targets: TypeAlias = str | tuple[str, ...] | TargetQuery


class Job(Struct, frozen=True, kw_only=True):
    """One spider, its targets and arguments, and when it runs: ``[jobs.NAME]``."""

    name: str
    spider: str
    targets: Targets | None = None
    """A list, ``@file`` (its path is absolute here), or a query."""
    queue: str | None = None
    """Where its targets are put when it is due; its run, and whoever else takes from
    that queue, walks them."""
    arguments: dict[str, Scalar] = {}
    every: Duration | None = None
    cron: str | None = None
    priority: int = 0
    """Of the jobs that are due, the greatest begins first."""
    budget: Positive | None = None
    """Requests a day (of Shanghai) of all runs of this job."""


class Plan(Struct, frozen=True, kw_only=True):
    """All jobs of one file, and what they share."""

    name: str
    """The file's, without its ending; runs are tied to it."""
    folder: Path
    timezone: tzinfo
    """In which cron expressions are meant."""
    jobs: tuple[Job, ...]
    parallel: int = 1
    """Jobs that run side by side in one process."""
    budget: Positive | None = None
    """Requests a day of all runs of this plan."""
    store: Variable | None = None
    cookie: Variable | None = None
    cookies_file: Variable | None = None

    def key(self, job: Job) -> str:
        """Return what the runs of *job* are tied to: ``RunRecord.plan``."""
        return f"{self.name}/{job.name}"

    def job(self, name: str) -> Job | None:
        """Return the job of this name."""
        return next((job for job in self.jobs if job.name == name), None)


def scalars(job: Job) -> dict[str, str]:
    """Return the arguments of *job* as they are written on a command line."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in job.arguments.items()
    }
