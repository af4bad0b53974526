// SPDX-License-Identifier: GPL-2.0-only
#include "benchstat.h"

#include <string.h>

#include "base/json.h"
#include "render/notes.h"
#include "source.h"

/* A figure is in thousands of what a benchmark's unit says: us, or thousands of instructions. */
#define PER_FIGURE 1000

/* "full_fit_alloc_test" as "FullFitAlloc". Caller frees. */
static char *camel_case(const char *test)
{
	GString *name = g_string_new(NULL);
	size_t length = strlen(test) - (g_str_has_suffix(test, "_test") ? strlen("_test") : 0);
	bool upper = true;

	for (size_t i = 0; i < length; i++) {
		if (!g_ascii_isalnum(test[i])) {
			upper = true;
			continue;
		}
		g_string_append_c(name, upper ? g_ascii_toupper(test[i]) : test[i]);
		upper = false;
	}
	return g_string_free(name, FALSE);
}

/* Unless another test of the run would have the same; then both keep their own. Caller frees. */
static char *name_of_test(const struct comparison *c, const char *test)
{
	g_autofree char *name = camel_case(test);

	for (guint i = 0; i < c->cells->len; i++) {
		const char *other = ((const struct plan_row *)c->cells->pdata[i])->cell->test;
		g_autofree char *others = camel_case(other);

		if (strcmp(other, test) && !strcmp(others, name))
			return g_strdup_printf("_%s", test);
	}
	return g_steal_pointer(&name);
}

/* "BenchmarkFullFitAlloc/threads=4/pages=16-8". Caller frees. */
static char *name_of_row(const struct source *s, const struct plan_row *row)
{
	const struct plan_cell *cell = row->cell;
	unsigned int cpus = s->run->plan->machine.smp;
	g_autofree char *test = name_of_test(s->comparison, cell->test);
	GString *name = g_string_new(NULL);

	g_string_append_printf(name, "Benchmark%s/threads=%u", test, row->threads);
	if (cell->pages)
		g_string_append_printf(name, "/pages=%u", cell->pages);
	if (cell->live)
		g_string_append_printf(name, "/live=%u", cell->live);
	if (cell->huge)
		g_string_append(name, "/huge=true");
	if (cell->latency)
		g_string_append(name, "/latency=true");
	if (cell->pressure)
		g_string_append(name, "/pressure=true");
	if (cpus)
		g_string_append_printf(name, "-%u", cpus);
	return g_string_free(name, FALSE);
}

static const char *unit_of(const struct comparison *c)
{
	return c->counted ? "instructions/op" : "ns/op";
}

/* Whether every boot of one arm reads the same in every row: then a spread is none of noise. */
static bool is_exact(const struct comparison *c)
{
	for (unsigned int i = 0; i < c->arms_count * c->cells->len; i++) {
		const struct series *s = &c->arms[i / c->cells->len].series[i % c->cells->len];

		if (s->figures->len && s->lowest != s->highest)
			return false;
	}
	return c->counted;
}

/* A value has one line, and is deleted by an empty one. */
static void print_config(GString *out, const char *key, const char *value)
{
	g_autofree char *line = g_strdelimit(g_strdup(value ? value : ""), "\r\n\t\v\f", ' ');

	if (*g_strstrip(line))
		g_string_append_printf(out, "%s: %s\n", key, line);
}

/* A key for each arm would set arms apart instead of side by side: all stand in one. */
static void print_kernels(const struct comparison *c, GString *out)
{
	g_autoptr(GString) kernels = g_string_new(NULL);

	for (unsigned int i = 0; i < c->arms_count; i++) {
		const json_t *kernel = notes_kernel(c->run, c->arms[i].name);
		const char *release = json_text(kernel, "release"), *build = json_text(kernel, "build_id");

		if (c->arms[i].role != COMPARISON_AA && (release || build))
			g_string_append_printf(kernels, "%s%s=%s:%.12s", kernels->len ? " " : "",
					       c->arms[i].name, release ? release : "", build ? build : "");
	}
	print_config(out, "kernels", kernels->str);
}

static void print_head(const struct source *s, GString *out)
{
	const struct comparison *c = s->comparison;
	g_autofree char *machine = notes_machine(s->run);

	print_config(out, "run", s->name);
	print_config(out, "title", s->run->plan->title);
	print_config(out, "machine", machine);
	print_config(out, "accel", json_text(s->run->manifest, "accel"));
	print_kernels(c, out);
	g_string_append_printf(out, "Unit %s better=lower%s\n", unit_of(c), is_exact(c) ? " assume=exact" : "");
}

static void print_row(const struct source *s, const struct comparison_arm *arm, guint cell, GString *out)
{
	const struct comparison *c = s->comparison;
	const struct series *series = &arm->series[cell];
	g_autofree char *name = name_of_row(s, c->cells->pdata[cell]);
	/* What is without set-up is so already. */
	double scale = s->run->plan->subtract_setup ? 1 : PER_FIGURE;

	for (guint i = 0; i < series->figures->len; i++) {
		char number[G_ASCII_DTOSTR_BUF_SIZE];

		g_ascii_formatd(number, sizeof(number), "%.15g", series_figures(series)[i] * scale);
		g_string_append_printf(out, "%s 1 %s %s\n", name, number, unit_of(c));
	}
}

static void print_arm(const struct source *s, const struct comparison_arm *arm, GString *out)
{
	if (arm->failed) {
		g_string_append_printf(out, "# arm %s has failed and is left out\n", arm->name);
		return;
	}
	print_config(out, "arm", arm->name);
	for (guint cell = 0; cell < s->comparison->cells->len; cell++)
		print_row(s, arm, cell, out);
}

static void print_source(const struct source *s, GString *out)
{
	const struct comparison *c = s->comparison;

	print_head(s, out);
	/* The first is what the others are set against. */
	print_arm(s, c->baseline, out);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (&c->arms[i] != c->baseline)
			print_arm(s, &c->arms[i], out);
	}
}

void benchstat_print(const struct source_list *sources, GString *out)
{
	for (guint i = 0; i < sources->list->len; i++)
		print_source(sources->list->pdata[i], out);
}
