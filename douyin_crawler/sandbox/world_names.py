"""Posts that tests and demos can name: each shows one way of comments or of none."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from .world import MANY

if TYPE_CHECKING:
    from .world import Post, World

# Name and number of comments, replies and hidden ones included.
COMMENTS = {
    "crowded": 3600,
    "capped": 4200,  # shows no comment beyond a cursor of about 900
    "silent": 0,
    "closed": 0,
    "ordinary": 240,
    "few": 3,
}


@lru_cache(16)
def named_posts(world: World) -> dict[str, Post]:
    """The newest posts of `MANY` by the names in `COMMENTS`, in that order."""
    size = world.size(MANY)
    posts = (world.post(MANY, index) for index in range(size - 1, -1, -1))
    alive = (post for post in posts if not (post.hidden or post.dead))
    names = [*COMMENTS, "vast"] if world.vast else COMMENTS
    return dict(zip(names, alive, strict=False))


def name_of(world: World, post: Post) -> str:
    """The name of a post, or "" where it has none."""
    if post.user != MANY:
        return ""
    named = named_posts(world)
    return next((name for name, other in named.items() if other == post), "")
