"""Parts of a post: its music, its mix, its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .media import Film, avatar, picture
from .render_users import avatar_uri
from .world_text import SONGS, nickname

if TYPE_CHECKING:
    from .dice import Dice
    from .world import Post, World

_SONGS_IN_USE = 400


def mix(world: World, post: Post, now: int) -> dict[str, Any]:
    """A third of the users sort every fourth post into one of three mixes."""
    dice = world.dice("mix", post.user)
    if not dice.chance(33) or post.index % 4:
        return {}
    number = post.index // 4 % 3
    episode = post.index // 12 + 1
    total = world.size(post.user) // 12 + 1
    mix_id = f"73{dice.below(10**15):015d}{number:02d}"
    statis = {"collect_vv": dice.below(9000), "current_episode": episode}
    statis |= {"play_vv": dice.below(10**7), "updated_to_episode": total}
    name = f"{nickname(world, post.user)}合集{number + 1}"
    info = {
        "mix_id": mix_id,
        "mix_name": name,
        "desc": "",
        "extra": "{}",
        "cover_url": picture(f"tos-cn-i-0813/{mix_id}", now),
        "share_info": {"share_url": "", "share_title": name, "share_desc": ""},
        "statis": statis,
        "status": {"is_collected": 0, "status": 2},
    }
    return {"mix_info": info}


def music(world: World, post: Post) -> dict[str, Any]:
    """The author's own sound, else one of a few hundred songs."""
    dice = world.dice("music", post.user, post.index)
    own = dice.chance(60)
    drawn = dice.below(_SONGS_IN_USE) % world.users
    owner = post.user if own else world.guest(drawn)
    user = world.user(owner)
    key = (owner, post.index) if own else (owner,)
    song = world.dice("song", *key)
    name = nickname(world, owner)
    number = 7_000_000_000_000_000_000 + song.below(5 * 10**17)
    title = f"@{name}创作的原声" if own else song.pick(SONGS)
    return _music_values(number, title, song) | {
        "author": name,
        "owner_nickname": name,
        "owner_id": user.uid,
        "owner_handle": user.handle or user.short_id,
        "sec_uid": user.sec_uid,
        "is_original_sound": own,
        "cover_medium": avatar(avatar_uri(world, owner), "720x720"),
    }


def song_url(mark: str) -> str:
    return f"https://sf5-hl-cdn-tos.douyinstatic.com/obj/ies-music/{mark}.mp3"


def _music_values(number: int, title: str, dice: Dice) -> dict[str, Any]:
    url = song_url(str(number))
    seconds = dice.between(5, 240)
    return {
        "id": number,
        "id_str": str(number),
        "mid": str(number),
        "title": title,
        "duration": seconds,
        "shoot_duration": seconds,
        "video_duration": seconds,
        "status": 1,
        "extra": "{}",
        "play_url": {"uri": url, "url_list": [url], "width": 720, "height": 720}
        | {"url_key": str(number)},
    }


def image(film: Film, number: int, now: int, *, live: bool) -> dict[str, Any]:
    """One picture of an image post; a live photo has a clip beside it."""
    uri = f"tos-cn-i-0813c001/{film.file_hash}{number:02d}"
    shown = picture(uri, now, width=1080, height=1440)
    marked = [url.replace("~noop", "~water") for url in shown["url_list"]]
    image = {**shown, "download_url_list": marked, "mask_url_list": None}
    if not live:
        return image
    return {**image, "live_photo_type": 1, "video": film.video()}
