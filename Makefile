# Thin: each line is a command a person could type. Needs Linux, Rust, Python 3.11 and make; no root, no Docker, no AWS
# account. The tests also need PostgreSQL's server and psql.

SHELL := /bin/bash -euo pipefail
.SHELLFLAGS := -c
.DELETE_ON_ERROR:

PYTHON ?= python3
ifneq ($(words $(CURDIR)),1)
$(error make cannot work in a folder whose path has a space: $(CURDIR))
endif
ifneq ($(shell $(PYTHON) -c 'import sys; print(sys.version_info >= (3, 11))'),True)
$(error Python 3.11 or newer is needed: make PYTHON=python3.11)
endif

# What is downloaded and may be shared by clones. Build output is where cargo puts it (CARGO_TARGET_DIR).
WRASSE_CACHE ?= $(CURDIR)/.cache
export CARGO_TARGET_DIR ?= $(CURDIR)/target
export SAM_CLI_TELEMETRY := 0
# Seconds between two looks at a deployment.
export SAM_CLI_POLL_DELAY ?= 1
export PYTHONPATH := $(CURDIR)/local
export PYTHONDONTWRITEBYTECODE := 1

# Two environments, because moto and sam disagree about dependencies. Their names hold a hash of what is in them, so that
# a changed list makes a new one.
hash = $(shell cat local/requirements-$(1).txt local/constraints-$(1).txt | cksum | cut -d' ' -f1)
ENGINE := $(WRASSE_CACHE)/engine-$(call hash,engine)
SAM := $(WRASSE_CACHE)/sam-$(call hash,sam)
# cargo-lambda must be found before any other, and sam needs it on the path.
export PATH := $(SAM)/bin:$(ENGINE)/bin:$(PATH)

# The same code through the same `sam build`, linked in seconds: what the demo and the tests run. `make build` is what ships.
LIGHT := CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
HOST_ARCHITECTURE := $(subst aarch64,arm64,$(shell uname -m))
SANITIZER := $(CARGO_TARGET_DIR)/lambda/rds-sanitizer/bootstrap
EXEC = $(ENGINE)/bin/python -m wrasse_local exec --image local/rds-sanitizer=$(SANITIZER)

.PHONY: demo test check build build-light deploy bench bench-decoder fuzz image deny clean
.PHONY: check-rust check-python check-templates test-engine test-e2e

demo: build-light
	$(ENGINE)/bin/python -m demo $(if $(KEEP),--keep) $(addprefix --only ,$(ONLY)) --image local/rds-sanitizer=$(SANITIZER)

test: check test-engine test-e2e

# The fast part: no servers but the sanitizer's own PostgreSQL, no release build.
check: check-rust check-python check-templates

check-rust:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --workspace --test end_to_end -- -D warnings
	cargo test --workspace --quiet

check-python: $(ENGINE)/ready
	$(ENGINE)/bin/ruff check local
	$(ENGINE)/bin/ruff format --check local
	cd local && $(ENGINE)/bin/mypy

check-templates: $(SAM)/ready
	for template in template.yaml stacks/*.yaml; do sam validate --lint --region us-east-1 --template $$template; done
	cfn-lint template.yaml stacks/*.yaml functions/*/pipeline.yaml

test-engine: $(ENGINE)/ready $(SAM)/ready
	cd local && $(ENGINE)/bin/pytest -q

test-e2e: build-light
	cargo test --workspace --test end_to_end --no-run
	$(EXEC) -- cargo test --workspace --test end_to_end -- --test-threads=1 $(TEST)

# What ships: fat LTO, one codegen unit, for AWS's Graviton unless ARCHITECTURE says otherwise.
ARCHITECTURE ?= arm64
build: $(SAM)/ready
	sam build --parameter-overrides Architecture=$(ARCHITECTURE)

build-light: $(SAM)/ready $(ENGINE)/ready
	$(LIGHT) sam build --parameter-overrides Architecture=$(HOST_ARCHITECTURE)
	$(LIGHT) cargo lambda build --release --quiet --bin rds-sanitizer

# For example: make deploy ENVIRONMENT=dev. Parameters, Architecture too, are in samconfig.toml or from `sam deploy --guided`.
ENVIRONMENT ?= dev
deploy: build
	sam deploy --config-env $(ENVIRONMENT)

# The image the Fargate task runs; push it to a registry of yours and give its digest as SanitizerImage.
image:
	docker build --platform linux/$(subst x86_64,amd64,$(ARCHITECTURE)) --file functions/rds-sanitizer/Dockerfile --tag rds-sanitizer .

bench: $(SAM)/ready $(ENGINE)/ready
	cargo lambda build --release --quiet --lambda-dir $(CARGO_TARGET_DIR)/ship
	$(ENGINE)/bin/python -m bench.binaries --binaries $(CARGO_TARGET_DIR)/ship
	$(ENGINE)/bin/python -m bench.gate --binaries $(CARGO_TARGET_DIR)/ship
	cargo build --release --quiet --package layers-check
	$(ENGINE)/bin/python -m bench.layers --binaries $(CARGO_TARGET_DIR)/ship

# The decoder against its rivals, for some nine minutes. INPUT=event.json for an event of yours. Needs Node.
bench-decoder: $(SAM)/ready $(ENGINE)/ready
	cargo build --release --quiet -p log-decoder --examples
	cargo lambda build --release --quiet --bin log-decoder --lambda-dir $(CARGO_TARGET_DIR)/ship
	$(ENGINE)/bin/python -m bench.decoder $(if $(INPUT),--input $(INPUT)) $(if $(ROUNDS),--rounds $(ROUNDS))

# The decoder's scanner against serde_json, byte for byte, with the address sanitizer. Needs `cargo install cargo-fuzz`.
# RUSTC_BOOTSTRAP lets the stable compiler take the sanitizer's switch, so that no second toolchain is needed.
FUZZ_SECONDS ?= 60
fuzz:
	RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir functions/log-decoder/fuzz --target-dir $(CARGO_TARGET_DIR)/fuzz scanner -- -max_total_time=$(FUZZ_SECONDS) -max_len=100 -len_control=0 -entropic=0

deny:
	cargo deny check

clean:
	rm -rf .aws-sam .cache target

$(ENGINE)/ready: local/requirements-engine.txt local/constraints-engine.txt
	$(PYTHON) -m venv $(ENGINE)
	$(ENGINE)/bin/pip install --quiet --disable-pip-version-check --requirement $< --constraint $(word 2,$^)
	touch $@

$(SAM)/ready: local/requirements-sam.txt local/constraints-sam.txt
	$(PYTHON) -m venv $(SAM)
	$(SAM)/bin/pip install --quiet --disable-pip-version-check --requirement $< --constraint $(word 2,$^)
	touch $@
