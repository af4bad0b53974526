/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "kernels/kernel.h"
#include "plan/plan.h"

/*
 * What the harness knows of test_vmalloc (lib/test_vmalloc.c of the kernel), of our own module
 * (kernels/module/), and of the loads that need no module.
 */

/*
 * The parameters of one load of @row with @loops on @k: for test_vmalloc one mask bit, one repeat, sequential
 * order (measuring section 3), for our own module its own, for a test of bpf/storm.h its options. NULL, with
 * what this kernel has instead, when it has no such test or parameter. Caller frees.
 */
char *load_params(const struct kernel *k, const struct plan_row *row, unsigned int loops, GError **error);

/* The module that runs @row on @k, one of WIRE_MODULE_...; NULL: it needs none. */
const char *load_module(const struct kernel *k, const struct plan_row *row);

/* The sysrq key of a drill (`test: drill-panic`), 0 when @row is a load. */
char load_drill(const struct plan_row *row);

/*
 * MiB of guest memory for @row on @smp online CPUs: a base for the kernel plus what the workers hold at a time,
 * from the sizes in lib/test_vmalloc.c and kernels/module/loads.c.
 */
unsigned int load_memory_mib(const struct plan_row *row, unsigned int smp);
