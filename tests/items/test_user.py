from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.items.user import User, parse_user
from tests.items import captured
from tests.items.mapping import differences
from tests.items.places import changed, paths
from tests.items.strategies import ODD
from tests.items.typed import wrong_types
from tests.support import samples
from tests.support.shared import needs_shared

SAMPLE = samples.user()
PLACES = paths(SAMPLE)


def parsed(value: Any) -> User:
    """Return the user of *value*, which must be one."""
    user = parse_user(value)
    assert user is not None
    return user


def test_every_typed_field_is_read_from_its_place() -> None:
    user = parsed(SAMPLE)
    assert differences(user, SAMPLE) == []
    names = {part.name for part in fields(user)} - {"collect_count_list"}
    assert [name for name in names if getattr(user, name) in (None, [])] == []
    assert user.url == f"https://www.douyin.com/user/{samples.SEC_UID}"


@needs_shared
def test_captured_users_value_by_value() -> None:
    for value in captured.users():
        user = parsed(value)
        assert differences(user, value) == []
        assert wrong_types(user) == []


@needs_shared
def test_captured_profiles_in_words() -> None:
    organisation, private = (parsed(value) for value in captured.profiles())
    assert organisation.follower_count == 153_036_243
    assert organisation.total_favorited == 7_810_192_431
    assert organisation.custom_verify == ""
    assert organisation.enterprise_verify_reason
    assert organisation.short_id is None
    assert organisation.secret is False
    assert private.secret is True
    assert private.special_state_title == "私密账号"
    assert private.signature == ""


@given(st.sampled_from(PLACES), ODD)
def test_any_value_anywhere_leaves_a_user_of_the_right_types(
    place: str, value: Any
) -> None:
    user = parse_user(changed(SAMPLE, place, value))
    if place != "sec_uid":
        assert user is not None
    if user is not None:
        assert wrong_types(user) == []


@given(ODD)
def test_anything_is_a_user_or_none(value: Any) -> None:
    user = parse_user(value)
    assert user is None or wrong_types(user) == []


@pytest.mark.parametrize("value", [None, "", 0, "0", False, [], {}])
def test_a_user_without_sec_uid_is_none(value: Any) -> None:
    assert parse_user(changed(SAMPLE, "sec_uid", value)) is None


def test_no_private_field_is_typed() -> None:
    names = {part.name for part in fields(User)}
    private = {"birthday", "bind_phone", "email", "school_name", "user_age", "city"}
    assert not names & private
    user = str(parsed(SAMPLE))
    for text in ("1990-01-01", "138****0000", "某大学", "u_code"):
        assert text not in user
