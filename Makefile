# The two commands a newcomer needs: `make run` and `make test`.
.PHONY: install run dev test lint format bench lock clean
.DEFAULT_GOAL := run

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV := $(VENV)/.dev
LOCKED := -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
# The first interpreter that really runs and is supported; PYTHON=... chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(SUPPORTED)' >/dev/null 2>&1 && { echo $$p; break; }; done)

LOCKING := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 found: install one, or say PYTHON=/path/to/python3." >&2; exit 1; }
	@echo "Installing the locked dependencies into $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python $(LOCKED) -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: $(STAMP)
	@$(BIN)/onrecord start

# What tests and develops comes on top of what runs.
dev: $(DEV)

$(DEV): $(STAMP) requirements-dev.lock
	@echo "Installing what tests and develops ..."
	@$(BIN)/python $(LOCKED) -r requirements-dev.lock
	@touch $@

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: lint
	$(BIN)/python -m pytest --numprocesses auto --cov --cov-report=term-missing:skip-covered

# Each prints ratios against a peer or a limit, measured in one run. EVAL=folder adds the ones that need evaluation data,
# SCALE=folder those of up to a million sentences.
$(VENV)/.bench: $(DEV) requirements-bench.lock
	@$(BIN)/python $(LOCKED) -r requirements-bench.lock
	@touch $@

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks $(if $(EVAL),--eval "$(EVAL)") $(if $(SCALE),--scale "$(SCALE)")

# Needs `pip install uv`. Universal, hashed, and without the address of any index.
lock:
	uv pip compile $(LOCKING) --extra build -o requirements.lock pyproject.toml
	uv pip compile $(LOCKING) --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	uv pip compile $(LOCKING) --extra bench -c requirements-dev.lock -o requirements-bench.lock pyproject.toml

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
