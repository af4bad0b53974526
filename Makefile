# vmapbench: `make sweep` is the main job, `make check` the tests, `make help` lists the rest.

# This machine, by the name that plans have for it, and the architecture of guests that it has to cross-build for.
HOST	:= $(patsubst aarch64,arm64,$(shell uname -m))
OTHER	:= $(if $(filter arm64,$(HOST)),x86_64,arm64)
CROSS	:= $(if $(filter arm64,$(OTHER)),aarch64,x86_64)-linux-gnu-
O	:= .build/$(HOST)$(if $(SAN),-san)
# What runs in guests, and never with sanitizers.
G	:= .build/$(HOST)
X	:= .build/$(OTHER)
# ARCH=arm64 takes the place of every plan's own. One that a kernel developer has in the environment does not.
ifneq ($(origin ARCH),command line)
ARCH	:=
endif
ifneq ($(filter-out $(HOST) $(OTHER),$(ARCH)),)
$(error ARCH=$(ARCH): expected $(HOST) or $(OTHER))
endif
# What else the commands of `make sweep` are told; nobody's environment is asked.
ifneq ($(origin OPTIONS),command line)
OPTIONS :=
endif
PLAN	?= kernels/maple/quick.yaml kernels/maple/quick-timed.yaml
RUN	:= $(or $(RUN),runs/$(notdir $(patsubst %/,%,$(dir $(firstword $(PLAN)))))-$(shell date +%Y%m%d-%H%M%S))
PREFIX	?= /usr/local

ifeq ($(origin CC),default)
CC	:= gcc
endif
CLANG	?= clang
# Debian keeps it where only root's PATH looks.
BPFTOOL	?= $(or $(shell command -v bpftool),/usr/sbin/bpftool)
STATIC_PKGS := libtracefs jansson libbpf
PKGS	:= gio-2.0 gio-unix-2.0 jansson libcyaml yaml-0.1 gsl sqlite3 libelf libbpf libtracefs libtraceevent
WARN	:= -Wall -Wextra -Wshadow -Wmissing-prototypes -Wno-missing-field-initializers $(if $(DEV),-Werror)
CFLAGS	?= -O2 -g
override CFLAGS += $(if $(SAN),-fsanitize=address$(,)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
CPPFLAGS := -D_GNU_SOURCE -I. -Iharness
comma	:= ,
, 	:= $(comma)

# As many jobs as CPUs, unless the user said otherwise.
SUBMAKE	= $(MAKE) $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc)) $(if $(V),,-s) --no-print-directory
Q	:= $(if $(V),,@)
ENV	:= VMAPBENCH=$(abspath $(O)/vmapbench) BUILD=$(abspath $(O)) TOP=$(CURDIR) \
	   VMAPBENCH_DATA=$(CURDIR) G_TEST_SRCDIR=$(CURDIR)/tests/unit G_TEST_BUILDDIR=$(abspath $(O))
