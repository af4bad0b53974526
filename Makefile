# vmapbench: `make sweep` is the main job, `make check` the tests, `make help` the rest.

ARCH	:= x86_64
O	:= .build/$(ARCH)$(if $(SAN),-san)
PREFIX	?= /usr/local
PLAN	?= kernels/nodes/plan.yaml
V	?=

CC	?= gcc
CLANG	?= clang
PKGS	:= gio-2.0 gio-unix-2.0 jansson libcyaml yaml-0.1 gsl libelf
CPPFLAGS := -D_GNU_SOURCE -I. -Iharness -I$(O)
CFLAGS	?= -O2 -g
WARN	:= -Wall -Wextra -Wshadow -Wmissing-prototypes -Wno-missing-field-initializers
ifdef DEV
WARN	+= -Werror
endif
ifdef SAN
CFLAGS	+= -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif

Q	:= $(if $(V),,@)
say	= $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(patsubst $(O)/%,%,$(2))')

# pkg-config is asked once, when something is compiled: the packages may be installed by this very make.
pkg_cflags = $(eval pkg_cflags := $(shell pkg-config --cflags $(PKGS)))$(pkg_cflags)
pkg_libs = $(eval pkg_libs := $(shell pkg-config --libs $(PKGS)) -lm)$(pkg_libs)

SRCS	:= $(wildcard harness/*.c harness/*/*.c kernels/*.c runners/*.c plots/*.c)
OBJS	:= $(SRCS:%.c=$(O)/%.o)
ROOMS	:= $(filter-out $(O)/harness/main.o,$(OBJS))
AGENT	:= $(wildcard runners/agent/*.c) runners/splat.c
UNIT	:= $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/test-*.c))
FUZZ	:= $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz-*.c))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all setup sweep check check-unit check-cli check-boot check-san fuzz bench install clean help

all: $(O)/vmapbench $(O)/agent $(O)/probe

## setup	install the Debian packages that are missing (NO_INSTALL=1 only names them)
setup:
	$(Q)harness/setup.sh sweep

## sweep	the main job: build two kernels, run PLAN, print the table, draw the charts
sweep: setup
	$(Q)$(MAKE) --no-print-directory all
	$(Q)O=$(O) harness/sweep.sh $(PLAN)

$(O)/vmapbench: $(OBJS)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(pkg_libs)

$(O)/%.o: %.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(CFLAGS) $(WARN) $(CPPFLAGS) $(pkg_cflags) -MMD -MP -c -o $@ $<

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
clean:
	$(Q)rm -rf .build

-include $(OBJS:.o=.d)
