// SPDX-License-Identifier: GPL-2.0-only
#include "arm.h"

#include "plan/plan-machine.h"
#include "runners/board/board.h"

/* What the machine of @p runs: a board's file says it, not the plan. Caller frees. */
static char *arch_of(const struct plan *p, GError **error)
{
	g_autoptr(board) b = NULL;

	if (!plan_machine_is_board(&p->machine))
		return g_strdup(p->machine.arch);
	b = board_load(p->machine.board, error);
	return b ? g_strdup(b->arch) : NULL;
}

struct kernel *arm_kernel(const struct plan *p, const struct plan_arm *arm, GError **error)
{
	g_autofree char *arch = arch_of(p, error);
	const struct kernel_spec spec = {
		.name = arm->name,
		.source = arm->source,
		.series = (const char *const *)arm->series,
		.series_count = arm->series_count,
		.config = arm->config,
		.layout = arm->layout,
		.arch = arch,
	};
	struct kernel *k = arch ? kernel_build(&spec, error) : NULL;

	if (!k)
		g_prefix_error(error, "arm %s: ", arm->name);
	return k;
}
