"""A sticker that the service recommends for messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from douyin_crawler.items import coerce
from douyin_crawler.items.media import Image  # noqa: TC001  (read at run time)
from douyin_crawler.items.reader import Id, at, reader


@dataclass(slots=True, kw_only=True)
class TrendingSticker:
    """A sticker of the trending list; comments show theirs in other words."""

    id: Annotated[str, coerce.identifier] = field(metadata={"paths": ("id_str", "id")})
    sticker_type: int | None = None
    sec_uid: Id = at("author.sec_uid")
    """Of who made it, as is ``author_name``."""
    author_name: str | None = at("author.name")
    width: int | None = None
    """Pixels."""
    height: int | None = None
    static_type: str | None = None
    """The format of ``static_url``."""
    static_url: Image | None = None
    animate_type: str | None = None
    """The format of ``animate_url``."""
    animate_url: Image | None = None
    sticker_info_source: str | None = None
    """Which of the service's collections it comes from."""
    single_hey_can_id: Id = None


_read = reader(TrendingSticker)


def parse_sticker(value: object) -> TrendingSticker | None:
    """Return the sticker of a decoded JSON value, or None where it has no id."""
    return _read(value)
