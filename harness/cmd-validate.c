// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "base/msg.h"
#include "cmd.h"
#include "plan/plan-machine.h"
#include "plan/plan.h"
#include "plan/schedule.h"
#include "render/forecast.h"

/* What a sweep of it costs. */
static void print_boots(const char *head, const struct plan *p, GPtrArray *rows)
{
	guint64 timed, traced;

	schedule_count(p, rows, &timed, &traced);
	printf("%s%" G_GUINT64_FORMAT " boots", head, timed);
	if (traced > 0)
		printf(", and %" G_GUINT64_FORMAT
		       " of the tracing pass (%u load%s of each row in %d states of the probe)",
		       traced, p->trace.loads, p->trace.loads == 1 ? "" : "s", SCHEDULE_PROBES);
	printf("\n");
}

/* "plan.yaml: ", and the machine when the plan lists several. Caller frees. */
static char *head_of(const struct plan *p)
{
	return g_strdup_printf("%s: %s%s", p->path, p->machine.name ? p->machine.name : "",
			       p->machine.name ? ": " : "");
}

/* What it is, when the plan lists several. */
static void print_machine(const char *head, const struct plan_machine *m)
{
	if (plan_machine_is_board(m))
		printf("%sboard %s\n", head, m->board);
	else if (m->name)
		printf("%s%s %s%s%s, %u CPU%s, accel %s\n", head, m->runner, m->arch, m->cpu ? ", " : "",
		       m->cpu ? m->cpu : "", m->smp, m->smp == 1 ? "" : "s", m->accel);
}

static void print_plan(const struct plan *p)
{
	g_autoptr(GPtrArray) arms = plan_arm_names(p);
	g_autoptr(GPtrArray) rows = plan_rows(p);
	g_autofree char *head = head_of(p);
	g_autofree char *warning = forecast_warning(p);

	printf("%svalid: %u arms x %u blocks x %u rows x %u loads\n", head, arms->len, p->design.blocks,
	       rows->len, p->design.loads);
	print_machine(head, &p->machine);
	print_boots(head, p, rows);
	if (warning)
		msg_warn("%s", warning);
}

static int validate(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	g_autofree char *arch = NULL;
	g_auto(GStrv) machines = NULL;
	const GOptionEntry options[] = {
		CMD_OPTION_MACHINES(&machines),
		CMD_OPTION_ARCH(&arch),
		G_OPTION_ENTRY_NULL
	};
	g_autoptr(GPtrArray) plans = NULL;

	if (!cmd_parse(cmd, options, 1, &argc, &argv, error))
		return -1;
	plans = plan_load_each(argv[1], (const char *const *)machines, arch, error);
	for (guint i = 0; plans && i < plans->len; i++)
		print_plan(plans->pdata[i]);
	return plans ? 0 : -1;
}

const struct cmd cmd_validate = {
	.name = "validate",
	.args = "PLAN",
	.summary = "check a plan without running it",
	.run = validate,
};
