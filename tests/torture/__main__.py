"""``python -m tests.torture``: all faults, one table; not 0 where anything is lost."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.world import BIG, MANY
from tests.torture import killed, network, outage, rivals
from tests.torture.ground import Ground, start_mongod
from tests.torture.plain import plain
from tests.torture.table import Row, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_USERS = (8, 9, 11)
"""Between them seventeen posts and more with some 3,000 comments."""
_FEW = 9
"""Five posts with some 500 comments."""
WORLD = ("--day", "300", "--users", "400", "--most-posts", "12", "--log", "50000")


def _killed(ground: Ground, options: argparse.Namespace) -> Iterator[Row]:
    many = [ground.sandbox.users[at] for at in (MANY, BIG)]
    for kind in ground.stores:
        row, lines = killed.killed(ground, kind, options.kills)
        print(f"How the kills lie ({kind}):", *lines, sep="\n", flush=True)
        yield row
        with ground.walking(*many, comments=False):
            row, lines = killed.killed(ground, kind, options.kills // 3)
        row.fault += ", posts of 2 users"
        yield row


def _stopped(ground: Ground, options: argparse.Namespace) -> Iterator[Row]:
    for kind in ground.stores:
        yield from killed.stopped(ground, kind)


def _network(ground: Ground, options: argparse.Namespace) -> Iterator[Row]:
    named, some = ground.sandbox.users[MANY], ground.sandbox.users[_FEW]
    for kind in ground.stores:
        with ground.standing_still(), ground.walking(some, comments=True):
            yield from network.passing(ground, kind)
        with ground.standing_still(), ground.walking(named, comments=False):
            for row in network.passing(ground, kind):
                row.fault += " (posts)"
                yield row


def _lasting(ground: Ground, options: argparse.Namespace) -> Iterator[Row]:
    named, some = ground.sandbox.users[MANY], ground.sandbox.users[_FEW]
    for kind in ground.stores:
        with ground.standing_still(), ground.walking(some, comments=True):
            yield from network.lasting(ground, kind, "/comment/list/")
        with ground.standing_still(), ground.walking(named, comments=False):
            for row in network.lasting(ground, kind, "/aweme/post/"):
                row.fault += " (posts)"
                yield row


def _outage(ground: Ground, options: argparse.Namespace) -> Iterator[Row]:
    if "mongodb" in ground.stores:
        yield outage.mongod_killed(ground)
    if "sqlite" in ground.stores:
        yield outage.disk_full(ground)


def _rivals(ground: Ground, options: argparse.Namespace) -> Iterator[Row]:
    with ground.walking(ground.sandbox.users[_FEW], comments=True):
        for kind in ground.stores:
            yield rivals.together(ground, kind)
            yield rivals.together(ground, kind, 4)
            yield rivals.asleep(ground, kind)


PARTS: dict[str, Callable[[Ground, argparse.Namespace], Iterator[Row]]] = {
    "kill": _killed,
    "stop": _stopped,
    "outage": _outage,
    "network": _network,
    "lasting": _lasting,
    "rivals": _rivals,
}


def main() -> int:
    """Run the parts that are asked for."""
    options = _options()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, _sandbox(options) as sandbox:
        users = [sandbox.users[at] for at in _USERS]
        place = Path(folder)
        ground = Ground(sandbox, place, random.Random(options.seed), users)
        ground.only = options.store
        ground.mongod = start_mongod(place / "mongod")
        try:
            for part in options.only or PARTS:
                began = time.monotonic()
                for row in PARTS[part](ground, options):
                    rows.append(row)
                    print(row.line(), *row.notes, sep="\n", flush=True)
                print(f"{part}: {time.monotonic() - began:.0f} s", flush=True)
        finally:
            if ground.mongod:
                ground.mongod.kill()
        beside = [] if options.only else _plain(place, options)
    print("", f"seed {options.seed}", shown(rows), *beside, sep="\n")
    return int(any(row.bad for row in rows))


def _plain(place: Path, options: argparse.Namespace) -> list[str]:
    """Do the same to a plain spider; what it loses is no failure of ours."""
    chance = random.Random(options.seed)
    return [plain(place / f"plain{kills}", chance, kills) for kills in (1, 5)]


def _sandbox(options: argparse.Namespace) -> SandboxProcess:
    return SandboxProcess(*WORLD, "--seed", str(options.world), "--moving")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("tests.torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--world", type=int, default=1, help="seed of the sandbox")
    parser.add_argument("--kills", type=int, default=killed.KILLS, help="of each store")
    parser.add_argument("--only", action="append", choices=PARTS, help="a part alone")
    parser.add_argument("--store", default="", choices=("sqlite", "mongodb"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
