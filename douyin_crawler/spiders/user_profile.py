"""The profiles of users."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from douyin_crawler.items.observe_entries import observe_user
from douyin_crawler.items.page import MalformedPage, replace_member, split_member
from douyin_crawler.items.user import User
from douyin_crawler.spiders.single import Answer, SingleSpider
from douyin_crawler.spiders.users import UserArguments, UserTargets
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from douyin_crawler.items.observation import Observation


class UserProfileArguments(UserArguments, frozen=True, kw_only=True):
    """``scrapy crawl user_profile -a user=...``."""


class UserProfileSpider(UserTargets, SingleSpider):
    """Reads the profile of each user, with all its counters."""

    name = "user_profile"
    arguments_class = UserProfileArguments
    item_class = User
    walk_kind = "profile"
    endpoints: ClassVar[dict[str, str]] = {"profile": "user_profile_other"}

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the profile of the user *target*."""
        return Walk(kind=self.walk_kind, id=target)

    def parameters(self, walk: Walk) -> dict[str, str]:
        """Name the user."""
        return {"sec_user_id": walk.id}

    def read(self, walk: Walk, body: bytes, observed_at: datetime) -> Answer:
        """Return the user of a profile's answer."""
        text = split_member(body, "user") or b"null"
        return profile_of(body, observe_user(text, "own", observed_at))


def profile_of(body: bytes, observed: list[Observation]) -> Answer:
    """Return the answer *body*, which shows the user *observed*.

    Raises:
        MalformedPage: there is no user in it.
    """
    if not observed:
        raise MalformedPage("the profile has no user with a sec_uid")
    answer = Answer(rest=replace_member(body, "user", b"{}"), observations=observed)
    user = observed[0].item
    if isinstance(user, User) and user.user_canceled:
        answer.verdict, answer.reason = Verdict.GONE, "the account is cancelled"
    return answer
