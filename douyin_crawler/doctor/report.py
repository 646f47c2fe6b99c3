"""What can be pasted into a bug report: the findings, less what is anybody's secret."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from scrapy.settings import SETTINGS_PRIORITIES

from douyin_crawler import __version__
from douyin_crawler.config import setting_name
from douyin_crawler.convert import shown
from douyin_crawler.doctor.scrub import Scrubber, is_wrong
from douyin_crawler.doctor.shown import summary
from douyin_crawler.doctor.versions import installed
from douyin_crawler.environment import read_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from douyin_crawler.doctor.finding import About, Finding

_OPTIONAL = ("playwright", "twisted", "pyarrow", "prometheus-client", "apprise")
_TOLD = frozenset({"DOUYIN_SIGNER", "DOUYIN_SESSION", "USER_AGENT"})
"""Settings of text whose values hold nothing of anybody; numbers do not, either."""
_PACE = ("DOWNLOAD_DELAY", "CONCURRENT_REQUESTS_PER_DOMAIN", "AUTOTHROTTLE_ENABLED")


def report(about: About, found: Sequence[Finding]) -> str:
    """Return the report as a text of Markdown."""
    scrub = Scrubber(about)
    lines = (
        "### scrapy doctor",
        "",
        f"douyin_crawler {__version__}; {', '.join(_optional())}",
        "",
        *_table(found, scrub),
        "",
        summary(found),
        "",
        *(f"- {line}" for line in _settings(about, scrub)),
    )
    return "\n".join(lines) + "\n"


def _optional() -> Iterator[str]:
    for name in _OPTIONAL:
        yield f"{name} {installed(name) or '-'}"


def _table(found: Sequence[Finding], scrub: Scrubber) -> Iterator[str]:
    yield "| check | state | finding | what to do |"
    yield "| --- | --- | --- | --- |"
    for one in found:
        cells = (one.check, str(one.state), one.finding, one.advice)
        yield f"| {' | '.join(_cell(scrub(cell)) for cell in cells)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _settings(about: About, scrub: Scrubber) -> Iterator[str]:
    """Yield which settings are set, with the values that can hold no secret."""
    for name in _PACE:
        yield f"{name}: {scrub(shown(about.settings.get(name)))}"
    given = read_environment()
    for field in fields(about.config):
        name, value = setting_name(field.name), getattr(about.config, field.name)
        if name not in given and not _is_argument(about, name):
            continue
        yield f"{name}: {_value(about, name, value, scrub)}"


def _value(about: About, name: str, value: object, scrub: Scrubber) -> str:
    if is_wrong(about, name):
        return "(not usable)"
    if isinstance(value, str) and name not in _TOLD:
        return "(set)" if value else "(empty)"
    return scrub(shown(value))


def _is_argument(about: About, name: str) -> bool:
    return (about.settings.getpriority(name) or 0) > SETTINGS_PRIORITIES["project"]
