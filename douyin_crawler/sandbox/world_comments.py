"""Comments derived from seed, post and place in the list; none is stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from .world import DAY, EPOCH
from .world_counters import comment_count
from .world_names import name_of

if TYPE_CHECKING:
    from .world import Post, World

CAP = 900  # the cursor at which the list of a "capped" post ends
GAP = range(60, 105)  # hidden comments in a row: empty pages while more follows
ARRIVES = 100  # a new comment moves all others by one, once in so many
_REPLIES = 9  # bits of a reply's number in the ids
_MASK = (1 << 32) - 1
_FACTOR = 0x85EBCA6B  # odd: the product can be undone modulo 2**32
_INVERSE = pow(_FACTOR, -1, 1 << 32)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, or (from number 1 on) a reply to it; `size` counts its replies."""

    post: Post
    index: int
    number: int
    author: int
    created: int  # Unix seconds
    hidden: bool
    size: int = 0

    @property
    def keys(self) -> tuple[int, int, int, int]:
        """What its dice are thrown with."""
        return self.post.user, self.post.index, self.index, self.number


class Comments:
    """All comments of one post, in the order in which the service lists them."""

    def __init__(self, world: World, post: Post) -> None:
        self._world = world
        self.post = post
        self.name = name_of(world, post)
        self.total = comment_count(world, post)
        salt = world.dice("cid", post.user, post.index)
        self._salt = salt.below(1 << 32)
        self.sizes = self._sizes()

    def _sizes(self) -> list[int]:
        """How many replies each comment has; together they are `total`."""
        sizes: list[int] = []
        left = self.total
        while left > 0:
            size = min(self._size(len(sizes)), left - 1)
            sizes.append(size)
            left -= 1 + size
        return sizes

    def _size(self, index: int) -> int:
        if self.hidden(index):
            return 0
        if index == 0 and self.name == "crowded":
            return 130
        if self.name == "vast":  # few ones with many: a walk below each is a request
            return 60 if index % 100 == 7 else 0
        dice = self._world.dice("replies", self.post.user, self.post.index, index)
        kind = dice.below(100)
        if kind < 58:
            return 0
        return dice.between(1, 3 if kind < 90 else 12 if kind < 99 else 60)

    def hidden(self, index: int) -> bool:
        """Whether a comment is taken out of the list once its page was cut."""
        if self.name in {"crowded", "ordinary"} and index in GAP:
            return True
        if self.total < 5:
            return False
        dice = self._world.dice("gone", self.post.user, self.post.index, index)
        return dice.chance(5)

    def page(self, cursor: int, count: int) -> range:
        """Which comments a page is cut from: the offset moves as new ones arrive."""
        start = self._offset(cursor)
        return range(start, min(start + count, self._end()))

    def _end(self) -> int:
        """How many comments the list shows, hidden ones included."""
        size = len(self.sizes)
        return min(size, self._offset(CAP)) if self.name == "capped" else size

    def _offset(self, cursor: int) -> int:
        return cursor - cursor // ARRIVES

    def more(self, cursor: int) -> bool:
        """Whether the list goes on at a cursor."""
        return self._offset(cursor) < self._end()

    def top(self, index: int) -> Comment:
        """A comment by its place in the list."""
        dice = self._world.dice("comment", self.post.user, self.post.index, index)
        settled = self.post.created + 20 * DAY < EPOCH
        created = self.post.created + 30 + dice.below(20 * DAY if settled else 3000)
        author = self._author(dice.below(self._world.users), own=dice.chance(3))
        hidden = self.hidden(index)
        return Comment(self.post, index, 0, author, created, hidden, self.sizes[index])

    def reply(self, top: Comment, number: int) -> Comment:
        """A reply by its place below a comment, from 1 on."""
        dice = self._world.dice("reply", *top.keys[:3], number)
        author = self._author(dice.below(self._world.users), own=dice.chance(12))
        created = top.created + 50 * number + dice.below(50)
        hidden = dice.chance(4)
        return Comment(self.post, top.index, number, author, created, hidden)

    def _author(self, drawn: int, *, own: bool) -> int:
        if own:
            return self.post.user
        return self._world.guest(drawn if self._world.exists(drawn) else 0)

    def cid(self, comment: Comment) -> str:
        """19 digits, the time in the upper 32 bits, the place in the lower ones."""
        place = comment.index << _REPLIES | comment.number
        return str(comment.created << 32 | (place ^ self._salt) * _FACTOR & _MASK)

    def of_cid(self, text: str) -> Comment | None:
        """The comment of this post that an id names, if there is one."""
        if not (text.isascii() and text.isdigit() and len(text) <= 20):
            return None
        place = (int(text) * _INVERSE & _MASK) ^ self._salt
        index, number = place >> _REPLIES, place & (1 << _REPLIES) - 1
        if index >= len(self.sizes) or number > self.sizes[index]:
            return None
        found = self.top(index)
        found = self.reply(found, number) if number else found
        return found if self.cid(found) == text else None

    def listed(self) -> list[Comment]:
        """Every comment that a walk of the list ends with."""
        tops = (self.top(index) for index in range(self._end()))
        return [top for top in tops if not top.hidden]

    def replies(self, top: Comment) -> list[Comment]:
        """Every reply that a walk below a comment ends with."""
        found = (self.reply(top, number) for number in range(1, top.size + 1))
        return [reply for reply in found if not reply.hidden]


@lru_cache(256)
def comments_of(world: World, post: Post) -> Comments:
    return Comments(world, post)
