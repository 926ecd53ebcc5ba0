PYTHON ?= python3
export TERRAFORM ?= terraform
DEV := .envs/dev/bin

.PHONY: setup requirements failures

setup: ## Install what the other targets need, under .envs/
	@$(PYTHON) tools/bootstrap.py

requirements: setup ## Compile requirements/*.in into pinned, hashed requirements/*.txt
	@for name in dev localstack function; do \
	  .envs/uv/bin/uv pip compile --quiet --python-version "$$(cat .python-version)" --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" $(UPGRADE) \
	    requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done

failures: ## Play every failure in the sandbox and show who hears of it how
	@$(DEV)/python -m sandbox.failures
