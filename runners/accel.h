/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Which of QEMU's accelerators really runs a kernel on this machine. That /dev/kvm opens does not say so: in
 * some clouds a guest then hangs, or is interpreted at a thousandth of the speed. So a small guest
 * (runners/probe/) is booted, has to do a kernel's kind of work, and to leave with a
 * certain status, in time.
 */
struct accel_result {
	const char *arch;	/* of the guest */
	const char *name;	/* "kvm", "hvf" or "tcg" */
	bool works;
	bool remembered;	/* nothing was booted now */
	double seconds;		/* that the boot took, 0 when there was none */
	char *why;		/* a clause: what happened; when it does not work also what to do, if known */
};

/* The version line of QEMU for @arch; NULL with a sentence (BENCH_ERROR_INFRA). Caller frees. */
char *accel_qemu_version(const char *arch, GError **error);

/* Whether @device (/dev/kvm) is there, may be opened and is KVM. If not, *ret_why is a clause; caller frees. */
bool accel_kvm_opens(const char *device, char **ret_why);

/*
 * Tries every accelerator for guests of @arch; takes at most 10 s. What was found is remembered in accel.json
 * in the cache for this kernel, QEMU and processor, so that a hang is waited for once; @fresh tries again.
 * False only for an @arch that there is no probe for (BENCH_ERROR_USAGE). @ret_results: struct accel_result,
 * the preferred first; the caller unrefs.
 */
bool accel_probe(const char *arch, bool fresh, GPtrArray **ret_results, GError **error);

/*
 * What to run when the plan says @wanted: for "auto" what is native when it works, otherwise tcg; "kvm", "tcg"
 * and "counted" (which needs tcg) are returned when they work. NULL with a sentence: BENCH_ERROR_INFRA when it
 * does not work, BENCH_ERROR_USAGE for another word. Caller frees.
 */
char *accel_choose(const char *arch, const char *wanted, GError **error);
