"""Run the sandbox without Scrapy."""

from __future__ import annotations

import sys

from .cli import main

sys.exit(main())
