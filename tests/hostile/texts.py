"""JSON texts that no service should send, in every place of one that it sends."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.items.places import paths
from tests.items.strategies import VALUES

NUMBERS = (
    *(str(n).encode() for n in (0, -1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64)),
    *(str(n).encode() for n in (-(2**63), -(2**63) - 1, 10**30, 10**400)),
    *(b"9" * 5_000, b"1.5", b"-0.0", b"1e308", b"1e400", b"-1e400", b"1E-400"),
    *(b"NaN", b"Infinity", b"-Infinity"),
)
TEXTS = (
    *(b'""', b'" "', rb'"\ud83d"', rb'"\ude00x"', rb'"\u0000"', rb'"a\u0000b"'),
    *(b'"\xff"', b'"\xed\xa0\xbd"', b'"$gt"', b'"$$ROOT"', b'"__proto__"', b'"a.b"'),
    *(b'"1e3"', b'"NaN"', b'"true"', b'"-9223372036854775809"', rb'"\"}],{"'),
    *('"１２"'.encode(), '"２０２４\u202e\ufeff\u2028"'.encode(), b'"1_0"'),
    b'"' + b"9" * 5_000 + b'"',
    b'"' + "长".encode() * 20_000 + b'"',
)
NAMES = (
    *(b"", b"a.b", b".", b"$set", b"$", b"$$ROOT", rb"\u0000", rb"a\u0000b"),
    *(b"__proto__", b"constructor", b"_id", b"_revision", b"_exceptions", rb"\ud83d"),
    *(b"\xff", rb"\"", rb"\\", b"k" * 70_000, "名".encode(), b"email", b"aweme_id"),
)
"""Names of members, as they stand between their quotes."""
OBJECTS = (
    *(b"null", b"true", b"false", b"[]", b"{}", b"[[]]", b"[{}]", b"[null]", b"[0,-1]"),
    *(b'{"":0}', b'{"a":1,"a":"b"}', b'["",1,{},[],null,true,1e400]'),
    *(b'{"sec_uid":"x","sec_uid":1}', b'[{"uri":1},{"uri":[]}]', b'{"0":{"uri":"a"}}'),
    b"{%s}" % b",".join(b'"%s":{"%s":1}' % (name, name) for name in NAMES),
)
DEPTHS = (60, 150, 200, 1_000, 2_000, 100_000)


def deep(depth: int) -> bytes:
    """Return the text of a value with so many brackets around it."""
    rest = b"[" * (depth % 2)
    return (
        b'{"a":[' * (depth // 2) + rest + b"1" + b"]" * len(rest) + b"]}" * (depth // 2)
    )


READABLE = (*NUMBERS, *TEXTS, *OBJECTS, *map(deep, DEPTHS[:3]))
"""Texts that can be read as a whole."""


def spelled(value: Any, *, ascii_only: bool = True) -> bytes:
    """Return *value* as JSON; half surrogates as they are, where not in ASCII."""
    return json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")


ANYTHING: st.SearchStrategy[bytes] = (
    st.sampled_from(READABLE)
    | st.sampled_from([deep(depth) for depth in DEPTHS[:-1]])
    | st.builds(spelled, VALUES | st.floats())
    | st.builds(lambda value: spelled(value, ascii_only=False), VALUES)
)
"""Any JSON, and what only some readers take for JSON."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A payload's text with something else in some of its places."""

    text: bytes
    touched: frozenset[str]
    """The outermost members that are not what they were."""


@st.composite
def mutants(
    draw: st.DrawFn, base: dict[str, Any], *, most: int = 3, keep: tuple[str, ...] = ()
) -> Mutant:
    """Return *base* with other values, more members and missing ones in some places.

    What stands below the outermost members *keep* stays.
    """
    places = [path for path in paths(base) if path.partition(".")[0] not in keep]
    value, spellings = copy.deepcopy(base), dict[bytes, bytes]()
    touched = set()
    for _ in range(draw(st.integers(1, most))):
        path = draw(st.sampled_from(places))
        holder, name = place(value, path)
        if holder is None:
            continue
        touched.add(path.partition(".")[0])
        if draw(st.integers(0, 9)) == 0:
            del holder[name]
        elif isinstance(holder, dict) and draw(st.integers(0, 3)) == 0:
            shown = st.sampled_from(NAMES) | st.just(spelled(name)[1:-1])
            added = draw(shown)
            if "." not in path:
                touched.add(_read(added))
            holder[_mark(spellings, b'"%s"' % added)] = _mark(spellings, draw(ANYTHING))
        else:
            holder[name] = _mark(spellings, draw(ANYTHING))
    return Mutant(_written(value, spellings), frozenset(touched))


def with_text(base: dict[str, Any], path: str, text: bytes) -> bytes:
    """Return the text of *base* with *text* at *path*."""
    value, spellings = copy.deepcopy(base), dict[bytes, bytes]()
    holder, name = place(value, path)
    assert holder is not None
    holder[name] = _mark(spellings, text)
    return _written(value, spellings)


def place(value: Any, path: str) -> tuple[Any, Any]:
    """Return what holds *path*, and the name there; None where that is gone."""
    *parents, last = path.split(".")
    holder = value
    for parent in parents:
        name = _name(holder, parent)
        if name is None:
            return None, None
        holder = holder[name]
    name = _name(holder, last)
    return (None, None) if name is None else (holder, name)


def _name(holder: Any, name: str) -> Any:
    if isinstance(holder, dict):
        return name if name in holder else None
    if isinstance(holder, list):
        return int(name) if int(name) < len(holder) else None
    return None


def _mark(spellings: dict[bytes, bytes], text: bytes) -> str:
    """Return a text that stands for *text* until all is written."""
    mark = f"\1{len(spellings):03}"
    spellings[spelled(mark)] = text
    return mark


def _written(value: Any, spellings: dict[bytes, bytes]) -> bytes:
    text = spelled(value)
    for mark, spelling in spellings.items():
        text = text.replace(mark, spelling)
    return text


def _read(name: bytes) -> str:
    try:
        return str(json.loads(b'"%s"' % name))
    except ValueError:
        return name.decode("utf-8", "surrogateescape")
