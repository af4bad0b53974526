// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "base/error.h"
#include "base/msg.h"
#include "cmd.h"
#include "journal/attach-run.h"
#include "journal/machines.h"
#include "plots/attach-chart.h"
#include "plots/chart.h"
#include "render/attach-comparison.h"

/* What was drawn, picture by picture. */
static void report(const char *dir, const GPtrArray *charts)
{
	if (!charts->len)
		printf("%s: there is nothing to draw\n", dir);
	else
		printf("%s: charts drawn (svg, png, their data, and a .gp that draws them again)\n", dir);
	for (guint i = 0; i < charts->len; i++) {
		const struct chart *c = charts->pdata[i];

		printf("  %s.svg  %s\n", c->stem, c->title);
	}
}

static bool plot_sweep(const char *dir, const char *out, const char *const *allowed, GError **error)
{
	g_autoptr(run) r = run_read(dir, error);
	g_autoptr(findings) f = NULL;
	g_autoptr(GPtrArray) charts = chart_list_new();

	if (r && r->soak_s)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s is a soak, whose figures are not drawn; `vmapbench compare` prints what it "
			    "found",
			    dir);
	if (!r || r->soak_s)
		return false;
	f = findings_new(r, COMPARISON_MEDIAN, false, allowed);
	if (!chart_draw(f, out, charts, error))
		return false;
	report(out, charts);
	return true;
}

/* Into a folder of @out for each machine, or beside its run; @out may be NULL. */
static bool plot_machines(const char *dir, const char *out, const char *const *allowed, GError **error)
{
	g_autoptr(machines) m = machines_read(dir, error);
	bool drawn = m;

	for (guint i = 0; drawn && i < m->names->len; i++) {
		const char *name = m->names->pdata[i];
		g_autofree char *folder = machines_run(m, name);
		g_autofree char *charts =
			out ? g_build_filename(out, name, NULL) : g_build_filename(folder, "charts", NULL);

		if (!g_file_test(folder, G_FILE_TEST_EXISTS)) {
			msg_warn("machine %s has no run, and no charts", name);
			continue;
		}
		drawn = plot_sweep(folder, charts, allowed, error);
	}
	return drawn;
}

static struct attach_run *read_attached(const char *dir, GError **error)
{
	g_autoptr(attach_run) r = attach_run_read(dir, NULL, NULL, error);

	if (r && !r->last) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "%s: there is no whole sample to draw; attach for longer", dir);
		return NULL;
	}
	return g_steal_pointer(&r);
}

/* What was measured in different ways is not drawn over each other. */
static bool can_overlay(const struct attach_run *before, const struct attach_run *after, GError **error)
{
	g_autoptr(attach_comparison) c = attach_comparison_new(before, after, false);
	const char *why = c->refused[TABLE_LATENCY] ? c->refused[TABLE_LATENCY] : c->refused[TABLE_LOCKS];

	if (why)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s", why);
	return !why;
}

static bool plot_attached(char **dirs, const char *out, GError **error)
{
	g_autoptr(attach_run) before = read_attached(dirs[0], error);
	g_autoptr(attach_run) after = before && dirs[1] ? read_attached(dirs[1], error) : NULL;
	g_autoptr(GPtrArray) charts = chart_list_new();

	if (!before || (dirs[1] && !after))
		return false;
	if ((after && !can_overlay(before, after, error)) ||
	    !attach_chart_draw(before, after, out, charts, error))
		return false;
	report(out, charts);
	return true;
}

static int plot(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	g_autofree char *out = NULL;
	g_auto(GStrv) allowed = NULL;
	const GOptionEntry options[] = {
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "the charts' folder (default: RUN/charts)",
		  "DIR" },
		{ "allow-diff", 0, 0, G_OPTION_ARG_STRING_ARRAY, &allowed,
		  "draw arms although this differs and no plan says so; may be repeated", "KEY" },
		G_OPTION_ENTRY_NULL
	};
	bool attached;

	if (!cmd_parse(cmd, options, CMD_ANY_ARGUMENTS, &argc, &argv, error) ||
	    !confound_check_keys((const char *const *)allowed, error))
		return -1;
	if (argc < 2 || argc > 3) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: %d arguments given, 1 expected, or 2 runs of attach: vmapbench %s %s",
			    cmd->name, argc - 1, cmd->name, cmd->args);
		return -1;
	}
	if (argc == 2 && machines_is(argv[1]))
		return plot_machines(argv[1], out, (const char *const *)allowed, error) ? 0 : -1;
	if (!out)
		out = g_build_filename(argv[1], "charts", NULL);
	attached = argc > 2 || attach_run_is(argv[1]);
	if (!(attached ? plot_attached(argv + 1, out, error)
		       : plot_sweep(argv[1], out, (const char *const *)allowed, error)))
		return -1;
	return 0;
}

const struct cmd cmd_plot = {
	.name = "plot",
	.args = "RUN [RUN2]",
	.summary = "draw the charts of a run, or of two runs of attach",
	.run = plot,
};
