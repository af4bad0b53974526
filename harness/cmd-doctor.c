// SPDX-License-Identifier: GPL-2.0-only
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/progress.h"
#include "checklist.h"
#include "cmd.h"
#include "doctor/doctor.h"
#include "runners/accel.h"

static void print_table(const GPtrArray *findings, const char *obstacles)
{
	for (guint i = 0; i < findings->len; i++) {
		const struct doctor_finding *finding = findings->pdata[i];

		checklist_print(&(struct checklist_line){
			.mark = doctor_mark_name(finding->mark),
			.name = finding->check->name,
			.found = finding->found,
			.costs = finding->mark == DOCTOR_OK ? NULL : finding->check->lack,
			.remedy = finding->remedy,
		});
	}
	if (obstacles)
		printf("\nNo sweep can run here; it lacks: %s\n", obstacles);
	else
		printf("\nA sweep can run here.\n");
}

static json_t *finding_json(const struct doctor_finding *finding)
{
	return json_pack("{s:s, s:s, s:b, s:s, s:s, s:s?}", "name", finding->check->name, "mark",
			 doctor_mark_name(finding->mark), "required", finding->check->required, "found",
			 finding->found, "lack", finding->check->lack, "remedy", finding->remedy);
}

static void print_json(const GPtrArray *findings, const char *obstacles)
{
	json_t *checks = json_array();
	json_t *report = json_pack("{s:i, s:b, s:o}", "v", 1, "can_sweep", !obstacles, "checks", checks);

	for (guint i = 0; i < findings->len; i++)
		json_array_append_new(checks, finding_json(findings->pdata[i]));
	json_dumpf(report, stdout, JSON_INDENT(2));
	printf("\n");
	json_decref(report);
}

/* What every accelerator does for guests of every architecture. */
static bool probe(bool fresh, GPtrArray **ret_results, GError **error)
{
	static const char *const arches[] = { "x86_64", "arm64" };
	struct progress *line = progress_new("booting probe guests", 0);
	g_autoptr(GPtrArray) all = NULL;
	bool ok = true;

	progress_update(line, 0, NULL);
	for (size_t i = 0; ok && i < G_N_ELEMENTS(arches); i++) {
		GPtrArray *some = NULL;

		ok = accel_probe(arches[i], fresh, &some, error);
		if (ok && all)
			g_ptr_array_extend_and_steal(all, some);
		else if (ok)
			all = some;
	}
	progress_free(line);
	*ret_results = g_steal_pointer(&all);
	return ok;
}

static int run(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	gboolean fresh = FALSE, as_json = FALSE;
	const GOptionEntry options[] = {
		{ "fresh", 0, 0, G_OPTION_ARG_NONE, &fresh, "Boot the probe guest again", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON instead of a table", NULL },
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GPtrArray) accels = NULL;
	g_autoptr(GPtrArray) findings = NULL;
	g_autofree char *obstacles = NULL;

	if (!cmd_parse(cmd, options, 0, &argc, &argv, error) || !probe(fresh, &accels, error))
		return -1;
	findings = doctor_examine(&(struct doctor_host){ .root = "", .accels = accels });
	obstacles = doctor_obstacles(findings);
	(as_json ? print_json : print_table)(findings, obstacles);
	return obstacles ? BENCH_ERROR_FAILED : 0;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.args = "",
	.summary = "say what this machine can do, and what it lacks",
	.run = run,
};
