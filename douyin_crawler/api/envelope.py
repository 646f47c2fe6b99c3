"""The outermost keys of an answer, read without decoding what is inside."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import msgspec

from douyin_crawler.items import lenient

_SHAPES = {"[": "array", "{": "object", "n": "null"}


class Envelope(msgspec.Struct):
    """What tells data from a refusal."""

    status_code: msgspec.Raw = msgspec.Raw()
    status_msg: msgspec.Raw = msgspec.Raw()
    filter_detail: msgspec.Raw = msgspec.Raw()
    verify_ticket: msgspec.Raw = msgspec.Raw()
    verify_center_decision_conf: msgspec.Raw = msgspec.Raw()
    extra: msgspec.Raw = msgspec.Raw()
    log_pb: msgspec.Raw = msgspec.Raw()
    payload: msgspec.Raw = msgspec.Raw()

    @property
    def code(self) -> int | None:
        """The ``status_code``; some answers have none."""
        return _integer(_value(self.status_code))

    @property
    def message(self) -> str:
        """The text that comes with the code."""
        return _text(_value(self.status_msg))

    @property
    def ticket(self) -> bool:
        """Whether the answer demands a verification."""
        asked = (self.verify_ticket, self.verify_center_decision_conf)
        return any(_value(raw) for raw in asked)

    @property
    def logid(self) -> str:
        """By what name the service's own log has the request; empty if untold."""
        named = ((self.log_pb, "impr_id"), (self.extra, "logid"))
        holders = ((_value(raw), key) for raw, key in named)
        texts = (_text(v.get(key)) for v, key in holders if isinstance(v, dict))
        return next(filter(None, texts), "")

    @property
    def shape(self) -> str:
        """Kind of the payload: ``array``, ``empty array``, ...; empty if missing."""
        raw = memoryview(self.payload)
        first = raw[:1].tobytes().decode("latin-1")
        shape = _SHAPES.get(first, first and "scalar")
        empty = len(raw) < 20 and _value(self.payload) in ({}, [])
        return f"empty {shape}" if empty else shape

    @property
    def filter_reason(self) -> tuple[str, ...]:
        """Why a post is not shown, and the text for people; empty if untold."""
        detail = _value(self.filter_detail)
        if not isinstance(detail, dict):
            return ()
        reason = _text(detail.get("filter_reason"))
        people = _text(detail.get("detail_msg")) or _text(detail.get("notice"))
        return (reason, people) if reason else ()


def read_envelope(payload_key: str, body: bytes) -> Envelope | None:
    """Return the envelope of an answer, or None if it is not a JSON object."""
    try:
        envelope: Envelope = _decoder(payload_key).decode(body)
    except (msgspec.DecodeError, RecursionError):
        return _read_slowly(payload_key, body)
    return envelope


@cache
def _decoder(payload_key: str) -> msgspec.json.Decoder[Any]:
    kind = msgspec.defstruct(
        "Answer",
        [("payload", msgspec.Raw, msgspec.Raw())],
        bases=(Envelope,),
        rename={"payload": payload_key},
    )
    return msgspec.json.Decoder(kind)


def _read_slowly(payload_key: str, body: bytes) -> Envelope | None:
    """Read what msgspec refuses and the service sends, e.g. half surrogates.

    One record that is nested too deeply is no reason to refuse its page.
    """
    try:
        members = lenient.split_object(body)
    except lenient.MalformedPage:
        return None
    if members is None:
        return None
    keys = {name: name for name in Envelope.__struct_fields__}
    keys["payload"] = payload_key
    found = {name: members[key] for name, key in keys.items() if key in members}
    return Envelope(**{name: msgspec.Raw(text) for name, text in found.items()})


def _value(raw: msgspec.Raw) -> Any:
    text = bytes(raw)
    try:
        return json.loads(text.decode("utf-8", "replace")) if text else None
    except (ValueError, RecursionError):
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _integer(value: object) -> int | None:
    if not isinstance(value, (int, float, str)):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None
