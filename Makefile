PYTHON ?= python3
export TERRAFORM ?= terraform
DEV := .envs/dev/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo acceptance test fast plans nightly mutation lint docs costs package bench sandbox-down requirements failures scenario faults soak clean

help: ## Show this
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

setup: ## Install what the other targets need, under .envs/
	@$(PYTHON) dev/tools/bootstrap.py

demo: setup ## The main job on the embedded sandbox, step by step; KEEP=1 leaves it running, AWS_PORT=, FSX_PORT= choose ports
	@$(DEV)/python -m dev.scenarios.demo

acceptance: setup ## The demo's steps in your AWS account, and what only AWS can prove; asks first. FILE_SYSTEM=, SUBNET=, ACCOUNT=
	@$(DEV)/python -m dev.scenarios.acceptance

test: lint ## Everything: lint, unit, plan and sandbox tests
	@$(DEV)/pytest -n 6 tests/deployed tests/module tests/plan_check tests/sandbox tests/function tests/repository tests/scenarios tests/emulator

fast: setup ## The tests that need neither Terraform nor the sandbox, without the faults (`make faults`)
	@$(DEV)/pytest -q -n 2 --ignore=tests/function/faults tests/function tests/repository tests/scenarios tests/plan_check/test_destructive_changes.py tests/emulator

plans: setup ## Plan the examples and the code in the documents with the Terraform at hand
	@$(DEV)/pytest -q tests/module/test_examples.py tests/module/test_doc_blocks.py

nightly: setup ## The property tests with 10,000 examples each
	@HYPOTHESIS_PROFILE=nightly $(DEV)/pytest -q tests/function/properties

mutation: setup ## Does a test notice when the decision, the step or the purge is changed? Ten minutes
	@$(DEV)/python -m dev.tools.mutation

lint: setup ## Formatting, linters, types, spelling, checkov, zizmor, and whether the package is its source
	@$(DEV)/ruff format --check --quiet .
	@$(DEV)/ruff check --quiet .
	@$(DEV)/mypy
	@$(DEV)/codespell
	@$(DEV)/zizmor --offline --quiet --no-progress .github
	@$(DEV)/python -m dev.terraform
	@$(DEV)/python lambda_src/build.py --check
	@$(DEV)/python dev/tools/docs.py --check
	@$(DEV)/python dev/tools/scan.py

docs: setup ## Write the tables of inputs and outputs into the READMEs, and the list of time zones
	@$(DEV)/python dev/tools/docs.py
	@$(DEV)/python dev/tools/time_zones.py

costs: setup ## What a deployment costs a month, into docs/costs.md
	@$(DEV)/python -m dev.tools.costs

package: setup ## Build modules/fsx_backup/lambda.zip from lambda_src/
	@$(DEV)/python lambda_src/build.py

bench: setup ## Side by side with what people would use instead; ROW=name for one row. Twenty minutes
	@$(DEV)/python -m dev.benchmarks

sandbox-down: ## End the sandbox that `make demo KEEP=1` left running
	@$(DEV)/python -m dev.sandbox down

requirements: setup ## Compile dev/requirements/*.in into pinned, hashed dev/requirements/*.txt
	@for name in dev localstack function checkov peers; do \
	  .envs/uv/bin/uv pip compile --quiet --python-version "$$(cat .python-version)" --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" $(UPGRADE) \
	    dev/requirements/$$name.in --output-file dev/requirements/$$name.txt || exit 1; \
	done

failures: setup ## Play every failure in the sandbox and show who hears of it how
	@$(DEV)/python -m dev.scenarios.failures

scenario: setup ## Play a scenario in the sandbox: NAME=fleet, copies or restore
	@$(DEV)/python -m dev.scenarios.$(NAME)

faults: setup ## Play every fault of tests/function/faults/catalogue.py that needs no sandbox, and write docs/reliability.md
	@$(DEV)/pytest -q -n 2 --faults tests

soak: setup ## Kill the function 200 times under twenty plans in the sandbox; KILLS=, MINUTES= bound it
	@$(DEV)/python -m dev.scenarios.soak

clean: ## Remove what the targets made
	rm -rf .envs .sandbox .hypothesis .mypy_cache .pytest_cache .ruff_cache
