# Every target makes .venv when it is missing, with the standard library's venv and pip alone.
# `make help` lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check
DEMO   := results/demo/credential-ttl.png

.PHONY: help demo test check lint bench nightly figures goldens schema lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/installed-run ## simulate the life of a certificate: a table, a figure, stored results (about a minute)
	@$(BIN)/churnsim sweep scenarios/credential-ttl.yaml --figure $(DEMO)

test: $(VENV)/installed-all ## run the tests
	@$(BIN)/python -m pytest -n auto --dist loadgroup

check: lint test ## everything CI runs: lint, types, layer contracts, tests

lint: $(VENV)/installed-all ## lint, types, layer contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed-all ## measure speed and memory side by side with the slow ways
	@$(BIN)/python -m benchmarks

nightly: $(VENV)/installed-all ## the long tests: more replications, more generated worlds
	@$(BIN)/python -m pytest -n auto --dist loadgroup -m nightly

figures: $(VENV)/installed-run ## run the shipped studies at full size and refresh results/published
	@$(BIN)/churnsim run scenarios/quickstart.yaml --publish results/published/quickstart
	@$(BIN)/churnsim sweep scenarios/credential-ttl.yaml --publish results/published/credential-ttl
	@$(BIN)/churnsim sweep scenarios/stolen-key.yaml --publish results/published/stolen-key
	@$(BIN)/churnsim sweep scenarios/spot-fleet.yaml --publish results/published/spot-fleet
	@$(BIN)/churnsim sweep scenarios/noisy-tenants.yaml --publish results/published/noisy-tenants
	@$(BIN)/churnsim sweep scenarios/elastic-nodes.yaml --publish results/published/elastic-nodes
	@$(BIN)/churnsim sweep scenarios/deploy-cadence.yaml --publish results/published/deploy-cadence
	@$(BIN)/churnsim sweep scenarios/feature-environments.yaml --publish results/published/feature-environments
	@$(BIN)/churnsim sweep scenarios/retry-storm.yaml --publish results/published/retry-storm
	@$(BIN)/churnsim sweep scenarios/five-kinds.yaml --publish results/published/five-kinds
	@$(BIN)/churnsim sweep scenarios/rotation-storm.yaml --publish results/published/rotation-storm
	@$(BIN)/churnsim sweep scenarios/audit-gap.yaml --publish results/published/audit-gap
	@$(BIN)/churnsim sweep scenarios/issuer-outage.yaml --publish results/published/issuer-outage
	@$(BIN)/churnsim sweep scenarios/policy-propagation.yaml --publish results/published/policy-propagation
	@$(BIN)/churnsim propagation scenarios/policy-propagation.yaml --figure results/published/policy-propagation/curves.png
	@$(BIN)/churnsim sweep scenarios/poison-policy.yaml --publish results/published/poison-policy
	@$(BIN)/churnsim sweep scenarios/keep-warm.yaml --publish results/published/keep-warm
	@$(BIN)/churnsim sweep scenarios/order-pipeline.yaml --publish results/published/order-pipeline
	@$(BIN)/churnsim compare scenarios/credential-ttl.yaml --baseline ttl=1h --best cost.total --indifference 0.1% \
		--objective cost.total --objective undertrust.share --objective dwell.mean \
		--assume failures.0.every.mean=7d --assume failures.0.lasts.mean=2h \
		--record results/published/credential-ttl/decision.md

goldens: $(VENV)/installed-all ## write tests/golden/*.txt again; review the diff before committing it
	@$(BIN)/python -m tests.golden.update

schema: $(VENV)/installed-run ## write the JSON schema of scenario files again
	@$(BIN)/churnsim schema > churnsim/scenario.schema.json

lock: $(VENV)/installed-all ## write constraints.txt from what .venv holds
	@$(PIP) --editable '.[dask,fast,notebook,test]'
	@$(BIN)/python -m pip list --format=freeze --exclude-editable --exclude pip --exclude setuptools \
		--disable-pip-version-check > constraints.txt

clean: ## remove .venv, caches and unpublished results
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find results -mindepth 1 -maxdepth 1 ! -name published -exec rm -rf {} + 2>/dev/null || true

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = "%d.%d" % sys.version_info[:2]; sys.exit(0 if sys.version_info >= (3, 11) \
		else "churnsim needs Python 3.11 or newer, but $(PYTHON) is " + v + "; try: make PYTHON=python3.11")'
	@echo "Making $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)

# A stamp file for each set of packages, so that nothing is installed twice.
$(VENV)/installed-run: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing churnsim and its libraries into $(VENV) (versions as in constraints.txt) ..."
	@$(PIP) --editable .
	@touch $@

$(VENV)/installed-all: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing churnsim, its libraries and the test tools into $(VENV) (versions as in constraints.txt) ..."
	@$(PIP) --editable '.[dask,fast,test]'
	@touch $@ $(VENV)/installed-run
