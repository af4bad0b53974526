// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "plan/plan.h"
#include "plan/schedule.h"

/* Any text is either a plan that can be scheduled or a sentence with a position. Corpus: tests/data/plans/. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A plan with 1000 blocks of 1000 arms is valid, and slow to schedule. */
#define BOOTS_MAX 10000

static void schedule(const struct plan *p)
{
	g_autoptr(GPtrArray) rows = plan_rows(p);
	g_autoptr(GPtrArray) boots = NULL;

	if ((guint64)p->design.blocks * (p->arms_count + 1) * rows->len > BOOTS_MAX)
		return;
	boots = schedule_new(p, rows, p->design.seed);
	if (boots->len < p->design.blocks)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(plan) p = plan_parse_frozen(text, "plan.yaml", &error);

	if (p)
		schedule(p);
	else if (error->code != BENCH_ERROR_USAGE || !g_str_has_prefix(error->message, "plan.yaml:"))
		abort();
	return 0;
}
