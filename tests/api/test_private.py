from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douyin_crawler.api.private import PRIVATE, cut, cut_within
from tests.support.shared import CAPTURES, needs_shared

EMPTY: tuple[Any, ...] = (None, "", 0, 0.0, False, [], {})


@pytest.mark.parametrize("name", PRIVATE)
def test_every_name_says_why_and_is_cut(name: str) -> None:
    assert PRIVATE[name]
    text = f'{{"a":1,"{name}":"x","b":{{"{name}":[{{"x":"]"}}]}}}}'.encode()
    assert cut(text) == (b'{"a":1,"b":{}}', 2)


@pytest.mark.parametrize(
    ("text", "expected", "count"),
    [
        ('{"email":"x"}', "{}", 1),
        ('{"email":"x","a":1}', '{"a":1}', 1),
        ('{"a":1,"email":"x"}', '{"a":1}', 1),
        ('{"a":1,"email":"x","phone":"y"}', '{"a":1}', 2),
        ('{"a":1 ,\n "email" : "x" ,\n "b":2}', '{"a":1 ,\n "b":2}', 1),
        ('{"a":1 ,\n "email" : "x"\n}', '{"a":1 \n}', 1),
        ('{"email":"x","phone":"y","lat":1.5,"lng":-2}', "{}", 4),
        ('[{"email":"x"},{"email":"x"}]', "[{},{}]", 2),
        ('{"location":{"lat":1,"a":[{"b":"}"}]},"c":1}', '{"c":1}', 1),
        ('{"school":["x",{"y":"]"}]}', "{}", 1),
        (r'{"email":"a\"b\\","c":"d"}', '{"c":"d"}', 1),
        ('{"phone":true}', "{}", 1),
        ('{"Email":"x","phoneNumber":1,"PhoneNumber":1,"PHONE_NUM":1}', "{}", 4),
        ('{"Birthday":"x","birthday_str":"x","poi_latitude":1,"lon":2}', "{}", 4),
        (r'{"bind\u005fphone":"1","a":"\u0026"}', r'{"a":"\u0026"}', 1),
        (r'{"\u0065m\u0061il":"1","phone":"2"}', "{}", 2),
    ],
)
def test_what_is_cut(text: str, expected: str, count: int) -> None:
    assert cut(text.encode()) == (expected.encode(), count)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"a":1}',
        '{"email":"","phone":null,"lat":0,"lng":0.0,"school":[],"location":{ }}',
        '{"mobile": false , "birthday" : "" }',
        '{"email":0',
        '["email","phone"]',
        '{"a":"email","b":"phone:"}',
        r'{"extra":"{\"email\":\"x\"}"}',
        '{"emaiL":"x","email_":"x","my_email":"x","has_email":true}',
        '{"ip_label":"广东","ip_location":"IP属地：广东","city":"深圳","province":"广东"}',
        r'{"a":"\u0062","email":""}',
    ],
)
def test_what_is_left_as_it_is(text: str) -> None:
    same = text.encode()
    assert cut(same)[0] is same
    assert cut(same)[1] == 0


@pytest.mark.parametrize(
    ("inner", "left"),
    [
        ({"email": "x", "a": "深圳\n"}, {"a": "深圳\n"}),
        ([{"a": {"Birthday": "x"}}], [{"a": {}}]),
        ({"deep": json.dumps({"phone": "1", "b": 2})}, {"deep": '{"b": 2}'}),
    ],
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_in_strings(inner: Any, left: Any, *, ascii_only: bool) -> None:
    value = {"text": 'say "email":', "room_data": json.dumps(inner), "n": [1]}
    text = json.dumps(value, ensure_ascii=ascii_only).encode()
    after, count = cut_within(text)
    assert count == 1
    kept = json.loads(after)
    assert json.loads(kept.pop("room_data")) == left
    assert kept == {"text": 'say "email":', "n": [1]}
    spelled = text.replace(b'\\"', b"\\u0022")
    assert json.loads(cut_within(spelled)[0]) == json.loads(after)


def test_strings_without_private_members_stay_byte_for_byte() -> None:
    for text in (
        rb'{"a":"{\"email\": \"\", \"n\" : 1e400}","t":"\ud83d \"email\":"}',
        rb'{"a":"{\"\u0062\":1}"}',
        rb'{"a":"[\"email\""}',
    ):
        assert cut_within(text) == (text, 0)
    broken = rb'{"a":"{\"email\":\"x\",\"h\":\"\\ud83d\",\"b\":\"\ud83d\"'
    assert cut_within(broken + b'}"}')[1] == 1


def test_the_rest_stays_byte_for_byte() -> None:
    rest = rb'"n":18446744073709551616,"f":1e400,"h":"\ud83d","u":"\xff","d":1,"d":2'
    text = rb'{"email":"x",' + rest + b"}"
    assert cut(text) == (b"{" + rest + b"}", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":1,"email":"x@', '{"a":1'),
        ('{"a":1,"email":"x"', '{"a":1'),
        ('{"a":1,"location":{"lat":1,', '{"a":1'),
        ('<html>"email":"x"</html>', "<html></html>"),
    ],
)
def test_texts_that_are_no_whole_json(text: str, expected: str) -> None:
    assert cut(text.encode()) == (expected.encode(), 1)


def without(value: Any) -> Any:
    """Return *value* less its private members, the plain way."""
    if isinstance(value, list):
        return [without(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        name: without(part)
        for name, part in value.items()
        if name not in PRIVATE or part in EMPTY
    }


names = st.sampled_from(["email", "phone", "location", "a", "desc"]) | st.text(
    max_size=3
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(['"email":"x"', "\\", '"', "email", '\\"phone\\":1,']),
    lambda inner: st.lists(inner) | st.dictionaries(names, inner),
    max_leaves=20,
)


@settings(max_examples=400, deadline=None)
@given(values, st.booleans(), st.sampled_from([None, 1]))
def test_equal_to_the_plain_way(
    value: Any, ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    after, count = cut(text.encode("utf-8", "surrogatepass"))
    assert json.loads(after.decode("utf-8", "surrogatepass")) == without(value)
    assert (count == 0) == (without(value) == value)


@needs_shared
def test_captures() -> None:
    for path in CAPTURES.glob("*/*.json"):
        text = path.read_bytes()
        after, _ = cut(text)
        assert json.loads(after) == without(json.loads(text)), path
