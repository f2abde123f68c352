# SPDX-License-Identifier: Apache-2.0
# `make help` lists targets and variables.

# --- settings ---------------------------------------------------------------

MODE ?= release
BUILD ?= build/$(MODE)
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
AR ?= ar
LEMON ?= lemon
LEMPAR ?= /usr/share/lemon/lempar.c
RE2C ?= re2c
CLANG_FORMAT ?= clang-format
JOBS ?= $(shell nproc)

PREFIX ?= /usr/local
DESTDIR ?=
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
VIMDIR ?= $(PREFIX)/share/vim/vimfiles
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
CMAKEDIR ?= $(LIBDIR)/cmake/otp
GDBDIR ?= $(PREFIX)/share/otp/gdb

VERSION := 0.1.0
ARCH := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))

ONLY ?=
V ?=
Q := $(if $(V),,@)
say = @$(if $(V),:,echo '  $(1)')

WERROR ?= -Werror
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes

MODE_CFLAGS.debug := -Og -g
MODE_CFLAGS.release := -O2 -g -DNDEBUG
MODE_CFLAGS.asan := -O1 -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all
MODE_CFLAGS.ubsan := -O1 -g -fsanitize=undefined \
	-fno-sanitize-recover=all
MODE_CFLAGS.tsan := -O1 -g -fsanitize=thread
# The runtime with other sizes, budgets and chances: runtime/src/hard.
MODE_CFLAGS.hard := $(MODE_CFLAGS.debug)
MODE_CFLAGS.hard-asan := $(MODE_CFLAGS.asan)
MODE_CFLAGS.hard-tsan := $(MODE_CFLAGS.tsan)
MODE_CFLAGS := $(MODE_CFLAGS.$(MODE))
ifeq ($(MODE_CFLAGS),)
$(error MODE=$(MODE) is none of debug release asan ubsan tsan hard hard-asan \
hard-tsan)
endif
HARD := $(if $(filter hard%,$(MODE)),runtime/src/hard)
SRC_DIRS := $(HARD) runtime/src

# What code on our stacks needs, ours and that of programs: frames that can be
# walked from a signal handler, and no step over a guard page.
FRAME_CFLAGS := -fno-omit-frame-pointer -fasynchronous-unwind-tables \
	-fstack-clash-protection

BASE_CFLAGS = -std=gnu11 $(WARN) $(WERROR) $(MODE_CFLAGS) $(CFLAGS) -MMD -MP
COMPILER_CFLAGS = $(BASE_CFLAGS) -D_GNU_SOURCE= -DOTPC_VERSION='"$(VERSION)"' -Icompiler -I$(BUILD)/compiler
PUBLIC_CFLAGS = $(FRAME_CFLAGS) -Iruntime/include -I$(BUILD)/gen
RUNTIME_CFLAGS = $(BASE_CFLAGS) -D_GNU_SOURCE= -fPIC \
	-ftls-model=initial-exec $(PUBLIC_CFLAGS) -I$(BUILD)/gen/otp \
	$(SRC_DIRS:%=-I%)
# JSON: otpc ast, otpc lsp.
OTPC_LIBS := -ljansson
TEST_LIBS := -lcmocka -lm -pthread

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
.DEFAULT_GOAL := all

# --- what -------------------------------------------------------------------

