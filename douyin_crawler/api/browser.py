"""What a user agent says of the browser: parameters, fingerprint and headers agree.

Source of the parameters and their order: ``behaviour.md`` 1.4 of the API notes,
which found them in the requests of the site itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

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


Pixels = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
# What stands between the | of a fingerprint, or in a header.
_Text = Annotated[str, msgspec.Meta(pattern=r"^[ -{}~]{1,60}\Z")]


class PageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a page's script reads of its browser, window and screen."""

    user_agent: Annotated[str, msgspec.Meta(pattern=r"^[ -~]{1,400}\Z")]
    language: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{2,35}\Z")]
    platform: _Text
    inner_width: Pixels
    inner_height: Pixels
    outer_width: Pixels
    outer_height: Pixels
    avail_width: Pixels
    avail_height: Pixels
    screen_width: Pixels
    screen_height: Pixels
    cpu_cores: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 8
    memory: Annotated[float, msgspec.Meta(gt=0, le=1024)] = 8
    """GB as ``navigator.deviceMemory`` rounds them, 8 at most."""
    brands: Annotated[str, msgspec.Meta(pattern=r"^[ -~]{0,300}\Z")] = ""
    """``navigator.userAgentData.brands`` as the header sec-ch-ua has them."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Width and height of window and screen; by default of a maximised window."""

    inner: tuple[int, int] = (SCREEN[0], SCREEN[1] - _TASK_BAR - _FRAME)
    outer: tuple[int, int] = (SCREEN[0], SCREEN[1] - _TASK_BAR)
    available: tuple[int, int] = (SCREEN[0], SCREEN[1] - _TASK_BAR)
    screen: tuple[int, int] = SCREEN


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
    language: str = "zh-CN"
    screen: Screen = Screen()
    cpu_cores: int = 8
    memory: float = 8
    brands: str = ""

    @classmethod
    def from_page(cls, facts: PageFacts) -> Browser:
        """Return the browser that shows a page, with its window and screen.

        Raises:
            UserAgentError: it is not a desktop browser's.
        """
        return replace(
            cls.from_user_agent(facts.user_agent),
            platform=facts.platform,
            language=facts.language,
            screen=Screen(
                inner=(facts.inner_width, facts.inner_height),
                outer=(facts.outer_width, facts.outer_height),
                available=(facts.avail_width, facts.avail_height),
                screen=(facts.screen_width, facts.screen_height),
            ),
            cpu_cores=facts.cpu_cores,
            memory=facts.memory,
            brands=facts.brands,
        )

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
        shown = self.screen
        sizes = (*shown.inner, *shown.outer, *shown.available, *shown.screen)
        return "|".join(map(str, sizes)) + f"|{self.platform}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers that name the browser, beside the default ones."""
        named = {"User-Agent": self.user_agent}
        if self.language != "zh-CN":
            base = self.language.partition("-")[0]
            named["Accept-Language"] = f"{self.language},{base};q=0.9"
        if self.brands:
            system = "macOS" if self.system == "Mac OS" else self.system
            named |= {
                "sec-ch-ua": self.brands,
                "sec-ch-ua-mobile": "?0",
                "sec-ch-ua-platform": f'"{system}"',
            }
        return named

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
        width, height = self.screen.screen
        return (
            ("update_version_code", "170400"),
            ("pc_client_type", "1"),
            ("pc_libra_divert", self.divert),
            ("support_h265", "1"),
            ("support_dash", "1"),
            ("cpu_core_num", str(self.cpu_cores)),
            ("version_code", version_code),
            ("version_name", version_name),
            ("cookie_enabled", "true"),
            ("screen_width", str(width)),
            ("screen_height", str(height)),
            ("browser_language", self.language),
            ("browser_platform", self.platform),
            ("browser_name", self.name),
            ("browser_version", self.version),
            ("browser_online", "true"),
            ("engine_name", self.engine),
            ("engine_version", self.engine_version),
            ("os_name", self.system),
            ("os_version", self.system_version),
            ("device_memory", f"{self.memory:g}"),
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
