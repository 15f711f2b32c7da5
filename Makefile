# Each target sets up .venv where that is lacking and calls one `accel` command; `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help hls rtl cosim run open inspect convert c synth fmax parts train data doctor lint test conformance mutants layers clean distclean
.SUFFIXES:

VENV := .venv
READY := $(VENV)/.ready
ACCEL := $(VENV)/bin/accel
PIP := $(VENV)/bin/python -m pip --quiet --quiet --disable-pip-version-check --no-input

# What the user sets reaches the shell as it was typed: never expanded by make, nor exported, which would expand it.
unexport MODEL INPUT OUT FORCE PART CLOCK_NS PRECISION REUSE STRATEGY IO II FPS STEPS SIM N SEED FULL WAVES FLAT MIN_AGREEMENT DATA DATASET DESIGN SPACE \
  CSIM LOG OBJECTIVES SAMPLER TRIALS MINUTES MAX_DROP APPLY MAX_II MAX_LATENCY CONFIRM SYNTH STORE STUDY SCHEDULER WORKERS
quoted = '$(subst ','\'',$(value $(1)))'
# `--name value` if the variable is set; a switch if it is set to anything but 0.
option = $(if $(value $(2)),--$(1) $(call quoted,$(2)))
switch = $(if $(filter-out 0,$(value $(2))),--$(1))
MODEL_ARG = $(if $(value MODEL),$(call quoted,MODEL))
ASKED = $(MODEL_ARG) $(call option,part,PART) $(call option,clock-ns,CLOCK_NS) $(call option,precision,PRECISION) \
  $(call option,reuse,REUSE) $(call option,strategy,STRATEGY) $(call option,io,IO) \
  $(call option,ii,II) $(call option,fps,FPS) $(call option,steps,STEPS) $(call option,data,DATA) \
  $(call option,design,DESIGN)

help:
	@echo "make hls    MODEL=crnn [PART= CLOCK_NS= PRECISION= REUSE= STRATEGY= IO= II= FPS= STEPS= DATA=]"
	@echo "                                   HLS C++ project, C simulation, table of layers"
	@echo "make rtl    MODEL=crnn [as above]  SystemVerilog and .mem files"
	@echo "make cosim  MODEL=crnn [as above] [SIM=verilator|icarus] [N=frames] [FULL=1] [WAVES=1] [MIN_AGREEMENT=percent]"
	@echo "                                   co-simulation against the C simulation, and the report"
	@echo "make run    MODEL=crnn INPUT=some.wav [as above]    your own sounds, pictures or tables, a folder of them, or - for one"
	@echo "                                   that is made up: what the network says of it, in simulated hardware, and a picture"
	@echo "make open   MODEL=crnn             the design's report in the browser"
	@echo "make inspect MODEL=crnn [as above]  layers, parameters, MACs, what becomes hardware and what not, in seconds"
	@echo "make convert MODEL=old.h5 OUT=new.keras [FORCE=1]    a model of any kind as a file of Keras 3"
	@echo "make c      MODEL=crnn [as above]  the network as plain C++ to read, compared with the C simulation"
	@echo "make synth  MODEL=crnn [as above] [FLAT=1]    what Yosys makes of each layer, or of all in one run"
	@echo "make fmax   MODEL=crnn PART=lfe5u-85f [as above]    what clock nextpnr gives each module, minutes each"
	@echo "make parts  [PART=ecp5]            FPGAs and boards, and what each holds"
	@echo "make sweep  MODEL=crnn [PRECISION=6..16 II=n,n REUSE=n,n PART= SPACE=file TRIALS= MINUTES= MAX_DROP=percent]"
	@echo "                                   many designs measured, and those that no other one beats"
	@echo "make tune   MODEL=crnn [MAX_DROP=percent II=n PART= APPLY=1]"
	@echo "                                   the fewest bits that each tensor needs, as a design.yaml"
	@echo "make train  MODEL=crnn             train the model anew"
	@echo "make data   DATASET=emodb|fsdd|mnist|cifar10|adult    download a data set from its publisher"
	@echo "make doctor                        tools, versions and data sets on this machine"
	@echo "make test                          the test suite"
	@echo "make conformance [N=50] [SEED=1] [CSIM=0] [LOG=file]   random networks: C simulation, integer model and RTL compared"
	@echo "make mutants                       the test suite's own test: small faults in the RTL that it must find"
	@echo "make layers                        docs/layers.md: what becomes of each Keras layer, made anew"
	@echo "make lint                          ruff, and Verilator's lint of each RTL module"
	@echo "make clean                         remove all designs (distclean: .venv/, too)"
	@echo
	@echo "MODEL is a folder of models/ or a model file: Keras, ONNX, PyTorch (docs/models.md)."

