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
#   make test-engines       lists in the workers of Dask and Spark, and kills some; Spark needs Java
#   make bench              compares with what others use; writes benchmarks/results.md, docs/speed.svg
#   make bench-quick        the regression check of it, in a minute
#   make docs               builds the site of the documentation into build/site, runs every block of Python in it, and
#                           follows its links; needs Python 3.11 or later
#   make check              ruff, mypy and pyright
#   make dist               builds the packages into dist/, and tests them as they are installed

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYRIGHT := build/pyright/node_modules/.bin/pyright
EXTRAS := cli,sandbox,testing,test,lint
# Processes take work from each other towards the end; tests/conftest.py says how many.
PYTEST := -m pytest -n auto --dist worksteal

.PHONY: demo test test-integration test-engines soak fuzz bench bench-quick coverage docs check dist clean

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
		apt-get update --quiet; \
		DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends \
			chromium fonts-dejavu-core || echo 'Chromium is not installed: its tests are skipped'; fi
	touch $@

test-integration: $(VENV)/.integration build/neighbours/niquests/.ready build/sdks/.ready build/chromium/.ready
	$(BIN)/python -m pytest -m integration tests/integration tests/neighbours

# An environment of its own: the engines are a lot to install.
build/engines/.ready: setup.cfg
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[sandbox,testing,engines]'
	touch $@

# Spark runs in Java. Where it cannot be installed its tests are skipped, and say so.
build/java/.ready:
	mkdir -p $(@D)
	if ! command -v java > /dev/null && command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update --quiet; \
		DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends \
			default-jre-headless || echo 'Java is not installed: the tests with Spark are skipped'; fi
	touch $@

test-engines: build/engines/.ready build/java/.ready
	build/engines/bin/python -m pytest -m engines tests/engines

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
		npm install --silent --no-audit --no-fund --prefix $(@D) pyright@1.1.414 || true; fi
	touch $@

check: $(VENV)/.ready build/pyright/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --strict tests/typing
	if test -x $(PYRIGHT); then $(PYRIGHT) --pythonpath $(BIN)/python tests/typing; \
		else echo 'pyright is left out: it comes from npm, which is not here'; fi

# What builds and checks packages has an environment of its own: none of it is needed to work on the code.
build/tools/.ready:
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check 'build>=1.2' 'setuptools>=77' 'twine>=6.1'
	touch $@

# The wheel is built from the source distribution, twice, at two places: the two are equal, byte for byte. The tests run
# from the source distribution against the installed wheel, as its own package is taken away before: those that ask
# something of an installation (files beside the code, extras, entry points), as `make test` runs all.
dist: export SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || echo 315532800)
dist: build/tools/.ready
	rm -rf dist build/dist requests_paginate.egg-info && mkdir -p build/dist/again
	build/tools/bin/python -m build --no-isolation --outdir dist . > build/dist/log
	build/tools/bin/python -m twine check --strict dist/*
	tar -xzf dist/*.tar.gz -C build/dist
	mv build/dist/requests_paginate-* build/dist/source
	cp -r build/dist/source build/dist/elsewhere && find build/dist/elsewhere -exec touch {} +
	build/tools/bin/python -m build --no-isolation --wheel --outdir build/dist/again build/dist/elsewhere >> build/dist/log
	cmp dist/*.whl build/dist/again/*.whl
	git ls-files 2>/dev/null | grep -v '^\.gitignore$$' | while read -r file; do \
		test -e "build/dist/source/$$file" || { echo "the source distribution lacks $$file"; exit 1; }; done
	$(PYTHON) -m venv build/dist/bare
	build/dist/bare/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
	build/dist/bare/bin/python -I build/dist/source/tests/bare_install.py
	build/dist/bare/bin/python -m pip install --quiet --disable-pip-version-check 'pytest>=8'
	build/dist/bare/bin/python -I build/dist/source/tests/bare_install.py --pytest
	build/dist/bare/bin/python -m pip install --quiet --disable-pip-version-check "$$(echo dist/*.whl)[cli,sandbox,testing,test]"
	rm -r build/dist/source/requests_paginate build/dist/source/requests_paginate_pytest.py
	cd build/dist/source && ../bare/bin/python -I $(PYTEST) -p no:cacheprovider tests/contract \
		tests/unit/cli tests/unit/export tests/unit/providers tests/unit/sandbox tests/unit/testing \
		--ignore tests/contract/test_secrets_matrix.py --ignore tests/contract/test_false_alarms.py

clean:
	rm -rf $(VENV) build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
