# `make app` and `make test` set up what they need in .venv; a second call finds it there.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8502
BIN := .venv/bin

.PHONY: app serve test lint figures bench screenshot clean

app: .venv/app
	$(BIN)/python -m vsearch_core setup
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

# the HTTP API on http://localhost:8503 (docs/operations.md)
serve: .venv/serve
	$(BIN)/python -m vsearch_core setup
	$(BIN)/python -m vsearch_core serve

test: .venv/test lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# makes every figure of the card and the README again, and the store (needs the public data sets)
figures: .venv/app
	$(BIN)/python -m vsearch_core evaluate all

bench: .venv/app
	$(BIN)/python -m benchmarks

screenshot: .venv/test
	$(BIN)/python tools/screenshot.py

.venv/app: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it with PYTHON=…")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/serve: requirements-dev.txt .venv/app
	grep -E "^(fastapi|uvicorn|python-multipart|prometheus-client)==" requirements-dev.txt | \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r /dev/stdin
	touch $@

.venv/test: requirements-dev.txt .venv/app
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
