"""The notices of the made-up login: what happened to its posts, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .world import SELF
from .world_comments import comments_of

if TYPE_CHECKING:
    from .dice import Dice
    from .world import Post, World
    from .world_comments import Comment

COMMENTED, FOLLOWED, DIGGED, MENTIONED, ODD = 31, 33, 41, 45, 2077  # `type`
GROUPS: dict[int, frozenset[int] | None] = {  # `notice_group`; None: all types
    700: None,
    401: frozenset({FOLLOWED}),
    601: frozenset({MENTIONED}),
    2: frozenset({COMMENTED}),
    3: frozenset({DIGGED}),
    520: frozenset(),
}
_ORDER = (COMMENTED, DIGGED, MENTIONED, FOLLOWED, DIGGED, COMMENTED, ODD)
_READ = 20  # how many of the newest have not been read


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; `people` did it, to `post` or to `comment` below it."""

    index: int
    nid: str
    type: int
    created: int  # Unix seconds; no two alike
    people: tuple[int, ...] = ()
    post: Post | None = None
    comment: Comment | None = None

    @property
    def key(self) -> str:
        """The id as the crawler takes it."""
        return f"{self.nid}:{self.type}"


class Notices:
    """All notices of one world, and which of them have been read."""

    def __init__(self, world: World, count: int = 160) -> None:
        self._world = world
        self._heads = self._made(count)
        self._places = {nid: index for index, (nid, _, _) in enumerate(self._heads)}
        self.marked: set[int] = set()  # by requests with `is_mark_read=1`

    def _made(self, count: int) -> list[tuple[str, int, int]]:
        moment, heads = self._world.now - 3600, []
        for index in range(count):
            dice = self._world.dice("notice", index)
            moment -= dice.between(60, 20_000)
            nid = str(moment << 32 | dice.below(1 << 32))
            heads.append((nid, _ORDER[index % len(_ORDER)], moment))
        return heads

    def __len__(self) -> int:
        return len(self._heads)

    def ids(self) -> list[str]:
        return [f"{nid}:{kind}" for nid, kind, _ in self._heads]

    def of_nid(self, nid: str) -> Notice | None:
        index = self._places.get(nid)
        return None if index is None else self.notice(index)

    def was_read(self, notice: Notice) -> bool:
        return notice.index >= _READ or notice.index in self.marked

    def page(
        self, group: int, older_than: int, newer_than: int, count: int
    ) -> tuple[list[Notice], bool]:
        """Notices of a group between two times (0: no bound); whether more follow."""
        types = GROUPS[group]
        wanted = [
            index
            for index, (_, kind, created) in enumerate(self._heads)
            if (types is None or kind in types)
            and (not older_than or created < older_than)
            and created > newer_than
        ]
        return [self.notice(index) for index in wanted[:count]], len(wanted) > count

    def notice(self, index: int) -> Notice:
        nid, kind, created = self._heads[index]
        dice = self._world.dice("about", index)
        post: Post | None = None
        comment: Comment | None = None
        people: list[int] = []
        if kind in {COMMENTED, DIGGED}:
            post, comment = self._commented(dice)
        if kind == COMMENTED and comment:
            people = [comment.author]
        elif kind == DIGGED:
            comment = comment if index % 2 else None
            people = [self._person(dice) for _ in range(dice.between(1, 4))]
        elif kind == MENTIONED:
            post, comment = self._mentioned(dice, index)
            people = [comment.author if comment else post.user] if post else []
        elif kind == FOLLOWED:
            people = [self._person(dice)]
        doers = tuple(dict.fromkeys(people))
        return Notice(index, nid, kind, created, doers, post, comment)

    def _person(self, dice: Dice) -> int:
        drawn = dice.below(self._world.users)
        return self._world.guest(drawn if self._world.exists(drawn) else 0)

    def _commented(self, dice: Dice) -> tuple[Post | None, Comment | None]:
        """A post of the login with a comment below it."""
        shown = [p for p in self._world.listed(SELF) if not p.dead]
        for _ in range(40 if shown else 0):
            post = dice.pick(shown)
            comment = self._comment(post, dice)
            if comment:
                return post, comment
        return None, None

    def _comment(self, post: Post, dice: Dice) -> Comment | None:
        of = comments_of(self._world, post)
        tops = [of.top(index) for index in range(min(len(of.sizes), 40))]
        shown = [top for top in tops if not top.hidden]
        return dice.pick(shown) if shown else None

    def _mentioned(self, dice: Dice, index: int) -> tuple[Post | None, Comment | None]:
        """Somebody's post, or every other time a comment below it."""
        for _ in range(40):
            user = self._person(dice)
            posts = self._world.newest(user, 20)
            if posts:
                post = dice.pick(posts)
                return post, self._comment(post, dice) if index % 2 else None
        return None, None
