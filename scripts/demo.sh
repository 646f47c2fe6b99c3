#!/bin/sh
# The demo: an environment, the sandbox, a crawl, a table.
set -eu
cd "$(dirname "$0")/.."
sh scripts/environment.sh requirements.txt
exec .venv/bin/scrapy demo --store "${1:-sqlite:///data/demo.db}"
