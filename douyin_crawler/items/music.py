"""The sound of a post."""

from __future__ import annotations

from dataclasses import dataclass

from douyin_crawler.items.media import Image, PlayAddress  # noqa: TC001  (read at run time)
from douyin_crawler.items.reader import Id, at


@dataclass(slots=True, kw_only=True)
class Song:
    """A published song that was recognised in a sound."""

    id: Id = None
    title: str | None = None
    author: str | None = None
    mixed_title: str | None = None
    mixed_author: str | None = None


@dataclass(slots=True, kw_only=True)
class Music:
    """A sound: a song, or what somebody recorded."""

    id: Id = at("id_str", "mid", "id")
    title: str | None = None
    author: str | None = None
    album: str | None = None
    duration: int | None = None
    """Seconds."""
    sec_uid: Id = None
    """Of the account that published it, as are ``owner_...``."""
    owner_id: Id = None
    owner_handle: str | None = None
    owner_nickname: str | None = None
    is_original: bool | None = None
    is_original_sound: bool | None = None
    is_commerce_music: bool | None = None
    is_pgc: bool | None = None
    is_restricted: bool | None = None
    author_deleted: bool | None = None
    status: int | None = None
    matched_pgc_sound: Song | None = None
    play_url: PlayAddress | None = None
    """Empty for sounds that were removed or need a licence."""
    cover_hd: Image | None = None
    cover_large: Image | None = None
    cover_medium: Image | None = None
    cover_thumb: Image | None = None

    def __bool__(self) -> bool:
        """Return whether it says which sound it is."""
        return bool(self.id or self.title)