hls: $(READY)
	@$(ACCEL) hls $(ASKED) $(call option,min-agreement,MIN_AGREEMENT)

rtl: $(READY)
	@$(ACCEL) rtl $(ASKED)

cosim: $(READY)
	@$(ACCEL) cosim $(ASKED) $(call option,sim,SIM) $(call option,frames,N) $(call switch,full,FULL) \
	  $(call switch,waves,WAVES) $(call option,min-agreement,MIN_AGREEMENT)

run: $(READY)
	@$(ACCEL) run $(if $(value MODEL),,'') $(ASKED) $(call option,sim,SIM) -- $(if $(value INPUT),$(call quoted,INPUT))

open: $(READY)
	@$(ACCEL) open $(MODEL_ARG) $(call option,design,DESIGN)

inspect: $(READY)
	@$(ACCEL) inspect $(ASKED)

convert: $(READY)
	@$(ACCEL) convert $(MODEL_ARG) $(if $(value OUT),$(call quoted,OUT)) $(call switch,force,FORCE)

c: $(READY)
	@$(ACCEL) c $(ASKED)

synth: $(READY)
	@$(ACCEL) synth $(ASKED) $(call switch,flat,FLAT)

fmax: $(READY)
	@$(ACCEL) fmax $(ASKED)

parts: $(READY)
	@$(ACCEL) parts $(if $(value PART),$(call quoted,PART))

sweep: $(READY)
	@$(ACCEL) sweep $(ASKED) $(call option,space,SPACE) $(call option,objectives,OBJECTIVES) \
	  $(call option,sampler,SAMPLER) $(call option,trials,TRIALS) $(call option,minutes,MINUTES) \
	  $(call option,max-drop,MAX_DROP) $(call option,max-ii,MAX_II) $(call option,max-latency,MAX_LATENCY) \
	  $(call option,confirm,CONFIRM) $(call option,synth,SYNTH) $(call option,store,STORE) $(call option,study,STUDY) \
	  $(call option,scheduler,SCHEDULER) $(call option,workers,WORKERS) $(call option,seed,SEED)

tune: $(READY)
	@$(ACCEL) tune $(ASKED) $(call option,max-drop,MAX_DROP) $(call option,trials,TRIALS) $(call switch,apply,APPLY) \
	  $(call option,store,STORE) $(call option,scheduler,SCHEDULER) $(call option,workers,WORKERS)

train: $(READY)
	@$(ACCEL) train $(MODEL_ARG)

data: $(READY)
	@$(ACCEL) data $(if $(value DATASET),$(call quoted,DATASET))

doctor: $(READY)
	@$(ACCEL) doctor

lint: $(READY)
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/python -m pytest --quiet tests/rtl/test_library.py -k verilator

test: $(READY)
	@$(VENV)/bin/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

conformance: $(READY)
	@$(VENV)/bin/python -m tests.conformance.run $(call option,networks,N) $(call option,seed,SEED) \
	  $(call option,csim,CSIM) $(call option,log,LOG)

layers: $(READY)
	@$(VENV)/bin/python -W ignore -m tests.layers

mutants: $(READY)
	@$(VENV)/bin/python -m tests.mutants

clean:
	@if [ -x $(ACCEL) ]; then $(ACCEL) clean; fi

distclean:
	@find hls_projects -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	@rm -rf $(VENV) .pytest_cache build *.egg-info

# Python 3.11 or 3.12 with the module venv; a name on PATH that does not run counts as missing.
define PYTHON
for python in python3.11 python3.12 python3 python; do \
  $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null && break; \
  python=; \
done; \
if [ -z "$$python" ]; then \
  echo "error: Python 3.11 or 3.12 is needed and not on PATH; on Debian: sudo apt-get install python3 python3-venv" >&2; exit 2; \
fi; \
if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
  echo "error: $$python has no venv module; on Debian: sudo apt-get install python3-venv" >&2; exit 2; \
fi
endef

$(VENV)/.locked: requirements.lock
	@$(PYTHON); \
	echo "setting up $(VENV) with $$($$python --version); the first time takes some minutes" >&2; \
	$$python -m venv --clear $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(READY): $(VENV)/.locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
