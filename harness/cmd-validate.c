// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "base/msg.h"
#include "cmd.h"
#include "plan/plan.h"
#include "plan/schedule.h"
#include "render/forecast.h"

/* What a sweep of it costs. */
static void print_boots(const char *path, const struct plan *p, GPtrArray *rows)
{
	guint64 timed, traced;

	schedule_count(p, rows, &timed, &traced);
	printf("%s: %" G_GUINT64_FORMAT " boots", path, timed);
	if (traced > 0)
		printf(", and %" G_GUINT64_FORMAT
		       " of the tracing pass (%u load%s of each row in %d states of the probe)",
		       traced, p->trace.loads, p->trace.loads == 1 ? "" : "s", SCHEDULE_PROBES);
	printf("\n");
}

static int validate(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	const GOptionEntry options[] = { G_OPTION_ENTRY_NULL };
	g_autoptr(GPtrArray) arms = NULL;
	g_autoptr(GPtrArray) rows = NULL;
	g_autofree char *warning = NULL;
	g_autoptr(plan) p = NULL;

	if (!cmd_parse(cmd, options, 1, &argc, &argv, error))
		return -1;
	p = plan_load(argv[1], error);
	if (!p)
		return -1;
	arms = plan_arm_names(p);
	rows = plan_rows(p);
	printf("%s: valid: %u arms x %u blocks x %u rows x %u loads\n", argv[1], arms->len, p->design.blocks,
	       rows->len, p->design.loads);
	print_boots(argv[1], p, rows);
	warning = forecast_warning(p);
	if (warning)
		msg_warn("%s", warning);
	return 0;
}

const struct cmd cmd_validate = {
	.name = "validate",
	.args = "PLAN",
	.summary = "check a plan without running it",
	.run = validate,
};
