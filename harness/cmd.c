// SPDX-License-Identifier: GPL-2.0-only
#include "cmd.h"

#include "base/error.h"
#include "base/msg.h"

/* What every command takes. */
static gboolean quiet, as_json;
static const GOptionEntry common[] = {
	{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet,
	  "No progress, and of messages only warnings and errors", NULL },
	{ "json-progress", 0, 0, G_OPTION_ARG_NONE, &as_json,
	  "Progress and messages as lines of JSON on standard error", NULL },
	G_OPTION_ENTRY_NULL
};

bool cmd_parse(const struct cmd *cmd, const GOptionEntry *options, int wanted, int *argc, char ***argv,
	       GError **error)
{
	g_autoptr(GOptionContext) context = g_option_context_new(cmd->args);
	g_autofree char *program = g_strdup_printf("vmapbench %s", cmd->name);
	g_autoptr(GError) reason = NULL;
	bool counted;

	g_set_prgname(program);
	g_option_context_set_summary(context, cmd->summary);
	g_option_context_add_main_entries(context, options, NULL);
	g_option_context_add_main_entries(context, common, NULL);
	if (!g_option_context_parse(context, argc, argv, &reason))
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s: %s (`%s --help` lists the options)",
			    cmd->name, reason->message, program);
	/* Who asked for JSON is told in JSON that another option is wrong. */
	msg_set(quiet, as_json || (reason && g_strv_contains((const char *const *)*argv, "--json-progress")));
	counted = wanted == CMD_ANY_ARGUMENTS || *argc - 1 == wanted;
	if (!reason && !counted)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: %d argument%s given, %d expected: %s %s", cmd->name, *argc - 1,
			    *argc == 2 ? "" : "s", wanted, program, cmd->args);
	return !reason && counted;
}

char **cmd_words(char **argv)
{
	static const char *const left_out[] = { "-q", "--quiet", "--json-progress", NULL };
	GPtrArray *words = g_ptr_array_new();

	for (; *argv; argv++) {
		if (!g_strv_contains(left_out, *argv))
			g_ptr_array_add(words, g_strdup(*argv));
	}
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}
