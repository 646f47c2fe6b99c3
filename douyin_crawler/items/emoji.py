"""An emoji of the service's own set, as texts name it: ``[微笑]``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from douyin_crawler.items import coerce
from douyin_crawler.items.media import Image  # noqa: TC001  (read at run time)
from douyin_crawler.items.reader import reader


@dataclass(slots=True, kw_only=True)
class Emoji:
    """An emoji."""

    origin_uri: Annotated[str, coerce.identifier]
    """The name of its file: ``weixiao.png``."""
    display_name: str | None = None
    """What stands for it in texts, brackets included."""
    hide: bool | None = None
    """Whether the site's own keyboard leaves it out."""
    emoji_url: Image | None = None


_read = reader(Emoji)


def parse_emoji(value: object) -> Emoji | None:
    """Return the emoji of a decoded JSON value, or None where it has no origin_uri."""
    return _read(value)