TEMPLATES := $(wildcard templates/*.tpl templates/doc/*.tpl \
	templates/new/*.tpl)
COMPILER_GEN := $(BUILD)/compiler/templates_data.c \
	$(patsubst compiler/%.re,$(BUILD)/compiler/%.c,$(wildcard compiler/*.re)) \
	$(patsubst compiler/%.y,$(BUILD)/compiler/%.c,$(wildcard compiler/*.y))
PARSER_H := $(patsubst compiler/%.y,$(BUILD)/compiler/%.h, \
	$(wildcard compiler/*.y))
COMPILER_OBJ := $(COMPILER_GEN:.c=.o) \
	$(patsubst compiler/%.c,$(BUILD)/compiler/%.o, \
	$(wildcard compiler/*.c compiler/tools/*.c))
# Given OTPC=..., that compiler is used and none is built.
OTPC ?= $(BUILD)/otpc

RUNTIME_DIRS := $(wildcard $(addprefix runtime/src/,base core codec otp sim) \
	$(HARD:%=%/*))
RUNTIME_SRC := $(foreach d,$(RUNTIME_DIRS),$(wildcard $d/*.c)) \
	$(wildcard runtime/src/core/arch/*_$(ARCH).S)
SPECS := $(wildcard specs/otp/*.otp)
SPEC_C := $(SPECS:specs/%=$(BUILD)/gen/%.c)
SPEC_H := $(SPECS:specs/%=$(BUILD)/gen/%.h)
RUNTIME_OBJ := $(addprefix $(BUILD)/,$(addsuffix .o,$(basename $(RUNTIME_SRC)))) \
	$(SPEC_C:.c=.o)
LIBOTP := $(BUILD)/libotp.a

COMPILER_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/compiler/*.c))
RUNTIME_TESTS := $(patsubst %.c,$(BUILD)/%, \
	$(wildcard tests/unit/runtime/*.c tests/semantics/*.c))
TEST_OBJ := $(addsuffix .o,$(COMPILER_TESTS) $(RUNTIME_TESTS))
COMPILER_SCRIPTS := $(wildcard tests/parse/run.sh tests/diag/run.sh \
	tests/diag/hostile.sh tests/diag/coverage.sh tests/golden/run.sh \
	tests/breaking/run.sh tests/doc/run.sh tests/graph/run.sh \
	tests/completion/run.sh tests/lsp/run.sh tests/fmt/run.sh tests/ast/run.sh)
STORIES := $(wildcard tests/integration/*/run.sh tests/fuzz/corpus.sh)
PLAIN_STORIES := install aarch64 new cmake meson gdb semantics_table
# And, tsan, in what has no threads: otpc, what it writes, values.
CALM := $(addprefix tests/integration/,$(addsuffix /run.sh,bench_report breaking \
	codec_peers cplusplus diagnostics editors random reference)) \
	tests/fuzz/corpus.sh $(BUILD)/tests/unit/runtime/codec_value
