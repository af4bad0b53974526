// SPDX-License-Identifier: GPL-2.0-only
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "arm.h"
#include "base/error.h"
#include "base/interrupt.h"
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

/* Which machine a plan has does not matter here, as long as its kernels are of the board's architecture. */
static struct plan *plan_for(const GPtrArray *plans, const struct board *b)
{
	for (guint i = 0; i < plans->len; i++) {
		struct plan *p = plans->pdata[i];

		/* That of a plan for a board is said by the board. */
		if (!p->machine.arch)
			p->machine.arch = g_strdup(b->arch);
		if (!strcmp(p->machine.arch, b->arch))
			return p;
	}
	return NULL;
}

/* The kernel of --kernel PLAN --arm NAME, built if need be. */
static struct kernel *find_kernel(const struct board_options *o, const struct board *b, GError **error)
{
	g_autoptr(GPtrArray) plans = plan_load_each(o->plan, NULL, NULL, error);
	const struct plan *p = plans ? plan_for(plans, b) : NULL;
	const struct plan_arm *arm = p ? plan_find_arm(p, o->arm) : NULL;

	if (arm)
		return arm_kernel(p, arm, error);
	if (p)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s: there is no arm \"%s\"", o->plan,
			    o->arm);
	else if (plans)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: none of its machines is %s, as the board %s", o->plan, b->arch, b->name);
	return NULL;
}

static bool check_options(const struct board_options *o, GError **error)
{
	const char *wrong = NULL;

	if (o->check.panic && !o->check.boot)
		wrong = "--try-panic crashes the kernel that --try-boot boots: give both";
	else if (!o->plan != !o->arm)
		wrong = "--kernel PLAN and --arm NAME go together: the plan, and which of its kernels";
	else if (o->plan && !o->check.boot)
		wrong = "--kernel PLAN is for --try-boot, which boots it";
	if (wrong)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "board check: %s", wrong);
	return !wrong;
}

static int check(const struct board_options *o, const char *path, GError **error)
{
	struct check_options options = o->check;
	g_autoptr(board) b = NULL;
	g_autoptr(kernel) k = NULL;
	g_autoptr(GPtrArray) findings = NULL;
	g_autofree char *obstacles = NULL;

	if (!check_options(o, error))
		return -1;
	b = board_load(path, error);
	if (b && o->plan)
		k = find_kernel(o, b, error);
	if (!b || (o->plan && !k))
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
