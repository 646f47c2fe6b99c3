"""Counters that grow, and now and then shrink, from day to day."""

from __future__ import annotations

from .world import DAY, Post, World
from .world_names import COMMENTS, name_of

MOST_COMMENTS = 600  # of a post without a name


def _grown(final: int, age_days: float, half_life: float) -> int:
    return int(final * (1 - 0.5 ** (max(age_days, 0.05) / half_life)))


def _moved(world: World, value: int, name: str, *keys: int) -> int:
    """The day's own deviation, up to half a percent either way."""
    swing = value // 200
    dice = world.dice("day", world.day, name, *keys)
    return value + dice.between(-swing, swing) if swing else value


def post_counters(world: World, post: Post) -> dict[str, int]:
    """`statistics` of a post; `play_count` is always 0 on the web."""
    dice = world.dice("fame", post.user, post.index)
    fame = 10 ** (1 + dice.below(5000) / 1000)
    half_life = dice.between(2, 30)
    age = (world.now - post.created) / DAY
    shares = {"digg_count": 100, "collect_count": dice.between(2, 30)}
    shares |= {"share_count": dice.between(1, 20), "admire_count": dice.below(2)}
    grown = {
        name: _moved(
            world,
            _grown(int(fame * share / 100), age, half_life),
            name,
            post.user,
            post.index,
        )
        for name, share in shares.items()
    }
    return {**grown, "comment_count": comment_count(world, post), "play_count": 0}


def comment_count(world: World, post: Post) -> int:
    """Comments and replies, hidden ones included; from day to day never fewer."""
    name = name_of(world, post)
    if name == "vast":
        return world.vast
    if name:
        return COMMENTS[name]
    dice = world.dice("talk", post.user, post.index)
    most = min(int(10 ** (dice.below(3200) / 1000)), MOST_COMMENTS)
    return _grown(most, (world.now - post.created) / DAY, dice.between(2, 30))


def user_counters(world: World, user: int) -> dict[str, int]:
    """The counters of a profile; `aweme_count` counts the posts in its list."""
    dice = world.dice("following", user)
    fans = int(10 ** (1 + dice.below(5500) / 1000)) + world.day * dice.below(20)
    counters = {
        "follower_count": fans,
        "following_count": dice.below(800),
        "favoriting_count": dice.below(3000),
        "total_favorited": fans * dice.between(3, 25),
    }
    moved = {name: _moved(world, n, name, user) for name, n in counters.items()}
    return {**moved, "aweme_count": world.listed_count(user)}
