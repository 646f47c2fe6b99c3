"""Whole crawls through everything that comes back in place of data.

The rows are in ``tests/support/behaviour.py`` and ``behaviour_targets.py``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.world import MANY, ONE, SELF
from douyin_crawler.verdicts import Verdict
from tests.support.behaviour import (
    ALONE,
    RETRIES,
    STATUS,
    Row,
    answer,
    error_named,
)
from tests.support.behaviour_targets import ENDS_TARGET
from tests.support.crawling import Ran, crawl, rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

POST = "73312823579975{:05d}"
USER = "MS4wLjABAAAA{:043d}"
COMMENT = "73312823579976{:05d}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a spider is asked for: a target before the refused ones, and one after."""

    path: str
    argument: str = ""
    before: str = ""
    refused: str = ""
    later: str = ""
    after: int = 0
    """Requests for the refused target that are answered, before it is refused."""
    made_up: str = ""
    """Form of the id of a target of which nothing is asked but what is refused."""
    more: dict[str, str] = field(default_factory=dict)

    def arguments(self, refused: Sequence[str]) -> dict[str, str]:
        named = {self.argument: ",".join([self.before, *refused, self.later])}
        return self.more | (named if self.argument else {})


def plan_of(spider: str, sandbox: SandboxProcess) -> Plan:
    one, many, own = (sandbox.users[index] for index in (ONE, MANY, SELF))
    few, big, silent = (sandbox.posts[n] for n in ("few", "ordinary", "silent"))
    users, posts = ("user", one, many, own), ("post", few, big, silent)
    replies = {"replies": "true"}
    return {
        "user_posts": Plan("/aweme/post/", *users, after=1, made_up=USER),
        "user_profile": Plan("/user/profile/other/", *users, made_up=USER),
        "posts": Plan("/aweme/detail/", *posts, made_up=POST),
        "comments": Plan("/comment/list/", *posts, after=1, made_up=POST),
        "replies": Plan("/list/reply/", *posts, made_up=COMMENT, more=replies),
        "notices": Plan("/notice/detail/", more={"notice": sandbox.notices[0]}),
        "user_info": Plan("/im/user/info/", more={"user": many}),
        "hot_list": Plan("/hot/search/list/"),
        "feed": Plan("/tab/feed/", after=1),
        "stickers": Plan("/emoticon/trending", after=1),
    }[spider]


def run(
    spider: str, sandbox: SandboxProcess, store: Path, arguments: dict[str, str]
) -> Ran:
    """Crawl with a login."""
    ran = crawl(
        "comments" if spider == "replies" else spider,
        base_url=sandbox.url,
        store=store,
        arguments=arguments,
        environment=RETRIES | {"DOUYIN_COOKIE": sandbox.login_cookie},
    )
    assert "Traceback" not in ran.err
    return ran


def counted(store: Path) -> dict[str, int]:
    """Return what the store keeps of the run's counts."""
    (recorded,) = rows(store, "SELECT counts FROM runs")
    counts: dict[str, int] = json.loads(recorded["counts"])
    return counts


def told(row: Row, logid: str, ran: Ran, reason: str) -> None:
    """Check the line that says what came back."""
    kind = error_named(row.slug)
    assert reason.startswith(f"{kind.meaning} (HTTP "), reason
    assert re.search(r"HTTP \d{3}, \d+ bytes", reason), reason
    assert row.evidence in reason
    assert f"logid {logid})" in reason
    assert row.advice in reason
    # Of the many walks that others open, the log tells what went wrong.
    quiet = row.spider == "replies" and Verdict(row.verdict).final
    assert quiet or any(reason in line for line in ran.err.splitlines()), ran.err


def fresh(requests: list[dict[str, Any]]) -> None:
    """Check that no signature was sent twice."""
    for name in ("a_bogus", "x-secsdk-web-signature"):
        values = [r["params"][name] for r in requests if name in r["params"]]
        assert len(set(values)) == len(values)
    assert all("a_bogus" in request["params"] for request in requests)