SEMANTIC_TESTS := $(filter $(BUILD)/tests/semantics/%,$(RUNTIME_TESTS))
SEMANTIC_SEEDS := tests/semantics/seeds.sh
LINTS := $(wildcard tests/lint/*.sh)
MODELS := tests/model/run.sh
# What runs beside the runtime's own tests in hard mode.
HARD_STORIES := application bank counter crash_report faults fire sim skeleton \
	stress threads trees values workloads
# BRIEF=1 leaves out of it what takes long, and does less of the rest.
HARD_LONG := codec_value core_crowd core_delay core_limit core_message core_spawn \
	core_timer
# A sanitizer has nothing to see in the sources, and in what is built without it;
# and hard mode changes the runtime.
ALL_TESTS := $(RUNTIME_TESTS) $(SEMANTIC_SEEDS) $(STORIES) \
	$(COMPILER_TESTS) $(COMPILER_SCRIPTS) $(LINTS) $(MODELS)
ALL_TESTS := $(filter-out $(if $(filter %san,$(MODE)),$(LINTS) $(MODELS) \
	$(SEMANTIC_SEEDS) $(PLAIN_STORIES:%=tests/integration/%/run.sh)) \
	$(if $(filter tsan,$(MODE)),$(COMPILER_TESTS) $(COMPILER_SCRIPTS) \
	$(CALM)),$(ALL_TESTS))
ALL_TESTS := $(if $(HARD),$(filter-out $(if $(BRIEF), \
	$(HARD_LONG:%=$(BUILD)/tests/unit/runtime/%)),$(filter $(RUNTIME_TESTS) \
	$(HARD_STORIES:%=tests/integration/%/run.sh),$(ALL_TESTS))),$(ALL_TESTS))
TESTS := $(if $(ONLY),$(foreach t,$(ALL_TESTS),$(if $(findstring \
	$(ONLY),$t),$t)),$(ALL_TESTS))

C_FILES = $(shell find compiler runtime tests examples \
	-name '*.[ch]' -not -path '*/build/*' | sort)

.PHONY: all otpc lib check test semantics stress model bench bench-quick bench-10m
.PHONY: bench-instructions fire fuzz fuzz-run sim sim-run trees trees-run
.PHONY: demo deps install uninstall clean help format lint FORCE

# --- how --------------------------------------------------------------------

all: otpc lib ## otpc and libotp.a
otpc: $(OTPC) ## the compiler
lib: $(LIBOTP) ## the runtime

# Changes only when the commands do, and then everything is made anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(BASE_CFLAGS) $(FRAME_CFLAGS) $(OTPC)' | cmp -s - $@ || \
		echo '$(CC) $(BASE_CFLAGS) $(FRAME_CFLAGS) $(OTPC)' > $@

$(BUILD)/otpc: $(COMPILER_OBJ)
	$(call say,LINK $@)
	$(Q)$(CC) $(MODE_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OTPC_LIBS)

$(BUILD)/compiler/%.o: compiler/%.c $(BUILD)/flags | $(PARSER_H)
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(COMPILER_CFLAGS) -c -o $@ $<

$(BUILD)/compiler/%.o: $(BUILD)/compiler/%.c $(BUILD)/flags | $(PARSER_H)
	$(call say,CC   $<)
	$(Q)$(CC) $(COMPILER_CFLAGS) -c -o $@ $<

$(BUILD)/compiler/%.c: compiler/%.re
	@mkdir -p $(@D)
	$(call say,RE2C $<)
	$(Q)$(RE2C) -W -Werror --no-generation-date -o $@ $<

# Lemon leaves a header that did not change as old as it was: hence no rule.
$(BUILD)/compiler/%.c: compiler/%.y
	@mkdir -p $(@D)
	$(call say,LEMON $<)
	$(Q)$(LEMON) -q -T$(LEMPAR) -d$(@D) $<
$(PARSER_H): %.h: %.c ;

# Lemon's own C is not clean; a template may be longer than ISO C promises.
$(patsubst %.h,%.o,$(PARSER_H)): private WARN := -Wall -Wno-unused
$(BUILD)/compiler/templates_data.o: private WARN := -Wall -Wextra

$(BUILD)/compiler/templates_data.c: $(TEMPLATES) \
	$(wildcard templates templates/doc templates/new)
	@mkdir -p $(@D)
	@{ echo '#include "template.h"'; \
	echo 'const struct template_file template_files[] = {'; \
	for f in $(TEMPLATES); do \
		printf '{"%s",\n' "$${f#templates/}"; \
		sed 's/[\\"]/\\&/g; s/	/\\t/g; s/^/"/; s/$$/\\n"/' "$$f"; \
		printf '"", %s},\n' "$$(wc -c < "$$f")"; \
	done; \
	echo '{0, 0, 0}};'; \
	echo 'const size_t template_file_count = $(words $(TEMPLATES));'; \
	} > $@

$(LIBOTP): $(RUNTIME_OBJ) $(RUNTIME_DIRS)
	$(call say,AR   $@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

$(BUILD)/runtime/%.o: runtime/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(RUNTIME_CFLAGS) -c -o $@ $<

$(BUILD)/runtime/%.o: runtime/%.S $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(RUNTIME_CFLAGS) -c -o $@ $<

# The behaviours speak in messages declared in specs/otp.
$(patsubst %.c,$(BUILD)/%.o,$(wildcard runtime/src/otp/*.c)): | $(SPEC_H)

$(BUILD)/gen/%.otp.c $(BUILD)/gen/%.otp.h: specs/%.otp $(OTPC) $(SPECS)
	@mkdir -p $(@D)
	$(call say,OTPC $<)
	$(Q)$(OTPC) -I specs -o $(@D) $<

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/flags | $(SPEC_H)
	$(call say,CC   $<)
	$(Q)$(CC) $(RUNTIME_CFLAGS) -c -o $@ $<

# --- tests ------------------------------------------------------------------

# A test program may have a spec beside it, whose C is linked in.
$(BUILD)/tests/%.otp.c $(BUILD)/tests/%.otp.h: tests/%.otp $(OTPC)
	@mkdir -p $(@D)
	$(call say,OTPC $<)
	$(Q)$(OTPC) -I specs -o $(@D) $<

TEST_SPEC_C := $(patsubst %.otp,$(BUILD)/%.otp.c, \
	$(wildcard $(RUNTIME_TESTS:$(BUILD)/%=%.otp)))

$(BUILD)/tests/unit/compiler/%.o: tests/unit/compiler/%.c $(BUILD)/flags \
	| $(PARSER_H)
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(COMPILER_CFLAGS) -c -o $@ $<

$(BUILD)/tests/%.o: tests/%.c $(BUILD)/flags | $(SPEC_H) $(TEST_SPEC_C)
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(RUNTIME_CFLAGS) -I$(@D) -c -o $@ $<

$(BUILD)/tests/%.otp.o: $(BUILD)/tests/%.otp.c $(BUILD)/flags | $(SPEC_H)
	$(call say,CC   $<)
	$(Q)$(CC) $(RUNTIME_CFLAGS) -I$(@D) -c -o $@ $<

$(COMPILER_TESTS): %: %.o \
	$(filter-out $(BUILD)/compiler/main.o,$(COMPILER_OBJ))
	$(call say,LINK $@)
	$(Q)$(CC) $(MODE_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(OTPC_LIBS) \
		$(TEST_LIBS)

$(RUNTIME_TESTS): %: %.o $(LIBOTP)
	$(call say,LINK $@)
	$(Q)$(CC) $(MODE_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(LIBOTP) $(TEST_LIBS)
$(foreach c,$(TEST_SPEC_C),$(eval $(c:.otp.c=): $(c:.c=.o)))

# Scripts use otpc and libotp.a; programs have what they need linked in.
CHECK_NEEDS := $(filter $(BUILD)/%,$(TESTS)) $(if $(filter %.sh,$(TESTS)),all) \
	$(if $(filter $(SEMANTIC_SEEDS),$(TESTS)),$(SEMANTIC_TESTS))

# What scripts see: paths are absolute, so that they may change folder.
SCRIPT_ENV = MODE='$(MODE)' BUILD='$(abspath $(BUILD))' CC='$(CC)' \
	OTPC='$(abspath $(OTPC))' LIBOTP='$(abspath $(LIBOTP))' \
	CFLAGS='$(MODE_CFLAGS) $(CFLAGS)' \
	SRC_CFLAGS='$(SRC_DIRS:%=-I$(CURDIR)/%)' \
	OTP_CFLAGS='$(FRAME_CFLAGS) -I$(CURDIR)/runtime/include \
		-I$(abspath $(BUILD)/gen)' \
	OTP_LIBS='$(abspath $(LIBOTP)) -pthread' JOBS='$(JOBS)'

check: $(CHECK_NEEDS) ## build, and run the suite in one MODE
	@$(SCRIPT_ENV) \
	tests/run.sh $(TESTS)

# MODE= on the command line narrows it to that one.
TEST_MODES := $(if $(filter command,$(origin MODE)),$(MODE), \
	debug asan tsan hard)
TEST_BUILD := $(if $(filter command,$(origin BUILD)),$(BUILD),build)
SUMMARIES := $(TEST_MODES:%=$(TEST_BUILD)/%/tests/summary)
SUBMAKE = $(MAKE) --no-print-directory \
	$(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(JOBS))

# Beside debug hard is brief; and it needs no otpc of its own, nor does tsan.
MODE_ARGS = $(if $(filter debug,$(if $(word 2,$1),$1)),$$(case $$mode in \
	(tsan) echo 'OTPC=$(TEST_BUILD)/debug/otpc';; \
	(hard*) echo 'OTPC=$(TEST_BUILD)/debug/otpc $2';; esac))
test: ## the whole suite: debug, asan (with ubsan), tsan and hard, or one MODE
	@.ci/deps test
	@rm -f $(SUMMARIES)
	+@for mode in $(TEST_MODES); do \
		echo "== $$mode"; \
		$(SUBMAKE) check MODE=$$mode BUILD=$(TEST_BUILD)/$$mode \
			$(call MODE_ARGS,$(TEST_MODES),BRIEF=1) || :; \
	done
	@tests/run.sh --sum $(SUMMARIES)

# Without SEEDS=, as in the suite: on threads. 0: the tests say nothing wrong.
RULES_MODE := $(if $(filter command,$(origin MODE)),$(MODE),debug)
RULES_BUILD := $(TEST_BUILD)/$(RULES_MODE)
RULES_SEEDS := $(if $(filter file undefined,$(origin SEEDS)),,$(SEEDS))
semantics: ## what is kept of OTP's rules, one by one; SEEDS=200: drawn, too
	+@status=0; \
	TEST_TIMEOUT=$(if $(RULES_SEEDS),86400,$${TEST_TIMEOUT:-300}) \
	$(SUBMAKE) check MODE=$(RULES_MODE) BUILD=$(RULES_BUILD) ONLY= \
		TESTS="$$(BUILD=$(RULES_BUILD) tests/semantics/table.sh \
			--tests) $(if $(RULES_SEEDS),$(SEMANTIC_SEEDS))" || \
		status=1; \
	tests/semantics/table.sh $(RULES_BUILD)/tests/logs/*.log && \
		exit $$status

# Half of the time each; a seed that has begun is ended.
STRESS_MODES := $(if $(filter command,$(origin MODE)),$(MODE), \
	debug asan tsan hard hard-asan hard-tsan)
STRESS_TESTS := tests/integration/stress/run.sh \
	tests/integration/workloads/run.sh
STRESS_SUMMARIES := $(STRESS_MODES:%=$(TEST_BUILD)/%/tests/summary)
stress: ## workloads on threads, STRESS_SECONDS=60 in each mode, or one MODE
	@rm -f $(STRESS_SUMMARIES)
	+@seconds=$$(($(or $(STRESS_SECONDS),60) / 2)); \
	for mode in $(STRESS_MODES); do \
		echo "== $$mode"; \
		TEST_TIMEOUT=$$((seconds + 900)) $(SUBMAKE) check MODE=$$mode \
			BUILD=$(TEST_BUILD)/$$mode TESTS='$(STRESS_TESTS)' \
			STRESS_SECONDS=$$seconds \
			$(call MODE_ARGS,$(STRESS_MODES)) || :; \
	done
	@tests/run.sh --sum $(STRESS_SUMMARIES)

lint: ## symbols, layers, format and files; part of the suite
	@$(MAKE) --no-print-directory all
	@$(SCRIPT_ENV) \
	tests/run.sh $(LINTS)

format: ## let clang-format write every C file
	$(CLANG_FORMAT) -i $(C_FILES)

# In the suite with smaller bounds.
model: ## let spin search the models of the core's protocols: tests/model
	@MODEL_BOUNDS=full tests/model/run.sh

# Peers that are missing are named in the output.
BENCHES := $(wildcard tests/bench/*/run.sh)
BENCHES_ASKED = $(if $(ONLY),$(foreach b,$(BENCHES), \
	$(if $(findstring $(ONLY),$b),$b)),$(BENCHES))
