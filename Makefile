# Every command first makes the checkout ready (.ci/prepare): the first run installs, later ones start at once.
# ARGS passes words on, as in: make demo ARGS=--json

ARGS ?=
SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench soak screens
.SILENT:

help: ## say what can be made
	echo 'Backhaul: make TARGET'
	sed -n 's/^\([a-z][a-z]*\): ## \(.*\)$$/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
	    printf '  %-9s %s\n' "$$name" "$$text"; done
	echo 'The first run installs what is needed into .venv; ARGS="..." passes words on to the program.'

demo: ## show Backhaul at work on a made-up day (ARGS=--json: the figures alone, on stdout)
	sh .ci/prepare --screen
	.venv/bin/backhaul demo $(ARGS)

test: ## lint, types, import contracts and all tests (ARGS go to pytest)
	sh .ci/prepare --database
	.venv/bin/python .ci/check.py $(ARGS)

lint: ## lint, formatting, types and import contracts only
	sh .ci/prepare
	.venv/bin/python .ci/check.py --lint

bench: ## measure speed and print the figures
	sh .ci/prepare --database
	.venv/bin/python -m tests.bench $(ARGS)

soak: ## kill, cut, fault, simulate and forge for SECONDS (60): what was lost (ARGS="--seed 7": other moments)
	sh .ci/prepare
	.venv/bin/python -m tests.soak --seconds $(SECONDS) $(ARGS)

screens: ## draw every screen into out/screens, and the README's pictures
	sh .ci/prepare
	.venv/bin/python -m tests.readme_pictures --out resources/screenshots
	.venv/bin/python -m tests.ui.screens --out out/screens $(ARGS)
