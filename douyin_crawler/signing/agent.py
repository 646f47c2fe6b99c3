"""The user agent, as it is signed and sent."""

from __future__ import annotations


def clean_agent(user_agent: str) -> str:
    """Return *user_agent* without white space at its ends.

    Raises:
        ValueError: it is empty or holds more than printable ASCII, which no
            header carries.
    """
    agent = user_agent.strip()
    if not agent or not agent.isascii() or not agent.isprintable():
        raise ValueError(
            "The user agent must be printable ASCII text; "
            "copy the one of the browser that the cookies come from"
        )
    return agent
