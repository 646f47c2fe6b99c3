"""A process that has imported what commands need, and forks for each command.

``python -m tests.support.warm FD`` serves ``started.py`` over a socket, and ends with
it. A command runs as ``python -m scrapy`` would run it: a process, with an environment
and pipes of its own. It merely finds its modules loaded, which saves three quarters of
what a short crawl costs.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import socket
import sys
from importlib import import_module, reload
from threading import active_count

from scrapy.utils.misc import walk_modules_iter

from douyin_crawler import settings

PACKAGES = ("commands", "extensions", "middlewares", "pipelines", "spiders", "stores")
MODULES = (
    "aiohttp.web",
    "douyin_crawler.handlers.plain",
    "douyin_crawler.handlers.signed",
    "douyin_crawler.plans.runner",
    "douyin_crawler.sandbox.server",
    "rich.console",
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.extensions.feedexport",
    "twisted.internet.asyncioreactor",
)


def main() -> None:
    """Fork for each command that is asked for, until the socket is closed."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    preload()
    while True:
        _, descriptors, *_ = socket.recv_fds(channel, 1, 4)
        if not descriptors:
            channel.close()
            return
        if os.fork() == 0:
            channel.close()
            attend(*descriptors)
            return
        for descriptor in descriptors:
            os.close(descriptor)
        reap()


def preload() -> None:
    """Import what commands and crawls do."""
    for name in MODULES:
        import_module(name)
    for package in PACKAGES:
        list(walk_modules_iter(f"douyin_crawler.{package}"))
    assert "twisted.internet.reactor" not in sys.modules, "each command has its own"
    assert active_count() == 1, "a fork would lose the other threads"
    gc.collect()
    gc.freeze()  # not the forks' to look through: they would copy every page


def reap() -> None:
    """Let go of the attendants that have ended."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                return
        except ChildProcessError:
            return


def attend(task: int, out: int, err: int, status: int) -> None:
    """Fork once more: one becomes the command, one tells its id and how it ended."""
    pid = os.fork()
    if pid == 0:
        os.dup2(out, 1)
        os.dup2(err, 2)
        for descriptor in (out, err, status):
            os.close(descriptor)
        become(task)
        return
    for descriptor in (task, out, err):
        os.close(descriptor)
    os.write(status, f"{pid}\n".encode())
    _, ended = os.waitpid(pid, 0)
    os.write(status, f"{os.waitstatus_to_exitcode(ended)}\n".encode())
    os._exit(0)


def become(task: int) -> None:
    """Run the command; it ends this process as it would end its own."""
    with os.fdopen(task, encoding="utf-8") as given:
        asked = json.load(given)
    os.environ.clear()
    os.environ.update(asked["environment"])
    reload(settings)  # it reads the environment
    sys.argv[:] = ["scrapy", *asked["arguments"]]
    runpy.run_module("scrapy", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
