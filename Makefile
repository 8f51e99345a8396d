# The only entry: people and CI call the same targets. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input --require-hashes
# What is installed, as stamps beside it: a changed lock installs again. The demo and `up` need no development parts.
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev
REQUIREMENTS := requirements

# make test TESTS=tests/contract, BROKER=apache, DRIVER=pymongo (MongoDB by PyMongo instead of Motor), WORKERS=0 (one process)
# Where a test goes: tests/README.md. The tests that kill things are `make faults`, on Apache Kafka; make test
# TESTS=tests/faults runs them on the embedded broker.
TESTS ?= tests/contract tests/service
# Whole stacks and long walks: at most one file of them on one process, since their fixtures are dear.
SLOW := tests/journeys tests/local tests/fuzz
WORKERS ?= 3
PYTEST_ARGS ?=
DIST ?= worksteal
XDIST := $(if $(filter-out 0 1,$(WORKERS)),-n $(WORKERS) --dist $(DIST))
PYTEST := $(BIN)/python -m pytest $(XDIST) $(PYTEST_ARGS)

DRIVER ?= motor
SERVICES := $(shell sed -n 's/^SERVICES = (\(.*\))$$/\1/p' shared/contracts/topics.py | tr -d '",')

export BASSIN_MONGODB_DRIVER := $(DRIVER)
export PYTHONPATH := .
export PYTHONUNBUFFERED := 1
# Without the compiled files beside the code each process compiles all of it again: a run of the tests starts some hundred.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help compose-secrets compose-trial sbom demo up dev $(SERVICES:%=test-%) token trace new-event new-notice new-service hooks test test-slow test-identity faults bench evaluate report-creuse report-correze check k8s clients clients-with-npm docs docs-site lock clean

help: ## list the targets
	@echo "Bassin: make <target>"
	@sed -n 's/^\([a-z][a-z0-9-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target text; do \
		printf '  %-17s %s\n' "$$target" "$$text"; done
	@printf '  %-17s %s\n' 'test-SERVICE' "what concerns one service, in one process: $(SERVICES)"

demo: $(RUN_READY) ## the way of an offer on real engines, with a report (OFFERS=file of France Travail offers)
	$(BIN)/python -m deploy.demo $(if $(OFFERS),--offers $(OFFERS))

up: $(RUN_READY) ## start the local stack until Ctrl-C (BROKER=apache; IDENTITY=keycloak; DATA=folder)
	@$(BIN)/python -m deploy.local up $(if $(DATA),--data $(DATA))

dev: $(RUN_READY) ## the local stack with one service that starts anew when its code changes: SERVICE=offers
	@$(if $(SERVICE),,echo "Name a service: make dev SERVICE=offers." >&2; exit 2)
	@$(BIN)/python -m deploy.local up --reload $(SERVICE) $(if $(DATA),--data $(DATA))

token: $(RUN_READY) ## a token for the running stack: ROLE=employer [SUBJECT=me] [TERRITORY=23] [EMAIL=me@…] [ORGANISATION=feed]
	@$(if $(ROLE),,echo "Name a role: make token ROLE=employer (or seeker, counsellor, manager, facilitator …)." >&2; exit 2)
	@$(BIN)/python -m deploy.local token --role $(ROLE) $(if $(SUBJECT),--subject $(SUBJECT)) \
		$(if $(TERRITORY),--territory $(TERRITORY)) $(if $(EMAIL),--email $(EMAIL)) $(if $(ORGANISATION),--organisation $(ORGANISATION))

trace: $(RUN_READY) ## one event or request on its way through the running stack: EVENT=id
	@$(if $(EVENT),,echo "Name an event or a request: make trace EVENT=0197…" >&2; exit 2)
	@$(BIN)/python -m deploy.operate trace $(EVENT)

# What these write passes the checks; what is left to do is said.
new-event: $(DEV_READY) ## begin an event type: NAME=offer-paused [TOPIC=offers.offers.v1]
	@$(if $(NAME),,echo "Name it: make new-event NAME=offer-paused" >&2; exit 2)
	@$(BIN)/python -m deploy.scaffold new-event $(NAME) $(if $(TOPIC),--topic $(TOPIC))

