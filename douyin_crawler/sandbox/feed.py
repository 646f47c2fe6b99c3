"""What `tab/feed/` answers: posts, with live rooms and advertisements between them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .ask import WRONG_PARAMETER, encoded
from .render_feed import FeedRenderer
from .world import SELF

if TYPE_CHECKING:
    from .ask import Ask
    from .dice import Dice
    from .render_posts import PostRenderer
    from .world import Post, World

FEWEST, MOST = 2, 6  # posts an answer, whatever is asked for
_ROUNDS = 100_000  # answers of one session


class FeedAnswers:
    """The stream of a made-up world: `size` posts, then the same ones again.

    What comes depends on session and `refresh_index` only.
    """

    def __init__(self, world: World, posts: PostRenderer, size: int) -> None:
        self._world = world
        self._size = size
        self._render = FeedRenderer(world, posts)
        self.pool = lru_cache(1)(self._pool)
        self._order = lru_cache(64)(self._shuffled)
        self._starts = lru_cache(64)(lambda _session: [0])

    def _pool(self) -> list[Post]:
        """Every post that the stream can show."""
        world, dice = self._world, self._world.dice("feed pool")
        drawn: dict[str, Post] = {}
        for _ in range(20 * self._size):
            user = world.guest(dice.below(world.users))
            private = world.user(user).private or not world.exists(user)
            size = 0 if private or user == SELF else world.size(user)
            if size and len(drawn) < self._size:
                post = world.post(user, dice.below(size))
                drawn |= {} if post.hidden or post.dead else {post.id: post}
        return list(drawn.values())

    def _shuffled(self, session: str) -> list[Post]:
        dice, order = self._world.dice("order", session), list(self.pool())
        for last in range(len(order) - 1, 0, -1):
            other = dice.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def feed(self, ask: Ask) -> bytes:
        """The answer number `refresh_index` of a session, from 1 on."""
        turn = ask.number("refresh_index", 1)
        if turn is None or turn > _ROUNDS:
            return encoded(WRONG_PARAMETER)
        turn, now = max(turn, 1), int(ask.now)
        cards = [self._render.post(post, now) for post in self._posts(ask, turn)]
        self._insert(cards, self._world.dice("cards", ask.session, turn), now)
        return encoded(
            {"status_code": 0, "aweme_list": cards, "has_more": 1}
            | {"log_pb": {"impr_id": ask.logid}}
        )

    def _posts(self, ask: Ask, turn: int) -> list[Post]:
        order, starts = self._order(ask.session), self._starts(ask.session)
        while len(starts) <= turn:
            dice = self._world.dice("feed", ask.session, len(starts))
            starts.append(starts[-1] + dice.between(FEWEST, MOST))
        places = range(starts[turn - 1], starts[turn]) if order else ()
        return [order[place % len(order)] for place in places]

    def _insert(self, cards: list[dict[str, Any]], dice: Dice, now: int) -> None:
        """Put what is no post between the posts."""
        if dice.chance(25):
            room = self._render.room(dice, now)
            cards.insert(dice.below(len(cards) + 1), room)
        if dice.chance(20) and self.pool():
            shown = self._render.advertisement(dice, dice.pick(self.pool()), now)
            cards.insert(dice.below(len(cards) + 1), shown)
