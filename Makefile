# `make` builds the Lean package where lake is, checks the statements numerically, trains the quick experiment, builds the
# API pages and audits. docs/README.md lists what else there is.
.PHONY: all test check-axioms mutants quick arm audit experiments figures docs notebooks bench lean clean
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
REACHER := .venv/reacher
RAY := .venv/ray
QUICK := results/experiments/spiral-quick.json

# One after the other, also with -j: checks are held to statements as Lean elaborates them where it does, and the audit
# reads what the others make. Where one fails, the others still run.
all: $(READY)
	@red=; for t in lean check-axioms quick docs audit; do \
	  $(MAKE) --no-print-directory --silent $$t || red="$$red $$t"; \
	done; if [ -n "$$red" ]; then echo "make: these fell short or failed, as said above:$$red"; exit 1; fi; \
	echo "make: all held. Every verdict: results/checks.txt; every statement: results/audit/index.html."

$(READY): python/pyproject.toml python/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "make: expected Python 3.11 or later, found " + sys.version.split()[0] + "; name another with PYTHON=...")'
	@echo "Setting up .venv, once: a download of about 0.5 GB, which takes 2 GB on the disk and some 5 minutes."
	@echo "Where pip takes PyTorch with CUDA, as from PyPI on Linux, it is several times as much."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -c python/constraints.txt -e 'python[dev]'
	@touch $@

$(REACHER): $(READY)
	@echo "Adding MuJoCo and DeepMind Control to .venv, once; this takes some minutes."
	@$(BIN)/pip install --quiet --disable-pip-version-check -c python/constraints.txt -e 'python[reacher]'
	@touch $@

# A Python newer than Ray knows has no wheel of it: the tests on a cluster are skipped there.
$(RAY): $(READY)
	@echo "Adding Ray to .venv, once."
	@if $(BIN)/pip install --quiet --disable-pip-version-check --only-binary ray -c python/constraints.txt -e 'python[ray]'; \
	then touch $@; \
	else echo "Ray can't be installed for $$($(BIN)/python -V), as pip says above; its tests are skipped."; fi

test: $(READY) $(REACHER) $(RAY)
	$(BIN)/ruff check --config python/pyproject.toml python checks
	$(BIN)/ruff format --check --config python/pyproject.toml python checks
	$(BIN)/mypy --config-file python/pyproject.toml
	$(BIN)/mypy --config-file python/tests/mypy.ini python/tests
	$(BIN)/pytest -c python/pyproject.toml -n auto python/tests

# Tries instances of every statement in numbers. The axioms behind the proofs are the audit's matter.
check-axioms: $(READY)
	$(BIN)/lejepa check

# A sample of the faults in the checks' formulas, then one of those in the library.
mutants: $(READY)
	$(BIN)/lejepa mutants --sample 200 --seed 1
	$(BIN)/python -m lejepa.mutation --recorded --sample 60

quick: $(QUICK)

# An experiment's result is made anew when its configuration changes; an interrupted run goes on.
results/experiments/%.json: python/configs/%.yaml | $(READY)
	$(BIN)/lejepa train $< --overwrite

# MuJoCo draws with Debian's libegl1 and libgl1-mesa-dri, or libosmesa6.
arm: $(REACHER)
	$(BIN)/lejepa sweep python/configs/arm-quick.yaml

audit: $(READY)
	$(BIN)/lejepa audit

SWEEPS := mixings objectives scaling gennorm grid beyond

# The paper's experiments at reduced size; killed at any moment, the same command resumes. One that does not meet its
# criterion (exit code 1) does not keep the others from running.
experiments: $(READY)
	@red=0; for s in $(SWEEPS); do \
	  $(BIN)/lejepa sweep python/configs/$$s-quick.yaml || { code=$$?; [ $$code -eq 1 ] || exit $$code; red=1; }; \
	done; $(BIN)/lejepa figures && exit $$red

figures: $(READY)
	$(BIN)/lejepa figures

# The API pages, from the docstrings; nothing is imported, and nothing fetched.
docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --config-file python/mkdocs.yml

# The notebooks with their outputs, as they are committed.
notebooks: $(READY)
	$(BIN)/python python/notebooks/execute.py python/notebooks/*.ipynb

bench: $(READY)
	for b in python/benchmarks/*.py; do $(BIN)/python $$b || exit 1; done

lean: $(READY)
	@if command -v lake >/dev/null; then \
	  echo "Lean: Mathlib's compiled files are fetched once, several GB; then the package is built."; \
	  lake exe cache get && lake build && mkdir -p results && \
	  lake exe ledger > results/compiled.json && \
	  $(BIN)/lejepa ledger results/compiled.json; \
	else echo "Lean: not built, lake is not on the PATH; https://lean-lang.org/install says how to get it."; fi

clean:
	rm -rf .venv results
