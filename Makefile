# make demo   a real Buildbot master reports to a collector, and the answers are there to see
# make test   the tests, some four minutes on two cores once set up
# make check  style, types and structure
# make soak   the long runs;  make bench  the measurements;  make docs  the documentation
# make pictures   takes the README's pictures anew, with Chromium, of a simulated fleet
# make vocabulary TAKE=buildbot   takes up what is newer of Buildbot, or of a plugin package
# Each sets up what it needs in .venv; nothing is installed anywhere else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check
SET_UP := $(VENV)/set-up
# Else each process of the tests compiles all sources again: collecting takes 14 s where it takes 7.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check soak bench docs pictures vocabulary clean

demo: $(SET_UP)/demo
	@$(BIN)/python -m demo

test: $(SET_UP)/all
	@$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder --durations=10 $(PYTEST)

check: $(SET_UP)/all
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }

soak: $(SET_UP)/soak
	@HEADCOUNT_MATRIX=all $(BIN)/python -m pytest -m 'soak or matrix' --durations=0 $(PYTEST) tests

bench: $(SET_UP)/bench
	@$(BIN)/python -m bench $(BENCH)

docs: $(SET_UP)/all
	@$(BIN)/python -m tools.reference docs
	@$(BIN)/python -m tools.fitted docs/fleet.md
	@$(BIN)/python -m tools.leaks docs/leaks.md
	@$(BIN)/sphinx-build --quiet --fail-on-warning docs build/docs
	@echo "The documentation is in build/docs/index.html."

pictures: $(SET_UP)/all
	@$(BIN)/python -m tools.pictures docs

vocabulary: $(SET_UP)/venv
	@$(BIN)/python -m tools.vocabulary $(if $(TAKE),--take $(TAKE))

clean:
	rm -rf $(VENV) build

$(SET_UP)/venv: constraints.txt
	@$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed: make PYTHON=python3.11"'
	@$(PYTHON) -m venv $(VENV) || { echo 'A virtual environment is needed: apt-get install -y python3-venv'; exit 1; }
	@echo 'Setting up $(VENV): this takes a minute, once.'
	@$(PIP) --upgrade pip
	@mkdir -p $(SET_UP) && touch $@

$(SET_UP)/demo: $(SET_UP)/venv pyproject.toml
	@$(PIP) --editable '.[server]' --group demo
	@touch $@

$(SET_UP)/all: $(SET_UP)/demo
	@$(PIP) --editable '.[server,clickhouse]' --group demo --group check --group test --group docs
	@touch $@

$(SET_UP)/soak $(SET_UP)/bench: $(SET_UP)/%: $(SET_UP)/all
	@$(PIP) --group $*
	@touch $@
