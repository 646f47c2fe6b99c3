"""Crawls of the sandbox, and what the embedded store holds after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.crawling import Ran, crawl, rows

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess


def collect(
    sandbox: SandboxProcess,
    spider: str,
    store: Path | str,
    *more: str,
    login: bool = True,
    settings: dict[str, str] | None = None,
    environment: dict[str, str] | None = None,
    **arguments: str,
) -> Ran:
    """Run *spider* against *sandbox*."""
    cookie = {"DOUYIN_COOKIE": sandbox.login_cookie} if login else {}
    return crawl(
        spider,
        base_url=sandbox.url,
        store=store,
        arguments=arguments,
        settings=settings,
        environment=cookie | (environment or {}),
        more=more,
    )


def ids(store: Path, table: str, key: str) -> list[str]:
    """Return the keys of a table."""
    return [row[key] for row in rows(store, f"SELECT {key} FROM {table} ORDER BY 1")]


def verdicts(store: Path) -> dict[str, str]:
    """Return the verdict of each target of the first level."""
    found = rows(store, "SELECT id, verdict FROM targets WHERE walk != 'replies'")
    return {row["id"]: row["verdict"] for row in found}
