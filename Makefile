# Each target sets up what it needs: on a fresh machine, Python 3.11 or later and make are enough.
#   make test ARGS="-k crews"       passes arguments on, as `make study` does
#   make test PYTHON=python3.12     picks the interpreter that .venv is made from (after `make clean`)

PYTHON ?= python3
ARGS ?=
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help study test check format clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

study: $(VENV)/.installed ## run the labour-shortage study on the reference model
	$(BIN)/python experiments/labour_shortage.py $(ARGS)

test: $(VENV)/.installed-dev ## run the tests
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

check: $(VENV)/.installed-dev ## lint, formatting, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.installed-dev ## mend what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove the environment and what tools leave behind
	rm -rf $(VENV) build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Set-up happens once, and again when what is to be installed has changed.
$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "buildsim needs Python 3.11 or later; name one, for example: make PYTHON=python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/.created
	@echo "Installing buildsim into $(VENV) (about a minute) ..."
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/.created
	@echo "Installing buildsim and its development tools into $(VENV) (about a minute) ..."
	$(INSTALL) --editable '.[dev]'
	@touch $@
