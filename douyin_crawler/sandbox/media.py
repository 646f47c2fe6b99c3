"""Media addresses: right in form, fresh in every answer, behind them nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .dice import Dice

if TYPE_CHECKING:
    from .world import Post, World

PICTURES = (
    "p3-pc-sign.douyinpic.com",
    "p6-pc-sign.douyinpic.com",
    "p9-pc.douyinpic.com",
)
VIDEO_LIFE = 10_900  # seconds, like the service's: about three hours
PICTURE_LIFE = 14 * 86_400
# gear, quality type, short side, bits a second, H.265
GEARS = (
    ("normal_1080_0", 1, 1080, 2_700_000, 0),
    ("normal_720_0", 10, 720, 1_500_000, 0),
    ("adapt_lower_720_1", 15, 720, 900_000, 1),
    ("normal_540_0", 20, 540, 1_000_000, 0),
    ("adapt_540_1", 28, 540, 600_000, 1),
)


def picture(
    uri: str, now: int, *, width: int = 720, height: int = 720
) -> dict[str, Any]:
    """A picture with two addresses that expire."""
    expires = now + PICTURE_LIFE
    signature = Dice("picture", uri, now).hex(24)
    query = f"x-expires={expires}&x-signature={signature}"
    urls = [f"https://{host}/{uri}~noop.jpeg?{query}" for host in PICTURES[:2]]
    return {"uri": uri, "url_list": urls, "width": width, "height": height}


def avatar(uri: str, size: str) -> dict[str, Any]:
    """An avatar: its address does not expire."""
    url = f"https://{PICTURES[2]}/aweme/{size}/{uri}.jpeg"
    return {"uri": uri, "url_list": [url], "width": 720, "height": 720}


def is_gallery(world: World, post: Post) -> bool:
    """Whether a post shows pictures instead of a video."""
    return world.dice("kind", post.user, post.index).chance(14) and not post.dead


def share_url(world: World, post: Post) -> str:
    kind = "note" if is_gallery(world, post) else "video"
    return f"https://www.iesdouyin.com/share/{kind}/{post.id}/?region=CN"


class Film:
    """The addresses of one video, in all its qualities, as of one moment."""

    def __init__(self, world: World, post: Post, now: int) -> None:
        dice = world.dice("film", post.user, post.index)
        self.uri = f"v0200fg10000{dice.hex(20)}"
        self.now = now
        self.duration = dice.between(3_000, 300_000)  # ms
        self.upright = dice.chance(80)
        self.gears = GEARS[dice.below(3) :]
        self.file_hash = dice.hex(32)
        self.frame = f"tos-cn-p-0015/{dice.hex(32)}"

    def size(self, short: int) -> dict[str, int]:
        long = short * 16 // 9
        width, height = (short, long) if self.upright else (long, short)
        return {"width": width, "height": height}

    def addresses(self, key: str) -> list[str]:
        mark = Dice("address", self.uri, key, self.now).hex(32)
        path = f"{mark}/{self.now + VIDEO_LIFE:x}/video/tos/cn/tos-cn-ve-15/{key}/"
        query = f"a=6383&ch=10010&dr=0&mime_type=video_mp4&dy_q={self.now}"
        hosts = ("v26-web.douyinvod.com", "v3-web.douyinvod.com")
        play = f"https://www.douyin.com/aweme/v1/play/?video_id={self.uri}&line=0"
        return [f"https://{host}/{path}?{query}" for host in hosts] + [play]

    def address(self, gear: tuple[str, int, int, int, int]) -> dict[str, Any]:
        name, _, short, rate, h265 = gear
        codec = "bytevc1" if h265 else "h264"
        bits = rate * 100 // (100 + self.duration % 37)
        size = bits * self.duration // 8000
        return {
            "uri": self.uri,
            "url_list": self.addresses(name),
            **self.size(short),
            "url_key": f"{self.uri}_{codec}_{short}p_{bits}",
            "data_size": size,
            "file_hash": self.file_hash,
            "file_cs": f"c:0-15210-50aa|a:{self.uri}",
        }

    def quality(self, gear: tuple[str, int, int, int, int]) -> dict[str, Any]:
        name, kind, _, rate, h265 = gear
        return {
            "gear_name": name,
            "quality_type": kind,
            "bit_rate": rate * 100 // (100 + self.duration % 37),
            "play_addr": self.address(gear),
            "is_h265": h265,
            "is_bytevc1": h265,
            "HDR_type": "",
            "HDR_bit": "",
            "FPS": 30,
            "video_extra": "{}",
            "format": "mp4",
        }

    def video(self) -> dict[str, Any]:
        """The members of `video` that say something."""
        best = self.gears[0]
        h265 = next(gear for gear in self.gears if gear[4])
        address = self.address(best)
        return {
            "play_addr": address,
            "play_addr_h264": address,
            "play_addr_265": self.address(h265),
            "bit_rate": [self.quality(gear) for gear in self.gears],
            "cover": picture(self.frame, self.now),
            "origin_cover": picture(f"{self.frame}_o", self.now, width=360, height=640),
            "dynamic_cover": picture(f"{self.frame}_d", self.now),
            "duration": self.duration,
            "ratio": f"{best[2]}p",
            **self.size(best[2]),
        }
