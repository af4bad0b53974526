// SPDX-License-Identifier: GPL-2.0-only
#include "export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "benchstat.h"
#include "csv.h"
#include "ktap.h"
#include "source.h"
#include "sqlite.h"

static bool write_csv(const struct source_list *sources, const char *out, GError **error);
static bool write_sqlite(const struct source_list *sources, const char *out, GError **error);

/* A format has a function of its own, or text that goes to a file or to standard output. */
static const struct {
	const char *name;
	bool (*write)(const struct source_list *sources, const char *out, GError **error);
	void (*print)(const struct source_list *sources, GString *out);
	bool of_verdicts; /* a soak has none */
} formats[] = {
	[EXPORT_CSV] = { "csv", .write = write_csv },
	[EXPORT_SQLITE] = { "sqlite", .write = write_sqlite },
	[EXPORT_BENCHSTAT] = { "benchstat", .print = benchstat_print, .of_verdicts = true },
	[EXPORT_KTAP] = { "ktap", .print = ktap_print, .of_verdicts = true },
};

bool export_format_parse(const char *name, enum export_format *ret_format, GError **error)
{
	for (size_t i = 0; name && i < G_N_ELEMENTS(formats); i++) {
		if (!strcmp(formats[i].name, name)) {
			*ret_format = i;
			return true;
		}
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "--format: %s%s%s; expected csv, sqlite, benchstat or ktap (tables of what was found: "
		    "`vmapbench compare --format text|markdown|csv|json|cover`)",
		    name ? "\"" : "none was given", name ? name : "", name ? "\" is not known" : "");
	return false;
}

static bool set_error(const char *what, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write %s: %s", what, g_strerror(errno));
	return false;
}

static bool print_text(const GString *text, GError **error)
{
	return (fwrite(text->str, 1, text->len, stdout) == text->len && fflush(stdout) == 0) ||
	       set_error("to standard output", error);
}

static bool write_text(const GString *text, const char *out, GError **error)
{
	g_autoptr(GError) why = NULL;

	if (!out)
		return print_text(text, error);
	if (!path_check_output(out, error))
		return false;
	if (g_file_set_contents(out, text->str, (gssize)text->len, &why))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write %s: %s", out, why->message);
	return false;
}

static bool write_csv(const struct source_list *sources, const char *out, GError **error)
{
	g_autoptr(GString) loads = g_string_new(NULL);

	if (out)
		return csv_write(sources, out, error);
	csv_print_loads(sources, loads);
	return write_text(loads, NULL, error);
}

static bool write_sqlite(const struct source_list *sources, const char *out, GError **error)
{
	if (out)
		return path_check_output(out, error) && sqlite_write(sources, out, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "--format sqlite: a database is a file; name it with --out FILE");
	return false;
}

static bool refuse_soak(const struct source_list *sources, enum export_format format, GError **error)
{
	const struct run *r = ((const struct source *)sources->list->pdata[0])->run;

	if (!r->soak_s || !formats[format].of_verdicts)
		return false;
	g_set_error(
		error, BENCH_ERROR, BENCH_ERROR_USAGE,
		"%s is a soak, which compares nothing: --format %s has no place for it; csv and sqlite hold "
		"its loads and reports",
		r->dir, formats[format].name);
	return true;
}

bool export_write(const struct source_list *sources, enum export_format format, const char *out, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (refuse_soak(sources, format, error))
		return false;
	if (formats[format].write)
		return formats[format].write(sources, out, error);
	formats[format].print(sources, text);
	return write_text(text, out, error);
}