PROVE	:= $(ENV) prove --exec tests/exec.sh
FUZZ_SECONDS ?= 20
# What the fuzzers drive, built anew with their instrumentation.
FUZZED	:= $(wildcard harness/base/*.c harness/plan/*.c harness/journal/*.c) harness/stats/histogram.c \
	   $(addprefix runners/agent/,calls.c gate.c kmsg.c meters.c summary.c taint.c words.c) \
	   $(addprefix runners/,splat.c record.c record-samples.c lines.c qmp.c board/file.c board/file-check.c)
say	= $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(patsubst $(O)/%,%,$@)')

# Asked once, when something is compiled: this very make may be about to install the libraries.
pkg_cflags = $(eval pkg_cflags := $$(shell pkg-config --cflags $(PKGS)))$(pkg_cflags)
pkg_libs = $(eval pkg_libs := $$(shell pkg-config --libs $(PKGS)) -lm)$(pkg_libs)
static_libs = $(eval static_libs := $$(shell pkg-config --static --libs $(STATIC_PKGS)))$(static_libs)
static_cflags = $(eval static_cflags := $$(shell pkg-config --cflags $(STATIC_PKGS)))$(static_cflags)
sysroot = $(eval sysroot := $$(or $$(shell harness/sysroot.sh $(OTHER)),$$(error no libraries for $(OTHER))))$(sysroot)
cross_pkg = PKG_CONFIG_SYSROOT_DIR=$(sysroot) PKG_CONFIG_LIBDIR=$(sysroot)/usr/lib/$(CROSS:-=)/pkgconfig pkg-config
cross_libs = $(eval cross_libs := $$(shell $(cross_pkg) --static --libs $(STATIC_PKGS)))$(cross_libs)
cross_cflags = $(eval cross_cflags := $$(shell $(cross_pkg) --cflags $(STATIC_PKGS)))$(cross_cflags)
profiler_cflags = $(eval profiler_cflags := $$(shell pkg-config --cflags jansson))$(profiler_cflags)
profiler_libs = $(eval profiler_libs := $$(shell pkg-config --libs jansson))$(profiler_libs)

# In the kernel, and the readers of what they collect.
BPF	:= $(patsubst %.c,$(G)/%.o,$(wildcard bpf/*.bpf.c))
BPF_USER := $(filter-out %.bpf.c,$(wildcard bpf/*.c)) bpf/objects.S
SRCS	:= $(wildcard harness/*.c harness/*/*.c kernels/*.c runners/*.c runners/board/*.c plots/*.c) $(BPF_USER)
PROBES	:= $(addprefix $(O)/probe-,$(HOST) $(if $(shell command -v $(CROSS)gcc),$(OTHER)))
PROGRAMS := $(G)/agent $(addprefix $(O)/,vmapbench profiler.so) $(PROBES)
OBJS	:= $(addprefix $(O)/,$(addsuffix .o,$(basename $(SRCS))))
# What tests may use: all rooms, not the commands.
ROOMS	:= $(filter-out $(O)/harness/main.o $(O)/harness/cmd%.o,$(OBJS))
AGENT	:= $(addprefix $(G)/agent-obj/,$(addsuffix .o,$(basename $(wildcard runners/agent/*.c) $(BPF_USER) runners/splat.c)))
PROFILER := $(patsubst %.c,$(O)/profiler-obj/%.o,$(wildcard runners/profile/*.c))
GUESTS	:= $(addprefix $(G)/tests/,cost cycles exact lock-cost locks matrix module text)
GUEST_OBJS := $(addprefix $(G)/agent-obj/,tests/guest/guest.o runners/agent/kmsg.o runners/agent/summary.o \
	   runners/agent/words.o runners/splat.o) \
	   $(filter $(G)/agent-obj/bpf/%,$(AGENT))
# The same for the other architecture.
CROSS_GUESTS := $(patsubst $(G)/%,$(X)/%,$(GUESTS))
CROSS_AGENT := $(patsubst $(G)/%,$(X)/%,$(AGENT))
CROSS_GUEST_OBJS := $(patsubst $(G)/%,$(X)/%,$(GUEST_OBJS))
UNIT	:= $(patsubst %.c,$(O)/%,$(wildcard tests/unit/test-*.c))
FUZZ	:= $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz-*.c))
HEADERS	:= $(wildcard harness/*.h harness/*/*.h kernels/*.h runners/*.h runners/*/*.h plots/*.h) \
	   $(filter-out %.bpf.h bpf/vmlinux.h,$(wildcard bpf/*.h))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all sweep drill-board check check-quick check-boot check-fuzz check-headers bench tables gallery install clean help

# Programs of guests of the other architecture, where this machine can; sysroot.sh says what it lacks.
make_cross = if harness/sysroot.sh $(OTHER) >/dev/null; then $(SUBMAKE) $(1); fi

# Names the packages that are missing before the compiler does, in its words.
all:
	$(Q)NO_INSTALL=1 harness/setup.sh build
	+$(Q)$(SUBMAKE) $(PROGRAMS)
	+$(Q)$(call make_cross,$(X)/agent)

## make sweep    install what is missing, build the kernels of PLAN (one or more), run it, print tables, draw charts,
##               write the page
##               (ARCH=arm64: for guests and kernels of that architecture, whatever the plan says;
##               OPTIONS=--quiet or --json-progress: docs/progress.md)
# A run in which a kernel failed (3) has charts and a page, too.
sweep:
	$(Q)harness/setup.sh $(if $(filter arm64,$(ARCH)),arm64,sweep)
	+$(Q)$(SUBMAKE) all
	+$(Q)$(if $(ARCH),$(SUBMAKE) .build/$(ARCH)/agent)
	$(Q)for plan in $(PLAN); do $(O)/vmapbench build $$plan $(ARCH:%=--arch %) $(OPTIONS) || exit; done
	$(Q)worst=0; for plan in $(PLAN); do \
		run=$(RUN)$(if $(word 2,$(PLAN)),/$$(basename $$(dirname $$plan))-$$(basename $$plan .yaml)); status=0; \
		$(O)/vmapbench sweep $$plan --out $$run $(ARCH:%=--arch %) $(OPTIONS) || status=$$?; \
		case $$status in 0|3) $(O)/vmapbench plot $$run && $(O)/vmapbench report $$run || exit ;; *) exit $$status ;; esac; \
		worst=$$((status > worst ? status : worst)); \
	done; exit $$worst

$(O)/vmapbench: $(OBJS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(pkg_libs)

$(O)/%.o: %.c
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(CFLAGS) $(WARN) $(CPPFLAGS) $(pkg_cflags) -MMD -MP -c -o $@ $<

# The program inside the guests: static, no GLib. Whatever is in X is made by the cross compiler.
guest_cc = $(if $(filter $(X)/%,$@),$(CROSS)gcc,$(CC))
guest_cflags = $(if $(filter $(X)/%,$@),$(cross_cflags),$(static_cflags))
guest_libs = $(if $(filter $(X)/%,$@),$(cross_libs),$(static_libs))

define link_guest
$(call say,LD)
$(Q)mkdir -p $(@D)
$(Q)$(guest_cc) -static -s -O2 -o $@ $^ $(guest_libs)
endef

define compile_guest
$(call say,CC)
$(Q)mkdir -p $(@D)
$(Q)$(guest_cc) -std=gnu11 -O2 -g $(WARN) $(CPPFLAGS) $(guest_cflags) -MMD -MP -c -o $@ $<
endef

$(G)/agent: $(AGENT)
	$(link_guest)

$(X)/agent: $(CROSS_AGENT)
	$(link_guest)

$(G)/agent-obj/%.o: %.c
	$(compile_guest)

$(X)/agent-obj/%.o: %.c
	$(compile_guest)

# Loaded by QEMU, into which sanitizers do not fit.
$(O)/profiler.so: $(PROFILER)
	$(call say,LD)
	$(Q)$(CC) -shared -O2 -o $@ $^ $(profiler_libs)

$(O)/profiler-obj/%.o: %.c
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 -g -fPIC -fvisibility=hidden $(WARN) $(CPPFLAGS) $(profiler_cflags) -MMD -MP -c -o $@ $<

# BPF programs, with the type information by which they fit themselves to a kernel, and without the debugger's.
$(G)/%.bpf.o: %.bpf.c
	$(call say,BPF)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) -target bpf -mcpu=v3 -O2 -g -Wall -Werror -I. -ffile-prefix-map=$(CURDIR)/= \
		-MMD -MP -MT $@ -MF $(@:.o=.d) -c -o $@.debug $<
	$(Q)$(BPFTOOL) gen object $@ $@.debug && rm $@.debug

$(sort $(O)/bpf/objects.o $(G)/agent-obj/bpf/objects.o $(X)/agent-obj/bpf/objects.o): bpf/objects.S $(BPF)
	$(call say,AS)
	$(Q)mkdir -p $(@D)
	$(Q)$(guest_cc) -c -Wa,-I$(G)/bpf -o $@ $<

# The guests of the accelerator probe: this machine's own, and the other where there is a compiler for it.
probe_flags_x86_64 := -m32 -Wl,-Ttext=0x100000
probe_flags_arm64 := -Wl,-Ttext=0x40200000
$(PROBES): $(O)/probe-%: runners/probe/%.S
	$(call say,AS)
	$(Q)mkdir -p $(@D)
	$(Q)$(if $(filter $*,$(OTHER)),$(CROSS)gcc,$(CC)) $(probe_flags_$*) -nostdlib -static -no-pie -o $@ $< \
		-Wl,-n,--build-id=none,--no-warn-rwx-segments

## make check    install what is missing for the tests, and run them all, with real kernels
check:
	$(Q)harness/setup.sh check
	+$(Q)$(SUBMAKE) check-headers
	+$(Q)$(SUBMAKE) check-quick
	+$(Q)$(SUBMAKE) SAN=1 check-quick
	+$(Q)$(SUBMAKE) check-fuzz
	+$(Q)$(SUBMAKE) check-boot

## make check-quick    the unit and command-line tests (with SAN=1: under the address and undefined sanitizers)
check-quick: $(PROGRAMS) $(UNIT) $(O)/tests/make-run
	+$(Q)$(call make_cross,$(X)/agent)
	$(Q)$(PROVE) $(UNIT) $(wildcard tests/cli/*.t)

## make check-boot    the tests that build kernels and boot them
check-boot: $(PROGRAMS) $(O)/tests/init-bare $(O)/tests/init-storm $(GUESTS)
	+$(Q)$(call make_cross,$(X)/agent $(CROSS_GUESTS))
	$(Q)$(PROVE) $(wildcard tests/boot/*.t)

## make check-fuzz    each fuzzer for FUZZ_SECONDS
check-fuzz: $(FUZZ)
	$(Q)set -e; for fuzzer in $(FUZZ); do tests/fuzz/run.sh $$fuzzer $(FUZZ_SECONDS); done

check-headers:
	$(Q)set -e; for header in $(HEADERS); do \
		$(CC) -std=gnu11 $(WARN) -Werror $(CPPFLAGS) $(pkg_cflags) -fsyntax-only -include $$header -xc /dev/null; \
	done

## make drill-board    harm to a stand-in board: RUNS times each of CASES, on BOARDS boards at once (docs/stand-in.md)
# The page in docs/ is of all cases.
drill-board: $(PROGRAMS)
	$(Q)$(ENV) tests/board/drill.sh --out runs/drill-board --runs $(or $(RUNS),3) --boards $(or $(BOARDS),1) $(CASES) \
		>$(O)/board-drill.md; status=$$?; cat $(O)/board-drill.md; \
	if [ $$status = 0 ] && [ -z "$(CASES)" ]; then \
		sed '/^|/,$$d' docs/board-drill.md | cat - $(O)/board-drill.md >$(O)/page.md && mv $(O)/page.md docs/board-drill.md; \
	fi; exit $$status

## make bench    what is measured rather than tested: see docs/bench.md
bench: $(PROGRAMS) $(addprefix $(O)/tests/,init-bare make-run simulate) $(GUESTS)
	$(Q)$(ENV) tests/bench/run.sh

# The parts of the agent that run anywhere.
AGENT_PURE := $(patsubst %,$(O)/runners/agent/%.o,areas calls cycle-options gate interval kmsg meters module-copy modules port request-reader request sampler stacks summary taint words)
# And of the profiler.
PROFILER_PURE := $(patsubst %,$(O)/runners/profile/%.o,decode follower line-set symbols)
$(UNIT): $(O)/tests/unit/%: $(O)/tests/unit/%.o $(ROOMS) $(AGENT_PURE) $(PROFILER_PURE)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(pkg_libs)

$(O)/tests/make-run: $(O)/tests/data/make-run.o $(ROOMS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(pkg_libs)

# Simulated runs, for docs/statistics.md.
$(O)/tests/simulate: $(O)/tests/bench/simulate.o $(ROOMS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(pkg_libs)

$(O)/tests/init-bare: tests/boot/init-bare.c
	$(call say,LD)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -static -O2 -o $@ $<

$(O)/tests/init-storm: tests/boot/init-storm.c $(wildcard bpf/storm*.c)
	$(call say,LD)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -static -O2 -o $@ $^

# What counts and measures in a guest, as its /init.
$(GUESTS): $(G)/tests/%: $(G)/agent-obj/tests/guest/%.o $(GUEST_OBJS)
	$(link_guest)

$(CROSS_GUESTS): $(X)/tests/%: $(X)/agent-obj/tests/guest/%.o $(CROSS_GUEST_OBJS)
	$(link_guest)

$(FUZZ): $(O)/fuzz/%: tests/fuzz/%.c $(FUZZED) $(HEADERS)
	$(call say,FUZZ)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) -std=gnu11 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
		$(CPPFLAGS) $(pkg_cflags) -o $@ $< $(FUZZED) $(pkg_libs)

## make tables    write the tables of kernels/*/README.md, docs/maple.md and docs/arm64.md anew (see kernels/tables.sh)
tables: $(O)/vmapbench
	$(Q)$(ENV) kernels/tables.sh kernels/*/README.md docs/maple.md docs/arm64.md

## make gallery    draw the pictures of docs/gallery anew, from the runs in RUNS (runs/) (see plots/gallery.sh)
gallery: $(O)/vmapbench
	$(Q)$(ENV) RUNS=$(or $(RUNS),runs) plots/gallery.sh docs/gallery/README.md

SHARE	= $(DESTDIR)$(PREFIX)/share/vmapbench
## make install    to $(PREFIX); DESTDIR is honoured
install: all
	install -D $(O)/vmapbench $(DESTDIR)$(PREFIX)/bin/vmapbench
	install -D -t $(DESTDIR)$(PREFIX)/libexec/vmapbench $(PROBES) $(O)/profiler.so
	for agent in $(wildcard $(G)/agent $(X)/agent); do \
		install -D $$agent $(DESTDIR)$(PREFIX)/libexec/vmapbench/$${agent#.build/}; \
	done
	install -d $(SHARE)/kernels
	cp -r $(patsubst %/,%,$(wildcard kernels/*/)) $(SHARE)/kernels/
	install -D -m 644 -t $(SHARE)/bpf bpf/hist.h
	install -D -m 644 -t $(SHARE)/plots plots/*.gp
	install -D -m 644 -t $(SHARE)/harness/report $(wildcard harness/report/page.*)

## make help    this list
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## make clean    remove what was built; the kernel cache and the runs stay
clean:
	$(Q)rm -rf .build

-include $(BPF:.o=.d) $(OBJS:.o=.d) $(AGENT:.o=.d) $(AGENT_PURE:.o=.d) $(PROFILER:.o=.d) $(PROFILER_PURE:.o=.d) $(UNIT:=.d) \
	$(O)/tests/data/make-run.d $(O)/tests/bench/simulate.d \
	$(CROSS_AGENT:.o=.d) $(patsubst $(G)/tests/%,$(G)/agent-obj/tests/guest/%.d,$(GUESTS)) \
	$(patsubst $(X)/tests/%,$(X)/agent-obj/tests/guest/%.d,$(CROSS_GUESTS))

