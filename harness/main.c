// SPDX-License-Identifier: GPL-2.0-only
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/msg.h"
#include "cmd.h"

static const struct cmd *const commands[] = {
	&cmd_doctor,  &cmd_selftest, &cmd_validate, &cmd_power, &cmd_build,
	&cmd_sweep,   &cmd_series,   &cmd_soak,     &cmd_compare, &cmd_plot,
	&cmd_report,  &cmd_export,   &cmd_load,     &cmd_attach,  &cmd_profile, &cmd_board,
};

static void print_help(FILE *out)
{
	fprintf(out, "usage: vmapbench COMMAND [OPTION...] ARGUMENT...\n\n"
		     "Compares kernels at mm/vmalloc: builds them, boots them, measures, compares.\n\n");
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		g_autofree char *usage = g_strdup_printf("%s %s", commands[i]->name, commands[i]->args);

		fprintf(out, "  %-25s %s\n", usage, commands[i]->summary);
	}
	fprintf(out, "\n`vmapbench COMMAND --help` lists a command's options.\n");
}

static const struct cmd *find_command(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static const char *const help_words[] = { "--help", "-h", "help", NULL };
	g_autoptr(GError) error = NULL;
	const struct cmd *cmd;
	int status;

	setlocale(LC_CTYPE, "");
	if (argc < 2 || g_strv_contains(help_words, argv[1])) {
		print_help(argc < 2 ? stderr : stdout);
		return argc < 2 ? BENCH_ERROR_USAGE : 0;
	}
	cmd = find_command(argv[1]);
	if (!cmd) {
		msg_err("there is no command \"%s\"; `vmapbench --help` lists them", argv[1]);
		return BENCH_ERROR_USAGE;
	}
	status = cmd->run(cmd, argc - 1, argv + 1, &error);
	if (status >= 0)
		return status;
	msg_err("%s", error->message);
	return bench_error_exit_status(error);
}
