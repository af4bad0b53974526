// SPDX-License-Identifier: GPL-2.0-only
#include "arm.h"

struct kernel *arm_kernel(const struct plan *p, const struct plan_arm *arm, GError **error)
{
	const struct kernel_spec spec = {
		.name = arm->name,
		.source = arm->source,
		.series = (const char *const *)arm->series,
		.series_count = arm->series_count,
		.config = arm->config,
		.layout = arm->layout,
		.arch = p->machine.arch,
	};
	struct kernel *k = kernel_build(&spec, error);

	if (!k)
		g_prefix_error(error, "arm %s: ", arm->name);
	return k;
}
