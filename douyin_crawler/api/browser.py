"""What a user agent says of the browser: parameters, fingerprint and headers agree.

Source of the parameters and their order: ``behaviour.md`` 1.4 of the API notes,
which found them in the requests of the site itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SCREEN = (1920, 1080)
# A task bar of 48 and a browser frame of 85 pixels.
_TASK_BAR, _FRAME = 48, 85

# Edge also says Chrome, and Chrome also says Safari.
_BROWSERS = (
    ("Edge", re.compile(r"Edg/([\d.]+)"), "Blink"),
    ("Chrome", re.compile(r"Chrome/([\d.]+)"), "Blink"),
    ("Firefox", re.compile(r"Firefox/([\d.]+)"), "Gecko"),
    ("Safari", re.compile(r"Version/([\d.]+).*Safari/"), "WebKit"),
)
_SYSTEMS = (
    ("Windows", re.compile(r"Windows NT ([\d.]+)"), "Win32", "Windows"),
    ("Mac OS", re.compile(r"Mac OS X ([\d_.]+)"), "MacIntel", "Mac"),
    ("Linux", re.compile(r"Linux ()x86_64"), "Linux x86_64", "Linux"),
)


class UserAgentError(ValueError):
    """A user agent that no browser of a desktop sends."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A desktop browser, as the web client describes it to the API."""

    user_agent: str
    name: str
    version: str
    engine: str
    engine_version: str
    system: str
    system_version: str
    platform: str
    divert: str

    @classmethod
    def from_user_agent(cls, user_agent: str) -> Browser:
        """Return the browser that sends *user_agent*.

        Raises:
            UserAgentError: it is not printable ASCII, or not a desktop browser's.
        """
        agent = user_agent.strip()
        if not agent or not agent.isascii() or not agent.isprintable():
            raise UserAgentError("must be printable ASCII text")
        name, version, engine = _match_browser(agent)
        system, system_version, platform, divert = _match_system(agent)
        engine_version = version if engine == "Blink" else _engine_version(agent)
        return cls(
            user_agent=agent,
            name=name,
            version=version,
            engine=engine,
            engine_version=engine_version,
            system=system,
            system_version=system_version,
            platform=platform,
            divert=divert,
        )

    @property
    def fingerprint(self) -> str:
        """The window and screen inside ``a_bogus``; agrees with ``screen_*``."""
        width, height = SCREEN
        inner = height - _TASK_BAR - _FRAME
        outer = height - _TASK_BAR
        sizes = (width, inner, width, outer, width, outer, width, height)
        return "|".join(map(str, sizes)) + f"|{self.platform}"

    def parameters_before(self) -> tuple[tuple[str, str], ...]:
        """Return the common parameters that stand before an endpoint's own."""
        return (
            ("device_platform", "webapp"),
            ("aid", "6383"),
            ("channel", "channel_pc_web"),
        )

    def parameters_after(
        self, version_code: str, version_name: str
    ) -> tuple[tuple[str, str], ...]:
        """Return the common parameters that stand after an endpoint's own."""
        width, height = SCREEN
        return (
            ("update_version_code", "170400"),
            ("pc_client_type", "1"),
            ("pc_libra_divert", self.divert),
            ("support_h265", "1"),
            ("support_dash", "1"),
            ("cpu_core_num", "8"),
            ("version_code", version_code),
            ("version_name", version_name),
            ("cookie_enabled", "true"),
            ("screen_width", str(width)),
            ("screen_height", str(height)),
            ("browser_language", "zh-CN"),
            ("browser_platform", self.platform),
            ("browser_name", self.name),
            ("browser_version", self.version),
            ("browser_online", "true"),
            ("engine_name", self.engine),
            ("engine_version", self.engine_version),
            ("os_name", self.system),
            ("os_version", self.system_version),
            ("device_memory", "8"),
            ("platform", "PC"),
            ("downlink", "10"),
            ("effective_type", "4g"),
            ("round_trip_time", "50"),
        )


def _match_browser(agent: str) -> tuple[str, str, str]:
    for name, pattern, engine in _BROWSERS:
        if match := pattern.search(agent):
            return name, match[1], engine
    raise UserAgentError(
        "is not a desktop browser's (Chrome, Edge, Firefox or Safari); "
        "copy the one of the browser that the cookies come from"
    )


def _match_system(agent: str) -> tuple[str, str, str, str]:
    for system, pattern, platform, divert in _SYSTEMS:
        if match := pattern.search(agent):
            version = match[1].replace("_", ".")
            # Windows 11 also says NT 10.0; the site sends the major number.
            version = version.removesuffix(".0") if system == "Windows" else version
            return system, version, platform, divert
    raise UserAgentError("names no desktop system (Windows, macOS or Linux)")


def _engine_version(agent: str) -> str:
    match = re.search(r"AppleWebKit/([\d.]+)|rv:([\d.]+)", agent)
    return (match[1] or match[2]) if match else ""
