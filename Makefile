# Everything a developer or CI does. The work is in scripts/; `make` alone lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
# One test or folder: make test T=tests/unit/gateway
T ?= tests
# Real labels with their truth. They are not part of the repository.
LABELS ?= ../shared/labels
export LABELS

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install what is missing: Debian packages, .venv, the locked packages
	@scripts/setup.sh


.PHONY: run
run: setup ## Start everything, verify the sample label, stay up; Ctrl-C stops (other port: TTB_PORT=8001 make run)
	@$(BIN)/python -m scripts.stack run

.PHONY: up
up: setup ## Start everything in the background; returns when it is healthy
	@$(BIN)/python -m scripts.stack up

.PHONY: down
down: setup ## Stop everything
	@$(BIN)/python -m scripts.stack down

.PHONY: status
status: setup ## What is running
	@$(BIN)/python -m scripts.stack status

.PHONY: logs
logs: setup ## Follow the logs
	@$(BIN)/python -m scripts.stack logs

# Options of `python -m services.modelstatus download`, such as --bucket models --endpoint-url http://127.0.0.1:9000
MODEL ?=

.PHONY: model
model: setup ## Fetch the vision model into the local Ollama; `ttb model-status --watch` shows how far it is
	@MODEL_STATUS_FILE="$${MODEL_STATUS_FILE:-$${TTB_VAR_DIR:-var}/model-status.json}" \
	  $(BIN)/python -m services.modelstatus download $(MODEL)

.PHONY: verify-sample
verify-sample: setup ## Verify samples/wine-label.png through REST and print the answer
	@$(BIN)/python -m scripts.verify_sample


.PHONY: test
test: lint labels ## Lint, and all tests but the slow ones
	$(BIN)/pytest -m "not slow" $(T)

.PHONY: test-slow
test-slow: setup labels test-infra ## The slow tests, and those of the infrastructure
	@scripts/test_slow.sh $(T)

# Checks Terraform without a download of the provider. It is not part of the repository.
TERRAFORM_CHECK ?= ../shared/tools/terraform/check.sh

.PHONY: test-infra
test-infra: ## Check infra/terraform: format, validity, tests
	@scripts/test_infra.sh $(TERRAFORM_CHECK)

# The gateway that is measured, who reads (BACKEND=tesseract), and options of `python -m evals` such as --falsify all
URL ?= http://127.0.0.1:$(or $(TTB_PORT),8000)
BACKEND ?= auto
EVAL ?=

.PHONY: eval
eval: setup ## Measure the running system on real labels; the report goes below evals/results
	@$(BIN)/python -m evals --labels "$(LABELS)" --url "$(URL)" --backend "$(BACKEND)" $(EVAL)

# Options of `python -m evals.benchmark` such as --runs 5 --clients 1
BENCHMARK ?=

.PHONY: benchmark
benchmark: setup ## Measure the running system's latency, stages, throughput and memory; report below evals/results
	@$(BIN)/python -m evals.benchmark --labels "$(LABELS)" --url "$(URL)" $(BENCHMARK)

# Readings that are kept between runs, and the ocr service that reads what is missing there
RECORDED ?= var/recorded
OCR ?= 127.0.0.1:50051

.PHONY: stages
stages: setup ## Measure what each stage of the reading gains and costs, by leaving it out
	@$(BIN)/python -m evals.stages --labels "$(LABELS)" --recorded "$(RECORDED)" --ocr "$(OCR)"

.PHONY: labels
labels:
	@test -f "$(LABELS)/manifest.jsonl" || { \
	  echo "*** NOT RUN: tests on real labels, because there are none at LABELS=$(LABELS)" >&2; }

.PHONY: lint
lint: setup ## Style, types, walls between packages, contracts, generated documents
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/protos.py check
	$(BIN)/python scripts/settings_table.py --check
	$(BIN)/python -m scripts.openapi --check
	$(BIN)/python -m scripts.rules_page --check

.PHONY: format
format: setup ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix
	$(BIN)/ruff format


.PHONY: protos
protos: setup ## Write stubs/ anew from protos/
	$(BIN)/python scripts/protos.py generate

.PHONY: docs
docs: setup ## Write the README's table of settings, docs/rules.md and docs/openapi.yaml anew
	$(BIN)/python scripts/settings_table.py
	$(BIN)/python -m scripts.openapi
	$(BIN)/python -m scripts.rules_page

.PHONY: sample
sample: setup ## Draw the labels of samples/ anew
	$(BIN)/python -m scripts.draw_sample

.PHONY: lock
lock: setup ## Lock the dependencies of pyproject.toml, with hashes, in requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --all-extras --python-version 3.11 \
	  pyproject.toml -o requirements.txt

.PHONY: clean
clean: ## Remove what can be made anew: .venv, var, caches (stop everything first)
	@if [[ -x $(BIN)/python ]]; then $(BIN)/python -m scripts.stack down; fi
	rm -rf .venv var dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
