"""What `emoji/list` and `im/resources/emoticon/trending` answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .ask import MOST, WRONG_PARAMETER, encoded, marks
from .media import picture
from .skeletons import skeleton
from .world_text import nickname

if TYPE_CHECKING:
    from .ask import Ask
    from .world import World

FEW, ALL = 214, 371  # entries without and with `need_all` (behaviour notes, 2)
STICKERS = 137
FIRST_STICKER = 7_450_000_000_000_000_000  # comments use the same ids
_FEELINGS = (
    *("微笑", "偷笑", "大笑", "惊喜", "发呆", "犯困", "思考", "加油", "比心", "鼓掌"),
    *("害羞", "得意", "流泪", "抱抱", "点头", "摇头", "眨眼", "捂脸", "举手", "挥手"),
)
_FORMS = (
    *("", "猫", "狗", "兔", "熊", "鸭", "花", "星", "月", "云", "雪", "叶", "糖", "茶"),
    *("灯", "鱼", "鸟", "船", "伞"),
)


def emoji_names() -> list[tuple[str, str]]:
    """`origin_uri` and `display_name` of every emoji, in the list's order."""
    names = [f"{feeling}{form}" for form in _FORMS for feeling in _FEELINGS]
    shown = enumerate(names[:ALL])
    return [(f"emoji_{number:03d}.png", f"[{name}]") for number, name in shown]


def emoji_list(world: World, ask: Ask) -> bytes:
    """The emojis of the site; the last ten are hidden."""
    every = ask.params.get("need_all") == "true"
    names = emoji_names()[: ALL if every else FEW]
    base, now = skeleton("emoji_list"), int(ask.now)
    entries = []
    for number, (uri, name) in enumerate(names):
        mark = world.dice("emoji", number).hex(32)
        drawn = picture(f"tos-cn-i-0814/{mark}", now)
        entries.append(
            {
                "origin_uri": uri,
                "display_name": name,
                "hide": int(number >= ALL - 10),
                "emoji_url": {"uri": drawn["uri"], "url_list": drawn["url_list"]},
            }
        )
    return encoded({**base, "version": 163, "emoji_list": entries})


def sticker_ids() -> list[str]:
    return [str(FIRST_STICKER + 3 * number) for number in range(STICKERS)]


def trending(world: World, ask: Ask) -> bytes:
    """A page of stickers; `has_more` is a boolean here."""
    cursor, count = ask.number("cursor", 0), ask.number("count", 50)
    if cursor is None or not count:
        return encoded(WRONG_PARAMETER)
    last = cursor + min(count, MOST)
    now = int(ask.now)
    shown = [_sticker(world, n, now) for n in range(cursor, min(last, STICKERS))]
    base = skeleton("emoticon_trending")
    data = {
        **base["emoticon_data"],
        "has_more": last < STICKERS,
        "next_cursor": min(last, STICKERS),
        "source": 1,
        "stickers": shown,
    }
    return encoded({**base, **marks(ask), "emoticon_data": data})


def _sticker(world: World, number: int, now: int) -> dict[str, Any]:
    own = FIRST_STICKER + 3 * number
    size = 120 * world.dice("sticker", number).between(1, 3)
    drawn = picture(f"tos-cn-o-0812/{own:x}", now, width=size, height=size)
    author = world.guest(world.dice("artist", number).below(world.users))
    author = author if world.exists(author) else 0
    base = skeleton("emoticon_trending")["emoticon_data"]["stickers"][0]
    name = nickname(world, author)
    return {
        **base,
        "id": own,
        "width": size,
        "height": size,
        "static_url": drawn,
        "static_type": "png",
        "animate_url": drawn,
        "animate_type": "gif",
        "author": {"sec_uid": world.user(author).sec_uid, "name": name},
        "sticker_type": 2,
        "sticker_info_source": "trending",
        "single_hey_can_id": str(number),
    }
