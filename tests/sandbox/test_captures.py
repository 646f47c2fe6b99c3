from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.answers import WorldAnswers
from douyin_crawler.sandbox.ask import Ask
from douyin_crawler.sandbox.captures import END, NO_COMMENTS, CapturedAnswers, load
from douyin_crawler.sandbox.config import SandboxConfig, SandboxError
from douyin_crawler.sandbox.server import Sandbox
from douyin_crawler.sandbox.world import World
from tests.sandbox.client import Client
from tests.support.shared import CAPTURES, needs_shared

if TYPE_CHECKING:
    from pathlib import Path


PATHS = {
    "aweme_post": ("aweme/post/", "sec_user_id"),
    "aweme_detail": ("aweme/detail/", "aweme_id"),
    "user_profile_other": ("user/profile/other/", "sec_user_id"),
    "comment_list": ("comment/list/", "aweme_id"),
    "comment_list_reply": ("comment/list/reply/", "comment_id"),
    "hot_search_list": ("hot/search/list/", "board_type"),
}


def ask(**params: object) -> Ask:
    texts = {name: str(value) for name, value in params.items()}
    return Ask(texts, True, 1_790_000_000.0, "x")


def page(user: str, cursor: int, number: int) -> dict[str, Any]:
    post = {"aweme_id": f"{number}", "author": {"sec_uid": user}}
    return {"max_cursor": cursor, "has_more": 1, "aweme_list": [post]}


def captured(folder: Path, *pages: dict[str, Any]) -> CapturedAnswers:
    (folder / "aweme_post").mkdir()
    for number, value in enumerate(pages):
        file = folder / "aweme_post" / f"{number:03d}.json"
        file.write_text(json.dumps(value), "utf-8")
    return CapturedAnswers(folder, WorldAnswers(World(users=10)))


def numbers(answers: CapturedAnswers, user: str, *cursors: int) -> list[str]:
    found = []
    for cursor in cursors:
        body = answers.posts(ask(sec_user_id=user, max_cursor=cursor))
        posts = json.loads(body)["aweme_list"]
        found.append(posts[0]["aweme_id"] if posts else "end")
        assert posts or body == END
    return found


def test_the_nth_request_of_an_id_gets_its_nth_file(tmp_path: Path) -> None:
    pages = [page("a", 30, 0), page("b", 9, 1), page("a", 20, 2), page("a", 10, 3)]
    answers = captured(tmp_path, *pages)
    assert numbers(answers, "a", 0, 30, 20, 10) == ["0", "2", "3", "end"]
    assert numbers(answers, "b", 0, 9) == ["1", "end"]


def test_a_new_walk_starts_again_and_a_retry_gets_the_same(tmp_path: Path) -> None:
    pages = [page("a", 30, 0), page("a", 20, 1), page("a", 10, 2)]
    answers = captured(tmp_path, *pages)
    assert numbers(answers, "a", 0, 30, 30, 20) == ["0", "1", "1", "2"]
    assert numbers(answers, "a", 0, 0, 30) == ["0", "0", "1"]
    assert numbers(answers, "a", 20) == ["2"]


def test_files_with_one_cursor_come_in_turn(tmp_path: Path) -> None:
    pages = [page("a", 30, 0), page("a", 30, 1), page("a", 10, 2)]
    assert numbers(captured(tmp_path, *pages), "a", 0, 30, 30) == ["0", "1", "2"]


def test_a_cursor_of_no_file_goes_on(tmp_path: Path) -> None:
    answers = captured(tmp_path, page("a", 30, 0), page("a", 20, 1))
    assert numbers(answers, "a", 0, 7, 7) == ["0", "1", "end"]


def test_unknown_ids_are_answered_as_unknown(tmp_path: Path) -> None:
    answers = captured(tmp_path, page("a", 30, 0))
    assert numbers(answers, "nobody", 0) == ["end"]
    assert json.loads(answers.profile(ask(sec_user_id="a")))["status_code"] == 2
    detail = json.loads(answers.detail(ask(aweme_id="1")))
    assert detail["filter_detail"]["filter_reason"] == "core_dep"
    own = json.loads(answers.own_profile(ask()))
    assert own["status_code"] == 0


def test_a_folder_without_answers_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="no answers in it"):
        load(tmp_path)
    with pytest.raises(SandboxError, match="no such folder"):
        load(tmp_path / "missing")


@pytest.mark.parametrize("text", ["{", "[]", '{"aweme_list": [{}]}', "\xff"])
def test_a_file_that_is_no_answer_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "aweme_post").mkdir()
    (tmp_path / "aweme_post" / "bad.json").write_text(text, "latin-1")
    with pytest.raises(SandboxError, match=r"bad\.json: not an answer of aweme_post"):
        load(tmp_path)


def test_a_file_that_is_nested_too_deep_is_named(tmp_path: Path) -> None:
    (tmp_path / "aweme_post").mkdir()
    (tmp_path / "aweme_post" / "deep.json").write_text("[" * 100_000 + "]" * 100_000)
    with pytest.raises(
        SandboxError, match=r"deep\.json: nested too deep; take it out$"
    ):
        load(tmp_path)


