"""What people write below a post: plain words, nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .world_text import Description, nickname

if TYPE_CHECKING:
    from .dice import Dice
    from .world import World

_FIRST = (
    *("太好看了", "学到了", "这个我会", "终于等到更新", "求教程", "看饿了", "已收藏"),
    *("第一次来", "哈哈哈哈", "同款在哪里买", "支持一下", "我也想去", "背景音乐是什么"),
)
_THEN = (
    *("，下次试试", "，谢谢分享", "！", "，就是有点远", "，笑出声", "，每天都来看"),
    *("？", "，周末安排上", "。\n还有后续吗", "，隔着屏幕都香", ""),
)
_EMOJI = ("", "", "[赞]", "[捂脸]", "[看]", "[爱心][爱心]", "😂", "🌸", " ❤️")


def remark(world: World, dice: Dice) -> Description:
    """The text of a comment with the positions of the people it mentions."""
    made = Description("", [])
    for _ in range(dice.between(1, 2) if dice.chance(12) else 0):
        _mention(world, made, dice)
    made.text += dice.pick(_FIRST) + dice.pick(_THEN) + dice.pick(_EMOJI)
    if dice.chance(6):
        made.text += " "
        _mention(world, made, dice)
    return made


def _mention(world: World, made: Description, dice: Dice) -> None:
    drawn = dice.below(world.users)
    user = world.user(world.guest(drawn if world.exists(drawn) else 0))
    made.add(
        f"@{nickname(world, user.index)}",
        type=0,
        hashtag_name="",
        hashtag_id="",
        user_id=user.uid,
        sec_uid=user.sec_uid,
    )
    for name in ("caption_start", "caption_end"):  # a comment has no caption
        del made.extra[-1][name]
    made.text += " "
