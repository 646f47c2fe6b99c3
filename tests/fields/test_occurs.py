"""Every field occurs in the sandbox's usual answers, in its type."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.api.contract import tables
from douyin_crawler.sandbox.answers import WorldAnswers
from douyin_crawler.sandbox.ask import Ask
from douyin_crawler.sandbox.routes import ROUTES
from douyin_crawler.sandbox.world import MANY, PRIVATE, World
from douyin_crawler.sandbox.world_names import named_posts
from tests.fields.check import is_of, values
from tests.fields.crawls import SPIDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.api.contract import Field


@pytest.fixture(scope="module")
def made_up() -> WorldAnswers:
    """The answers of a small world."""
    return WorldAnswers(World(seed=1, users=20, day=300))


def asked(made_up: WorldAnswers, endpoint: str) -> Iterator[Any]:
    """Yield enough answers of an endpoint for what is rare in it."""
    route = ROUTES[tables()[endpoint].path]
    for parameters in _parameters(made_up, endpoint):
        ask = Ask({"count": "50", **parameters}, True, 1.79e9, "logid")
        yield json.loads(route.answer(made_up, ask))


def _parameters(made_up: WorldAnswers, endpoint: str) -> list[dict[str, str]]:
    world = made_up.world
    users = [world.user(index).sec_uid for index in (MANY, PRIVATE)]
    notices = [key.split(":") for key in made_up.notice_answers.notices.ids()]
    ids = [{"notice_id_str": nid, "type": int(kind)} for nid, kind in notices]
    post = named_posts(world)["crowded"].id
    given: dict[str, list[dict[str, str]]] = {
        "aweme_post": [{"sec_user_id": users[0]}],
        "tab_feed": [{"refresh_index": str(n)} for n in range(1, 30)],
        "comment_list": [{"aweme_id": post, "cursor": n} for n in ("0", "50", "100")],
        "hot_search_list": [{}],
        "user_profile_other": [{"sec_user_id": user} for user in users],
        "im_user_info": [{"sec_user_ids": json.dumps(users)}],
        "notice_detail": [{"id_list": json.dumps(ids[:20])}],
    }
    return given.get(endpoint, [{}])


def absent(fields: tuple[Field, ...], answers: list[Any]) -> list[str]:
    """Return the fields that no answer has, or none in its type."""
    found = []
    for field in fields:
        shown = [value for answer in answers for value in values(answer, field.path)]
        if not any(is_of(field.type, value) for value in shown):
            found.append(f"{field.path}: no {field.type} in {shown[:3]}")
    return found


@pytest.mark.parametrize("endpoint", SPIDERS)
def test_every_field_occurs_in_its_type(made_up: WorldAnswers, endpoint: str) -> None:
    answers = list(asked(made_up, endpoint))
    assert {answer["status_code"] for answer in answers} == {0}
    assert absent(tables()[endpoint].fields, answers) == []


def test_a_field_that_is_not_answered_is_named(made_up: WorldAnswers) -> None:
    answers = list(asked(made_up, "hot_search_list"))
    for answer in answers:
        for word in answer["data"]["word_list"]:
            del word["hotlist_param"]
    fields = tables()["hot_search_list"].fields
    assert absent(fields, answers) == [
        "data.word_list[].hotlist_param: no string in []"
    ]
