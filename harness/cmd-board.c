// SPDX-License-Identifier: GPL-2.0-only
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "arm.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/progress.h"
#include "check/check.h"
#include "checklist.h"
#include "cmd.h"

struct board_options {
	struct check_options check;
	char *plan, *arm;
	bool as_json;
};

static void print_finding(const struct check_finding *f, void *data)
{
	(void)data;
	progress_clear_line();
	checklist_print(&(struct checklist_line){
		.mark = check_mark_name(f->mark),
		.name = f->item->name,
		.found = f->found,
		.costs = f->mark == CHECK_MISSING ? f->item->costs : NULL,
		.remedy = check_remedy(f),
	});
	fflush(stdout);
}

static void print_nothing(const struct check_finding *f, void *data)
{
	(void)f;
	(void)data;
}

static void print_summary(const GPtrArray *findings, const char *obstacles)
{
	static const struct {
		enum check_mark mark;
		const char *begin;
	} sentences[] = {
		{ CHECK_OK, "This board can:" },
		{ CHECK_MISSING, "It cannot:" },
		{ CHECK_SKIPPED, "Not tried:" },
	};

	printf("\n");
	for (size_t i = 0; i < G_N_ELEMENTS(sentences); i++) {
		g_autofree char *text = check_summary(findings, sentences[i].mark);

		if (text)
			checklist_print_text(sentences[i].begin, text);
	}
	if (obstacles)
		printf("No sweep can run on it; it lacks: %s\n", obstacles);
	else
		printf("A sweep can run on it, as far as was tried.\n");
}

static json_t *finding_json(const struct check_finding *f)
{
	return json_pack("{s:s, s:s, s:b, s:s, s:s, s:s?}", "name", f->item->name, "mark",
			 check_mark_name(f->mark), "required", f->item->required, "found", f->found, "costs",
			 f->item->costs, "remedy", check_remedy(f));
}

static void print_json(const struct board *b, const GPtrArray *findings, const char *obstacles)
{
	json_t *checks = json_array();
	json_t *report = json_pack("{s:i, s:s, s:b, s:o}", "v", 1, "board", b->name, "can_sweep", !obstacles,
				   "checks", checks);

	for (guint i = 0; i < findings->len; i++)
		json_array_append_new(checks, finding_json(findings->pdata[i]));
	json_dumpf(report, stdout, JSON_INDENT(2));
	printf("\n");
	json_decref(report);
}

/* The kernel of --kernel PLAN --arm NAME, built if need be; *ret stays NULL when neither is given. */
static bool find_kernel(const struct board_options *o, const struct board *b, struct kernel **ret,
			GError **error)
{
	g_autoptr(plan) p = o->plan ? plan_load(o->plan, error) : NULL;
	const struct plan_arm *arm = p && o->arm ? plan_find_arm(p, o->arm) : NULL;

	if (!o->plan && !o->arm)
		return true;
	if (!o->plan || !o->arm)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "board check: --kernel PLAN and --arm NAME go together: the plan, and its arm "
			    "whose kernel "
			    "is to be booted");
	else if (p && !arm)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s: there is no arm \"%s\"", o->plan,
			    o->arm);
	else if (p && strcmp(p->machine.arch, b->arch))
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: its kernels are for %s, and the board %s is %s", o->plan, p->machine.arch,
			    b->name, b->arch);
	else if (p)
		*ret = arm_kernel(p, arm, error);
	return *ret;
}

static bool check_consent(const struct board_options *o, GError **error)
{
	if (!o->check.panic || o->check.boot)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "board check: --try-panic crashes the kernel that --try-boot boots: give both");
	return false;
}

static int check(const struct board_options *o, const char *path, GError **error)
{
	struct check_options options = o->check;
	g_autoptr(board) b = board_load(path, error);
	g_autoptr(kernel) k = NULL;
	g_autoptr(GPtrArray) findings = NULL;
	g_autofree char *obstacles = NULL;

	if (!b || !check_consent(o, error) || !find_kernel(o, b, &k, error))
		return -1;
	options.image = k ? k->image : NULL;
	interrupt_catch();
	findings = check_board(b, &options, o->as_json ? print_nothing : print_finding, NULL, error);
	if (!findings)
		return -1;
	obstacles = check_obstacles(findings);
	if (o->as_json)
		print_json(b, findings, obstacles);
	else
		print_summary(findings, obstacles);
	return obstacles ? BENCH_ERROR_FAILED : 0;
}

static int run_check(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	gboolean boot = FALSE, panic = FALSE, power_cut = FALSE, as_json = FALSE;
	struct board_options o = { 0 };
	const GOptionEntry options[] = {
		{ "try-boot", 0, 0, G_OPTION_ARG_NONE, &boot, "Reboot the board, into a kernel and back",
		  NULL },
		{ "try-panic", 0, 0, G_OPTION_ARG_NONE, &panic, "Crash that kernel on purpose", NULL },
		{ "try-power-cut", 0, 0, G_OPTION_ARG_NONE, &power_cut, "Take the board's power away", NULL },
		{ "kernel", 0, 0, G_OPTION_ARG_FILENAME, &o.plan,
		  "Boot a kernel of this plan (without: the good one, as if it were under test)", "PLAN" },
		{ "arm", 0, 0, G_OPTION_ARG_STRING, &o.arm, "Which kernel of the plan", "NAME" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON instead of a table", NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status = -1;

	if (cmd_parse(cmd, options, 1, &argc, &argv, error)) {
		o.check = (struct check_options){ .boot = boot, .panic = panic, .power_cut = power_cut };
		o.as_json = as_json;
		status = check(&o, argv[1], error);
	}
	g_free(o.plan);
	g_free(o.arm);
	return status;
}

static const struct cmd subcommands[] = {
	{ .name = "board check",
	  .args = "FILE",
	  .summary = "try once each thing that a board has to do",
	  .run = run_check },
};

static int run(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	static const GOptionEntry none[] = { G_OPTION_ENTRY_NULL };

	for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(subcommands); i++) {
		if (!strcmp(subcommands[i].name + strlen("board "), argv[1]))
			return subcommands[i].run(&subcommands[i], argc - 1, argv + 1, error);
	}
	if (cmd_parse(cmd, none, CMD_ANY_ARGUMENTS, &argc, &argv, error))
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "board: expected what to do, such as `vmapbench board check FILE`, whose options "
			    "`vmapbench board check --help` lists");
	return -1;
}

const struct cmd cmd_board = {
	.name = "board",
	.args = "check FILE",
	.summary = "try once each thing that a board has to do",
	.run = run,
};
