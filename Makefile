# Everything runs from a clean clone with python3 (3.10 or later, with venv) and make.
#   make demo               lists the embedded sandbox over TLS
#   make test               runs the tests
#   make soak               lists a million rows over a bad line (ROWS=10000 for fewer)
#   make fuzz               lists random servers, and compares with the truth (LISTINGS=1000 SOCKETS=50 for fewer);
#                           before that, property tests with new inputs, an interrupt at every point of a page, and
#                           secrets from every place, in every echo and output
#   make test-integration   lists from Django REST framework, fastapi-pagination and Datasette, through the packages
#                           of docs/neighbours.md, and with the providers' own SDKs; kills the daily job; opens
#                           the pictures of a run in Chromium
#   make bench              compares with what others use; writes benchmarks/results.md, docs/speed.svg
#   make bench-quick        the regression check of it, in a minute
#   make docs               builds the site of the documentation into build/site, runs every block of Python in it, and
#                           follows its links; needs Python 3.11 or later
#   make check              ruff, mypy and pyright
#   make wheel-test         builds the wheel and runs the tests against it, installed

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYRIGHT := build/pyright/node_modules/.bin/pyright
EXTRAS := cli,sandbox,testing,test,lint
# A process for each core, which take work from each other towards the end.
PYTEST := -m pytest -n auto --dist worksteal

.PHONY: demo test test-integration soak fuzz bench bench-quick coverage docs check wheel-test clean

$(VENV)/.ready: setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "$(PYTHON): 3.10 or later is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS)]'
	touch $@

demo: $(VENV)/.ready
	@$(BIN)/requests-paginate demo

test: $(VENV)/.ready
	$(BIN)/python $(PYTEST)

$(VENV)/.integration: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[integration,neighbours]'
	touch $@

# It brings a urllib3 of its own, which would take the place of everybody's: a folder that one test alone looks into.
build/neighbours/niquests/.ready: $(VENV)/.ready
	rm -rf $(@D)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target $(@D) 'niquests>=3.21'
	touch $@

# Pluggy's own SDK. Without npm the tests with it are skipped, and say so.
build/sdks/.ready:
	rm -rf $(@D) && mkdir -p $(@D)
	if command -v npm > /dev/null; then \
		npm install --silent --no-audit --no-fund --prefix $(@D) pluggy-sdk@0.90.0; fi
	touch $@

# A browser for the pictures of runs. Where it cannot be installed their tests are skipped, and say so.
build/chromium/.ready:
	mkdir -p $(@D)
	if ! command -v chromium > /dev/null && command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update --quiet && \
		apt-get install --quiet --yes --no-install-recommends chromium fonts-dejavu-core; fi
	touch $@

test-integration: $(VENV)/.integration build/neighbours/niquests/.ready build/sdks/.ready build/chromium/.ready
	$(BIN)/python -m pytest -m integration tests/integration tests/neighbours

soak: $(VENV)/.ready
	$(BIN)/python benchmarks/soak.py $(if $(ROWS),--rows $(ROWS))

fuzz: $(VENV)/.ready
	$(BIN)/python $(PYTEST) --hypothesis-profile=deep -m hypothesis
	$(BIN)/python -m tests.interrupts
	$(BIN)/python -m tests.secrets_matrix
	$(BIN)/python -m tests.fuzz $(if $(LISTINGS),--listings $(LISTINGS)) $(if $(SOCKETS),--sockets $(SOCKETS))

$(VENV)/.bench: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@

# What others wrote, each in an environment of its own.
build/bench/dlt/.ready: PEER := 'dlt>=1.31'
build/bench/singer/.ready: PEER := 'singer-sdk>=0.54'
build/bench/dlt/.ready build/bench/singer/.ready:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check $(PEER)
	touch $@

bench: $(VENV)/.bench build/bench/dlt/.ready build/bench/singer/.ready
	$(BIN)/python benchmarks/run.py

bench-quick: $(VENV)/.ready
	$(BIN)/python benchmarks/run.py --quick

# An environment of its own: what the pages show is a lot to install.
build/docs/.ready: setup.cfg
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check \
		--editable '.[cli,sandbox,testing,test,docs]'
	touch $@

docs: build/docs/.ready
	NO_MKDOCS_2_WARNING=1 build/docs/bin/python -m mkdocs build --strict --config-file .ci/mkdocs.yml
	build/docs/bin/python -m pytest -m docs tests/docs
	build/docs/bin/python -m pytest tests/contract/test_readme.py tests/contract/test_docs.py

coverage: $(VENV)/.ready
	$(BIN)/python $(PYTEST) --cov --cov-report=term-missing:skip-covered --cov-fail-under=99

build/pyright/.ready:
	rm -rf $(@D) && mkdir -p $(@D)
	if command -v npm > /dev/null; then \
		npm install --silent --no-audit --no-fund --prefix $(@D) pyright@1.1.414; fi
	touch $@

check: $(VENV)/.ready build/pyright/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --strict tests/typing
	if test -x $(PYRIGHT); then $(PYRIGHT) --pythonpath $(BIN)/python tests/typing; \
		else echo 'pyright is left out: it comes from npm, which is not here'; fi

# Another environment, so that nothing of the source tree is importable: the tests run from a copy.
wheel-test: $(VENV)/.ready
	rm -rf build/wheel-test && mkdir -p build/wheel-test
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir build/wheel-test .
	$(PYTHON) -m venv build/wheel-test/venv
	build/wheel-test/venv/bin/python -m pip install --quiet --disable-pip-version-check \
		"$$(echo build/wheel-test/*.whl)[cli,sandbox,testing,test]"
	cp -r tests examples docs README.md CONTRIBUTING.md pyproject.toml build/wheel-test/
	cd build/wheel-test && venv/bin/python -I $(PYTEST) -p no:cacheprovider

clean:
	rm -rf $(VENV) build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
