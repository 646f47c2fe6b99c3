from __future__ import annotations

from typing import Any

import pytest

from tests.support.shared import ROOT


@pytest.fixture
def nest_contract(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import nest_contract

    return nest_contract


def fields(*texts: str) -> list[dict[str, str]]:
    pairs = (text.partition(":") for text in texts)
    return [{"name": name, "type": kind} for name, _, kind in pairs]


def nested(script: Any, captured: Any, *texts: str) -> Any:
    entry = {"response": [{"name": "user", "type": "object", "inside": fields(*texts)}]}
    known = script.Knowledge.of(script.shape_of({"user": captured}))
    return script.nest(entry, known)["user"]


def test_the_order_of_names_ends_an_object(nest_contract: Any) -> None:
    texts = ("cover:object", "uri:string", "url_list:string []", "digg:number")
    cover = {"uri": "string", "url_list": ["string"]}
    expected = {"cover": cover, "digg": "number"}
    assert nested(nest_contract, {}, *texts) == expected


def test_captures_settle_what_the_order_leaves_open(nest_contract: Any) -> None:
    texts = ("cover:object", "uri:string", "width:number")
    inside = nested(nest_contract, {"cover": {"uri": "a", "width": 1}}, *texts)
    assert inside == {"cover": {"uri": "string", "width": "number"}}
    beside = nested(nest_contract, {"cover": {"uri": "a"}, "width": 1}, *texts)
    assert beside == {"cover": {"uri": "string"}, "width": "number"}


def test_lists_of_objects_are_entered(nest_contract: Any) -> None:
    texts = ("cards:object []", "icon:object", "uri:string", "title:string")
    expected = {"cards": [{"icon": {"uri": "string"}, "title": "string"}]}
    captured = {"cards": [{"icon": {"uri": "a"}, "title": "b"}]}
    assert nested(nest_contract, captured, *texts) == expected


def test_fields_may_stand_out_of_order(nest_contract: Any) -> None:
    texts = (
        "word:string",
        "cover:object",
        "url_list:string []",
        "uri:string",
        "at:null",
    )
    captured = {"word": "a", "cover": {"uri": "b", "url_list": ["c"]}, "at": None}
    cover = {"uri": "string", "url_list": ["string"]}
    expected = {"word": "string", "cover": cover, "at": "null"}
    assert nested(nest_contract, captured, *texts) == expected


def test_a_name_stands_once_in_an_object(nest_contract: Any) -> None:
    with pytest.raises(SystemExit, match="no nesting"):
        nested(nest_contract, {}, "uri:string", "uri:string")


def test_a_list_of_anything_holds_nothing(nest_contract: Any) -> None:
    assert nested(nest_contract, {}, "boards:array,null") == {"boards": []}


def test_shapes_hold_no_values(nest_contract: Any) -> None:
    value = {"a": "secret", "b": [{"c": 1}, {"d": None}], "e": [], "f": True}
    expected = {
        "a": "string",
        "b": [{"c": "number", "d": "null"}],
        "e": [],
        "f": "boolean",
    }
    assert nest_contract.shape_of(value) == expected


def test_a_null_of_the_contract_stands(nest_contract: Any) -> None:
    merged = nest_contract.merged
    first, second = {"a": "null", "b": "null"}, {"a": "string", "c": "number"}
    expected = {"a": "string", "b": "null", "c": "number"}
    assert merged(first, second) == expected
    assert merged(first, second, null_holds=True) == {**expected, "a": "null"}
