"""What a person is told, while a login is waited for."""

from __future__ import annotations

from typing import Protocol


class Teller(Protocol):
    """Shows a person what to do."""

    def code(self, text: str, *, again: bool, sure: bool = True) -> None:
        """Show a QR code; *again*: in place of another; *sure*: it is a login's."""

    def words(self, line: str) -> None:
        """Repeat what the page says."""

    def verify(self) -> None:
        """Say that the window shows a captcha."""

    def refused(self, why: str) -> None:
        """Say that somebody has logged in, and that the service does not take it."""

    def ended(self) -> None:
        """Say that the login of this profile is no longer one."""

    def hidden(self) -> None:
        """Say that the window is too small to be one."""
