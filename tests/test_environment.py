"""The file `.env`: read, or refused with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from douyin_crawler import environment
from douyin_crawler.environment import problem_of_env_file, read_environment

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "s3cr3t-s3cr3t"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / ".env"
    monkeypatch.setattr(environment, "env_file", lambda: path)
    monkeypatch.delenv("DOUYIN_SESSION_FILE")
    return path


def test_values_are_read_and_the_environment_wins(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(
        f'# mine\nexport DOUYIN_COOKIE="sessionid={SECRET}; a=b"\n'
        "DOUYIN_SIGNER=x_bogus\nOTHER=1\n",
        "utf-8-sig",
    )
    monkeypatch.setenv("DOUYIN_SIGNER", "a_bogus")
    assert read_environment() == {
        "DOUYIN_COOKIE": f"sessionid={SECRET}; a=b",
        "DOUYIN_SIGNER": "a_bogus",
    }
    assert problem_of_env_file() is None


def test_an_empty_value_is_the_default_unless_none_is_meant(file: Path) -> None:
    file.write_text("DOUYIN_PROXY=\nDOUYIN_SESSION_FILE=\n", "utf-8")
    assert read_environment() == {"DOUYIN_SESSION_FILE": ""}


def test_without_a_file_there_is_nothing_to_say(file: Path) -> None:
    assert read_environment() == {}
    assert problem_of_env_file() is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f'A=1\nDOUYIN_COOKIE="sessionid={SECRET}\n'.encode(), "quote"),
        (f"DOUYIN_COOKIE: {SECRET}\n".encode(), "line 1"),
        (f"DOUYIN_COOKIE=a=b;\nsessionid={SECRET}\n".encode(), "line 2: sessionid"),
        (b"DOUYIN_COOKIE\n", "DOUYIN_COOKIE is no setting"),
        (b"douyin_cookie=a\n", "write DOUYIN_COOKIE"),
        ("DOUYIN_COOKIE=名\n".encode("gbk"), "UTF-8"),
    ],
)
def test_what_is_wrong_is_named_without_a_value(
    file: Path, content: bytes, words: str
) -> None:
    file.write_bytes(content)
    read_environment()
    problem = problem_of_env_file()
    assert problem is not None
    assert words in problem
    assert SECRET not in problem
    assert str(file) in problem


def test_a_folder_is_no_file(file: Path) -> None:
    file.mkdir()
    assert read_environment() == {}
    assert "can't be read" in str(problem_of_env_file())
