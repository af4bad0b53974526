/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "plan/plan.h"

/*
 * What a run's manifest says of the machine that ran it, for guests of @arch: kernel, CPU, memory, QEMU (null
 * when a board needs none), and the digest of the agent. New reference; NULL with an error when one of them is
 * not there.
 */
json_t *host_describe(const char *arch, bool with_qemu, GError **error);

/*
 * QEMU's words for the processor of guests of @m on @accel, which a plan may leave to the runner: the
 * manifest's "cpu". Caller frees; NULL: a board's is its own.
 */
char *host_guest_cpu(const struct plan_machine *m, const char *accel);

/* MiB that programs can still have (MemAvailable of /proc/meminfo), 0 when the kernel does not say. */
guint64 host_available_mib(void);

/*
 * Whether this is still the machine of @then (host_describe() of a run that goes on). The error names what
 * differs: boots on two machines do not belong in one run.
 */
bool host_is_same(const json_t *then, const json_t *now, GError **error);
