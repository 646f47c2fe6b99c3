"""The service: one request to an endpoint of each class, and its clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from douyin_crawler.api.errors import REPORT
from douyin_crawler.asking import ask
from douyin_crawler.doctor.asking import Asking, DoctorSpider
from douyin_crawler.doctor.finding import State, failed, skipped

if TYPE_CHECKING:
    from douyin_crawler.doctor.finding import About, Finding

_NAME = "service"
_MOST_TIMEOUT = 15.0


def ask_service(about: About, found: list[Finding], *, logs: bool) -> list[Finding]:
    """Return what the service says; nothing is asked where a run could not begin.

    Args:
        found: what the other checks have found.
        logs: whether the log of the crawl is to be seen.

    Raises:
        KeyboardInterrupt: it was stopped.
    """
    if why := _why_not(about, found):
        return [skipped(_NAME, why), skipped("clock", why)]
    asking, at_hand = _asking(about, found), _is_at_hand(found)
    began = ask(
        DoctorSpider,
        about.settings,
        at_hand=at_hand,
        logs=logs,
        more=_settings(about),
        asking=asking,
    )
    if asking.stopped:
        raise KeyboardInterrupt
    if not began:
        return [failed(_NAME, "a crawl can't be begun", REPORT)]
    return asking.findings()


def _asking(about: About, found: list[Finding]) -> Asking:
    started = any(one.check == "chromium" and one.state is State.OK for one in found)
    is_auto = about.config.signer == "auto"
    return Asking(user=about.user, has_browser=started, is_auto=is_auto)


def _why_not(about: About, found: list[Finding]) -> str:
    if about.offline:
        return "--offline"
    if about.problems:
        return "the settings have to be right before"
    if any(one.check.startswith("store") and _is_failed(one) for one in found):
        return "pace and budget lie in the store, which has to be right before"
    return ""


def _is_failed(finding: Finding) -> bool:
    return finding.state is State.FAILED


def _is_at_hand(found: list[Finding]) -> bool:
    """Return whether there is a store of this version: an older one stays as it is."""
    schema = [one for one in found if one.check == "store schema"]
    return any(one.state is State.OK for one in schema)


def _settings(about: About) -> dict[str, Any]:
    timeout = about.settings.getfloat("DOWNLOAD_TIMEOUT") or _MOST_TIMEOUT
    given: dict[str, Any] = {"DOWNLOAD_TIMEOUT": min(timeout, _MOST_TIMEOUT)}
    if about.config.signer == "auto":
        given["DOUYIN_SIGNER"] = "a_bogus"  # what it begins with
    return given
