"""Python and the packages, against what the project asks for."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from douyin_crawler.doctor.finding import failed, ok, warning
from douyin_crawler.doctor.wanted import REQUIREMENTS

if TYPE_CHECKING:
    from douyin_crawler.doctor.finding import About, Finding

_LEAST = (3, 11)
_NEWER = frozenset({"<", "<="})
"""A version beyond these may work; nobody has tried."""


async def check_versions(about: About) -> list[Finding]:
    """Look at Python, and at every package that the project asks for."""
    return [_python(), _packages()]


def _python() -> Finding:
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    found = f"{platform.python_version()} on {system}"
    if sys.version_info < _LEAST:
        return failed("python", found, "install Python {}.{} or newer".format(*_LEAST))
    return ok("python", found)


def _packages() -> Finding:
    missing, beyond, found = [], [], []
    for requirement in requirements():
        have = installed(requirement.name)
        found.append(f"{requirement.name} {have or 'missing'}")
        if have is None or not _is_new_enough(requirement.specifier, have):
            missing.append(str(requirement))
        elif not requirement.specifier.contains(have, prereleases=True):
            beyond.append(str(requirement))
    text = ", ".join(found)
    if missing:
        return failed("packages", text, _install(missing))
    if beyond:
        return warning("packages", text, f"nobody tried these: {_install(beyond)}")
    return ok("packages", text)


def _is_new_enough(bounds: SpecifierSet, have: str) -> bool:
    lower = [str(bound) for bound in bounds if bound.operator not in _NEWER]
    return SpecifierSet(",".join(lower)).contains(have, prereleases=True)


def _install(wanted: list[str]) -> str:
    return "pip install " + " ".join(f"'{requirement}'" for requirement in wanted)


def installed(name: str) -> str | None:
    """Return the version of a package that is installed; None: it is not."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def requirements() -> list[Requirement]:
    """Return what the project needs on this system."""
    parsed = map(Requirement, REQUIREMENTS)
    return [one for one in parsed if one.marker is None or one.marker.evaluate()]
