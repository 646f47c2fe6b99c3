# `make demo` and `make test` are all one needs; `make help` lists the rest.
STORE ?= sqlite:///data/demo.db
SEED ?= 1

.PHONY: help demo test check install torture

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'

demo:  ## crawl the bundled sandbox into the embedded store, and show the result
	@sh scripts/demo.sh "$(STORE)"

test:  ## install what tests need; ruff, mypy and pytest
	@sh scripts/test.sh

check:  ## ruff and mypy alone
	@sh scripts/check.sh

install:  ## make .venv with what a crawl needs
	@sh scripts/environment.sh requirements.txt --say

torture:  ## faults of every kind at many points; one table (SEED=1; an hour and more)
	@sh scripts/environment.sh requirements-dev.txt
	@.venv/bin/python -m tests.torture --seed $(SEED)
