#!/bin/sh
# Everything that has to pass before a change lands.
set -eu
cd "$(dirname "$0")/.."
sh scripts/check.sh
exec .venv/bin/python -m pytest -n auto --dist worksteal "$@"
