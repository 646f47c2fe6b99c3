"""A person with given ids and name, planted into a made-up world."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from .world import User


class Person(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Who is planted; without a `short_id` they keep the one that the world gives.

    They stand in for one drawn user in eight: as the author of comments and replies,
    in mentions, notices, stickers, songs and the feed. `posts` are their own.
    """

    sec_uid: str
    uid: str
    nickname: str
    unique_id: str
    short_id: str = ""
    posts: int = 30

    def of(self, user: User) -> User:
        """A user of the world with this person's ids, public and with posts."""
        return replace(
            user,
            sec_uid=self.sec_uid,
            uid=self.uid,
            handle=self.unique_id,
            short_id=self.short_id or user.short_id,
            size=self.posts,
            gap_at=-1,
            private=False,
        )
