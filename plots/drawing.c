// SPDX-License-Identifier: GPL-2.0-only
#include "drawing.h"

#include <math.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/path.h"

/* In single quotes gnuplot knows one special character, the quote itself, which is doubled. */
void drawing_set_text(struct drawing *d, const char *name, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "'", -1);
	g_autofree char *doubled = g_strjoinv("''", parts);

	g_ptr_array_add(d->variables, g_strdup_printf("%s='%s'", name, g_strdelimit(doubled, "\r\n", ' ')));
}

void drawing_set_number(struct drawing *d, const char *name, double number)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	g_ptr_array_add(d->variables,
			g_strdup_printf("%s=%s", name, g_ascii_dtostr(text, sizeof(text), number)));
}

struct drawing *drawing_new(const char *script, const char *dir, const char *name)
{
	struct drawing *d = g_new0(struct drawing, 1);
	g_autofree char *plots = path_data("plots");
	g_autofree char *file = g_strdelimit(g_strdup(name), "/ ", '-');

	d->script = g_build_filename(plots, script, NULL);
	d->stem = g_build_filename(dir, file, NULL);
	d->data = g_string_new(NULL);
	d->variables = g_ptr_array_new_with_free_func(g_free);
	drawing_set_text(d, "plots", plots);
	drawing_set_text(d, "stem", d->stem);
	return d;
}

void drawing_free(struct drawing *d)
{
	if (!d)
		return;
	g_free(d->script);
	g_free(d->stem);
	g_string_free(d->data, TRUE);
	g_ptr_array_unref(d->variables);
	g_free(d);
}

static bool draw_format(const struct drawing *d, const char *format, GError **error)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *setting = g_strdup_printf("format='%s'", format);

	g_ptr_array_add(argv, (gpointer)"gnuplot");
	g_ptr_array_add(argv, (gpointer)"-e");
	g_ptr_array_add(argv, setting);
	for (guint i = 0; i < d->variables->len; i++) {
		g_ptr_array_add(argv, (gpointer)"-e");
		g_ptr_array_add(argv, d->variables->pdata[i]);
	}
	g_ptr_array_add(argv, d->script);
	g_ptr_array_add(argv, NULL);
	return exec_run((const char *const *)argv->pdata, NULL, NULL, error);
}

bool drawing_draw(const struct drawing *d, GError **error)
{
	g_autofree char *data = g_strconcat(d->stem, ".dat", NULL);
	g_autoptr(GError) reason = NULL;

	if (!g_file_set_contents(data, d->data->str, d->data->len, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write the chart's data: %s",
			    reason->message);
		return false;
	}
	return draw_format(d, "svg", error) && draw_format(d, "png", error);
}

void drawing_add_number(struct drawing *d, double number)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append(d->data,
			isfinite(number) ? g_ascii_formatd(text, sizeof(text), "%.10g", number) : "NaN");
	g_string_append_c(d->data, ' ');
}

bool drawing_prepare(const char *dir, GError **error)
{
	g_autofree char *gnuplot = g_find_program_in_path("gnuplot");

	if (gnuplot)
		return path_make_dirs(dir, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "gnuplot is not installed: charts need the package gnuplot-nox (apt install gnuplot-nox)");
	return false;
}
