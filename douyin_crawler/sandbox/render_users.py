"""A user as profiles and posts show it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .media import avatar
from .skeletons import skeleton
from .world_counters import user_counters
from .world_text import nickname, place, signature

if TYPE_CHECKING:
    from .world import User, World

_SIZES = {
    "avatar_168x168": "168x168",
    "avatar_300x300": "300x300",
    "avatar_larger": "1080x1080",
    "avatar_medium": "720x720",
    "avatar_thumb": "100x100",
}


def avatar_uri(world: World, user: int) -> str:
    mark = world.dice("avatar", user).hex(32)
    return f"aweme-avatar/tos-cn-avt-0015_{mark}"


def _basics(world: World, user: User) -> dict[str, Any]:
    """What every form of a user shows alike."""
    return {
        "uid": user.uid,
        "sec_uid": user.sec_uid,
        "short_id": user.short_id,
        "unique_id": user.handle,
        "nickname": nickname(world, user.index),
        "signature": signature(world, user.index),
        "secret": int(user.private),
        "user_age": -1,
        **verification(world, user.index),
        **user_counters(world, user.index),
    }


def verification(world: World, user: int) -> dict[str, Any]:
    dice = world.dice("verified", user)
    if dice.chance(90):
        return {"custom_verify": "", "enterprise_verify_reason": ""}
    company = f"{nickname(world, user)}文化传媒有限公司"
    if dice.chance(50):
        return {"custom_verify": "优质生活领域创作者", "enterprise_verify_reason": ""}
    return {"custom_verify": "", "enterprise_verify_reason": company}


def author(world: World, user: User) -> dict[str, Any]:
    """The copy of its author that a post carries."""
    uri = avatar_uri(world, user.index)
    return {
        **skeleton("aweme_post")["aweme_list"][0]["author"],
        **_basics(world, user),
        "avatar_thumb": avatar(uri, "100x100"),
        "avatar_uri": uri,
        "search_impr": {"entity_id": user.uid},
        "status": 1,
        "aweme_control": _ALLOWED,
    }


_ALLOWED = dict.fromkeys(
    ("can_forward", "can_share", "can_comment", "can_show_comment"), True
)


def profile(world: World, user: User, shape: str) -> dict[str, Any]:
    """`user` of a profile answer; `shape` is the endpoint's name."""
    base = skeleton(shape)["user"]
    uri = avatar_uri(world, user.index)
    avatars = {name: avatar(uri, size) for name, size in _SIZES.items()}
    counters = user_counters(world, user.index)
    city = place(world, user.index)
    values = {
        **_basics(world, user),
        **{name: {**base[name], **value} for name, value in avatars.items()},
        "max_follower_count": counters["follower_count"],
        "mplatform_followers_count": counters["follower_count"],
        "aweme_count_correction_threshold": -1,
        "total_favorited_correction_threshold": -1,
        "gender": world.dice("gender", user.index).below(3),
        "ip_location": f"IP属地：{city}",
        "province": city,
        "country": "中国",
        "cover_colour": "#02161823",
        "share_info": _share(base["share_info"], user),
        **_personal(world, user.index),
        **_states(user),
    }
    return {**base, **{name: v for name, v in values.items() if name in base}}


def _personal(world: World, user: int) -> dict[str, str]:
    """Made-up values of private fields, so that it shows whether they are kept."""
    dice = world.dice("personal", user)
    school = {"school_name": f"{place(world, user)}示例大学"}
    return {
        "bind_phone": f"138****{dice.below(10_000):04d}",
        "birthday": f"{dice.between(1970, 2005)}-03-15",
        **(school if dice.chance(30) else {}),
    }


def _share(base: dict[str, Any], user: User) -> dict[str, Any]:
    url = f"www.iesdouyin.com/share/user/{user.sec_uid}?sec_uid={user.sec_uid}"
    return {**base, "bool_persist": 1, "share_url": url}


def _states(user: User) -> dict[str, Any]:
    if not user.private:
        return {}
    content = "关注账号即可查看内容和喜欢"
    info = {"content": content, "special_state": 4, "title": "私密账号"}
    return {"special_state_info": info, "enterprise_user_info": json.dumps({})}
