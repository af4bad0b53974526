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

static void order_boots(const struct plan *p)
{
	g_autoptr(GPtrArray) rows = plan_rows(p);
	g_autoptr(GPtrArray) boots = NULL;

	if ((guint64)p->design.blocks * (p->arms_count + 1) * rows->len > BOOTS_MAX)
		return;
	boots = schedule_new(p, rows, p->design.seed);
	if (boots->len < p->design.blocks)
		abort();
}

/* @sentence: how an error may begin beside a position; NULL: in no other way. */
static void parse(const char *text, const struct plan_target *target, const char *sentence)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(plan) p = plan_parse_manifest(text, "plan.yaml", &(struct plan_frozen){ .target = *target }, &error);

	if (p) {
		order_boots(p);
		return;
	}
	if (error->code == BENCH_ERROR_USAGE && (g_str_has_prefix(error->message, "plan.yaml:") ||
						 (sentence && g_str_has_prefix(error->message, sentence))))
		return;
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);

	parse(text, &(struct plan_target){ 0 }, NULL);
	parse(text, &(struct plan_target){ .machine = "x86" }, "--machine: ");
	parse(text, &(struct plan_target){ .arch = "arm64" }, "--arch: ");
	return 0;
}