@pytest.mark.parametrize("row", ALONE, ids=[row.name for row in ALONE])
def test_alone(row: Row, sandbox: SandboxProcess, store: Path) -> None:
    plan = plan_of(row.spider, sandbox)
    headers = {"X-Tt-Logid": "LOG1"}
    where = {"path": plan.path, "contains": plan.refused, "after": plan.after}
    sandbox.add_faults(row.planned(**where, headers=headers))
    ran = run(row.spider, sandbox, store, plan.arguments([plan.refused]))
    assert ran.status == STATUS.get(row.verdict, 3), ran.err
    sent = [r for r in sandbox.requests(plan.path) if r["fault"]]
    assert len(sent) == row.sent
    fresh(sent)
    counts = counted(store)
    assert counts[f"refused/{row.slug}"] == row.sent
    ended = rows(store, "SELECT id, verdict, final, reason, pages FROM targets")
    by_id = {end["id"]: end for end in ended}
    assert {e["verdict"] for e in ended} <= {row.verdict, "complete"}
    assert not any(e["final"] for e in ended if e["verdict"] == row.verdict)
    refused = by_id[plan.refused] if plan.refused else ended[0]
    assert refused["verdict"] == row.verdict, "never taken for an end"
    told(row, "LOG1", ran, refused["reason"])
    kept(plan, row, store, sandbox, by_id)


def kept(
    plan: Plan, row: Row, store: Path, sandbox: SandboxProcess, ended: dict[str, Any]
) -> None:
    """Check that what came before is stored, and nothing was asked for afterwards."""
    if plan.after:
        page = ended[plan.refused] if plan.refused else next(iter(ended.values()))
        assert page["pages"] == plan.after
    if not plan.argument:
        return
    assert ended[plan.before]["verdict"] == "complete"
    assert ended[plan.later]["verdict"] == row.verdict
    assert not [r for r in sandbox.requests() if plan.later in r["query"]]
    table, key = {
        "user_posts": ("posts", "sec_uid"),
        "user_profile": ("users", "sec_uid"),
        "posts": ("posts", "aweme_id"),
    }.get(row.spider, ("comments", "aweme_id"))
    found = Counter(r[key] for r in rows(store, f"SELECT {key} FROM {table}"))
    assert found[plan.before]
    if plan.after:
        assert found[plan.refused] >= 18


@pytest.mark.parametrize("spider", ENDS_TARGET)
def test_what_ends_a_target(spider: str, sandbox: SandboxProcess, store: Path) -> None:
    plan, table = plan_of(spider, sandbox), ENDS_TARGET[spider]
    bad = {plan.made_up.format(turn): row for turn, row in enumerate(table)}
    faults = [
        row.planned(path=plan.path, contains=own, headers={"X-Tt-Logid": f"LOG{own}"})
        for own, row in bad.items()
    ]
    targets = list(bad)
    if spider == "replies":
        faults.append(crowd(list(bad)))
        targets = [POST.format(99)]
    sandbox.add_faults(*faults)
    ran = run(spider, sandbox, store, plan.arguments(targets))
    assert ran.status == 3, ran.err
    ended = {r["id"]: r for r in rows(store, "SELECT * FROM targets")}
    sent: dict[str, list[Any]] = {own: [] for own in bad}
    for request in sandbox.requests(plan.path):
        for own in bad:
            sent[own] += [request] if own in request["query"] else []
    for own, row in bad.items():
        end = ended[own]
        assert (row.what, end["verdict"]) == (row.what, row.verdict)
        assert end["final"] == Verdict(row.verdict).final
        assert (row.what, len(sent[own])) == (row.what, row.sent)
        fresh(sent[own])
        told(row, f"LOG{own}", ran, end["reason"])
    wanted: Counter[str] = Counter()
    for row in table:
        wanted[f"refused/{row.slug}"] += row.sent
    counts = counted(store)
    assert {k: n for k, n in counts.items() if k.startswith("refused/")} == wanted
    assert ended[plan.before]["verdict"] == ended[plan.later]["verdict"] == "complete"


def crowd(comments: list[str]) -> dict[str, Any]:
    """Return the fault that shows a post's comments, each with replies."""
    entries = [
        {"cid": cid, "text": "?", "reply_comment_total": 2, "user": {"uid": "1"}}
        for cid in comments
    ]
    page = answer(comments=entries, has_more=0, cursor=20, total=3 * len(entries))
    return {"path": "/comment/list/", "contains": POST.format(99), "times": -1, **page}
