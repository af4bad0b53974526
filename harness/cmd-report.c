// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "base/msg.h"
#include "base/path.h"
#include "cmd.h"
#include "render/confound.h"
#include "report/report.h"

static int report(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	g_autofree char *out = NULL;
	g_autofree char *lacks = NULL;
	g_auto(GStrv) allowed = NULL;
	const GOptionEntry options[] = {
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "the page (default: RUN/report.html)", "FILE" },
		{ "allow-diff", 0, 0, G_OPTION_ARG_STRING_ARRAY, &allowed,
		  "compare arms although this differs and no plan says so; may be repeated", "KEY" },
		G_OPTION_ENTRY_NULL
	};

	if (!cmd_parse(cmd, options, 1, &argc, &argv, error) ||
	    !confound_check_keys((const char *const *)allowed, error))
		return -1;
	if (!out)
		out = g_build_filename(argv[1], "report.html", NULL);
	if (!path_check_output(out, error) ||
	    !report_write(argv[1], out, (const char *const *)allowed, &lacks, error))
		return -1;
	if (lacks)
		msg_warn("the page has no charts: %s", lacks);
	printf("%s: the run on one page, which needs no other file\n", out);
	return 0;
}

const struct cmd cmd_report = {
	.name = "report",
	.args = "RUN",
	.summary = "write a run on one HTML page",
	.run = report,
};
