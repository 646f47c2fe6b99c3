"""Names, sentences and tags of the made-up users: plain words, nobody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .dice import Dice
    from .world import Post, World


def _words(text: str) -> list[str]:
    return text.split()


SURNAMES = "阿小大老"
CORES = _words(
    "山风 橘子 木白 青禾 夏天 星河 豆包 南风 白露 海盐 竹影 麦田 云朵 团子 半夏 北岸"
    " 可乐 松果 石榴 晚舟 柠檬 芒种 拾光 糖糖 月半 夜航 微光 江湖 果冻 向阳"
)
ROLES = _words(
    "爱做饭 的日常 在路上 讲历史 修手机 游记 说车 画画 练吉他 养猫 探店 种菜"
    " 手工铺 健身 读书 拍星空 带娃 学英语 钓鱼 木工坊"
)
PLACES = _words("北京 上海 广东 浙江 四川 湖南 云南 山东 福建 陕西 重庆 辽宁")
OPENERS = _words(
    "今天带大家看看 第一次尝试 终于等到了 没想到 周末去了一趟 三分钟学会 分享一个"
    " 被问了很多次的 又是认真生活的一天， 雨后的 凌晨四点的 花了两天做的"
)
SUBJECTS = _words(
    "家常红烧肉 巷子里的老面馆 阳台上的小番茄 海边日落 这只胖橘猫 旧自行车翻新"
    " 山顶的云海 奶奶的针线盒 手冲咖啡 十块钱的早餐 雪后的长城 新学的和弦"
)
ENDINGS = ("", "，太治愈了", "！", "，你们觉得呢？", "～", "，记得收藏", "[捂脸]", "…")
TAGS = _words(
    "美食 日常 旅行 记录真实生活 萌宠 手工 健身打卡 校园 乡村生活 摄影 汽车 读书"
    " 音乐 城市夜景 家常菜 户外 治愈系 春节 一起看日落 沉浸式"
)
SONGS = _words("晚风 橙色的海 慢慢走 城南小调 白色噪音 二月 远方来信 星期三下午")
EMOJI = ("", "", "", " 😂", " 🌸", " ❤️", "\n\n")


def nickname(world: World, user: int) -> str:
    if world.person and user == world.planted:
        return world.person.nickname
    dice = world.dice("nickname", user)
    first = dice.pick(SURNAMES) if dice.chance(30) else ""
    return first + dice.pick(CORES) + (dice.pick(ROLES) if dice.chance(60) else "")


def signature(world: World, user: int) -> str:
    """The text under the name; some have none, some have several lines."""
    dice = world.dice("signature", user)
    if dice.chance(15):
        return ""
    lines = [f"{dice.pick(OPENERS)}{dice.pick(SUBJECTS)}", "合作请私信"]
    return "\n".join(lines[: dice.between(1, 2)])


def place(world: World, user: int) -> str:
    return world.dice("place", user).pick(PLACES)


def topic(world: World, post: Post) -> str:
    """What the service would say a post is about."""
    return world.dice("topic", post.user, post.index).pick(TAGS)


@dataclass(slots=True)
class Description:
    """A post's text with the positions of its tags, in UTF-16 units like the site."""

    text: str
    extra: list[dict[str, Any]]

    def add(self, text: str, **entry: Any) -> None:
        start = len(self.text.encode("utf-16-le")) // 2
        end = start + len(text.encode("utf-16-le")) // 2
        self.text += text
        self.extra.append(
            {"start": start, "end": end, **entry, "caption_start": start}
            | {"caption_end": end}
        )


def describe(world: World, user: int, post: int) -> Description:
    """A sentence, mentions, tags; now and then nothing at all."""
    dice = world.dice("text", user, post)
    if dice.chance(3):
        return Description("", [])
    opening = dice.pick(OPENERS) + dice.pick(SUBJECTS) + dice.pick(ENDINGS)
    made = Description(opening + dice.pick(EMOJI), [])
    if dice.chance(15):
        _mention(world, made, dice)
    for tag in {dice.pick(TAGS): None for _ in range(dice.below(4))}:
        made.text += " " if dice.chance(50) else ""
        made.add(f"#{tag}", type=1, hashtag_name=tag, **_tag(tag))
    return made


def _tag(tag: str) -> dict[str, Any]:
    number = 1_590_000_000_000_000 + TAGS.index(tag) * 7_919_000_113
    return {"hashtag_id": str(number), "is_commerce": False}


def _mention(world: World, made: Description, dice: Dice) -> None:
    user = world.user(world.guest(dice.below(world.users)))
    made.text += " "
    made.add(
        f"@{nickname(world, user.index)}",
        type=0,
        hashtag_name="",
        hashtag_id="",
        is_commerce=False,
        user_id=user.uid,
        sec_uid=user.sec_uid,
    )
    made.text += " "
