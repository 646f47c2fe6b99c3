"""What `im/user/info/` answers: several users at once, shortly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from .ask import WRONG_PARAMETER, encoded, marks
from .media import avatar
from .render_users import avatar_uri, verification
from .skeletons import skeleton
from .world_text import nickname, signature

if TYPE_CHECKING:
    from .ask import Ask
    from .world import User, World


def user_infos(world: World, ask: Ask) -> bytes:
    """The users of a JSON array of ids; unknown ones are left out."""
    try:
        text = ask.params.get("sec_user_ids", "")
        wanted = msgspec.json.decode(text, type=list[str])
    except msgspec.MsgspecError:
        return encoded(WRONG_PARAMETER)
    found = map(world.user_of, dict.fromkeys(wanted))
    shown = [_entry(world, user) for user in found if user]
    base = skeleton("im_user_info")
    return encoded({**base, **marks(ask), "next_req_count": 50, "data": shown})


def _entry(world: World, user: User) -> dict[str, Any]:
    small = avatar(avatar_uri(world, user.index), "100x100")
    picture = {"uri": small["uri"], "url_list": small["url_list"]}
    return {
        **skeleton("im_user_info")["data"][0],
        "uid": user.uid,
        "sec_uid": user.sec_uid,
        "short_id": user.short_id,
        "unique_id": user.handle,
        "nickname": nickname(world, user.index),
        "signature": signature(world, user.index),
        "avatar_thumb": picture,
        "avatar_small": picture,
        **verification(world, user.index),
    }
