"""Plans that are read, and every mistake by table and key."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.project import get_project_settings

from douyin_crawler.plans.check import spiders_of
from douyin_crawler.plans.plan import PostFilter, TargetQuery
from douyin_crawler.plans.reading import PlanError, parse_plan, read_plan
from douyin_crawler.plans.settings import budgets
from tests.support.shared import ROOT

if TYPE_CHECKING:
    from douyin_crawler.plans.plan import Plan

_JOB = '[jobs.a]\nspider = "hot_list"\nevery = "1h"\n'
_QUEUED = (
    "[jobs.a]\nspider = 'user_posts'\nevery = '1h'\ntargets = ['ab']\nqueue = '{}'\n"
)
_CRON = "[jobs.a]\nspider = 'hot_list'\ncron = '{}'\n"


def parse(text: str) -> Plan:
    return parse_plan(tomllib.loads(text), Path("daily.toml"))


def mistakes(text: str) -> list[str]:
    """Return what is wrong with a plan, spiders and arguments included."""
    loader = get_spider_loader(get_project_settings())
    try:
        return spiders_of(parse(text), loader)[1]
    except PlanError as error:
        if error.plan is None:
            return error.mistakes
        more = spiders_of(error.plan, loader, error.unchecked)[1]
        return [*error.mistakes, *more]


def test_the_example_passes() -> None:
    made = read_plan(ROOT / "examples" / "plan.toml")
    spiders, wrong = spiders_of(made, get_spider_loader(get_project_settings()))
    assert wrong == []
    assert {job.spider for job in made.jobs} == {*spiders}
    users = made.job("new_posts")
    assert users is not None
    assert users.targets == f"@{ROOT / 'examples' / 'users.txt'}"
    assert budgets(made, users) == "plan/new_posts=2000,plan=5000"
    query = TargetQuery(authors_of=PostFilter(stored_within="7d"))
    assert made.jobs[2].targets == query


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("paralel = 2\n" + _JOB, "paralel is not known; did you mean parallel?"),
        ("parallel = 99\n" + _JOB, "parallel: a whole number from 1 to 16"),
        ("budget = 0\n" + _JOB, "budget: '0': a whole number from 1"),
        ('timezone = "Mars"\n' + _JOB, "timezone: 'Mars' is unknown"),
        ("", "jobs: there is none"),
        ("[jobs.a]\nspider = 'hot_list'", "jobs.a.every or cron: give one"),
        (_JOB + "cron = '* * * * * *'", "jobs.a.every, cron: both are given"),
        (_JOB + "prio = 1", "jobs.a.prio is not known; did you mean priority?"),
        (_JOB + "targets = ['x']", "jobs.a.targets: hot_list takes none"),
        (
            _JOB.replace("hot_list", "user_posts") + "targets = 'users.txt'",
            """jobs.a.targets: 'users.txt' is a text; write a file as "@users.txt\"""",
        ),
        (
            _QUEUED.format("night")
            + "[jobs.b]"
            + _QUEUED[8:].format("night").replace("user_posts", "user_profile"),
            "jobs.b.queue: night is that of jobs.a, for user_posts",
        ),
        (_QUEUED.format("a:b"), "jobs.a.queue: 'a:b' is no name of a queue"),
        (_QUEUED.format("n") + "arguments = {wait = true}", "jobs.a.arguments.wait"),
        (_JOB + "queue = 'n'", "jobs.a.queue: hot_list takes no targets"),
        (_QUEUED.format("n").replace("['ab']", "['self']"), "targets: 'self' is who"),
        (
            _JOB.replace("hot_list", "user_posts") + "queue = 'n'",
            "jobs.a.queue: targets are missing",
        ),
        (_JOB.replace("1h", "10s"), "jobs.a.every: 10s is too often"),
        (_JOB.replace("1h", "1 h"), "jobs.a.every: write a number and a unit"),
        (
            _JOB.replace("every = '1h'".replace("'", '"'), "cron = '0 0 30 2 *'"),
            "jobs.a.cron: '0 0 30 2 *' is no cron expression",
        ),
        (_JOB.replace("hot_list", "hotlist"), "jobs.a.spider: there is no spider"),
        (_JOB + "arguments = {board = 'x'}", "jobs.a.arguments: -a board=x"),
        (
            _JOB.replace("hot_list", "comments") + "targets = {posts = {older = '1d'}}",
            "jobs.a.targets.posts.older is not known; did you mean older_than?",
        ),
        (
            _JOB.replace("hot_list", "comments")
            + "targets = {posts = {older_than = '1'}}",
            "jobs.a.targets: posts.older_than: write a number and a unit",
        ),
        (
            _JOB.replace("hot_list", "comments") + "targets = {authors_of = {}}",
            "jobs.a.targets: comments takes no users, but -a post",
        ),
        (
            _JOB.replace("hot_list", "user_posts") + "targets = ['not a user!']",
            "jobs.a.targets: -a user",
        ),
        (_JOB.replace("hot_list", "user_posts"), "jobs.a.targets: -a user=... is miss"),
        (_JOB.replace("1h", "999999w"), "jobs.a.every: 999999w is too long"),
        (_CRON.format(""), "jobs.a.cron: '' is no cron expression"),
        (_CRON.format("*/10 * * * * *"), "jobs.a.cron: '*/10 * * * * *' is too often"),
        (
            _JOB.replace("hot_list", "user_posts") + "targets = '@~nosuchuser/x'",
            "jobs.a.targets: '@~nosuchuser/x': there is no such home folder",
        ),
        (
            _JOB.replace("hot_list", "comments")
            + "targets = {posts = {older_than = '999999w'}}",
            "jobs.a.targets.older_than: 999999w is too long",
        ),
        ("cookie = 'a b'\n" + _JOB, "cookie: write the name of an environment"),
        ('cookie = "A\\n"\n' + _JOB, "cookie: write the name of an environment"),
        (_JOB.replace("1h", "3h\\n"), "jobs.a.every: write a number and a unit"),
        ("budget = true\n" + _JOB, "budget: 'True': a whole number from 1 is needed"),
        (_JOB + "arguments = {a = {}}", "jobs.a.arguments.a: a text, a number"),
        (
            _JOB + "arguments = {_plan = 'x'}",
            "jobs.a.arguments._plan: names that begin",
        ),
        (
            _QUEUED.format("n") + "arguments = {_job = 'x'}",
            "jobs.a.arguments._job: nam",
        ),
        (_JOB + "targets." * 300 + "x = 1", "tables and lists lie more than 16 deep"),
        (_JOB + "priority = 0x" + "f" * 5000, "daily.toml: a number in it is too"),
    ],
)
def test_mistakes_name_table_and_key(text: str, told: str) -> None:
    found = mistakes(text)
    assert len(found) == 1, found
    assert told in found[0]


