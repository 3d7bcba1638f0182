# Inkstand: one command for each job. Each sets up what it needs first; docs/development.md explains.
#
#   make run                     the editor            make run ARGS=--version
#   make test                    the whole test suite  make test ARGS='tests/sync -k outbox'
#   make run PYTHON=python3.12   with another Python than python3

SETUP := packaging/setup/set-up.sh
SCREEN := packaging/setup/with-screen.sh
BIN := .venv/bin
SHELL_SCRIPTS := .ci/run packaging/setup/set-up.sh packaging/setup/with-screen.sh \
	$(wildcard packaging/build/*.sh packaging/check/*.sh packaging/app/*/*.sh) \
	$(wildcard packaging/relay/package/deb-* packaging/relay/package/rpm-*)
# Where `make relay` keeps its accounts and documents, and the address it listens on.
RELAY_DATA ?= $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/inkstand-relay
RELAY_LISTEN ?= 127.0.0.1:8040
# Where `make translations` finds and writes .ts and .qm files.
TRANSLATIONS ?= resources/translations
# `phrase` and `phrase_many` are how sync says a sentence without knowing Qt.
LUPDATE := pyside6-lupdate -silent -extensions py -locations none -no-obsolete \
	-source-language en -tr-function-alias tr+=phrase,tr+=phrase_many
ARGS ?=
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help run relay test simulate lint format bench packages check-packages lock translations clean

help: ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 24

run: ## set up what is missing, then start the editor
	@$(SETUP) relay # this computer may become a relay for others
	@$(BIN)/inkstand $(ARGS)

relay: ## set up what is missing, then start a relay on this machine only
	@$(SETUP) relay
	@mkdir -p "$(RELAY_DATA)"
	@$(BIN)/inkstand-relay serve --data-dir "$(RELAY_DATA)" --listen $(RELAY_LISTEN) $(ARGS)

test: ## set up what is missing, then run the tests on a screen of their own
	@$(SETUP) test
	@$(SCREEN) $(BIN)/pytest $(ARGS)

simulate: ## thousands of lives of devices and a relay in virtual time; ARGS='SEEDS FIRST' (5000 1)
	@$(SETUP) test
	@$(BIN)/python -m tests.sync.simulator $(ARGS)

lint: ## everything that can be checked without running the program
	@$(SETUP) lint
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/shellcheck $(SHELL_SCRIPTS)
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml

format: ## put the code in the one format, and mend what ruff can mend
	@$(SETUP) lint
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: ## the measurements and the long runs: tests/benchmarks/bench_*.py (minutes, needs a quiet machine)
	@$(SETUP) bench
	@$(SCREEN) $(BIN)/pytest tests/benchmarks -o 'python_files=bench_*.py' -o timeout=0 -s $(ARGS)

packages: ## build all that this machine can: the packages for Linux, in dist/ (minutes)
	@$(SETUP) packages
	build/venv/bin/python packaging/build/build_app.py
	packaging/build/build-relay.sh
	$(if $(APPIMAGE_RUNTIME),packaging/build/appimage.sh)

check-packages: ## install what make packages built in systems of their own, and try it there (as root)
	@$(SETUP) packages
	packaging/check/chroot.sh $(ARGS)
	packaging/check/relay-in-chroot.sh

lock: ## write the lock files anew; ARGS=--upgrade takes newer versions, ARGS='--upgrade-package NAME' one
	@$(SETUP) lint
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --group packages --universal --generate-hashes \
		--no-annotate -o requirements.lock --quiet $(ARGS)
	$(BIN)/uv pip compile packaging/relay/requirements.in --constraints requirements.lock --universal \
		--python-version 3.11 --generate-hashes --no-annotate -o packaging/relay/requirements.lock --quiet
	$(BIN)/uv pip compile packaging/relay/cluster/requirements.in --constraints requirements.lock \
		--universal --python-version 3.11 --generate-hashes --no-annotate \
		-o packaging/relay/cluster/requirements.lock --quiet
	@sed -n '/^#/p' packaging/setup/uv.txt > packaging/setup/uv.txt.new
	@sed -n 's/^\(uv==[^ ]*\).*/\1/p' packaging/setup/uv.txt | $(BIN)/uv pip compile - --universal \
		--generate-hashes --no-annotate --no-header --quiet >> packaging/setup/uv.txt.new
	@mv packaging/setup/uv.txt.new packaging/setup/uv.txt

translations: ## find the strings that people see, and compile their translations
	@$(SETUP) run
	@$(BIN)/$(LUPDATE) app sync/*.py sync/client sync/document sync/protocol sync/store \
		-target-language de -ts $(TRANSLATIONS)/inkstand_de.ts
	@$(BIN)/$(LUPDATE) -pluralonly -target-language en app -ts $(TRANSLATIONS)/inkstand_en.ts
	@cd $(TRANSLATIONS) && $(CURDIR)/$(BIN)/pyside6-lrelease -silent inkstand_de.ts inkstand_en.ts

clean: ## remove all that was installed or built in this folder
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	rm -rf tests/interop/node_modules tests/benchmarks/peers/node_modules
	find app sync tests -name __pycache__ -type d -prune -exec rm -rf {} +
