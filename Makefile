# One door for people and for CI: every check that exists is a target here.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
CONFIG ?= $(or $(GUARDIAN_CONFIG),config/examples/checkout.yaml)
PIP    := $(BIN)/python -m pip --disable-pip-version-check

# What lint reads, and what counts as core (values alone: no sockets, no files, no sleeping): only what is there.
SOURCES := $(wildcard guardian tests bench packaging)
CORE    := $(wildcard $(addprefix tests/unit/,wire lists policy engine))
# Seconds of processor time that the core tests should take together; twice as many fail.
CORE_BUDGET ?= 5

.PHONY: help
help: ## Show this help
	@echo 'guardian: a family DNS filter. First: make run'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: $(READY) ## Make .venv with guardian and its tools (a second time: nothing to do)

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo '$(PYTHON) is older than 3.11: name a newer one with make PYTHON=python3.11 setup' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
	  { echo '$(PYTHON) has no venv module: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Setting up $(VENV); the first time takes about half a minute.'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --quiet --require-hashes --requirement requirements-dev.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: run
# What is built belongs to who typed sudo; root has only the port.
run: current $(if $(LAN),,$(READY)) ## Answer and filter on 127.0.0.1:1053; LAN=1 (as root): the house, port 53; CONFIG=guardian.yaml: your own file
ifdef LAN
	@test "$$(id -u)" = 0 || { echo 'Port 53 belongs to root: sudo make run LAN=1' >&2; exit 1; }
	@if test "$${SUDO_UID:-0}" = 0; then exec $(MAKE) setup; else \
	  exec sudo -H -u "#$$SUDO_UID" $(MAKE) PYTHON=$(PYTHON) setup; fi
	@PYTHONDONTWRITEBYTECODE=1 exec $(BIN)/guardian run --lan --config $(CONFIG)
else
	@exec $(BIN)/guardian run --config $(CONFIG)
endif

.PHONY: compiled
compiled: $(READY) ## Compile the hot modules in place, where a C compiler is at hand; half a minute
	@$(BIN)/python packaging/mypyc/compile.py --in-place || test $$? = 69

.PHONY: pure
pure: ## Remove what `make compiled` made: the sources themselves run again
	@rm -f *__mypyc*.so guardian/*/*.so

.PHONY: current
current: # Python prefers what is compiled, even to a source that was changed since
	@test -z "$$(find guardian -name '*.py' -newer guardian__mypyc*.so -print -quit 2>/dev/null)" || { \
	  echo 'A source is newer than what was compiled, so the sources run (make compiled: again).'; $(MAKE) pure; }

.PHONY: demo
demo: $(READY) ## A printed tour of blocked, allowed and protected names; needs no internet
	@exec $(BIN)/guardian demo

.PHONY: lint
lint: $(READY) ## Format, style, types and layers
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports

.PHONY: packages
packages: # Debian's packages that the tests start; alone root may install them
	@bash tests/debian-packages

.PHONY: core
core: $(READY) pure ## The core tests alone, under 5 seconds
	$(BIN)/python -m pytest --cpu-budget=$(CORE_BUDGET) $(CORE)

.PHONY: test
test: $(READY) pure packages lint core ## Everything that CI runs: lint, the core tests, then all of them in full depth
	$(BIN)/python -m pytest tests -m "not long"

.PHONY: long
long: $(READY) pure packages ## The tests that test leaves out because they take minutes: bad hours, kills, every route, compiled
	$(BIN)/python -m pytest tests -m long

.PHONY: check
check: test long lowest ## Before a submission: test, and most of it again with the oldest dependencies
	$(BIN)/python -m pip check

.PHONY: lowest
lowest: $(READY) pure ## The unit and flow tests with exactly the lower bounds of pyproject.toml
	@rm -rf $(VENV)/lowest && $(PYTHON) -m venv $(VENV)/lowest
	@$(VENV)/lowest/bin/python -m pip --disable-pip-version-check install --quiet \
	  $$(sed -n '/^dependencies = \[/,/^\]/ s/^ *"\(.*\)>=\(.*\)",$$/\1==\2/p' pyproject.toml) \
	  $$(sed -n 's/^\(pytest\|pytest-asyncio\|hypothesis\|dnspython\|trustme\)==\([^ ]*\).*/\1==\2/p' requirements-dev.lock)
	PYTHONPATH=. $(VENV)/lowest/bin/python -m pytest tests/unit tests/flow

.PHONY: bench
bench: $(READY) pure ## CPU and memory beside dnsmasq, unbound and a C echo; ARGS="--quick"
	@exec $(BIN)/python -m bench $(ARGS)

.PHONY: fuzz
fuzz: $(READY) ## Random and damaged input against the readers, for a while; ARGS="--seconds 60"
	@exec $(BIN)/python -m tests.fuzz $(ARGS)

.PHONY: soak
soak: $(READY) ## A long run under load: memory and answers stay what they were; ARGS="--minutes 10"
	@exec $(BIN)/python -m tests.soak $(ARGS)

.PHONY: lock
lock: ## Write both lock files anew from pyproject.toml
	@bash tests/lock

.PHONY: clean
clean: pure ## Remove everything that make made here, the family's state apart
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache bench/.build
