"""The table of errors, swept."""

from __future__ import annotations

import inspect

import pytest
from scrapy.exceptions import IgnoreRequest

from douyin_crawler.api import errors, failures
from douyin_crawler.api.errors import Action, ApiError
from douyin_crawler.verdicts import Verdict

_ROWS = sorted(
    {
        row
        for module in (errors, failures)
        for _, row in inspect.getmembers(module, inspect.isclass)
        if issubclass(row, ApiError) and row.slug
    },
    key=lambda row: row.slug,
)
_EVERY = pytest.mark.parametrize("row", _ROWS, ids=lambda row: row.slug)

# How a walk can end after each action; design.md, "What can go wrong".
_ENDS = {
    Action.TRANSIENT: {Verdict.FAILED, Verdict.BLOCKED},
    Action.REFUSED: {Verdict.BLOCKED},
    Action.MALFORMED: {Verdict.FAILED, Verdict.RESTRICTED},
    Action.BLOCK: {Verdict.BLOCKED, Verdict.STOPPED},
    Action.BUDGET: {Verdict.BUDGET},
    Action.LOGIN: {Verdict.LOGIN},
    Action.GONE: {Verdict.GONE},
    Action.PRIVATE: {Verdict.PRIVATE},
    Action.RESTRICTED: {Verdict.RESTRICTED},
    Action.FAILED: {Verdict.FAILED},
}


def test_slugs_are_unique() -> None:
    slugs = [row.slug for row in _ROWS]
    assert len(slugs) == len(set(slugs)) > 40


@_EVERY
def test_row_is_complete(row: type[ApiError]) -> None:
    assert row.slug.replace("_", "").isalnum()
    assert row.slug.islower()
    assert row.meaning
    assert row.verdict in _ENDS[row.action]
    assert row.advice or row.verdict.final
    assert (row.verdict is Verdict.STOPPED) == row.of_machine


@_EVERY
def test_only_an_answer_about_the_target_is_final(row: type[ApiError]) -> None:
    assert row.verdict.final == (row.action in (Action.GONE, Action.PRIVATE))


def test_message_tells_what_why_and_what_to_do() -> None:
    error = errors.RateLimited("HTTP 429, 0 bytes", b"x")
    assert isinstance(error, IgnoreRequest)
    assert str(error).startswith("too many requests (HTTP 429, 0 bytes); pause for")
    assert error.evidence == "HTTP 429, 0 bytes"
    assert error.body == b"x"


def test_message_without_evidence_or_advice() -> None:
    assert str(errors.PostGone()) == "the post is not available"
