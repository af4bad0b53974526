/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * A command is one file cmd-NAME.c that defines one of these, and one line in the table of main.c.
 * It parses its options (GOptionContext, via cmd_parse), opens, calls and reports.
 */
struct cmd {
	const char *name;
	const char *args;	/* what follows the options in the usage line, e.g. "PLAN" */
	const char *summary;	/* one line for the list of commands */
	/*
	 * @argv[0] is the command's name. Returns the exit status (enum bench_error, 0 when done), or -1 with
	 * @error set, which main prints and turns into a status.
	 */
	int (*run)(const struct cmd *cmd, int argc, char **argv, GError **error);
};

extern const struct cmd cmd_attach;
extern const struct cmd cmd_board;
extern const struct cmd cmd_build;
extern const struct cmd cmd_compare;
extern const struct cmd cmd_doctor;
extern const struct cmd cmd_export;
extern const struct cmd cmd_load;
extern const struct cmd cmd_plot;
extern const struct cmd cmd_power;
extern const struct cmd cmd_profile;
extern const struct cmd cmd_report;
extern const struct cmd cmd_selftest;
extern const struct cmd cmd_series;
extern const struct cmd cmd_soak;
extern const struct cmd cmd_sweep;
extern const struct cmd cmd_validate;

/* Rows for the options of commands that read plans: where the words go, which the caller frees. */
#define CMD_OPTION_MACHINE(word) \
	{ "machine", 0, 0, G_OPTION_ARG_STRING, (word), "which one of the machines that the plan lists", "NAME" }
#define CMD_OPTION_MACHINES(words) \
	{ "machine", 0, 0, G_OPTION_ARG_STRING_ARRAY, (words), \
	  "only this one of the machines that the plan lists; may be repeated", "NAME" }
#define CMD_OPTION_ARCH(word) \
	{ "arch", 0, 0, G_OPTION_ARG_STRING, (word), "instead of the plan's: x86_64 or arm64", "ARCH" }

#define CMD_ANY_ARGUMENTS (-1)

/*
 * Parses @options and those that every command has (how messages and progress are told: base/msg.h), prints help for --help, and checks that @wanted arguments follow (CMD_ANY_ARGUMENTS: the
 * caller does). On return @argv holds the
 * command's name and its arguments only. False with @error (BENCH_ERROR_USAGE) for anything else.
 */
bool cmd_parse(const struct cmd *cmd, const GOptionEntry *options, int wanted, int *argc, char ***argv,
	       GError **error);
