"""Crawls of a service whose answers break, stall, lie or refuse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.torture.contents import Contents, compared, contents
from tests.torture.ground import DONE
from tests.torture.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.torture.ground import Ground

_MOST_RUNS = 12
_BETWEEN = 7
"""Requests from one fault to the next."""
_HASTE = {"DOWNLOAD_TIMEOUT": "1", "LOG_LEVEL": "INFO"}
_PATIENT = {"DOUYIN_BREAKER_PAUSE": "0.02", "DOUYIN_RETRY_PAUSE": "0.02"}


def _each(kind: str, times: int = 1, every: int = _BETWEEN, **more: Any) -> Any:
    return {"kind": kind, "times": times, "every": every, "nth": 2, **more}


PASSING: dict[str, dict[str, Any]] = {
    "connection reset": _each("reset"),
    "stall of 5 s": _each("stall", every=40, seconds=5),
    "stall of 5 s in the body": _each("stall_body", every=40, seconds=5),
    "body cut, connection closed": _each("truncate"),
    "body cut, said to be whole": _each("cut"),
    "wrong Content-Length": _each("short_length"),
    "gzip that breaks off": _each("gzip"),
    "gzip garbage": _each("gzip_garbage"),
    "HTML": _each("html", body="<html><h1>Welcome</h1></html>"),
    "page with a challenge": _each("challenge", every=40),
    "no JSON": _each("not_json"),
    "JSON of the wrong root": _each("shape:root", every=11),
    "list of the wrong type": _each("shape:text", every=11),
    "cursor of the wrong type": _each("shape:cursor", every=11),
    "empty body, once": _each("empty"),
    "empty bodies, 2 in a row": _each("empty", 2),
    "empty bodies, 4 in a row": _each("empty", 4, 13),
    "empty bodies, 7 in a row": _each("empty", 7, 29),
    "empty bodies, 30 in a row": _each("empty", 30, 110),
    "429": _each("429"),
    "429 with Retry-After": _each("429:1", every=40),
    "503": _each("503"),
    "redirect loop": _each("redirect_loop"),
    "cursor of the page before": _each("cursor_back"),
    "cursor that stands still": _each("cursor_still"),
    "entries of the page before": _each("duplicates", -1, 0),
    "Date an hour back": _each("date_back"),
    "Date an hour back, all along": _each("date_back", -1, 0),
    "latency": _each("latency", every=10, seconds=0.1),
}
"""Faults that pass: the records are those of a calm crawl."""


@dataclass(frozen=True)
class Lasting:
    """A fault that stays, of one list; and the verdicts that are right for it."""

    kind: str
    verdicts: frozenset[str]


LASTING = {
    "false has_more 0": Lasting("false_end", frozenset({"truncated"})),
    "has_more 1 for ever": Lasting("false_more", frozenset({"stalled"})),
    "cursor still, for good": Lasting("cursor_still", frozenset({"stalled"})),
    "wrong root, for good": Lasting("shape:root", frozenset({"failed"})),
    "list as an object, for good": Lasting("shape:list", frozenset({"failed"})),
    "list as a text, for good": Lasting("shape:text", frozenset({"failed"})),
    "entries that are none, for good": Lasting(
        "shape:entries", frozenset({"stalled", "failed", "truncated", "restricted"})
    ),
    "null for the list, for good": Lasting(
        "shape:null", frozenset({"restricted", "truncated"})
    ),
    "no list, for good": Lasting("shape:missing", frozenset({"restricted", "failed"})),
    "wrong cursor, for good": Lasting("shape:cursor", frozenset({"stalled"})),
    "HTML, for good": Lasting("html", frozenset({"failed", "blocked"})),
    "no JSON, for good": Lasting("not_json", frozenset({"failed", "blocked"})),
}


def passing(ground: Ground, kind: str, names: list[str] | None = None) -> Iterator[Row]:
    """Inject each fault at many points of one crawl, run again until it is done."""
    for name in names or PASSING:
        calm = ground.calm(kind)
        row = Row(name, kind)
        url = ground.new_store(kind)
        ground.sandbox.add_faults(PASSING[name])
        for _ in range(_MOST_RUNS):
            ran = ground.crawl(url, settings=_HASTE, environment=_PATIENT)
            row.runs += 1
            found = contents(url)
            if ran.status in DONE and _ended(found) == _ended(calm):
                break
            row.expect(ran.status in (*DONE, 4), ran.err[-2000:])
        row.points += _met(ground)
        ground.sandbox.control("faults", "DELETE")
        row.expect(row.points > 0, "nothing was injected")
        row.add(compared(calm, found, still=not ground.moving))
        ground.free(url)
        yield row


def lasting(ground: Ground, kind: str, path: str, contain: str = "") -> Iterator[Row]:
    """Let each fault last, then take it away; nothing wrong may be stored meanwhile."""
    for name, fault in LASTING.items():
        calm = ground.calm(kind)
        row = Row(name, kind)
        url = ground.new_store(kind)
        plan = {"kind": fault.kind, "path": path, "contains": contain, "times": -1}
        ground.sandbox.add_faults(plan)
        ran = ground.crawl(url, settings=_HASTE, environment=_PATIENT)
        row.points += _met(ground)
        ground.sandbox.control("faults", "DELETE")
        _nothing_wrong(row, calm, contents(url))
        ended = _verdicts(contents(url)) - _verdicts(calm)
        row.expect(bool(ended & fault.verdicts), f"the verdicts are {ended}")
        row.expect(ran.status != 0, "exit status 0")
        for _ in range(_MOST_RUNS):
            ran = ground.crawl(url)
            row.runs += 1
            if ran.status in DONE and _ended(contents(url)) == _ended(calm):
                break
        row.runs += 1
        row.add(compared(calm, contents(url), still=True))
        ground.free(url)
        yield row


def _nothing_wrong(row: Row, calm: Contents, found: Contents) -> None:
    for key, fields in found.fields.items():
        if key not in calm.fields:
            row.doubled += 1
            row.notes.append(f"doubled: {key} is of nobody")
        elif fields.get("desc", fields.get("text")) != calm.fields[key].get(
            "desc", calm.fields[key].get("text")
        ):
            row.expect(False, f"{key} is stored wrongly")


def _ended(found: Contents) -> set[tuple[str, str]]:
    return {(walk, verdict) for walk, (verdict, _) in found.walks.items()}


def _verdicts(found: Contents) -> set[str]:
    return {verdict for verdict, _ in found.walks.values()}


def _met(ground: Ground) -> int:
    return sum(fault["met"] for fault in ground.sandbox.control("faults"))
