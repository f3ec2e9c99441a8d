# Bare `make` lists the targets. Everything is put into this folder; nothing else is changed.
.DEFAULT_GOAL := help
.PHONY: help setup demo test smoke prove bench docs schema lock wheel clean

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
DATA ?= .bevan
PEOPLE ?= 1000
# One more than the cores of a small machine: two left a third of them idle, waiting for browsers.
JOBS ?= 3
NAME ?=
BIN := .venv/bin
# What another version of PostgreSQL may do differently: statements, plans, roles, backups.
SMOKE := $(addprefix tests/kernel/test_,$(addsuffix .py,database migrations roles jobs backup)) \
	$(addprefix tests/record/test_,$(addsuffix .py,record transaction conditional history feed loading)) \
	$(addprefix tests/record/search/test_,$(addsuffix .py,answers plans order fusion)) \
	tests/access/test_projection.py

help: ## List the targets
	@echo "Targets:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-9s %s\n", $$1, $$2}'
	@echo "Variables: PORT ($(PORT)), DATA ($(DATA)), PEOPLE ($(PEOPLE)), PYTHON ($(PYTHON))"

setup: ## Make .venv with the locked requirements, and fetch the front-end assets
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed."; exit 1; }
	@$(PYTHON) scripts/environment.py
	@$(BIN)/python scripts/fetch_assets.py

demo: setup ## Serve a fictional region on http://localhost:PORT
	@exec $(BIN)/bevan up --demo --port $(PORT) --data $(DATA) --people $(PEOPLE)

test: setup ## Check style, types and layers, then run every test with coverage
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy & types=$$!; \
	BEVAN_CHROMIUM="$$($(BIN)/python scripts/chromium.py)" $(BIN)/pytest -n $(JOBS) --dist loadfile \
		--no-loadscope-reorder --cov --cov-report=term:skip-covered --cov-report=xml; tests=$$?; \
	wait $$types && exit $$tests
	@for part in fhir record access; do \
		$(BIN)/coverage report --include="src/bevan/$$part/*" --fail-under=90 --format=total >/dev/null \
			|| { echo "Less than 90 % of the branches in $$part are tested."; exit 1; }; done

smoke: setup ## Run a part of the storage tests on the system's PostgreSQL
	@BEVAN_POSTGRES=system $(BIN)/pytest $(SMOKE) -n $(JOBS) --dist loadfile

prove: setup ## Run the long proofs, or one: make prove NAME=crash
	@$(BIN)/python prove/run.py $(NAME)

bench: setup ## Measure the running server: make bench NAME=…
	@$(BIN)/python bench/run.py $(NAME)

docs: setup ## Write the reference pages from the code, and check the links
	@$(BIN)/python scripts/generate_reference.py

schema: setup ## Write the schema that the migrations make, after one was added
	@$(BIN)/python scripts/dump_schema.py

wheel: setup ## Build the wheel, with the assets inside, into dist/
	@$(BIN)/python -m hatchling build -t wheel

lock: setup ## Lock the requirements anew
	@$(BIN)/python -m pip install --quiet uv && requirements/lock.sh

clean: ## Remove what was made, except the data folder
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage coverage.xml
