# The two commands of the README are `make demo` and `make test`; each is complete on a fresh machine with Python 3.11.
PYTHON ?= python3
BIN := .venv/bin
VLLM_HOME ?= .tools/vllm

.PHONY: dashboards record-instructions demo test test-console test-deploy test-system test-vllm train lint types schema lock clean bench benchmark-detectors fuzz behaviors-report behaviors-fit simulate

demo: .venv/.ready
	$(BIN)/practicum demo

test: .venv/.ready lint types
	$(BIN)/pytest -n 2 --dist worksteal

# What needs gigabytes or system packages. Says loudly what it could not install.
test-system: test-deploy test-console test-vllm

# The console in Debian's Chromium (the package chromium), with axe-core from npm; says loudly what is not there.
test-console: .venv/.ready
	@test -e .tools/axe.min.js || { mkdir -p .tools && cd .tools && npm pack --silent axe-core@4.14.1 | xargs -I{} tar -xzf {} --strip-components=1 package/axe.min.js; } || echo "axe-core could not be had: accessibility will NOT be checked"
	$(BIN)/pytest -n 0 -m system tests/console

# deploy/ before helm, kustomize, docker compose, hadolint and the schemas of clusters (400 MB, into .tools/deploy); the image,
# built and run, where podman is (1.4 GB, into .tools/containers).
test-deploy: .venv/.ready
	@PYTHON="$(PYTHON)" tests/deploy/tools.sh install .tools/deploy || exit $$(($$? != 3)); \
	$(BIN)/pytest -n 0 -m system tests/deploy

# Against the server VLLM_URL names, or else against a vLLM of its own: the one in VLLM_HOME, installed there on first use
# (3.5 GB). Where it cannot be installed (exit code 3) that is said, and no failure.
test-vllm: .venv/.ready
	@test -n "$$VLLM_URL" || PYTHON="$(PYTHON)" tests/system/vllm.sh install "$(VLLM_HOME)" || exit $$(($$? != 3)); \
	VLLM_HOME="$(VLLM_HOME)" $(BIN)/pytest -m system tests/system

# The embedded pair, from its seed (training/README.md).
train: .tools/train/.ready
	.tools/train/bin/python -m training all

.tools/train/.ready: training/requirements.txt
	$(PYTHON) -m venv .tools/train
	.tools/train/bin/pip install --quiet --disable-pip-version-check -r training/requirements.txt
	@touch $@

# Practicum beside its peers, which are installed into .tools/bench on first use; some 25 minutes of a quiet machine with
# two cores (benchmarks/README.md). ARGS="--only unary --peers nginx,envoy --rounds 3" measures a part and keeps nothing.
bench: .venv/.ready
	$(BIN)/python -m benchmarks $(ARGS)

# What a request and a chunk cost in machine instructions, counted anew with every Python of 3.11 or newer that is here, or
# with those that PYTHONS names. Half a minute each; needs valgrind.
record-instructions: .venv/.ready
	$(BIN)/python -m benchmarks.recording $(PYTHONS)

# What the detectors cost, in CPU time: fractions of a millisecond, so read them on an idle machine.
benchmark-detectors: .venv/.ready
	$(BIN)/pytest -n 0 benchmarks/test_detectors.py --benchmark-timer=time.process_time --benchmark-columns=median,iqr --benchmark-sort=name

# All detectors, then our HTTP client and server, on what a fuzzer makes up (fuzz/README.md): make fuzz SECONDS=3600 for an hour each.
SECONDS ?= 60
fuzz: .tools/fuzz/.ready
	mkdir -p .tools/fuzz/corpus .tools/fuzz/upstreams .tools/fuzz/clients
	.tools/fuzz/bin/python -m fuzz.detectors -max_total_time=$(SECONDS) -artifact_prefix=.tools/fuzz/ .tools/fuzz/corpus
	.tools/fuzz/bin/python -m fuzz.upstreams -max_total_time=$(SECONDS) -max_len=400 -artifact_prefix=.tools/fuzz/ .tools/fuzz/upstreams
	.tools/fuzz/bin/python -m fuzz.clients -max_total_time=$(SECONDS) -max_len=400 -artifact_prefix=.tools/fuzz/ .tools/fuzz/clients

.tools/fuzz/.ready: fuzz/requirements.txt
	$(PYTHON) -m venv .tools/fuzz
	.tools/fuzz/bin/pip install --quiet --disable-pip-version-check -r fuzz/requirements.txt
	@touch $@

lint: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.ready
	$(BIN)/mypy

# What the detectors do on labeled replies: printed, and kept in docs/behaviors-report.md. DATA names the folder of sets.
DATA ?= ../shared/data
behaviors-report: .venv/.ready
	$(BIN)/python -m measuring report --data $(DATA)

# Whether the evidence keeps its promises, by simulation: printed, and kept in simulation/results.md; some ten minutes of
# two cores. ARGS="noise --replicates 0.1" answers one question, smaller, and keeps nothing.
simulate: .venv/.ready
	$(BIN)/python -m simulation $(ARGS)

# The weights of phrasing, fitted again.
behaviors-fit: .venv/.ready
	$(BIN)/python -m measuring fit --data $(DATA)

# The JSON of Grafana's dashboards, from the package dashboards.
dashboards: .venv/.ready
	$(BIN)/python -m dashboards

# The JSON Schema of the configuration, from its types.
schema: .venv/.ready
	$(BIN)/python -m proxy.config.schema > docs/practicum.schema.json

# requirements.txt pins every package with its hashes; the image's files hold what of it the image takes.
LOCK_IMAGE := --quiet --python-version 3.11 --python-platform linux --constraint requirements.txt --generate-hashes --no-header --no-annotate
lock: .venv/.ready
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 pyproject.toml --extra dev --generate-hashes --no-header --no-annotate -o requirements.txt
	$(BIN)/uv pip compile $(LOCK_IMAGE) pyproject.toml --extra postgres --extra tracing -o deploy/image/requirements.txt
	echo hatchling | $(BIN)/uv pip compile $(LOCK_IMAGE) - -o deploy/image/build-requirements.txt

.venv/.ready: pyproject.toml requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Practicum needs Python 3.11 or newer; $$($(PYTHON) --version) was found. Name another: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv || { echo "This Python cannot make virtual environments (Debian: the package python3-venv brings that). Name another: make PYTHON=/path/to/python3.11"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
