# Two commands: `make demo` shows what zopa does, `make test` checks that it is right.
# Each makes its own virtual environment and installs pinned versions; nothing else is touched.

PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench pins clean

help:
	@echo "make demo   the flagship scenario, start to finish, into results/ukraine-2025-12/"
	@echo "make test   lint, types, import rules, doctests and the whole test suite"
	@echo "make bench  the speed claims, measured against peers on this machine"
	@echo "make clean  remove both virtual environments"

demo: .venv/.ready
	@.venv/bin/zopa run experiments/ukraine-2025-12.yaml

test: .venv-dev/.ready lint
	@.venv-dev/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: .venv-dev/.ready
	@.venv-dev/bin/ruff check .
	@.venv-dev/bin/ruff format --check .
	@.venv-dev/bin/mypy
	@.venv-dev/bin/lint-imports

bench: .venv-dev/.ready
	@.venv-dev/bin/python -m benchmarks

.venv/.ready: requirements.txt pyproject.toml
	$(call install,.venv,requirements.txt,.)

.venv-dev/.ready: requirements-dev.txt pyproject.toml
	$(call install,.venv-dev,requirements-dev.txt,.)

# A half-made environment is never taken for a ready one: the stamp comes last.
define install
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "zopa needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ": try make PYTHON=python3.12")'
	@echo "Making the environment $(1) (once; about a minute) ..."
	@rm -rf $(1)
	@$(PYTHON) -m venv $(1)
	@$(1)/bin/python -m pip install --quiet --disable-pip-version-check -r $(2)
	@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable $(3)
	@touch $(1)/.ready
endef

# Pin anew: the newest versions that pyproject.toml allows, written without saying where from.
pins:
	@for set in "" dev; do \
	  rm -rf .venv-pins && $(PYTHON) -m venv .venv-pins && \
	  .venv-pins/bin/python -m pip install --quiet -e ".$${set:+[$$set]}" && \
	  .venv-pins/bin/python -m pip freeze --exclude-editable --exclude zopa \
	    > requirements$${set:+-$$set}.txt; \
	done; rm -rf .venv-pins

clean:
	rm -rf .venv .venv-dev
