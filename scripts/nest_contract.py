"""Nest the flat field lists of an API contract, for the sandbox's shapes.

    python scripts/nest_contract.py CONTRACT.json CAPTURES_DIR [OUT_DIR]

The contract lists the fields of an answer depth first, mostly sorted within each
object, but does not say where an object ends. Captured answers tell the nesting where
there are any; the sort order and the fields around tell the rest. What is written
holds field names and types, never a captured value.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from uncaptured import NO_ORDER, UNCAPTURED

Shape: TypeAlias = "str | dict[str, Any] | list[Any]"
OUT = Path(__file__).parents[1] / "douyin_crawler" / "sandbox" / "shapes"
PREFIX = "/aweme/v1/web/"
NAMES = {
    "aweme_post": "aweme/post/",
    "user_profile_other": "user/profile/other/",
    "user_profile_self": "user/profile/self/",
    "comment_list": "comment/list/",
    "hot_search_list": "hot/search/list/",
    "tab_feed": "tab/feed/",
    "emoji_list": "emoji/list",
    "emoticon_trending": "im/resources/emoticon/trending",
    "im_user_info": "im/user/info/",
    "notice_detail": "notice/detail/",
}
HINTS = {  # other captures that nest alike
    "user_profile_self": ("user_profile_other",),
    "comment_list": ("comment_list", "comment_list_reply"),
    "tab_feed": ("module_feed",),
}
DISORDER = 60  # what a field out of order costs: less than one out of its place


def shape_of(value: Any) -> Shape:
    """The template of one captured value: types only."""
    if isinstance(value, dict):
        return {name: shape_of(inner) for name, inner in value.items()}
    if isinstance(value, list):
        shape: Shape = "null"
        for inner in value:
            shape = merged(shape, shape_of(inner))
        return [] if shape == "null" else [shape]
    if isinstance(value, bool):
        return "boolean"
    return {str: "string", type(None): "null"}.get(type(value), "number")


def merged(first: Shape, second: Shape, *, null_holds: bool = False) -> Shape:
    """Both templates in one; where they disagree on a type, the first holds."""
    if first == "null" and not null_holds:
        return second
    if isinstance(first, dict) and isinstance(second, dict):
        both = {
            name: merged(inner, second[name], null_holds=null_holds)
            for name, inner in first.items()
            if name in second
        }
        return first | second | both
    if isinstance(first, list) and isinstance(second, list):
        pairs = zip(first, second, strict=False)
        inner = [merged(a, b, null_holds=null_holds) for a, b in pairs]
        return inner or first or second
    return first


@dataclass(frozen=True)
class Knowledge:
    """Which keys captured objects have, by path and by the object's own name."""

    by_path: dict[tuple[str, ...], frozenset[str]]
    by_name: dict[str, frozenset[str]]
    ordered: bool = True  # whether names are sorted within an object

    @classmethod
    def of(cls, shape: Shape, *, ordered: bool = True) -> Knowledge:
        known = cls({}, {}, ordered)
        known._learn(shape, ())
        return known

    def _learn(self, shape: Shape, path: tuple[str, ...]) -> None:
        if isinstance(shape, list):
            for inner in shape:
                self._learn(inner, path)
        elif isinstance(shape, dict):
            self.by_path[path] = frozenset(shape)
            if path and shape:
                keys = self.by_name.get(path[-1], frozenset())
                self.by_name[path[-1]] = keys | frozenset(shape)
            for name, inner in shape.items():
                self._learn(inner, (*path, name))

    def keys(self, path: tuple[str, ...]) -> frozenset[str] | None:
        return self.by_path.get(path, self.by_name.get(path[-1]) if path else None)

    def cost(self, path: tuple[str, ...], name: str) -> int:
        """How unlikely it is that `name` belongs to the object at `path`."""
        keys = self.keys(path)
        if keys is None:
            return 100 - len(path)
        return 0 if name in keys else 100 + len(path)


@dataclass(order=True, frozen=True)
class State:
    """A reading of the first `at` fields: `stack` holds the open objects."""

    cost: int
    back: int
    turn: int
    stack: tuple[tuple[tuple[str, ...], str], ...] = field(compare=False)
    paths: tuple[tuple[str, ...], ...] = field(compare=False)


