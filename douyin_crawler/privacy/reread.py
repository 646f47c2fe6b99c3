"""An observation whose payload has changed, read again from what is left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from douyin_crawler.items.clean import clean_item
from douyin_crawler.items.kinds import KINDS, record_id
from douyin_crawler.items.page import MalformedPage
from douyin_crawler.privacy.jsontext import read

if TYPE_CHECKING:
    from douyin_crawler.items.observation import Observation


def reread(seen: Observation, payload: bytes) -> Observation | None:
    """Return *seen* as today's parsers read it in *payload*.

    So the record says nothing that the payload does not. None where no record is left.
    """
    if seen.item is None or seen.kind not in KINDS:
        return replace(seen, payload=payload)
    kind = KINDS[seen.kind]
    try:
        value = read(payload)
    except MalformedPage:
        return None
    item = kind.reparse(seen.payload_id or seen.id, value, seen.observed_at)
    if item is None:
        return None
    for name in kind.beside:
        setattr(item, name, getattr(seen.item, name))
    item, _ = clean_item(item)
    return replace(seen, id=record_id(item), item=item, payload=payload)
