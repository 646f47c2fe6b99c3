"""Spider arguments: types, names, times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from douyin_crawler.spiders.arguments import ArgumentError, Range, parse_moment
from douyin_crawler.spiders.user_posts import UserPostsArguments, UserPostsSpider

SEC_UID = "MS4wLjABAAAA" + "b" * 43


def read(**given: Any) -> UserPostsArguments:
    arguments = UserPostsSpider.read_arguments(given)
    assert isinstance(arguments, UserPostsArguments)
    return arguments


def test_values_are_typed() -> None:
    arguments = read(user=SEC_UID, limit="12", since="2024-01-31")
    assert (arguments.limit, arguments.since) == (12, "2024-01-31")


def test_the_api_s_own_name_is_an_alias() -> None:
    assert read(sec_user_id=SEC_UID).user == SEC_UID


def test_scrapyd_s_job_is_no_argument() -> None:
    assert read(user=SEC_UID, _job="1").user == SEC_UID


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "-a user=... is missing"),
        ({"user": ""}, "-a user= is empty"),
        ({"user": SEC_UID, "since": ""}, "-a since= is empty"),
        ({"user": SEC_UID, "limit": "1e3"}, "a whole number"),
        ({"user": SEC_UID, "limt": "3"}, "did you mean limit?"),
        ({"usr": SEC_UID}, "did you mean user?"),
        (
            {"user": SEC_UID, "zebra": "3"},
            "the arguments are resume, queue, wait, user, since",
        ),
        ({"user": SEC_UID, "limit": "many"}, "limit=many: a whole number"),
        ({"user": SEC_UID, "limit": "0"}, "from 1"),
        ({"user": SEC_UID, "limit": "-1"}, "from 1"),
        ({"user": SEC_UID, "since": "yesterday"}, "write 2024-01-31"),
        ({"user": SEC_UID, "since": "2024-01-31T00:00:00"}, "write 2024-01-31"),
        ({"user": SEC_UID, "since": "2024-02-01", "until": "2024-02-01"}, "before"),
        ({"user": SEC_UID, "sec_user_id": SEC_UID}, "given twice"),
        ({"user": "https://example.com/user/x"}, "-a user:"),
        ({"user": "@/nowhere/users.txt"}, "/nowhere/users.txt"),
    ],
)
def test_what_can_t_be_used_is_named(given: dict[str, str], message: str) -> None:
    with pytest.raises(ArgumentError, match=r"^[^\n]+$") as caught:
        read(**given)
    assert message in str(caught.value)


def test_a_date_means_midnight_in_shanghai() -> None:
    moment = parse_moment("since", "2024-01-31")
    assert moment == datetime(2024, 1, 30, 16, tzinfo=UTC)


def test_the_end_of_a_range_is_open() -> None:
    asked = Range.parse("2024-01-31T00:00:00+00:00", "2024-02-01T00:00:00Z")
    assert datetime(2024, 1, 31, tzinfo=UTC) in asked
    assert datetime(2024, 2, 1, tzinfo=UTC) not in asked
    assert datetime(2024, 1, 30, 23, 59, 59, tzinfo=UTC) not in asked
