"""A Douyin made of numbers: users and posts derived on demand, none stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .dice import Dice
from .world_ids import MAX_POSTS, MAX_USERS, Ids

if TYPE_CHECKING:
    from .plant import Person

DAY = 86_400
EPOCH: Final = 1_767_196_800  # 2026-01-01 00:00 in Shanghai: the start of day 0
GAP = 45  # hidden posts in a row: pages that are empty while more follows

# The first users are of known kinds, so that tests and demos can name them.
MANY, ONE, NONE, PRIVATE, GONE, GAPPED, BIG, SELF = range(8)
_KNOWN_SIZES = {MANY: 290, ONE: 1, NONE: 0, PRIVATE: 47, GAPPED: 180, BIG: 1250}
_KNOWN_SIZES |= {GONE: 0, SELF: 24}
_SIZES = ((5, 0, 0), (13, 1, 1), (60, 2, 60), (92, 60, 300), (100, 300, 1500))


@dataclass(frozen=True, slots=True)
class User:
    """What is fixed about one user; times in Unix seconds, steps in seconds."""

    index: int
    sec_uid: str
    uid: str
    handle: str
    short_id: str
    size: int  # posts on day 0, hidden ones included
    last: int  # time of the last post of day 0
    step: int
    later_step: int  # between the posts after day 0; 0: there will be none
    gap_at: int  # the first of GAP hidden posts; -1: no such gap
    private: bool


@dataclass(frozen=True, slots=True)
class Post:
    """One post: whose, which (counted from the oldest), when."""

    user: int
    index: int
    id: str
    created: int
    hidden: bool  # the author or the service took it out of every list
    dead: bool  # listed, but deleted: without media


class World:
    """All users and posts of a seed, as they are on one day (counted from 2026)."""

    def __init__(
        self,
        seed: int = 1,
        users: int = 2000,
        day: int = 0,
        *,
        most_posts: int = 1500,
        vast: int = 0,
    ) -> None:
        self.seed = seed
        self.most_posts = most_posts  # of a user without a name
        self.vast = vast  # comments of the post of that name
        self.users = min(max(users, SELF + 1), MAX_USERS - 1)
        self.day = max(day, 0)
        self.now = EPOCH + (self.day + 1) * DAY
        self.ids = Ids(seed)
        self.person: Person | None = None
        self.planted = -1  # the person's index; -1: there is none
        self.user = lru_cache(4096)(self._user)
        self.post = lru_cache(8192)(self._post)
        self.size = lru_cache(4096)(self._size)
        self.listed_count = lru_cache(4096)(self._listed_count)

    def dice(self, *keys: int | str) -> Dice:
        return Dice(self.seed, *keys)

    def plant(self, person: Person | None) -> None:
        """Let a person in, behind the last user, or the planted one out again."""
        self.person = person
        self.planted = self.users if person else -1
        for cached in (self.user, self.post, self.size, self.listed_count):
            cached.cache_clear()

    def _user(self, index: int) -> User:
        user = self._drawn_user(index)
        return self.person.of(user) if self.person and index == self.planted else user

    def _drawn_user(self, index: int) -> User:
        dice = self.dice("user", index)
        size = self._first_size(index, dice)
        size = size if index in _KNOWN_SIZES else min(size, self.most_posts)
        span = dice.between(60, 1600) * DAY
        posts_on = index > SELF and dice.chance(30)  # the named ones stay countable
        return User(
            index=index,
            sec_uid=self.ids.sec_uid(index),
            uid=str(58_000_000_000 + 7_368_787 * index + dice.below(7_000_000)),
            handle=self.ids.handle(index),
            short_id=self.ids.short_id(index) if dice.chance(60) else "0",
            size=size,
            last=EPOCH - dice.between(1, 20 * DAY),
            step=max(span // max(size, 1), 2 * 3600),
            later_step=dice.between(3, 30) * DAY if posts_on else 0,
            gap_at=self._gap(index, size, dice),
            private=index == PRIVATE or (index > SELF and dice.chance(3)),
        )

    @staticmethod
    def _first_size(index: int, dice: Dice) -> int:
        percent = dice.below(100)
        low, high = next((a, b) for end, a, b in _SIZES if percent < end)
        return _KNOWN_SIZES.get(index, dice.between(low, high))

    @staticmethod
    def _gap(index: int, size: int, dice: Dice) -> int:
        wanted = dice.chance(8) or index == GAPPED
        fits = size > 3 * GAP and index not in {MANY, BIG}
        return dice.between(GAP, size - 2 * GAP) if wanted and fits else -1

    def exists(self, index: int) -> bool:
        return (0 <= index < self.users and index != GONE) or index == self.planted

    def guest(self, drawn: int) -> int:
        """The user that stands where one was drawn: the planted one now and then."""
        return drawn if self.planted < 0 or drawn % 8 else self.planted

    def user_of(self, sec_uid: str) -> User | None:
        if self.person and sec_uid == self.person.sec_uid:
            return self.user(self.planted)
        index = self.ids.user_of_sec_uid(sec_uid)
        return self.user(index) if index is not None and self.exists(index) else None

    def user_of_handle(self, handle: str) -> User | None:
        if self.person and handle == self.person.unique_id:
            return self.user(self.planted)
        index = self.ids.user_of_handle(handle)
        return self.user(index) if index is not None and self.exists(index) else None

    def post_of(self, aweme_id: str) -> Post | None:
        named = self.ids.post_of_aweme_id(aweme_id)
        if named is None or not self.exists(named.user):
            return None
        if named.post >= self.size(named.user):
            return None
        post = self.post(named.user, named.post)
        return post if post.id == aweme_id else None

    def created(self, user: User, index: int) -> int:
        """The time of a post: steps with a jitter that never changes their order."""
        later = index - user.size + 1
        step = user.later_step if later > 0 else user.step
        spread = step * 9 // 10
        jitter = self.dice("time", user.index, index).below(spread) - spread // 2
        return user.last + later * step + (jitter if later else 0)

    def _post(self, user_index: int, index: int) -> Post:
        user = self.user(user_index)
        created = self.created(user, index)
        return Post(
            user=user_index,
            index=index,
            id=self.ids.aweme_id(user_index, index, created),
            created=created,
            hidden=self.hidden(user, index),
            dead=user.size > 20 and self.dice("dead", user_index, index).chance(1),
        )

    def hidden(self, user: User, index: int) -> bool:
        if 0 <= user.gap_at <= index < user.gap_at + GAP:
            return True
        return user.size > 1 and self.dice("hidden", user.index, index).chance(4)

    def _size(self, user_index: int) -> int:
        """How many posts a user has made until the end of the day."""
        user = self.user(user_index)
        if not user.later_step or not user.size:
            return user.size
        size = min(user.size + (self.now - user.last) // user.later_step, MAX_POSTS)
        while size > user.size and self.created(user, size - 1) >= self.now:
            size -= 1
        return size

    def _listed_count(self, user_index: int) -> int:
        user = self.user(user_index)
        size = self.size(user_index)
        return sum(not self.hidden(user, index) for index in range(size))

    def pinned(self, user_index: int) -> list[Post]:
        """Up to three pinned posts, in the order in which they stand."""
        size = self.size(user_index)
        dice = self.dice("pinned", user_index)
        wanted = 3 if user_index == MANY else dice.below(4)
        if size < 8 or user_index == SELF:
            return []
        picked = {dice.below(size * 3 // 4): None for _ in range(wanted)}
        posts = [self.post(user_index, index) for index in picked]
        return [post for post in posts if not (post.hidden or post.dead)]

    def older_than(self, user_index: int, cursor: int) -> int:
        """How many posts are older than `cursor` (ms; 0: all of them)."""
        user = self.user(user_index)
        low, high = 0, self.size(user_index)
        while cursor and low < high:
            middle = (low + high) // 2
            if self.created(user, middle) * 1000 < cursor:
                low = middle + 1
            else:
                high = middle
        return low if cursor else high

    def newest(self, user_index: int, most: int) -> list[Post]:
        """The visible posts among a user's last `most` ones, newest first."""
        if self.user(user_index).private:
            return []
        size = self.size(user_index)
        last = range(size - 1, max(size - most, 0) - 1, -1)
        posts = (self.post(user_index, index) for index in last)
        return [post for post in posts if not (post.hidden or post.dead)]

    def listed(self, user_index: int) -> list[Post]:
        """Every post that a walk by a logged-in visitor ends with, newest first."""
        if self.user(user_index).private:
            return []
        order = range(self.size(user_index) - 1, -1, -1)
        posts = (self.post(user_index, index) for index in order)
        return [post for post in posts if not post.hidden]
