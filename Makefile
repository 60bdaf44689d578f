# Everything a fresh machine needs is installed here; Python 3.10 or newer is all that must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: mutation coverage docs demo test lint types unit torture-short lowest torture faults corpus lost-hooks bench-hook bench bench-operations profile release vendor audit clean lint-ui browser

demo: $(VENV)/.ready
	$(BIN)/python -m demo

# What reads the files goes side by side; what starts processes has the machine for itself.
test: $(VENV)/.ready
	$(MAKE) -j2 lint types lint-ui
	$(MAKE) torture-short
	$(MAKE) unit

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready
	$(BIN)/mypy .

# The page inside Stash: its checks need node, its tests a Chromium as well. Where one is missing
# a line says how to get it, and nothing of this runs; a gate (CI=true) fails instead.
NO_PAGE := $(shell command -v npm >/dev/null || echo no)
ifeq ($(NO_PAGE),no)
lint-ui build/host/host.js:
	@echo "The page is not checked: no node and npm here (apt-get install chromium nodejs npm)."
	@test "$$CI" != true
else
lint-ui: node_modules/.ready
	npm run --silent lint

build/host/host.js: node_modules/.ready $(wildcard tests/browser/host/*)
	npm run --silent host

node_modules/.ready: package.json package-lock.json
	npm ci --silent
	touch $@
endif

browser: $(VENV)/.ready build/host/host.js
	$(BIN)/python -m pytest -n 2 --dist loadfile -m browser tests/browser

# Four at a time, however few processors: most of the slow ones wait for other processes.
unit: $(VENV)/.ready build/host/host.js
	$(BIN)/python -m pytest -n 4 --dist loadfile -m "not torture"

# The short torture runs by itself: what other tests leave to be reaped is not its affair.
torture-short: $(VENV)/.ready
	$(BIN)/python -m pytest -q -m torture tests/torture

# Which lines and branches of the shipped code the tests run, in every process they start: a table
# of what is missed, and a failure below 95 %. About half an hour; Linux only. Some tests, added to
# the last run: make coverage COVERAGE="--append tests/test_paths.py"
coverage: $(VENV)/.ready
	$(BIN)/python -m tests.coverage $(COVERAGE)

# The same tests with the oldest dependencies that requirements.txt allows.
lowest: .venv-lowest/.ready
	.venv-lowest/bin/python -m pytest

# Everything is killed, stopped and slowed for four minutes; no edit may be lost. Linux only.
# Another length or an earlier seed: make torture TORTURE="--minutes 30 --seed 7"
torture: $(VENV)/.ready
	$(BIN)/python -m tests.torture $(TORTURE)

# Every fault of both stand-ins and of the machine, each with a real worker; fills docs/faults.md in
# about five minutes. Linux only. Some rows: make faults FAULTS="--only 'Plex is off'"
faults: $(VENV)/.ready
	$(BIN)/python -m tests.faults $(FAULTS)

# Every scene of the corpus through every cache state and kind of server, about ten minutes.
corpus: $(VENV)/.ready
	CORPUS=full $(BIN)/python -m pytest -q tests/corpus

# Random lives with hooks lost; other ones: make lost-hooks SEEDS=7,8,9
SEEDS ?= 1,2,3,4,5,6,7,8
lost-hooks: $(VENV)/.ready
	LOST_HOOKS_SEEDS=$(SEEDS) $(BIN)/python -m pytest -q tests/acceptance/test_lost_hooks.py

# Which small changes of the code no test notices; one module: make mutation MUTATE=mirror/edit.py
# Not on Windows. Results are kept in mutants/, which may be deleted; the table is of all of them.
MUTANTS = $(if $(MUTATE),'$(subst /,.,$(MUTATE:.py=)).*')
mutation: $(VENV)/.ready
	PATH="$(CURDIR)/$(BIN):$$PATH" nice -n 19 $(BIN)/mutmut run --max-children 2 $(MUTANTS)
	@$(BIN)/mutmut results | grep -E ': (survived|no tests|suspicious)$$' || true
	@$(BIN)/python -m tests.mutation_table

# What a hook, the queue and the idle worker cost here; BENCH="--quick --rows running,save" for less.
bench-hook: $(VENV)/.ready
	$(BIN)/python -m bench.hook $(BENCH)

# What a hundred thousand scenes cost, a quarter of an hour; BENCH="--quick --rows first,bulk" for less.
bench: $(VENV)/.ready
	$(BIN)/python -m bench.scale $(BENCH)

# Where the worker's time goes; another row: make profile PROFILE="--row first --scenes 5000"
profile: $(VENV)/.ready
	$(BIN)/python -m bench.profiling $(PROFILE)

# What the page's operations cost at 100,000 scenes; BENCH=--quick for less.
bench-operations: $(VENV)/.ready
	$(BIN)/python -m bench.operations $(BENCH)

# The parts of the documents that are made from the code.
docs: $(VENV)/.ready
	$(BIN)/python -m docs.tables

# The zip that Stash installs and the index of a plugin source, in dist/; the same bytes each time.
release: $(VENV)/.ready
	$(BIN)/python -m release build

# Pins the newest dependencies that requirements.txt allows, for the next release.
vendor: $(VENV)/.ready
	$(BIN)/python -m release pin

# Known weaknesses of what a release carries, and keys or tokens among the files.
audit: $(VENV)/.ready .venv-audit/.ready
	$(BIN)/python -m release secrets
	.venv-audit/bin/pip-audit --strict --disable-pip --requirement release/vendored.txt

$(VENV)/.ready: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	touch $@

.venv-lowest/.ready: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv .venv-lowest
	sed -n 's/^\([a-z-]*\)>=\([0-9.]*\).*/\1==\2/p' requirements.txt > .venv-lowest/lowest.txt
	.venv-lowest/bin/python -m pip install --quiet --requirement requirements-dev.txt --constraint .venv-lowest/lowest.txt
	touch $@

.venv-audit/.ready:
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet "pip-audit>=2.7,<3"
	touch $@

clean:
	rm -rf $(VENV) .venv-lowest .venv-audit node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist mutants
