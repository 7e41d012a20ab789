# webnet: `make` alone lists what there is. `make demo` and `make test` do all set-up themselves.

VENV := .venv
PY   := $(VENV)/bin/python
PORT ?= 8000

# Written last by the set-up; older than what it was made from, it is made again.
READY := $(VENV)/.webnet-ready

MANAGE := $(PY) example_project/manage.py

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset migrate superuser seed run worker beat css test bench bench-smoke lint types docs reference build lock clean distclean

help: ## list these targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## make .venv with everything in it (PYTHON=python3.X chooses the interpreter)

$(READY): constraints/setup.sh $(wildcard constraints/*.txt) $(wildcard packages/*/pyproject.toml plugins/*/pyproject.toml)
	@sh constraints/setup.sh $(VENV)

demo: $(READY) ## the product beside a simulated network of 24 devices, on http://127.0.0.1:PORT/
	@exec $(PY) example_project/demo.py --port $(PORT)

demo-reset: $(READY) ## forget the demo's data; the next `make demo` starts afresh
	@exec $(PY) example_project/demo.py --reset

migrate: $(READY) ## bring the example project's database up to date
	@exec $(MANAGE) migrate

superuser: $(READY) ## create an administrator in the example project
	@exec $(MANAGE) createsuperuser

seed: $(READY) ## fill the example project with the demo's sites and devices
	@exec $(MANAGE) seed

run: $(READY) ## serve the example project on PORT, with the embedded worker
	@exec $(PY) -m uvicorn --app-dir . --host 127.0.0.1 --port $(PORT) example_project.asgi:application

worker: $(READY) ## one Celery worker for the example project (needs a broker)
	@exec $(PY) -m celery -A example_project worker --loglevel INFO

beat: $(READY) ## Celery's beat, which drives the tick (needs a broker)
	@exec $(PY) -m celery -A example_project beat --loglevel INFO

css: $(READY) ## build the interface's stylesheet again
	@exec $(PY) packages/webnet-ui/build_css.py

test: $(READY) ## the tests (ARGS=browser: those of every page in a browser); the last line says how many passed and failed
	@exec $(PY) tests/run_all.py $(ARGS)

bench: $(READY) ## how fast it is, in ratios against a bare Nornir script (BAR="1 3 4 5 6 7 size" chooses)
	@exec $(PY) -m benchmarks $(BAR) $(ARGS)

bench-smoke: $(READY) ## every benchmark at tiny sizes: only that it runs and keeps what devices sent
	@exec $(PY) -m benchmarks --smoke

lint: $(READY) ## ruff and the contracts between packages and rooms
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/lint-imports

types: $(READY) ## mypy, strict
	@exec $(PY) -m mypy

docs: $(READY) ## the documentation into docs/_build/html; a warning is an error
	@exec $(PY) -m sphinx -W --keep-going -q -b html docs docs/_build/html

reference: $(READY) ## write the reference pages that are made from code
	@exec $(PY) docs/generate.py

build: $(READY) ## a wheel of every package into dist/
	@rm -rf dist
	@$(PY) -m uv build --quiet --all-packages --wheel --no-build-isolation --python $(PY) --out-dir dist
	@ls dist

lock: $(READY) ## write constraints/ anew (ARGS=--upgrade moves to the newest allowed releases)
	@exec $(PY) constraints/refresh.py $(ARGS)

clean: ## remove what was built; the environment and the demo's data stay
	@rm -rf dist build docs/_build .tox .nox .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage*
	@find packages plugins benchmarks tests example_project docs constraints -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## the same, and the environment
	@rm -rf $(VENV)
