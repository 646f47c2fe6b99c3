"""The exit status of a run, by how its walks ended."""

from __future__ import annotations

import pytest

from douyin_crawler.verdicts import ExitStatus, Verdict, exit_status


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([], ExitStatus.OK),
        ([Verdict.COMPLETE, Verdict.GONE, Verdict.PRIVATE], ExitStatus.OK),
        ([Verdict.COMPLETE, Verdict.TRUNCATED], ExitStatus.INCOMPLETE),
        ([Verdict.RESTRICTED, Verdict.STOPPED], ExitStatus.STOPPED),
        ([Verdict.STOPPED, Verdict.BUDGET], ExitStatus.BUDGET),
        ([Verdict.BUDGET, Verdict.BLOCKED], ExitStatus.BLOCKED),
        ([Verdict.BLOCKED, Verdict.LOGIN], ExitStatus.LOGIN),
    ],
)
def test_where_several_hold_the_graver_one_is_told(
    verdicts: list[Verdict], status: ExitStatus
) -> None:
    assert exit_status(verdicts) is status


def test_a_failed_store_outranks_all() -> None:
    assert exit_status([Verdict.LOGIN], store_failed=True) is ExitStatus.STORE


def test_a_bug_outranks_incomplete_targets_only() -> None:
    assert exit_status([Verdict.FAILED], bug=True) is ExitStatus.BUG
    assert exit_status([Verdict.BLOCKED], bug=True) is ExitStatus.BLOCKED


def test_only_three_verdicts_are_final() -> None:
    final = {v for v in Verdict if v.final}
    assert final == {Verdict.COMPLETE, Verdict.GONE, Verdict.PRIVATE}
    assert not final & {v for v in Verdict if v.ends_run}