new-notice: $(DEV_READY) ## begin a notice, something that people are told: NAME=offer_paused
	@$(if $(NAME),,echo "Name it: make new-notice NAME=offer_paused" >&2; exit 2)
	@$(BIN)/python -m deploy.scaffold new-notice $(NAME)

new-service: $(DEV_READY) ## begin a service with all its rooms: NAME=housing
	@$(if $(NAME),,echo "Name it: make new-service NAME=housing" >&2; exit 2)
	@$(BIN)/python -m deploy.scaffold new-service $(NAME)

hooks: $(DEV_READY) ## check each commit and push of this clone (.pre-commit-config.yaml)
	@$(BIN)/pre-commit install --install-hooks

test: $(DEV_READY) ## what must hold, on real engines (BROKER=apache, TESTS=path, WORKERS=n, PYTEST_ARGS=…)
	$(PYTEST) $(TESTS)

test-slow: $(DEV_READY) ## whole stacks, the local stack itself, generated requests (BROKER=apache, PYTEST_ARGS=…)
	$(MAKE) --no-print-directory test TESTS="$(SLOW)" DIST=loadfile

$(SERVICES:%=test-%): test-%: $(DEV_READY)
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests/service/$*

faults: $(DEV_READY) ## the fault tests on Apache Kafka (Java 17, Maven)
	$(MAKE) --no-print-directory test BROKER=apache TESTS=tests/faults DIST=loadfile

test-identity: $(DEV_READY) ## log in through Keycloak's own pages and walk with its tokens (Java 17, Maven)
	$(BIN)/python -m pytest $(PYTEST_ARGS) -rs tests/identity

bench: $(DEV_READY) ## measurements against the recorded baselines (QUICK=1: the small sizes)
	$(BIN)/python -m tests.bench $(if $(QUICK),--quick)

.PHONY: bench-search bench-occupations bench-clauses bench-reports bench-people
bench-search: $(DEV_READY) ## the search alone, over 100,000 offers: build/bench-search.json (QUICK=1: 10,000)
	$(BIN)/python -m tests.bench.search

bench-people: $(DEV_READY) ## the pool of CVs over 100,000 profiles, CVs set a second: build/bench-people.json (QUICK=1: 10,000)
	$(BIN)/python -m tests.bench.people

bench-occupations: $(DEV_READY) ## the proposer of occupations alone: build/bench-occupations.json
	$(BIN)/python -m tests.bench.occupations

bench-reports: $(DEV_READY) ## reports of 1,000,000 declarations beside a recomputation: build/bench-reports.json (QUICK=1; WORLD=folder keeps what is built)
	$(BIN)/python -m tests.bench.reports

bench-clauses: $(DEV_READY) ## how well volumes are found in real clauses' texts: build/bench-clause-texts.json
	$(BIN)/python -m tests.bench.clause_texts

evaluate: $(DEV_READY) ## what is recommended to whom and why, beside simpler lists: build/evaluation.html, .json
	$(BIN)/python -m tests.bench.evaluation

# Each figure comes out of entries of the ledger; also build/report-….json, .csv, .xlsx and .pdf.
report-creuse: $(RUN_READY) ## the clauses table that the Creuse published, out of ledger entries
report-correze: $(RUN_READY) ## the one that the Corrèze published
report-creuse report-correze: report-%:
	$(BIN)/python -m deploy.published $*

check: $(DEV_READY) ## lint, format, types, imports, generated documents, event contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m deploy.docs --check
	$(BIN)/python -m deploy.k8s check
	$(BIN)/python -m shared.contracts check
	@$(MAKE) --no-print-directory clients

k8s: $(DEV_READY) ## write and render deploy/k8s from the code (Go installs kustomize into build/tools)
	@if ! command -v kustomize >/dev/null && [ ! -x build/tools/kustomize ] && command -v go >/dev/null; then \
		GOBIN=$(CURDIR)/build/tools go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.1; fi
	$(BIN)/python -m deploy.k8s write

