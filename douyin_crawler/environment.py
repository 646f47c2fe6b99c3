"""The environment and the file ``.env``, read once, at the start."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from dotenv.parser import parse_stream
from scrapy.utils.conf import closest_scrapy_cfg

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "DOUYIN_"
# An empty value is one of these settings' values; of all others it means the default.
_MAY_BE_EMPTY = frozenset({"DOUYIN_SESSION_FILE"})
# Pasted over several lines, a cookie leaves lines of these names.
_COOKIES = frozenset(
    {"cookie", "ttwid", "sessionid", "sessionid_ss", "sid_tt", "sid_guard", "uifid"}
    | {"uifid_temp", "mstoken", "s_v_web_id", "odin_tt", "passport_csrf_token"}
)


def project_folder() -> Path:
    """Return the folder of ``scrapy.cfg``, here or above; else the current one."""
    config = closest_scrapy_cfg()
    return Path(config).parent if config else Path.cwd()


def env_file() -> Path:
    """Return where ``.env`` is looked for."""
    return project_folder() / ".env"


def read_environment() -> dict[str, str]:
    """Return the ``DOUYIN_*`` variables; the environment wins over ``.env``."""
    values: dict[str, str | None] = {}
    # What is wrong with it is told by problem_of_env_file(), when one can be told.
    with contextlib.suppress(OSError, ValueError):
        values.update((name, value) for _, name, value in _bindings(env_file()))
    values.update(os.environ)
    given = {k: v for k, v in values.items() if k.startswith(PREFIX) and v is not None}
    return {k: v for k, v in given.items() if v or k in _MAY_BE_EMPTY}


def read_variable(name: str) -> str:
    """Return one variable of any name, the environment's before that of ``.env``."""
    if value := os.environ.get(name):
        return value
    with contextlib.suppress(OSError, ValueError):
        return next((v or "" for _, n, v in _bindings(env_file()) if n == name), "")
    return ""


def problem_of_env_file() -> str | None:
    """Return what is wrong with ``.env``, as one line without its values."""
    path = env_file()
    try:
        for line, name, value in _bindings(path):
            if name.lower() in _COOKIES or value is None:
                return (
                    f"{path}, line {line}: {name} is no setting; a cookie goes on one "
                    'line, in quotes: DOUYIN_COOKIE="name=value; name=value"'
                )
            if name.upper().startswith(PREFIX) and not name.startswith(PREFIX):
                return f"{path}, line {line}: write {name.upper()}"
    except (OSError, ValueError) as error:
        return f"{path}: {error}"
    return None


def _bindings(path: Path) -> Iterator[tuple[int, str, str | None]]:
    """Yield line, name and value of each statement; nothing without a file.

    Raises:
        OSError: the file can't be read.
        ValueError: it is no UTF-8, or a statement can't be parsed.
    """
    if not path.exists():
        return
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8: save it as UTF-8") from None
    except OSError as error:
        raise ValueError(f"it can't be read ({error.strerror})") from None
    for binding in parse_stream(io.StringIO(text)):
        line = binding.original.line
        if binding.error:
            raise ValueError(f"line {line} is not NAME=value (is a quote missing?)")
        if binding.key is not None:
            yield line, binding.key, binding.value
