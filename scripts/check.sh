#!/bin/sh
# What reads the code without running it.
set -eu
cd "$(dirname "$0")/.."
sh scripts/environment.sh requirements-dev.txt
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy --strict douyin_crawler
