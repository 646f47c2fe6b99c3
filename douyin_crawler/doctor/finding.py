"""What a check is told, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrapy.settings import Settings

    from douyin_crawler.config import Config


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    """A run can do its work; something will cost it."""
    FAILED = "failed"
    """A run that needs it comes to nothing."""
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table."""

    check: str
    state: State
    finding: str
    """What was found, or why nothing was looked for."""
    advice: str = ""
    """What to do; empty where there is nothing."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "check": self.check,
            "state": str(self.state),
            "finding": self.finding,
            "advice": self.advice,
        }


@dataclass(slots=True, kw_only=True)
class About:
    """What is looked at."""

    settings: Settings
    config: Config
    problems: list[str]
    """Everything that is wrong with the settings."""
    offline: bool = False
    user: str = ""
    """The sec_uid of the user who is asked for; empty: any."""
    nodes: list[str] = field(default_factory=list)
    """Addresses of Scrapyds."""
    authorization: str = ""
    """The header of that name for all of them; empty for none."""

    @property
    def wants_browser(self) -> bool:
        """Whether a run may start Chromium."""
        return self.config.needs_browser or self.config.signer == "auto"


def ok(check: str, finding: str, advice: str = "") -> Finding:
    """Return that all is well."""
    return Finding(check, State.OK, finding, advice)


def warning(check: str, finding: str, advice: str) -> Finding:
    """Return that something will cost a run."""
    return Finding(check, State.WARNING, finding, advice)


def failed(check: str, finding: str, advice: str) -> Finding:
    """Return that a run will come to nothing."""
    return Finding(check, State.FAILED, finding, advice)


def skipped(check: str, why: str, advice: str = "") -> Finding:
    """Return why nothing was looked at."""
    return Finding(check, State.SKIPPED, why, advice)
