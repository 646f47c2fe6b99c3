"""Failures inside an answer: its JSON with other values in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .counters import add_to_counters
from .fault_kinds import base_of
from .gate import API

if TYPE_CHECKING:
    from .faults import Fault
    from .wire import Wire


class Listing(NamedTuple):
    """Where an endpoint keeps its list: `inside` which member, under which names."""

    entries: str
    cursor: str = ""
    parameter: str = ""
    inside: str = ""


_COMMENTS = Listing("comments", "cursor", "cursor")
LISTINGS = {
    "aweme/post/": Listing("aweme_list", "max_cursor", "max_cursor"),
    "comment/list/": _COMMENTS,
    "comment/list/reply/": _COMMENTS,
    "tab/feed/": Listing("aweme_list"),
    "notice/": Listing("notice_list_v2", "min_time", "max_time"),
    "notice/detail/": Listing("notice_list_v2"),
    "im/resources/emoticon/trending": Listing(
        "stickers", "next_cursor", "cursor", inside="emoticon_data"
    ),
    "im/user/info/": Listing("data"),
    "emoji/list": Listing("emoji_list"),
    "hot/search/list/": Listing("word_list", inside="data"),
    "aweme/detail/": Listing("aweme_detail"),
    "user/profile/other/": Listing("user"),
    "user/profile/self/": Listing("user"),
}
_TARGETS = ("sec_user_id", "aweme_id", "item_id", "comment_id", "notice_group")
_REPEATED = 4  # entries of another page
_WALKS = 4096


def target_of(wire: Wire) -> str:
    """Which walk a request belongs to."""
    named = [wire.params.get(name, "") for name in _TARGETS]
    return " ".join([wire.path, *named])


class Trail:
    """The two last cursors of each walk; the longest unseen walks are forgotten."""

    def __init__(self) -> None:
        self._cursors: dict[str, tuple[str, str]] = {}

    def follow(self, wire: Wire) -> None:
        listing = LISTINGS.get(wire.path.removeprefix(API))
        if listing is None or not listing.parameter:
            return
        target, cursor = target_of(wire), wire.params.get(listing.parameter, "0")
        before, last = self._cursors.pop(target, ("0", "0"))
        self._cursors[target] = (before if cursor == last else last, cursor)
        if len(self._cursors) > _WALKS:
            del self._cursors[next(iter(self._cursors))]

    def before(self, wire: Wire) -> int:
        """The cursor of the page before the one that is asked for."""
        cursor = self._cursors.get(target_of(wire), ("0", "0"))[0]
        return int(cursor) if cursor.isdigit() else 0


def edited(value: Any, fault: Fault, wire: Wire, trail: Trail) -> Any:
    """An answer with the change that a fault makes, where it can make it."""
    listing = LISTINGS.get(wire.path.removeprefix(API))
    if listing is None or not isinstance(value, dict):
        return value
    holder = value.get(listing.inside, value) if listing.inside else value
    if not isinstance(holder, dict) or listing.entries not in holder:
        return value
    match base_of(fault.kind):
        case "cursor_back" if listing.cursor:
            holder[listing.cursor] = trail.before(wire)
        case "cursor_still" if listing.cursor:
            asked = wire.params.get(listing.parameter, "0")
            holder[listing.cursor] = int(asked) if asked.isdigit() else 0
        case "false_end" | "false_more" if "has_more" in holder:
            told = type(holder["has_more"])
            holder["has_more"] = told(fault.kind == "false_more")
        case "duplicates" | "strangers":
            _repeat(holder, listing.entries, fault, target_of(wire))
        case "moved":
            add_to_counters(value, fault.by * fault.met)
        case "shape":
            return _shaped(value, holder, listing, fault.kind.partition(":")[2])
    return value


def _repeat(holder: dict[str, Any], name: str, fault: Fault, target: str) -> None:
    """Put entries of a page that the fault has met before in front of this one's."""
    own = holder[name]
    if not isinstance(own, list) or not own:
        return
    kept = fault.kept
    same = fault.kind == "duplicates"
    old = [e for t, es in kept.items() if (t == target) is same for e in es]
    holder[name] = [*old[-_REPEATED:], *own]
    kept.pop(target, None)
    kept[target] = own[-_REPEATED:]
    if len(kept) > 64:
        del kept[next(iter(kept))]


def _shaped(
    value: dict[str, Any], holder: dict[str, Any], listing: Listing, how: str
) -> Any:
    """An answer whose list is something else."""
    name = listing.entries
    entries = holder[name]
    match how:
        case "list":
            holder[name] = {"0": None} if isinstance(entries, list) else [entries]
        case "text":
            holder[name] = "[]"
        case "entries":
            holder[name] = ["a", 1, None, [], {}]
        case "null":
            holder[name] = None
        case "missing":
            del holder[name]
        case "cursor" if listing.cursor:
            holder[listing.cursor] = "no number"
        case "root":
            return [value]
    return value
