"""What stands inside a text: hashtags and mentions, with their places."""

from __future__ import annotations

from dataclasses import dataclass

from douyin_crawler.items.reader import Id, reader


@dataclass(slots=True, kw_only=True)
class Hashtag:
    """A #topic in a text."""

    hashtag_name: str
    hashtag_id: Id = None
    start: int | None = None
    """The first place in the text, the ``#`` included, as the service counts."""
    end: int | None = None
    """The place behind the last."""
    is_commerce: bool | None = None


@dataclass(slots=True, kw_only=True)
class Mention:
    """An @account in a text."""

    sec_uid: Id = None
    user_id: Id = None
    start: int | None = None
    """The first place in the text, the ``@`` included, as the service counts."""
    end: int | None = None

    def __bool__(self) -> bool:
        """Return whether it says who is mentioned."""
        return bool(self.sec_uid or self.user_id)


_hashtag = reader(Hashtag)
_mention = reader(Mention)


def hashtags(text_extra: object) -> list[Hashtag] | None:
    """Return the hashtags among the entries of ``text_extra``."""
    if not isinstance(text_extra, list):
        return None
    return [tag for entry in text_extra if (tag := _hashtag(entry))]


def mentions(text_extra: object) -> list[Mention] | None:
    """Return the mentions among the entries of ``text_extra``."""
    if not isinstance(text_extra, list):
        return None
    return [one for entry in text_extra if (one := _mention(entry))]
