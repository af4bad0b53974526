// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "base/error.h"
#include "base/msg.h"
#include "cmd.h"
#include "export/export.h"
#include "export/source.h"

static bool export_run(const char *dir, enum export_format format, const char *out, GError **error)
{
	g_autoptr(source_list) all = source_list_open(dir, error);

	for (guint i = 0; all && i < all->missing->len; i++)
		msg_warn("machine %s has no run", (const char *)all->missing->pdata[i]);
	return all && export_write(all, format, out, error);
}

static int export(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	g_autofree char *format_name = NULL;
	g_autofree char *out = NULL;
	const GOptionEntry options[] = {
		{ "format", 'f', 0, G_OPTION_ARG_STRING, &format_name, "csv, sqlite, benchstat or ktap",
		  "FORMAT" },
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &out,
		  "the file, of csv a folder with a file for each kind of record (default: standard output, "
		  "of csv the loads)",
		  "FILE" },
		G_OPTION_ENTRY_NULL
	};
	enum export_format format;

	if (!cmd_parse(cmd, options, 1, &argc, &argv, error) ||
	    !export_format_parse(format_name, &format, error))
		return -1;
	return export_run(argv[1], format, out, error) ? 0 : -1;
}

const struct cmd cmd_export = {
	.name = "export",
	.args = "RUN",
	.summary = "write what was measured for other programs",
	.run = export,
};