def placements(
    fields: list[dict[str, Any]], root: tuple[str, ...], known: Knowledge
) -> tuple[tuple[str, ...], ...]:
    """The most likely path of each flat field."""
    found = _search(fields, root, known) or _search(fields, root, known, loose=True)
    if found is None:
        raise SystemExit(f"{root}: no nesting leaves each name once in its object")
    return found


def _search(
    fields: list[dict[str, Any]],
    root: tuple[str, ...],
    known: Knowledge,
    *,
    loose: bool = False,
) -> tuple[tuple[str, ...], ...] | None:
    """A uniform-cost search; `loose` lets fields stand out of order, at a cost."""
    turns = itertools.count()
    heap = [State(0, 0, next(turns), ((root, ""),), ())]
    seen = set()
    while heap:
        state = heapq.heappop(heap)
        at = len(state.paths)
        if at == len(fields):
            return state.paths
        taken = () if known.ordered else state.paths  # the order alone shuts names out
        if (at, state.stack, taken) in seen:
            continue
        seen.add((at, state.stack, taken))
        name, kind = fields[at]["name"], fields[at]["type"]
        for depth, (path, last) in enumerate(state.stack):
            own = (*path, name)
            ordered = name > last or not known.ordered
            if own in state.paths or not (ordered or loose):
                continue
            stack = (*state.stack[:depth], (path, name))
            if kind.startswith("object"):
                stack += ((own, ""),)
            cost = state.cost + known.cost(path, name)
            cost += 0 if ordered else DISORDER - 2 * len(path)
            heapq.heappush(
                heap, State(cost, -at, next(turns), stack, (*state.paths, own))
            )
    return None


def blank(kind: str) -> Shape:
    base = kind.removesuffix(" []").split(",")[0]  # one that is null at times, too
    if base == "array":
        return []
    inner: Shape = {} if base == "object" else base
    return [inner] if kind.endswith("[]") else inner


def nest(entry: dict[str, Any], known: Knowledge) -> dict[str, Any]:
    """The nested template of one top-level contract field list."""
    root: dict[str, Any] = {}
    for top in entry["response"]:
        root[top["name"]] = blank(top["type"])
        inside = top.get("inside", [])
        for flat, path in zip(
            inside, placements(inside, (top["name"],), known), strict=True
        ):
            at: Any = root
            for step in path[:-1]:
                at = at[step][0] if isinstance(at[step], list) else at[step]
            at[path[-1]] = blank(flat["type"])
    return root


def captured(directory: Path) -> Shape:
    shape: Shape = "null"
    for file in sorted(directory.glob("*.json")):
        shape = merged(shape, shape_of(json.loads(file.read_text("utf-8"))))
    return {} if shape == "null" else shape


def knowledge(name: str, captures: Path) -> Knowledge:
    """What captures tell about the nesting of an endpoint's answer."""
    hint: Shape = "null"
    for other in HINTS.get(name, (name,)):
        hint = merged(hint, captured(captures / other))
    hint = merged(UNCAPTURED.get(name, "null"), hint)
    return Knowledge.of(hint, ordered=name not in NO_ORDER)


def shapes(contract: list[dict[str, Any]], captures: Path) -> dict[str, Shape]:
    """Every template, by the name of its endpoint."""
    found: dict[str, Shape] = {}
    for name, path in NAMES.items():
        entry = next(e for e in contract if e["path"] == PREFIX + path)
        nested = nest(entry, knowledge(name, captures))
        found[name] = merged(nested, own(name, captures), null_holds=True)
    posts: Any = found["aweme_post"]
    comments: Any = found["comment_list"]
    parts: dict[str, Shape] = {
        "aweme_detail": {"aweme_detail": posts["aweme_list"][0]},
        "comment_list_reply": {"comments": comments["comments"]},
    }
    for name, part in parts.items():
        found[name] = merged(part, captured(captures / name), null_holds=True)
    return found


def own(name: str, captures: Path) -> Shape:
    """What captures of an endpoint add; the feed's are of its successor's posts."""
    if name != "tab_feed":
        return captured(captures / name)
    feed: Any = captured(captures / "module_feed")
    return {"aweme_list": feed["aweme_list"]} if feed else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contract", type=Path)
    parser.add_argument("captures", type=Path)
    parser.add_argument("out", type=Path, nargs="?", default=OUT)
    options = parser.parse_args()
    contract = json.loads(options.contract.read_text("utf-8"))
    for name, shape in shapes(contract, options.captures).items():
        text = json.dumps(shape, ensure_ascii=False, indent=1, sort_keys=True)
        (options.out / f"{name}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
