"""What holds for every test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.mongod import (  # noqa: F401  (fixtures)
    collect_sockets,
    mongod,
    mongod_with_login,
    mongodb_uri,
    mongodb_url,
)
from tests.support.prometheus import needs_prometheus
from tests.support.shared import needs_shared

if TYPE_CHECKING:
    from collections.abc import Generator

REQUIRE_ALL = os.environ.get("DOUYIN_TEST_REQUIRE_ALL") == "1"
"""Whether a skip for want of a server or of Chromium is a failure."""

# Before settings.py is read: a developer's own login stays out of tests.
os.environ["DOUYIN_SESSION_FILE"] = ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn skips into failures where everything has to run.

    The reference material and Prometheus may be absent anywhere.
    """
    report = yield
    if REQUIRE_ALL and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        may_be_absent = (needs_shared, needs_prometheus)
        if not any(needs.kwargs["reason"] in reason for needs in may_be_absent):
            report.outcome = "failed"
            report.longrepr = f"DOUYIN_TEST_REQUIRE_ALL is set, but: {reason}"
    return report


@pytest.fixture(autouse=True)
def _no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a developer's own DOUYIN_* variables out of tests."""
    given = {n for n in os.environ if n.startswith("DOUYIN_")}
    for name in given - {"DOUYIN_SESSION_FILE"}:
        monkeypatch.delenv(name)