bench: ## measure, beside Erlang, Go, tokio and others: tests/bench
	@$(SUBMAKE) all MODE=release BUILD=$(BUILD)
	@$(SCRIPT_ENV) tests/bench/run.sh $(BENCHES_ASKED)

# Less of everything: rows that tell within a minute.
QUICK_ENV = BENCH_QUICK=yes BENCH_RUNS=$${BENCH_RUNS:-3} \
	BENCH_SCALE=$${BENCH_SCALE:-0.1} BENCH_CONFIGS=$${BENCH_CONFIGS:-all} \
	BENCH_PEERS="$${BENCH_PEERS-erlang}"
bench-quick: ## most of the core's rows in less than a minute, beside Erlang
	@$(SUBMAKE) all MODE=release BUILD=$(BUILD)
	@$(QUICK_ENV) $(SCRIPT_ENV) tests/bench/run.sh tests/bench/core/run.sh

# Memory and time of many servers; a status that says whether it is too much.
BENCH_WORK = $(abspath $(BUILD)/../bench)
bench-10m: ## ten million servers in one program, a million in 350 MB
	@$(SUBMAKE) all MODE=release BUILD=$(BUILD)
	@$(SCRIPT_ENV) WORK='$(BENCH_WORK)/scale' \
	tests/bench/scale/ten_million.sh

