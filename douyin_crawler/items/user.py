"""A user, as profiles and copies embedded in posts show one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  (read at run time)
from typing import Annotated, ClassVar

from douyin_crawler.items import coerce
from douyin_crawler.items.media import Image  # noqa: TC001  (read at run time)
from douyin_crawler.items.reader import Id, Words, at, reader
from douyin_crawler.items.text import Hashtag, Mention, hashtags, mentions


@dataclass(slots=True, kw_only=True)
class AppFollowers:
    """A user's followers in one of the company's apps."""

    app_name: str | None = None
    name: str | None = None
    """The app's name as shown."""
    fans_count: int | None = None
    package_name: str | None = None

    def __bool__(self) -> bool:
        """Return whether it says which app."""
        return bool(self.app_name or self.name)


@dataclass(slots=True, kw_only=True)
class CollectCount:
    """Bookmarks of one sort."""

    item_type: int | None = None
    """What was bookmarked, as a number of the service's own."""
    collect_count: int | None = None


@dataclass(slots=True, kw_only=True)
class Collection:
    """What an answer says of bookmarks, beside the user."""

    collect_count_list: list[CollectCount] | None = None


@dataclass(slots=True, kw_only=True)
class User:
    """A user; what is private by its nature has no field here."""

    COUNTERS: ClassVar[tuple[str, ...]] = (
        "follower_count",
        "max_follower_count",
        "following_count",
        "aweme_count",
        "favoriting_count",
        "total_favorited",
        "mplatform_followers_count",
        "forward_count",
        "dongtai_count",
        "mix_count",
        "series_count",
        "public_collects_count",
        "original_music_count",
        "original_music_used_count",
        "original_music_digg_count",
        "private_aweme_count",
        "auto_mix_count",
        "user_story_count",
        "friend_count",
        "new_visitor_count",
        "max_aweme_follower_count",
    )

    sec_uid: Annotated[str, coerce.identifier]
    uid: Id = None
    unique_id: str | None = None
    """The handle (抖音号) that was chosen; without one, ``short_id`` is shown."""
    short_id: Id = None
    nickname: str | None = None
    signature: Words = None
    """The bio."""
    signature_language: str | None = None
    signature_hashtags: Annotated[list[Hashtag] | None, hashtags] = at(
        "signature_extra"
    )
    signature_mentions: Annotated[list[Mention] | None, mentions] = at(
        "signature_extra"
    )
    url: str | None = None
    """The profile's address on the web."""
    ip_location: str | None = None
    """Where the service places the account, as shown: province or country."""
    region: str | None = None
    gender: int | None = None
    """As shown on the profile: 0 not shown, 1 male, 2 female."""

    follower_count: int | None = None
    max_follower_count: int | None = None
    following_count: int | None = None
    aweme_count: int | None = None
    """Posts that are public."""
    favoriting_count: int | None = None
    """Posts the user liked."""
    total_favorited: int | None = None
    """Likes the user's posts got."""
    mplatform_followers_count: int | None = None
    """Followers on all of the company's platforms."""
    forward_count: int | None = None
    dongtai_count: int | None = None
    mix_count: int | None = None
    series_count: int | None = None
    public_collects_count: int | None = None
    followers_detail: list[AppFollowers] | None = None
    """Followers app by app, where the service says so."""

    private_aweme_count: int | None = None
    """Posts that only the user sees; this and all down to ``collect_count_list`` are
    told of one's own account alone."""
    auto_mix_count: int | None = None
    user_story_count: int | None = None
    friend_count: int | None = None
    new_visitor_count: int | None = None
    max_aweme_follower_count: int | None = None
    collect_count_list: list[CollectCount] | None = None
    """Bookmarks by what was bookmarked; it stands beside the user in the answer."""

    verification_type: int | None = None
    custom_verify: Words = None
    """What a person is verified as."""
    enterprise_verify_reason: Words = None
    """What an organisation is verified as."""
    account_cert_info: str | None = None
    """JSON text of the badge."""
    enterprise_user_info: str | None = None
    """JSON text."""
    verify_info: str | None = None
    has_e_account_role: bool | None = None
    """An account of an organisation."""
    is_pro_account: bool | None = None
    is_gov_media_vip: bool | None = None
    is_verified: bool | None = None
    is_star: bool | None = None
    is_effect_artist: bool | None = None
    is_ad_fake: bool | None = None

    register_time: datetime | None = None
    """As ``unique_id_modify_time``, of one's own account alone."""
    unique_id_modify_time: datetime | None = None
    account_region: str | None = None

    secret: bool | None = None
    """A private account: its posts show only to followers it accepted."""
    special_state: int | None = at("special_state_info.special_state")
    special_state_title: str | None = at("special_state_info.title")
    is_ban: bool | None = None
    user_canceled: bool | None = None
    status: int | None = None
    risk_notice_text: str | None = None
    prevent_download: bool | None = None
    show_favorite_list: bool | None = None
    favorite_permission: int | None = None
    """Who may see what the user liked; next who may comment, and who download."""
    comment_setting: int | None = None
    download_setting: int | None = None
    follow_status: int | None = None
    """Whether the account that asked follows: 0 no, 1 yes, 2 and is followed."""
    follower_status: int | None = None
    """Whether the account that asked is followed."""
    is_block: bool | None = None
    """Whether the account that asked blocked it; next whether it is blocked there."""
    is_blocked: bool | None = None

    live_status: int | None = None
    """1: is broadcasting now."""
    room_id: Id = None
    """The live room, while there is one."""
    live_commerce: bool | None = None
    with_commerce_entry: bool | None = None
    with_fusion_shop_entry: bool | None = None
    with_shop_entry: bool | None = None
    commerce_user_level: int | None = None
    star_atlas: int | None = at("commerce_user_info.star_atlas")
    """Not 0: takes orders on the company's influencer market (星图)."""
    is_mix_user: bool | None = None
    is_series_user: bool | None = None
    original_music_count: int | None = at("original_musician.music_count")
    original_music_used_count: int | None = at("original_musician.music_used_count")
    original_music_digg_count: int | None = at("original_musician.digg_count")

    avatar_small: Image | None = None
    avatar_thumb: Image | None = None
    avatar_168x168: Image | None = None
    avatar_300x300: Image | None = None
    avatar_medium: Image | None = None
    avatar_larger: Image | None = None
    cover_url: list[Image] | None = None
    share_url: Annotated[str | None, coerce.without_query] = at("share_info.share_url")


_read = reader(User)
_read_collection = reader(Collection)


def parse_user(value: object) -> User | None:
    """Return the user of a decoded JSON value, or None where it has no sec_uid."""
    user = _read(value)
    if user is not None:
        user.url = f"https://www.douyin.com/user/{user.sec_uid}"
    return user


def read_collect_counts(value: object) -> list[CollectCount] | None:
    """Return the counts of a decoded ``user_collect_count``."""
    found = _read_collection(value)
    return None if found is None else found.collect_count_list
