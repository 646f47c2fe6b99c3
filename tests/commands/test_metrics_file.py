"""``--metrics-file``: what is refused before anything runs."""

from __future__ import annotations

import os
from argparse import Namespace
from typing import TYPE_CHECKING

import pytest
from scrapy.exceptions import UsageError

from douyin_crawler.commands import metrics_file as module
from douyin_crawler.commands.metrics_file import metrics_file

if TYPE_CHECKING:
    from pathlib import Path


def test_what_can_t_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = tmp_path / "daily.prom"
    assert metrics_file(Namespace(metrics_file=None)) is None
    assert metrics_file(Namespace(metrics_file=str(wanted))) == wanted
    with pytest.raises(UsageError, match="there is no folder"):
        metrics_file(Namespace(metrics_file=str(tmp_path / "away" / "daily.prom")))
    (tmp_path / "link.prom").symlink_to(wanted)
    for other in (str(tmp_path / "link.prom"), str(tmp_path), os.devnull):
        with pytest.raises(UsageError, match="no plain file"):
            metrics_file(Namespace(metrics_file=other))
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="pip install prometheus-client"):
        metrics_file(Namespace(metrics_file=str(wanted)))
