# The commands people type. Everything that they need is made in .venv first.
.PHONY: up demo test check bench peers install lock
.DEFAULT_GOAL := up

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

up: $(VENV)/packages
	@exec $(BIN)/hfadmin up

demo: $(VENV)/packages
	@exec $(BIN)/hfadmin demo

test: $(VENV)/packages-dev
	@$(BIN)/python -m tests.run

check: $(VENV)/packages-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python $(BIN)/lint-imports --no-cache
	$(BIN)/python -m scripts.markup
	$(BIN)/python manage.py makemigrations --check --dry-run
	HFADMIN_DATA_DIR=$$(mktemp -d) HFADMIN_URL=https://hfadmin.example.org \
		DATABASE_URL=postgresql://hfadmin@localhost/hfadmin REDIS_URL=redis://localhost/0 \
		HFADMIN_SESSION_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
		HFADMIN_SECRET_KEYS=$$($(BIN)/hfadmin key) \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(VENV)/packages-dev
	$(BIN)/python -m bench

# Real engines, in environments of their own, since they need libraries of different versions.
peers: $(VENV)/packages .venv-peers-transformers/packages .venv-peers-infinity/packages
	$(BIN)/python -m peers

install: $(VENV)/packages

# What pyproject.toml allows, pinned with hashes for every platform.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		pyproject.toml --output-file requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		--group dev pyproject.toml --constraint requirements.txt --output-file requirements-dev.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "hfadmin needs Python 3.11 or later; name one with make PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# It may be called in any directory, so it imports nothing from there.
$(BIN)/hfadmin: Makefile $(BIN)/python
	@printf '#!/bin/sh\nexport PYTHONSAFEPATH=1 PYTHONPATH="%s$${PYTHONPATH:+:$$PYTHONPATH}"\nexec "%s/python" -m hfadmin "$$@"\n' \
		"$(CURDIR)" "$(CURDIR)/$(BIN)" > $@
	@chmod +x $@

$(VENV)/packages: requirements.txt $(BIN)/hfadmin
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/packages-dev: requirements.txt requirements-dev.txt $(VENV)/packages
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.venv-peers-%/packages: peers/requirements-%.txt $(BIN)/python
	$(BIN)/python -m venv --clear $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@
