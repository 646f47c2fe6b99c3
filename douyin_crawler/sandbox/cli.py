"""`scrapy sandbox` and `python -m douyin_crawler.sandbox`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from pathlib import Path
from typing import Any, TextIO

from . import fault_kinds, faults, hot
from .captures import CapturedAnswers
from .config import DEFAULT_PORT, SandboxConfig, SandboxError
from .server import Sandbox
from .world import BIG, GAPPED, MANY, NONE, ONE, PRIVATE, SELF
from .world_names import named_posts
from .world_text import nickname

LISTED = 20
_KINDS = {
    MANY: "many posts, three pinned",
    ONE: "one post",
    NONE: "no posts",
    PRIVATE: "a private account",
    GAPPED: "empty pages in between",
    BIG: "more than a thousand posts",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the sandbox, for either way to start it."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="loopback address (default: %(default)s)")
    add("--port", type=int, default=DEFAULT_PORT, help="0: a free one (%(default)s)")
    add("--seed", type=int, default=1, help="number that the world grows from")
    add("--users", type=int, default=2000, help="how many users there are")
    add(
        "--feed-posts",
        type=int,
        default=300,
        metavar="N",
        help="different posts in the feed (%(default)s)",
    )
    add(
        "--notices",
        type=int,
        default=160,
        metavar="N",
        help="of the login (%(default)s)",
    )
    add("--day", type=int, help="day of the world since 2026-01-01 (default: today)")
    add(
        "--comments-of-big",
        type=int,
        default=0,
        metavar="N",
        help='comments and replies of the post "vast" (0: no such post)',
    )
    add(
        "--most-posts",
        type=int,
        default=1500,
        metavar="N",
        help="posts of a user without a name, at most (%(default)s)",
    )
    add("--moving", action="store_true", help="counters move from answer to answer")
    add(
        "--fault",
        action="append",
        default=[],
        metavar="KIND",
        help="plan a failure; may be given again (kinds: below)",
    )
    add(
        "--log",
        type=int,
        default=10_000,
        metavar="N",
        help="requests that are remembered (%(default)s)",
    )
    parser.epilog = fault_kinds.described()
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add(
        "--latency",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="wait before each answer",
    )
    add(
        "--captures",
        type=Path,
        metavar="DIR",
        help="serve the captured answers in DIR's folders instead of the made-up world",
    )
    add(
        "--list",
        action="store_true",
        help="print the ids that can be asked for, by endpoint, and end",
    )
    add(
        "--distinct-fields",
        action="store_true",
        help="give every field of the API description a value of its own",
    )
    add(
        "--browser-only",
        action="store_true",
        help="refuse API requests that no page of a browser made",
    )
    add(
        "--challenge",
        action="store_true",
        help="put a script that must run before a visitor's first page",
    )
    add("--ready-json", action="store_true", help="one line of JSON when ready")


def config_of(options: argparse.Namespace) -> SandboxConfig:
    return SandboxConfig(
        host=options.host,
        port=options.port,
        seed=options.seed,
        users=options.users,
        feed_posts=options.feed_posts,
        notices=options.notices,
        day=options.day,
        latency=options.latency,
        captures=options.captures,
        faults=tuple(faults.parsed(text) for text in options.fault),
        moving=options.moving,
        log=options.log,
        comments_of_big=options.comments_of_big,
        most_posts=options.most_posts,
        distinct_fields=options.distinct_fields,
        browser_only=options.browser_only,
        challenge=options.challenge,
    )


def run(options: argparse.Namespace, out: TextIO | None = None) -> int:
    """Serve until a signal; the exit status: 0, or 2 for a wrong option."""
    out = out or sys.stdout
    try:
        sandbox = Sandbox(config_of(options))
        if options.list:
            _print(out, listing(sandbox))
            return 0
        asyncio.run(_serve(sandbox, out, as_json=options.ready_json))
    except SandboxError as error:
        _print(sys.stderr, [f"sandbox: {error}"])
        return 2
    except KeyboardInterrupt:  # where signal handlers cannot be set (Windows)
        return 0
    return 0


async def _serve(sandbox: Sandbox, out: TextIO, *, as_json: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    await sandbox.start()
    try:
        _print(out, [json.dumps(facts(sandbox))] if as_json else greeting(sandbox))
        await stopped.wait()
    finally:
        await sandbox.stop()


def facts(sandbox: Sandbox) -> dict[str, Any]:
    """What a program needs to use a running sandbox."""
    world = sandbox.world
    known = [world.user(index) for index in range(min(world.users, LISTED))]
    return {
        "url": sandbox.url,
        "login_cookie": sandbox.mint.login_cookie(),
        "users": [user.sec_uid for user in known],
        "handles": [user.handle for user in known],
        "short_links": [world.ids.short_code("user", user.index) for user in known],
        "posts": {name: post.id for name, post in named_posts(world).items()},
        "notices": sandbox.made_up.notice_answers.notices.ids(),
        "own": world.user(SELF).sec_uid,
        "nickname": nickname(world, SELF),
        "day": world.day,
    }


def greeting(sandbox: Sandbox) -> list[str]:
    """What a person needs: the address first, then how to point a crawl at it."""
    lines = [
        f"Sandbox on {sandbox.url}",
        "",
        "Point a crawl at it, in another terminal:",
        f"  export DOUYIN_BASE_URL={sandbox.url}",
        f"  export DOUYIN_COOKIE='{sandbox.mint.login_cookie()}'",
        f"  scrapy crawl user_posts -a user={_example(sandbox)}",
        "Without DOUYIN_COOKIE the crawl is a visitor's: one page of posts a user.",
        "",
    ]
    if isinstance(sandbox.answers, CapturedAnswers):
        return [*lines, *listing(sandbox), "", "Ctrl-C ends it."]
    world = sandbox.world
    lines += ["Users to ask for:"]
    lines += [f"  {world.user(i).sec_uid}  {text}" for i, text in _KINDS.items()]
    code = world.ids.short_code("user", MANY)
    lines += [f"The first is also the handle {world.user(MANY).handle} and the link"]
    return [*lines, f"  https://v.douyin.com/{code}/", "", "Ctrl-C ends it."]


def _example(sandbox: Sandbox) -> str:
    if isinstance(sandbox.answers, CapturedAnswers):
        captures = sandbox.answers.captures
        return next(iter(captures["aweme_post"] or captures["user_profile_other"]), "")
    return sandbox.world.user(MANY).sec_uid


def listing(sandbox: Sandbox) -> list[str]:
    """The ids that can be asked for, by endpoint."""
    if isinstance(sandbox.answers, CapturedAnswers):
        lines = []
        for endpoint, by_id in sandbox.answers.captures.items():
            lines += [endpoint] if by_id else []
            lines += [f"  {key}  {len(files)} file(s)" for key, files in by_id.items()]
        return lines
    world = sandbox.world
    shown = [i for i in range(min(world.users, LISTED)) if world.exists(i)]
    lines = ["aweme_post, user_profile_other (the first of them)"]
    lines += [
        f"  {world.user(i).sec_uid}  {world.listed_count(i)} posts"
        + (f", {_KINDS[i]}" if i in _KINDS else "")
        for i in shown
    ]
    newest = [post for i in shown for post in world.listed(i)[:1]]
    lines += ["aweme_detail", *(f"  {post.id}" for post in newest)]
    lines += ["comment_list, comment_list_reply (posts whose comments have a name)"]
    lines += [f"  {post.id}  {name}" for name, post in named_posts(world).items()]
    lines += ["hot_search_list", *(f"  {name}" for name in hot.NAMES)]
    lines += ["tab_feed", f"  {sandbox.config.feed_posts} posts, with a login"]
    notices = sandbox.made_up.notice_answers.notices.ids()
    lines += ["notice_detail (ID:TYPE, with a login; the first of them)"]
    return [*lines, *(f"  {notice}" for notice in notices[:LISTED])]


def _print(out: TextIO, lines: list[str]) -> None:
    out.write("\n".join(lines) + "\n")
    out.flush()


def main(arguments: list[str] | None = None) -> int:
    """Entry point of `python -m douyin_crawler.sandbox`."""
    parser = argparse.ArgumentParser("douyin_crawler.sandbox", description=__doc__)
    add_options(parser)
    return run(parser.parse_args(arguments))