@needs_shared
async def test_captures_are_served_byte_for_byte_to_signed_requests() -> None:
    sandbox = Sandbox(SandboxConfig(port=0, captures=CAPTURES, users=10))
    await sandbox.start()
    try:
        async with Client(sandbox.url) as client:
            await client.visit()
            for endpoint, (path, key) in PATHS.items():
                by_id = load(CAPTURES)[endpoint]
                assert by_id
                for id_, files in by_id.items():
                    answer = await client.api(path, **{key: id_, "max_cursor": 0})
                    assert answer.body == files[0].body
            cursor = 1706103533000
            user = next(iter(load(CAPTURES)["aweme_post"]))
            end = await client.api("aweme/post/", sec_user_id=user, max_cursor=cursor)
            assert end.body == END
            second = await client.api("hot/search/list/")
            assert second.body == load(CAPTURES)["hot_search_list"]["board"][1].body
            assert (await client.api("tab/feed/")).body == b""
            del client.cookies["ttwid"]
            refused = await client.api("aweme/post/", sec_user_id=user)
            assert refused.body == b""
    finally:
        await sandbox.stop()


@needs_shared
async def test_the_feed_is_served_to_members() -> None:
    sandbox = Sandbox(SandboxConfig(port=0, captures=CAPTURES, users=10))
    await sandbox.start()
    try:
        async with Client(sandbox.url, sandbox.mint.login_cookie()) as client:
            first = await client.api("tab/feed/", refresh_index=1)
            second = await client.api("tab/feed/", refresh_index=2)
    finally:
        await sandbox.stop()
    assert first.body == load(CAPTURES)["module_feed"]["feed"][0].body
    assert second.value == {"status_code": 0, "aweme_list": [], "has_more": 1}


def write(folder: Path, endpoint: str, *answers: dict[str, Any]) -> CapturedAnswers:
    (folder / endpoint).mkdir()
    for number, value in enumerate(answers):
        file = folder / endpoint / f"{number}.json"
        file.write_text(json.dumps(value), "utf-8")
    return CapturedAnswers(folder, WorldAnswers(World(users=10)))


def test_comments_come_by_cursor_and_end_with_null(tmp_path: Path) -> None:
    first = {"comments": [{"aweme_id": "7", "cid": "1"}], "cursor": 20, "has_more": 1}
    bare = {"comments": [{"aweme_id": "7", "cid": "2"}]}
    answers = write(tmp_path, "comment_list", first, bare)
    for cursor, expected in ((0, first), (20, bare), (20, bare)):
        assert json.loads(answers.comments(ask(aweme_id=7, cursor=cursor))) == expected
    assert answers.comments(ask(aweme_id=7, cursor=40)) == NO_COMMENTS
    assert answers.comments(ask(aweme_id=8)) == NO_COMMENTS


def test_replies_belong_to_a_comment(tmp_path: Path) -> None:
    page = {"comments": [{"reply_id": "3", "cid": "4"}], "cursor": 3, "has_more": 0}
    answers = write(tmp_path, "comment_list_reply", page)
    found = answers.replies(ask(item_id=7, comment_id=3, cursor=0))
    assert json.loads(found) == page
    assert answers.replies(ask(item_id=7, comment_id=4)) == NO_COMMENTS


def test_the_last_board_comes_again(tmp_path: Path) -> None:
    boards = [{"data": {"word_list": [{"word": word}]}} for word in "ab"]
    answers = write(tmp_path, "hot_search_list", *boards)
    served = [json.loads(answers.hot_list(ask())) for _ in range(3)]
    assert served == [*boards, boards[1]]


@needs_shared
@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("emoji_list", {}),
        ("notice_detail", {"id_list": '[{"notice_id_str":"7569492243205730738"}]'}),
    ],
)
def test_what_the_world_has_is_captured_too(name: str, asked: dict[str, str]) -> None:
    world = WorldAnswers(World(users=10))
    answers = CapturedAnswers(CAPTURES, world)
    given = {"emoji_list": answers.emojis, "notice_detail": answers.notice_details}
    file = next((CAPTURES / name).glob("*.json"))
    assert given[name](ask(**asked)) == file.read_bytes()


@needs_shared
def test_what_was_not_captured_comes_from_the_world() -> None:
    world = WorldAnswers(World(users=10))
    answers = CapturedAnswers(CAPTURES, world)
    nid, _, kind = world.notice_answers.notices.ids()[0].partition(":")
    wanted = [{"notice_id_str": nid, "type": int(kind)}]
    shown = json.loads(answers.notice_details(ask(id_list=json.dumps(wanted))))
    assert shown["notice_list_v2"][0]["nid_str"] == nid
    assert answers.stickers(ask()) == world.stickers(ask())
    assert answers.notices(ask(is_mark_read=0)) == world.notices(ask(is_mark_read=0))
    ids = json.dumps([world.world.user(0).sec_uid])
    assert answers.user_infos(ask(sec_user_ids=ids)) == world.user_infos(
        ask(sec_user_ids=ids)
    )
