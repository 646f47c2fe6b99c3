"""Pictures and videos. Addresses expire within hours or days; ``uri`` and ids stay.

Where all fields of a class have the types that the service sends (`reader.is_ready`),
msgspec makes its objects without a step in Python; so flags in them are 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  (read at run time)
from typing import Annotated, Any

from douyin_crawler.items import coerce
from douyin_crawler.items.reader import at


def _addresses(value: Any) -> list[str] | None:
    """Return the addresses of an object of addresses."""
    if not isinstance(value, dict):
        return None
    return [text for inner in value.values() if (text := coerce.text(inner))]


@dataclass(slots=True, kw_only=True)
class _File:
    """A file at several addresses."""

    uri: str | None = None
    url_list: list[str] | None = None
    width: int | None = None
    """Pixels; of pictures often 720, whatever their size."""
    height: int | None = None

    def __post_init__(self) -> None:
        """Leave out what is empty."""
        if not self.uri:
            self.uri = None
        if self.url_list and "" in self.url_list:
            self.url_list = [address for address in self.url_list if address]

    def __bool__(self) -> bool:
        """Return whether it names any file at all."""
        return bool(self.uri or self.url_list)


@dataclass(slots=True, kw_only=True)
class Image(_File):
    """A picture."""


@dataclass(slots=True, kw_only=True)
class PlayAddress(_File):
    """One file of a video or sound, at several mirrors."""

    data_size: int | None = None
    """Bytes."""
    file_hash: str | None = None
    """MD5."""
    url_key: str | None = None

    def __post_init__(self) -> None:
        """Leave out what is empty."""
        if not self.uri:
            self.uri = None
        if self.url_list and "" in self.url_list:
            self.url_list = [address for address in self.url_list if address]
        if not self.file_hash:
            self.file_hash = None
        if not self.url_key:
            self.url_key = None


@dataclass(slots=True, kw_only=True)
class BitRate:
    """One quality of a video."""

    gear_name: str | None = None
    quality_type: int | None = None
    bit_rate: int | None = None
    """Bits a second."""
    FPS: int | None = None
    format: str | None = None
    is_h265: int | None = None
    is_bytevc1: int | None = None
    HDR_type: str | None = None
    HDR_bit: str | None = None
    play_addr: PlayAddress | None = None

    def __post_init__(self) -> None:
        """Leave out what is empty."""
        if not self.gear_name:
            self.gear_name = None
        if not self.format:
            self.format = None
        if not self.HDR_type:
            self.HDR_type = None
        if not self.HDR_bit:
            self.HDR_bit = None
        if not self.play_addr:
            self.play_addr = None


@dataclass(slots=True, kw_only=True)
class AudioBitRate:
    """One quality of a video's sound, where it comes apart (format ``dash``)."""

    audio_quality: int | None = None
    bitrate: int | None = at("audio_meta.bitrate")
    """Bits a second."""
    codec_type: str | None = at("audio_meta.codec_type")
    format: str | None = at("audio_meta.format")
    size: int | None = at("audio_meta.size")
    """Bytes."""
    file_hash: str | None = at("audio_meta.file_hash")
    url_list: Annotated[list[str] | None, _addresses] = at("audio_meta.url_list")


@dataclass(slots=True, kw_only=True)
class Video:
    """A video; of a picture post, its sound."""

    duration: int | None = None
    """Milliseconds."""
    width: int | None = None
    height: int | None = None
    ratio: str | None = None
    format: str | None = None
    is_h265: int | None = None
    is_source_HDR: int | None = None  # noqa: N815  (the API's name)
    is_long_video: int | None = None
    has_watermark: bool | None = None
    """Whether ``download_addr`` shows a watermark; ``play_addr`` never does."""
    cdn_url_expired: datetime | None = None
    """When the addresses end."""
    play_addr: PlayAddress | None = None
    play_addr_h264: PlayAddress | None = None
    play_addr_265: PlayAddress | None = None
    play_addr_lowbr: PlayAddress | None = None
    download_addr: PlayAddress | None = None
    bit_rate: list[BitRate] | None = None
    """Every quality there is."""
    bit_rate_audio: list[AudioBitRate] | None = None
    cover: Image | None = None
    origin_cover: Image | None = None
    dynamic_cover: Image | None = None
    animated_cover: Image | None = None


@dataclass(slots=True, kw_only=True)
class Picture(_File):
    """One picture of a picture post."""

    download_url_list: list[str] | None = None
    """With a watermark."""
    live_photo_type: int | None = None
    """1: a live photo; trust the presence of ``video`` more."""
    video: Video | None = None
    """The clip of a live photo; only the detail endpoint has it."""
