/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/* What an accelerator wants of QEMU's -machine and -cpu. */
struct qemu_way {
	const char *machine;
	const char *cpu;		/* when nobody asks for another */
	const char *features;		/* put behind every model, or NULL */
};

/* What differs between QEMU's machines by architecture. A new one is a line in qemu-machine.c. */
struct qemu_machine {
	const char *arch;		/* as in a plan */
	const char *host;		/* what `uname -m` says where they are native */
	const char *emulator;
	const char *package;		/* Debian's, of the emulator */
	struct qemu_way native;		/* by virtualisation: kvm, hvf */
	struct qemu_way emulated;	/* tcg, and so counted */
	const char *console;		/* the first serial port, as the kernel calls it */
	const char *parameters;		/* more for the kernel, or NULL (docs/protocol.md) */
	const char *counted_parameters;	/* and in counted mode */
};

/* Borrowed; NULL with BENCH_ERROR_USAGE that lists those there are. */
const struct qemu_machine *qemu_machine_find(const char *arch, GError **error);

/* What @accel wants; borrowed. @accel: one of accel.c's, or "counted". */
const struct qemu_way *qemu_machine_way(const struct qemu_machine *machine, const char *accel);

/* The words behind -cpu for @model, or for the way's own where that is NULL. Caller frees. */
char *qemu_way_cpu(const struct qemu_way *way, const char *model);
