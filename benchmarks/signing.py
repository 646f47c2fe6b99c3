"""Microseconds a signature, next to f2's in the same run.

    python -m venv f2venv && f2venv/bin/pip install f2==0.0.1.7
    python benchmarks/signing.py --f2-python f2venv/bin/python

f2 signs with an older form of a_bogus, and its X-Bogus covers no body; both do
the same kind of work over the same query.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from timeit import repeat
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from douyin_crawler.signing.abogus import ABogus  # noqa: E402
from douyin_crawler.signing.websign import web_signature  # noqa: E402
from douyin_crawler.signing.xbogus import XBogus  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

F2 = "0.0.1.7"
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36"
)
SCREEN = "1920|947|1920|1032|1920|1032|1920|1080|Win32"
QUERY = ("device_platform=webapp&aid=6383&sec_user_id=MS4wLjABAAAA&" * 20)[:780]

F2_SCRIPT = """
import json, sys
from importlib.metadata import version
from timeit import repeat
from f2.utils.abogus import ABogus
from f2.utils.xbogus import XBogus
agent, screen, query = json.load(sys.stdin)
a, x = ABogus(user_agent=agent, fp=screen), XBogus(agent)
def us(call, number):
    return min(repeat(call, number=number, repeat=5)) / number * 1e6
print(json.dumps({
    "version": version("f2"),
    "python": sys.version.split()[0],
    "X-Bogus": us(lambda: x.getXBogus(query), 500),
    "a_bogus": us(lambda: a.generate_abogus(query, ""), 20),
}))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the signatures.")
    parser.add_argument("--f2-python", default=sys.executable, metavar="PYTHON")
    python = parser.parse_args().f2_python
    ours, f2 = time_ours(), time_f2(python)
    if f2 is None:
        print(
            f"f2 is missing from {python}. To compare with it:\n"
            f"    python -m venv f2venv && f2venv/bin/pip install f2=={F2}\n"
            "    python benchmarks/signing.py --f2-python f2venv/bin/python\n"
        )
    print_table(ours, f2 or {})
    return 0


def time_ours() -> dict[str, float]:
    """Return microseconds a signature, the best of five rounds."""
    a, x, random = ABogus(AGENT, SCREEN), XBogus(AGENT), SystemRandom()
    now_ms = int(time.time() * 1000)
    noise = a.draw(random, now_ms)
    return {
        "X-Bogus": microseconds(lambda: x.sign(QUERY, b"", now_ms // 1000)),
        "a_bogus": microseconds(
            lambda: a.sign_now(QUERY, b"", clock=time.time, random=random)
        ),
        "a_bogus, noise given": microseconds(lambda: a.sign(QUERY, b"", now_ms, noise)),
        "web signature": microseconds(
            lambda: web_signature(QUERY, "ab12" * 40, now_ms // 1000)
        ),
    }


def microseconds(call: Callable[[], object], number: int = 20_000) -> float:
    return min(repeat(call, number=number, repeat=5)) / number * 1e6


def time_f2(python: str) -> dict[str, float] | None:
    """Return f2's microseconds in its own interpreter, None without f2 there."""
    with TemporaryDirectory() as folder:  # f2 writes a log where it is run
        run = subprocess.run(
            [python, "-c", F2_SCRIPT],
            cwd=folder,
            input=json.dumps([AGENT, SCREEN, QUERY]),
            capture_output=True,
            text=True,
            check=False,
        )
    if "No module named 'f2'" in run.stderr:
        return None
    if run.returncode:
        sys.exit(f"f2 failed:\n{run.stderr}")
    figures = json.loads(run.stdout)
    version, its_python = figures.pop("version"), figures.pop("python")
    print(f"f2 {version} on Python {its_python}")
    if version != F2:
        print(f"(the figures to compare with are those of {F2})")
    return {name: float(value) for name, value in figures.items()}


def print_table(ours: dict[str, float], f2: dict[str, float]) -> None:
    print(
        f"ours on Python {platform.python_version()}, a query of {len(QUERY)} letters"
    )
    print(f"{'us a signature':24}{'ours':>8}{'f2':>10}{'ratio':>8}")
    for name, value in ours.items():
        theirs = f2.get(name)
        other = f"{theirs:>10.0f}{theirs / value:>8.0f}" if theirs else ""
        print(f"{name:24}{value:>8.1f}{other}")


if __name__ == "__main__":
    sys.exit(main())