bench-instructions: ## count instructions a message, a call and a process take
	@$(SUBMAKE) all MODE=release BUILD=$(BUILD)
	@$(SCRIPT_ENV) UPDATE='$(UPDATE)' WORK='$(BENCH_WORK)/instructions' \
	tests/bench/instructions/check.sh

# The suite has it, too, with fewer crashes.
fire: ## 100,000 crashes of all kinds in release mode (FIRE_CRASHES, FIRE_SEED)
	@$(SUBMAKE) check MODE=release BUILD=$(TEST_BUILD)/release \
		ONLY=integration/fire \
		FIRE_CRASHES=$(or $(FIRE_CRASHES),100000)
	@cat $(TEST_BUILD)/release/tests/logs/integration.fire.log

# Clang's libFuzzer; the objects must be clang's, too.
FUZZERS := $(wildcard tests/fuzz/*/fuzz.c)
FUZZ_CFLAGS := -fsanitize=fuzzer-no-link
fuzz: ## fuzz decoders and compiler, FUZZ_SECONDS=60 each: tests/fuzz
	@$(SUBMAKE) all MODE=asan CC=clang BUILD=$(TEST_BUILD)/fuzz \
		CFLAGS=$(FUZZ_CFLAGS) WERROR=
	@$(MAKE) --no-print-directory fuzz-run MODE=asan CC=clang \
		BUILD=$(TEST_BUILD)/fuzz CFLAGS=$(FUZZ_CFLAGS) WERROR=

fuzz-run:
	@$(SCRIPT_ENV) tests/fuzz/run.sh $(if $(ONLY),$(foreach f,$(FUZZERS), \
		$(if $(findstring $(ONLY),$f),$f)),$(FUZZERS))

# Debug: what is freed is filled. A few more seeds run with the suite.
SEEDS ?= 10000
SIM_MODE := $(if $(filter command,$(origin MODE)),$(MODE),debug)
sim: ## workloads from SEEDS=10000 seeds, JOBS at once: tests/sim
	@$(SUBMAKE) all MODE=$(SIM_MODE) BUILD=$(TEST_BUILD)/$(SIM_MODE)
	@$(MAKE) --no-print-directory sim-run MODE=$(SIM_MODE) \
		BUILD=$(TEST_BUILD)/$(SIM_MODE)

sim-run:
	@$(SCRIPT_ENV) SEEDS='$(SEEDS)' JOBS='$(JOBS)' tests/sim/run.sh

trees: ## random trees against a model, SEEDS=10000, JOBS at once: tests/trees
	@$(SUBMAKE) all MODE=$(SIM_MODE) BUILD=$(TEST_BUILD)/$(SIM_MODE)
	@$(MAKE) --no-print-directory trees-run MODE=$(SIM_MODE) \
		BUILD=$(TEST_BUILD)/$(SIM_MODE)

trees-run:
	@$(SCRIPT_ENV) SEEDS='$(SEEDS)' JOBS='$(JOBS)' tests/trees/run.sh

demo: ## a bank under supervision: build it, run it, crash it
	@.ci/deps demo
	@$(SUBMAKE) all
	@$(SCRIPT_ENV) examples/bank/demo.sh

deps: ## install what the tests need (.ci/deps demo: what the demo needs)
	@.ci/deps test

# --- install ----------------------------------------------------------------

HEADERS := $(wildcard runtime/include/otp/*.h runtime/include/otp/*.def)
SHARE = $(PREFIX)/share/doc/otpc
VIM_FILES := $(patsubst compiler/share/vim/%,%, \
	$(shell find compiler/share/vim -name '*.vim' | sort))
INSTALLED = $(BINDIR)/otpc $(LIBDIR)/libotp.a $(LIBDIR)/pkgconfig/otp.pc \
	$(INCLUDEDIR)/otp.h $(MANDIR)/man1/otpc.1 $(SHARE)/LICENSE \
	$(BASHDIR)/otpc $(ZSHDIR)/_otpc $(FISHDIR)/otpc.fish \
	$(CMAKEDIR)/otp-config.cmake $(CMAKEDIR)/otp-config-version.cmake \
	$(VIM_FILES:%=$(VIMDIR)/%) $(GDBDIR)/otp.py

# A folder as CMake finds it from that of otp-config.cmake: the installed tree
# may be moved.
from_cmake = $(shell realpath -m --relative-to='$(CMAKEDIR)' '$(1)')
space := $(subst ,, )
CMAKE_FILL = sed -e 's|@VERSION@|$(VERSION)|' \
	-e 's|@LIBDIR@|$(call from_cmake,$(LIBDIR))|' \
	-e 's|@BINDIR@|$(call from_cmake,$(BINDIR))|' \
	-e 's|@INCLUDEDIR@|$(call from_cmake,$(INCLUDEDIR))|' \
	-e 's|@FRAME_CFLAGS@|$(subst $(space),;,$(strip $(FRAME_CFLAGS)))|'

install: all ## into PREFIX (/usr/local), below DESTDIR
	install -d $(addprefix $(DESTDIR),$(sort $(dir $(INSTALLED))) \
		$(INCLUDEDIR)/otp)
	install -m 755 $(OTPC) $(DESTDIR)$(BINDIR)/otpc
	install -m 644 $(LIBOTP) $(DESTDIR)$(LIBDIR)/libotp.a
	install -m 644 runtime/include/otp.h $(DESTDIR)$(INCLUDEDIR)/otp.h
	install -m 644 $(HEADERS) $(SPEC_H) $(DESTDIR)$(INCLUDEDIR)/otp/
	install -m 644 LICENSE $(DESTDIR)$(SHARE)/LICENSE
	install -m 644 compiler/otpc.1 $(DESTDIR)$(MANDIR)/man1/otpc.1
	@for file in $(VIM_FILES); do \
		install -m 644 compiler/share/vim/$$file \
			$(DESTDIR)$(VIMDIR)/$$file || exit 1; \
	done
	install -m 644 runtime/share/gdb/otp.py $(DESTDIR)$(GDBDIR)/otp.py
	$(OTPC) completion bash > $(DESTDIR)$(BASHDIR)/otpc
	$(OTPC) completion zsh > $(DESTDIR)$(ZSHDIR)/_otpc
	$(OTPC) completion fish > $(DESTDIR)$(FISHDIR)/otpc.fish
	@for file in otp-config.cmake otp-config-version.cmake; do \
		$(CMAKE_FILL) compiler/share/cmake/$$file.in \
			> $(DESTDIR)$(CMAKEDIR)/$$file || exit 1; \
	done
	@{ echo 'prefix=$(PREFIX)'; \
	echo 'libdir=$(LIBDIR)'; \
	echo 'includedir=$(INCLUDEDIR)'; \
	echo 'bindir=$(BINDIR)'; \
	echo 'otpc=$${bindir}/otpc'; \
	echo; \
	echo 'Name: otp'; \
	echo 'Description: processes, servers and supervisors for C'; \
	echo 'Version: $(VERSION)'; \
	echo 'Cflags: -I$${includedir} $(FRAME_CFLAGS)'; \
	echo 'Libs: -L$${libdir} -lotp -pthread'; \
	} > $(DESTDIR)$(LIBDIR)/pkgconfig/otp.pc

uninstall: ## take out what install put there
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	rm -rf $(DESTDIR)$(INCLUDEDIR)/otp $(DESTDIR)$(SHARE) $(DESTDIR)$(CMAKEDIR)

clean: ## remove build/
	rm -rf build $(filter-out build/%,$(BUILD)) examples/*/build

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' \
		$(firstword $(MAKEFILE_LIST))
	@echo
	@echo '  MODE=release     debug, release, asan (with ubsan), ubsan, tsan,'
	@echo '                   hard, hard-asan, hard-tsan: small sizes, odd chances'
	@echo '  BUILD=build/MODE where everything that is made goes'
	@echo '  CC=gcc           or clang, or a cross compiler (then give OTPC=)'
	@echo '  OTPC=BUILD/otpc  use this otpc and build none'
	@echo '  ONLY=            check: only tests with this in their path'
	@echo '                   bench: only folders of tests/bench with this in it'
	@echo '  BENCH_ROWS=      bench: only these programs of tests/bench/core'
	@echo '  BENCH_RUNS=5     bench: how often each runs; UPDATE=1: new picture'
	@echo '  SEEDS=10000      sim: so many; semantics: none unless given'
	@echo '  STRESS_SECONDS=60 OTP_HARD_SEED= OTP_HARD_FAIL=1/1000 stress, hard mode'
	@echo '                   OTP_HARD_<NAME>=n: runtime/src/base/chance.h'
	@echo '  WERROR=-Werror   empty: let warnings pass'
	@echo '  V=               1: show the commands'
	@echo '  CFLAGS= LDFLAGS= added to those of the mode'
	@echo '  PREFIX=/usr/local DESTDIR= BINDIR= LIBDIR= INCLUDEDIR= MANDIR='
	@echo '  BASHDIR= ZSHDIR= FISHDIR= CMAKEDIR= VIMDIR= GDBDIR='

-include $(COMPILER_OBJ:.o=.d) $(RUNTIME_OBJ:.o=.d) $(TEST_OBJ:.o=.d) \
	$(TEST_SPEC_C:.c=.d)
