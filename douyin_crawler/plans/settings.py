"""What a plan changes in the settings of its jobs; secrets come from variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.environment import read_variable
from douyin_crawler.plans.reading import PlanError

if TYPE_CHECKING:
    from scrapy.settings import Settings

    from douyin_crawler.plans.plan import Job, Plan

_FROM_VARIABLES = {
    "store": "DOUYIN_STORE",
    "cookie": "DOUYIN_COOKIE",
    "cookies_file": "DOUYIN_COOKIES_FILE",
}
_PRIORITY = "spider"
"""Above the environment's, below that of ``-s``."""


def plan_settings(plan: Plan, settings: Settings) -> Settings:
    """Return a copy of *settings* with the store and the session of *plan*.

    Raises:
        PlanError: a variable that the plan names is not set.
    """
    if mistakes := unset_variables(plan):
        raise PlanError(mistakes)
    changed = settings.copy()
    if plan.cookie or plan.cookies_file:
        for name in ("DOUYIN_COOKIE", "DOUYIN_COOKIES_FILE"):
            changed.set(name, "", _PRIORITY)
    for key, setting in _FROM_VARIABLES.items():
        if variable := getattr(plan, key):
            changed.set(setting, read_variable(variable), _PRIORITY)
    return changed


def unset_variables(plan: Plan) -> list[str]:
    """Return a mistake for each variable that *plan* names and that has no value."""
    named = ((key, getattr(plan, key)) for key in _FROM_VARIABLES)
    return [
        f"{key}: neither the environment nor .env has a value for {variable}"
        for key, variable in named
        if variable and not read_variable(variable)
    ]


def job_settings(plan: Plan, job: Job, settings: Settings) -> Settings:
    """Return a copy of :func:`plan_settings` for one job of the plan."""
    changed = settings.copy()
    changed.set("DOUYIN_PLAN_BUDGETS", budgets(plan, job), _PRIORITY)
    return changed


def budgets(plan: Plan, job: Job) -> str:
    """Return the setting DOUYIN_PLAN_BUDGETS for *job*: what it may spend a day."""
    limits = ((plan.key(job), job.budget), (plan.name, plan.budget))
    return ",".join(f"{name}={limit}" for name, limit in limits if limit)
