"""Resident memory of long crawls: many comments below one post, many targets.

    python benchmarks/memory.py [--scale 0.25] [--only comments|targets]

At scale 1 a crawl of 200,000 comments with replies, and one of 100,000 users given as
@file. Prints resident memory above start-up by time; exit status 1 beyond 150 MB.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from douyin_crawler.sandbox.process import SandboxProcess  # noqa: E402

BOUND = 150.0
"""MB above start-up."""
_COMMENTS, _USERS = 200_000, 100_000
_STEP = 5.0
"""Seconds."""


def main() -> int:
    """Run the crawls that are asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", choices=("comments", "targets"))
    options = parser.parse_args()
    crawls = {"comments": _comments, "targets": _targets}
    chosen = [options.only] if options.only else list(crawls)
    with tempfile.TemporaryDirectory() as folder:
        most = [crawls[name](Path(folder), options.scale) for name in chosen]
    return int(max(most) > BOUND)


def _comments(folder: Path, scale: float) -> float:
    count = int(_COMMENTS * scale)
    world = ("--comments-of-big", str(count), "--log", "1000")
    with SandboxProcess(*world) as sandbox:
        given = ["-a", f"post={sandbox.posts['vast']}", "-a", "replies=true"]
        return _measured(f"{count} comments", sandbox, "comments", given, folder)


def _targets(folder: Path, scale: float) -> float:
    count = int(_USERS * scale)
    world = ("--users", str(count), "--most-posts", "2", "--log", "1000")
    with SandboxProcess(*world) as sandbox:
        file = folder / "users.txt"
        file.write_text("\n".join(sandbox.all_users(count)))
        given = ["-a", f"user=@{file}"]
        return _measured(f"{count} users", sandbox, "user_profile", given, folder)


def _measured(
    what: str, sandbox: SandboxProcess, spider: str, given: list[str], folder: Path
) -> float:
    """Crawl; print the memory by time; return the most above start-up, in MB."""
    environment = os.environ | {
        "DOUYIN_BASE_URL": sandbox.url,
        "DOUYIN_COOKIE": sandbox.login_cookie,
        "DOUYIN_STORE": f"sqlite:///{folder / spider}.db",
        "DOUYIN_REQUEST_BUDGET": "0",
    }
    haste = ["-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False"]
    log = folder / f"{spider}.log"
    words = [sys.executable, "-m", "scrapy", "crawl", spider, *given, *haste]
    words += ["-s", f"LOG_FILE={log}"]
    process = subprocess.Popen(words, cwd=ROOT, env=environment)
    began, first, most = time.monotonic(), _at_start(process, log), 0.0
    print(f"{what}: {first:.0f} MB at start-up", flush=True)
    while process.poll() is None:
        time.sleep(_STEP)
        if resident := _resident(process.pid):
            most = max(most, resident - first)
            seconds = time.monotonic() - began
            print(f"{seconds:8.0f} s {resident - first:+8.1f} MB", flush=True)
    print(f"{what}: at most {most:.1f} MB above, exit status {process.returncode}")
    return most


def _at_start(process: subprocess.Popen[bytes], log: Path) -> float:
    """Return the resident memory when the spider is opened, before it asks."""
    while process.poll() is None:
        time.sleep(0.05)
        if log.exists() and "Spider opened" in log.read_text():
            return _resident(process.pid)
    return 0.0


def _resident(pid: int) -> float:
    """Return the resident memory of a process in MB; 0 when it is gone (Linux)."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((one for one in text.splitlines() if one.startswith("VmRSS")), "")
    return int(line.split()[1]) / 1024 if line else 0.0


if __name__ == "__main__":
    sys.exit(main())