@pytest.mark.parametrize(
    "text",
    [
        "cookie = 'sessionid=0a1b2c; ttwid=9'\n" + _JOB,
        "store = 'mongodb://me:0a1b2c@host/db'\n" + _JOB,
        _JOB + "arguments = {board = 'sessionid=0a1b2c'}",
        _JOB + "'sessionid=0a1b2c' = 1",
        _JOB + "arguments = {'sessionid=0a1b2c' = 'x'}",
        "[jobs.'sessionid=0a1b2c']\nspider = 'hot_list'\nevery = '1h'",
    ],
)
def test_a_secret_is_refused_and_not_repeated(text: str) -> None:
    (found,) = mistakes(text)
    assert "a plan holds none" in found
    assert "0a1b2c" not in found


def test_all_mistakes_at_once() -> None:
    both = "parallel = 0\n" + _JOB + "prio = 1\n[jobs.b]\nspider = 'hot_list'"
    assert len(mistakes(both)) == 3
    found = mistakes(
        "cookie = 'a b'\n"
        "[jobs.a]\nspider = 'user_posts'\nevery = '1s'\ntargets = ['no user!']\n"
        "[jobs.b]\nspider = 'hot_lst'\nprio = 1\ncron = '0 0 30 2 *'\n"
        "[jobs.c]\nspider = 'user_posts'\nevery = '1d'\ntargets = ['ab']\n"
        "arguments = {mod = 'new', limit = 'x'}\n"
    )
    told = ["cookie", "a.every", "b.prio", "b.cron", "a.targets", "b.spider"]
    told += ["c.arguments: -a mod=", "c.arguments: -a limit="]
    assert len(found) == len(told), found
    for one in told:
        assert any(one in mistake for mistake in found), one


def test_a_file_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    for text, told in (
        (None, "No such file"),
        (b"a = [", "is no TOML"),
        (b"\xff", "UTF"),
        (b"a" + b".a" * 3_000 + b" = 1", "more than 16 deep"),
        (b"a = " + b"[" * 3_000, "nested too deep"),
        (b"a = " + b"9" * 5_000, "too large"),
        (b"['sid=1']\n['sid=1']", "a key or table twice"),
    ):
        if text is not None:
            file.write_bytes(text)
        with pytest.raises(PlanError, match=told):
            read_plan(file)
