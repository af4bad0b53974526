// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "cmd.h"
#include "journal/run.h"
#include "plots/chart.h"

static int plot(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	g_autofree char *out = NULL;
	const GOptionEntry options[] = {
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "the charts' folder (default: RUN/charts)", "DIR" },
		G_OPTION_ENTRY_NULL
	};
	g_autoptr(comparison) c = NULL;
	g_autoptr(run) r = NULL;

	if (!cmd_parse(cmd, options, 1, &argc, &argv, error))
		return -1;
	r = run_read(argv[1], error);
	if (!r)
		return -1;
	if (!out)
		out = g_build_filename(r->dir, "charts", NULL);
	c = comparison_new(r, COMPARISON_MEDIAN);
	if (!chart_draw(c, out, error))
		return -1;
	printf("%s: charts drawn (svg, png, and their data)\n", out);
	return 0;
}

const struct cmd cmd_plot = {
	.name = "plot",
	.args = "RUN",
	.summary = "draw the charts of a run",
	.run = plot,
};
