// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "cmd.h"
#include "plan/plan.h"

static int run(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	const GOptionEntry options[] = { G_OPTION_ENTRY_NULL };
	g_autoptr(GPtrArray) arms = NULL;
	g_autoptr(GPtrArray) rows = NULL;
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
	return 0;
}

const struct cmd cmd_validate = {
	.name = "validate",
	.args = "PLAN",
	.summary = "check a plan without running it",
	.run = run,
};