# Node is no part of the product: without it this says so and passes.
CLIENTS := tests/clients
CLIENTS_BIN := $(CLIENTS)/node_modules/.bin
clients: ## the documents as others read them: redocly, AsyncAPI's parser, TypeScript clients compiled (npm)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory clients-with-npm; \
	else echo "skipped: OpenAPI lint, AsyncAPI parser and TypeScript clients (no npm here)"; fi

$(CLIENTS)/node_modules/.ready: $(CLIENTS)/package-lock.json
	npm ci --prefix $(CLIENTS) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

clients-with-npm: $(CLIENTS)/node_modules/.ready
	@mkdir -p build/clients
	$(CLIENTS_BIN)/redocly lint --config $(CLIENTS)/redocly.yaml $(SERVICES:%=docs/openapi-%.json)
	node $(CLIENTS)/asyncapi.mjs docs/asyncapi.json
	@for service in $(SERVICES); do \
		$(CLIENTS_BIN)/openapi-typescript docs/openapi-$$service.json --default-non-nullable=false -o build/clients/$$service.ts; done
	$(CLIENTS_BIN)/tsc -p $(CLIENTS)

docs: $(DEV_READY) ## write OpenAPI, AsyncAPI, the tables of topics and settings, the event schemas
	$(BIN)/python -m deploy.docs
	$(BIN)/python -m shared.contracts write

docs-site: $(DEV_READY) ## the documentation as a site: build/docs-site/index.html, opens from the folder
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs-site
	@echo "build/docs-site/index.html"

LOCKED := --universal --generate-hashes --no-emit-index-url --python-version 3.11
lock: $(DEV_READY) ## resolve the dependencies again into requirements/
	$(BIN)/uv pip compile pyproject.toml --all-extras $(LOCKED) -o $(REQUIREMENTS)/runtime.txt
	$(BIN)/uv pip compile --group local -c $(REQUIREMENTS)/runtime.txt $(LOCKED) -o $(REQUIREMENTS)/local.txt
	$(BIN)/uv pip compile --group dev -c $(REQUIREMENTS)/runtime.txt -c $(REQUIREMENTS)/local.txt $(LOCKED) \
		-o $(REQUIREMENTS)/dev.txt

compose-secrets: $(RUN_READY) ## passwords, keys and certificates of a compose installation into secrets/: NAME=emploi.departement.fr
	@$(if $(NAME),,echo "Name the installation: make compose-secrets NAME=emploi.departement.fr" >&2; exit 2)
	@$(BIN)/python -m deploy.access secrets secrets --host $(NAME)

sbom: $(RUN_READY) ## what the image is made of, as CycloneDX, from the lock: build/bassin.cdx.json
	@mkdir -p build && $(BIN)/python -m deploy.sbom > build/bassin.cdx.json && echo build/bassin.cdx.json

compose-trial: $(RUN_READY) ## docker-compose.yml run for real on an engine, with figures in build/compose-trial.json (SHORT=1)
	$(BIN)/python -m deploy.trial $(if $(SHORT),--short) $(if $(TAG),--no-build $(TAG))

clean: ## remove what was built, caches and the local stack's data
	@pid=$$(sed -n '/"pid"/{s/[^0-9]//gp;q;}' .bassin/stack.json 2>/dev/null || true); \
	if [ -n "$$pid" ] && kill -0 "$$pid" 2>/dev/null; then echo "The local stack is running; stop it first (Ctrl-C)." >&2; exit 1; fi
	rm -rf build tests/clients/node_modules .bassin .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# A stamp of its own: an environment that was interrupted half made is made again.
$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "Python 3.11 to 3.14 is needed, and no $(PYTHON) was found (PYTHON=path names another)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
		{ echo "Python 3.11 to 3.14 is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1) (make PYTHON=python3.12 … names another)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make environments: install its venv package (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUN_READY): $(REQUIREMENTS)/runtime.txt $(REQUIREMENTS)/local.txt | $(VENV)/.made
	$(PIP) -r $(REQUIREMENTS)/runtime.txt -r $(REQUIREMENTS)/local.txt
	@touch $@

$(DEV_READY): $(REQUIREMENTS)/dev.txt $(RUN_READY)
	$(PIP) -r $(REQUIREMENTS)/runtime.txt -r $(REQUIREMENTS)/local.txt -r $(REQUIREMENTS)/dev.txt
	@touch $@
