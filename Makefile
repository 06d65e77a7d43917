# make book: set up everything and build the site.  make test: set up everything and test it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: book test soak bench serve lock clean setup

book: setup
	$(BIN)/borderbook build

test: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/frictionless validate data/datapackage.json
	$(BIN)/python -m pytest --nbval --numprocesses 2 --dist loadfile --no-loadscope-reorder

serve: setup
	$(BIN)/borderbook serve

setup: $(VENV)/ready

# The environment is made anew when the lock or the project's own metadata change.
$(VENV)/ready: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "borderbook needs Python 3.11 or later")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  requirements.in -o requirements.txt

clean:
	rm -rf _build .cache

soak: setup
	$(BIN)/python -m pytest -m soak tests

bench: setup
	$(BIN)/python tests/bench.py
