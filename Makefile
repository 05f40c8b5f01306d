# `make` lists the targets. Everything is built in release mode: numerics in debug mode are many times slower.

SWIFT_BUILD := swift build -c release
TEST_VENV := .venv-test
BENCH_VENV := .venv-bench
SERVING_VENV := .venv-serving
LINTED := Package.swift Sources Tests benchmarks Fuzzing/Package.swift Fuzzing/Sources

.DEFAULT_GOAL := help
.PHONY: help setup build demo model serve test test-network test-kernels test-arm64 end-to-end sanitize fuzz docs lint format bench bench-accuracy bench-serving bench-python clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s%s\n", $$1, $$2 }' Makefile

setup: ## install the system's packages that Duet is built on (Debian, Ubuntu)
	@scripts/install-packages.sh

build: setup ## build the command: .build/release/duet
	@mkdir -p .build/static
	@ln -sf "$$(g++ -print-file-name=libstdc++.a)" .build/static/
	DUET_STATIC=1 $(SWIFT_BUILD) --product duet
	@echo "Built .build/release/duet: try .build/release/duet --help"

# MODEL=compact for a small model; any preset or YAML file will do.
demo: build ## fetch the digits, train Model 2 on them, measure it, write predictions and a report
	@MODEL="$(MODEL)" scripts/demo.sh

serve: build ## serve the model of digits that Duet ships, with a page to draw and speak in
	.build/release/duet serve

# Needs espeak-ng, flite and festival; takes five minutes or more.
model: build ## make the model of digits that Duet ships again
	@scripts/make-model.sh

# Some tests ask NumPy and safetensors what they make of Duet's files. `python3` is found on the path, hence both.
test: setup ## run all tests
	@scripts/make-venv.sh $(TEST_VENV) Tests/requirements.txt
	$(SWIFT_BUILD) --build-tests
	PATH="$(CURDIR)/$(TEST_VENV)/bin:$$PATH" DUET_TEST_PYTHON="$(CURDIR)/$(TEST_VENV)/bin/python" \
		swift test -c release --skip-build --disable-xctest --skip DuetServerTests
	# Apart: these wait for a server, which must not wait for the others' computations.
	PATH="$(CURDIR)/$(TEST_VENV)/bin:$$PATH" DUET_TEST_PYTHON="$(CURDIR)/$(TEST_VENV)/bin/python" \
		swift test -c release --skip-build --disable-xctest --filter DuetServerTests
	@scripts/test-kernels.sh

# What runs in seconds: the engine's tests alone, of a package that is built already.
test-network: setup ## run the tests of NeuralNetwork alone
	DUET_TESTS=NeuralNetworkTests $(SWIFT_BUILD) --build-tests
	DUET_TESTS=NeuralNetworkTests swift test -c release --skip-build --disable-xctest

test-kernels: ## check the kernels of every instruction set of this processor against plain loops
	@scripts/test-kernels.sh

test-arm64: ## compile the kernels for arm64 and check them under qemu (installs Debian's cross compiler)
	@scripts/test-kernels.sh arm64

end-to-end: build ## run the command on real digits, from fetching to predictions
	@scripts/make-venv.sh $(TEST_VENV) Tests/requirements.txt
	@DUET_TEST_PYTHON="$(CURDIR)/$(TEST_VENV)/bin/python" scripts/end-to-end.sh

# Each has a folder of its own, .build-thread and .build-address.
sanitize: setup ## run the server's tests under ThreadSanitizer and AddressSanitizer, half an hour and more
	@scripts/sanitize.sh

# FUZZ_SECONDS for each decoder; ARGUMENTS="png flac" for some of them.
fuzz: setup ## feed each decoder of pictures and sounds with broken files, ten minutes long
	@scripts/fuzz.sh $(ARGUMENTS)

docs: setup ## write the library's documentation, HTML to serve, to .build/docs
	DUET_DOCS=1 swift package --allow-writing-to-directory .build/docs generate-documentation --target Duet \
		--output-path .build/docs --warnings-as-errors
	@echo "Look at it: python3 -m http.server --directory .build/docs, then /documentation/duet"

lint: ## check the Swift code's form
	swift format lint --strict --recursive --parallel $(LINTED)

format: ## put the Swift code into its form
	swift format format --in-place --recursive --parallel $(LINTED)

# DUET_BENCH_PYTHON names a Python that has the peers already.
BENCH_PYTHON = $(or $(DUET_BENCH_PYTHON),$(BENCH_VENV)/bin/python)

bench-python: setup
ifndef DUET_BENCH_PYTHON
	@scripts/make-venv.sh $(BENCH_VENV) benchmarks/peers/requirements.txt
endif

bench: build bench-python ## compare Duet's speed with its peers', a table for each instruction set (25 minutes each; ARGUMENTS=--quick: 5)
	$(SWIFT_BUILD) --product DuetBenchmark
	@$(BENCH_PYTHON) benchmarks/run.py $(ARGUMENTS)

bench-accuracy: build bench-python ## compare how long Duet and Keras train to 0.987 on the digits
	@test -e data/digits || .build/release/duet data fetch digits --output data/digits
	@$(BENCH_PYTHON) benchmarks/time_to_accuracy.py $(ARGUMENTS)

# Needs wrk: apt install wrk.
bench-serving: build bench-python ## compare duet serve with FastAPI's and MLServer's ONNX Runtime, five minutes
	@command -v wrk >/dev/null || { echo "wrk is missing; on Debian: apt install wrk" >&2; exit 66; }
	@scripts/make-venv.sh $(SERVING_VENV) benchmarks/serving/requirements.txt
	@PYTHONPATH=benchmarks $(BENCH_PYTHON) -c "import processes; processes.prepare()"
	@$(SERVING_VENV)/bin/python benchmarks/serving/compare.py .build/release/duet benchmarks/results/predict $(ARGUMENTS)

clean: ## remove what was built here: packages, environments, results of benchmarks and fuzzing
	rm -rf .build .build-* $(TEST_VENV) $(BENCH_VENV) $(SERVING_VENV) benchmarks/results Fuzzing/.build Fuzzing/corpus Fuzzing/found Fuzzing/seeds
