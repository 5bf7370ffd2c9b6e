# Two commands do all the set-up on a fresh machine: `make run` and `make test`.
# The first Python that starts (a version manager's stand-in may not), is new enough and can make an environment.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
CONFIG ?= etc/app.cfg
JOBS ?= $(shell nproc)
# A plain `pip install -e` hides twistd's plugin; this way of it does not.
EDITABLE := --config-settings editable_mode=compat

.PHONY: run test unit conformance lint types docs bench clean

run: $(VENV)/run.stamp  ## serve etc/app.cfg on 127.0.0.1:5060
	$(BIN)/twistd -n --pidfile= sipapp -c $(CONFIG)

test: $(VENV)/test.stamp  ## everything: unit tests, SIPp calls, conformance
	tests/debian install
	$(BIN)/python tests/suite trial $(JOBS)
	$(BIN)/python tests/suite pytest $(JOBS)
	$(MAKE) --no-print-directory conformance

conformance: $(VENV)/test.stamp  ## the recorded answers of the real Kamailio, and the torture messages
	$(BIN)/python tests/conformance/run --jobs $(JOBS)
	$(BIN)/python tests/conformance/torture/run

lint: $(VENV)/dev.stamp  ## style and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python .ci/layout lint-imports --config $(CURDIR)/setup.cfg

types: $(VENV)/dev.stamp  ## mypy, over the layout that pip installs
	$(BIN)/python .ci/layout mypy --config-file $(CURDIR)/setup.cfg -p sipapp -p tests

docs: $(VENV)/test.stamp  ## docs/reference/, from the docstrings and docs/examples/
	$(BIN)/sipapp reference docs/reference

bench: $(VENV)/dev.stamp  ## cost of parsing, scripts, transactions and calls
	$(BIN)/python -m pytest bench -q --benchmark-only -o python_files='bench_*.py'

clean:
	rm -rf $(VENV) build dist *.egg-info _trial_temp*

$(VENV)/python.stamp:
	@test -n "$(PYTHON)" || { echo "sipapp needs Python 3.11 or newer with venv (Debian: python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

# Each of these has what the one before it has: one installation does, whichever comes first.
METADATA := $(VENV)/python.stamp setup.cfg setup.py pyproject.toml
INSTALL = $(BIN)/python -m pip install -q --disable-pip-version-check $(EDITABLE)

$(VENV)/run.stamp: $(METADATA)
	$(INSTALL) -e .
	touch $@

$(VENV)/test.stamp: $(METADATA)
	$(INSTALL) -e '.[test]'
	touch $(VENV)/run.stamp $@

$(VENV)/dev.stamp: $(METADATA)
	$(INSTALL) -e '.[dev]'
	touch $(VENV)/run.stamp $(VENV)/test.stamp $@
