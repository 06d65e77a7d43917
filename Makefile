# make book: set up everything and build the site.  make test: set up everything and test it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

# Without what packages ask for beyond a lock: one of them is left out (see pyproject.toml).
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
LOCK    := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

.PHONY: book test coverage mutants soak bench serve lock clean setup setup-test chromium commands

book: setup
	$(BIN)/borderbook build

test: setup-test chromium
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --nbval --numprocesses 2 --dist loadfile --no-loadscope-reorder

# Branch coverage by `make test`'s tests, of kernels, renderers and commands too: each process of the
# environment imports tests/coverage/killed.py while this runs.
coverage: export COVERAGE_FILE := $(CURDIR)/_build/coverage/data
coverage: setup-test chromium
	rm -rf _build/coverage && mkdir -p _build/coverage
	place=$$(echo $(VENV)/lib/python*/site-packages)/_killed.pth; \
	printf '%s\nimport killed\n' "$(CURDIR)/tests/coverage" > $$place; \
	$(BIN)/python -m coverage run -m pytest --nbval $(TESTS); \
	status=$$?; rm -f $$place; exit $$status
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

# Which small changes of the arithmetic no test sees; `make soak` does it too.
mutants: setup-test
	$(BIN)/python -m tests.mutants

soak: setup-test chromium
	$(BIN)/python -m pytest -m soak tests

bench: setup-test chromium
	$(BIN)/python tests/bench.py

serve: setup
	$(BIN)/borderbook serve

setup: $(VENV)/installed

setup-test: $(VENV)/ready-test

# The environment is made anew when its lock changes.
$(VENV)/ready: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "borderbook needs Python 3.11 or later")'
	$(PYTHON) -m venv --clear $(VENV)
	$(INSTALL) --require-hashes -r requirements.txt
	touch $@

# The checkout itself is installed again when its own metadata change.
$(VENV)/installed: pyproject.toml setup.py etc/ipython_kernel_config.py $(VENV)/ready
	$(INSTALL) --no-build-isolation -e .
	touch $@

# What the tests need comes on top.
$(VENV)/ready-test: requirements-test.txt $(VENV)/installed
	$(INSTALL) --require-hashes -r requirements-test.txt
	touch $@

# A browser for the tests, installed where there is none.
chromium: setup-test
	$(BIN)/python -m tests.chromium

lock:
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-test.in -o requirements-test.txt

# The manual's page of commands, made from the commands.
commands: setup
	$(BIN)/typer borderbook.cli utils docs --name borderbook --title Commands --output book/commands.md

# Only what commands made: a folder with their marker, and what they keep for the next build.
KEPT := aside bytecode checked documents editions pictures runs sites

clean:
	for marker in _build/*/.borderbook; do if [ -f "$$marker" ]; then rm -rf "$${marker%/*}"; fi; done
	rm -rf _build/coverage _build/borderbook.pdf _build/bench.json _build/soak.json
	rm -rf $(addprefix .cache/,$(KEPT))
	for place in _build .cache; do rmdir "$$place" 2> /dev/null || true; done
