"""Health checks: ``python -m douyin_crawler.scheduling.probe URL-or-FILE``.

A Scrapyd is well when it answers; a scheduler, when it has touched its file
(``--alive``) in the last five minutes. Exit status 0 or 1.
"""

from __future__ import annotations

import base64
import os
import sys
import time
import urllib.request
from pathlib import Path

_SECONDS = 10
_AGE = 300


def well(what: str) -> bool:
    """Return whether the Scrapyd or the file *what* is as it should be."""
    try:
        if what.startswith("http"):
            return _answers(what)
        return time.time() - Path(what).stat().st_mtime < _AGE
    except OSError:
        return False


def _answers(url: str) -> bool:
    request = urllib.request.Request(f"{url}/daemonstatus.json")  # noqa: S310 - ours
    if user := os.environ.get("SCRAPYD_USERNAME"):
        login = f"{user}:{os.environ.get('SCRAPYD_PASSWORD', '')}"
        token = base64.b64encode(login.encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=_SECONDS) as answer:
        return b'"ok"' in answer.read()


if __name__ == "__main__":
    sys.exit(not well(sys.argv[1]))
