// SPDX-License-Identifier: GPL-2.0-only
#include "soak.h"

#include <math.h>
#include <string.h>

#include "journal/run-trace.h"

/* In this order. */
static const struct {
	const char *pattern;
	const char *replacement;
} volatile_parts[] = {
	{ "\\+0x[0-9a-f]+/0x[0-9a-f]+", "" },
	{ "\\b0x[0-9a-f]+\\b|\\b[0-9a-f]{16}\\b", "ADDRESS" },
	{ "(?<!\\.[chS]:)\\b[0-9]+\\b", "N" },
};

char *soak_fingerprint(const char *text)
{
	char *print = g_strdup(text);

	for (size_t i = 0; i < G_N_ELEMENTS(volatile_parts); i++) {
		g_autoptr(GRegex) regex = g_regex_new(volatile_parts[i].pattern, G_REGEX_OPTIMIZE, 0, NULL);
		char *shorter =
			g_regex_replace_literal(regex, print, -1, 0, volatile_parts[i].replacement, 0, NULL);

		g_free(print);
		print = shorter;
	}
	return print;
}

static void splat_free(gpointer data)
{
	struct soak_splat *splat = data;

	g_free(splat->fingerprint);
	g_free(splat);
}

static bool is_same(const struct soak_splat *a, const struct run_splat *b, const char *fingerprint)
{
	return !strcmp(a->first->arm, b->arm) && !strcmp(a->first->kind, b->kind) &&
	       !strcmp(a->fingerprint, fingerprint);
}

static void add_splat(struct soak *s, const struct run_splat *splat)
{
	g_autofree char *fingerprint = soak_fingerprint(splat->text);
	struct soak_splat *new;

	for (guint i = 0; i < s->splats->len; i++) {
		struct soak_splat *known = s->splats->pdata[i];

		if (is_same(known, splat, fingerprint)) {
			known->count++;
			return;
		}
	}
	new = g_new0(struct soak_splat, 1);
	new->first = splat;
	new->fingerprint = g_steal_pointer(&fingerprint);
	new->count = 1;
	g_ptr_array_add(s->splats, new);
}

static void count_splats(struct soak_arm *arm, const struct run *r)
{
	for (guint i = 0; i < r->splats->len; i++) {
		const struct run_splat *splat = r->splats->pdata[i];

		if (strcmp(splat->arm, arm->name))
			continue;
		arm->splats++;
		arm->leaks += !strcmp(splat->kind, "leak");
	}
}

static double known_s(double seconds)
{
	return isnan(seconds) ? 0 : seconds;
}

static void count_boots(struct soak_arm *arm, const struct run *r)
{
	for (guint i = 0; i < r->ends->len; i++) {
		const struct run_boot_end *end = r->ends->pdata[i];

		if (strcmp(end->arm, arm->name))
			continue;
		arm->guest_s += known_s(end->boot_s) + known_s(end->loads_s) + known_s(end->shutdown_s);
		arm->spoilt += end->class == RUN_INFRA;
		arm->boots += end->class != RUN_INFRA;
	}
}

/* The first load of each worker is not measured, but loaded it is. */
static guint64 module_loads(const struct plan_row *row)
{
	return plan_cell_cycles(row->cell) ? (row->cell->loops + 1ULL) * row->threads : 0;
}

static void count_loads(struct soak_arm *arm, GPtrArray *loads, const struct plan_row *row)
{
	for (guint i = 0; i < loads->len; i++) {
		const struct run_load *load = loads->pdata[i];

		if (strcmp(load->arm, arm->name) || strcmp(load->cell, row->name))
			continue;
		arm->loads++;
		arm->module_loads += module_loads(row);
	}
}

static void count_rows(struct soak_arm *arm, const struct run *r, GPtrArray *rows)
{
	arm->cycles = G_MAXUINT;
	for (guint i = 0; i < rows->len; i++) {
		const struct plan_row *row = rows->pdata[i];
		g_autoptr(GPtrArray) complete = run_complete_cells(r, arm->name, row->name);

		arm->cycles = MIN(arm->cycles, complete->len);
		count_loads(arm, r->loads, row);
		count_loads(arm, r->traced_loads, row);
	}
}

static void arm_init(struct soak_arm *arm, const struct run *r, const char *name, GPtrArray *rows)
{
	arm->name = name;
	count_boots(arm, r);
	count_rows(arm, r, rows);
	count_splats(arm, r);
	if (!run_arm_failed(r, name, &arm->failed) && !run_trace_failed(r, name, &arm->failed))
		arm->failed = NULL;
}

struct soak *soak_new(const struct run *r)
{
	struct soak *s = g_new0(struct soak, 1);
	g_autoptr(GPtrArray) rows = plan_rows(r->plan);

	s->run = r;
	s->names = plan_arm_names(r->plan);
	s->arms_count = s->names->len;
	s->arms = g_new0(struct soak_arm, s->arms_count);
	s->splats = g_ptr_array_new_with_free_func(splat_free);
	for (guint i = 0; i < s->arms_count; i++)
		arm_init(&s->arms[i], r, s->names->pdata[i], rows);
	for (guint i = 0; i < r->splats->len; i++)
		add_splat(s, r->splats->pdata[i]);
	return s;
}

void soak_free(struct soak *s)
{
	if (!s)
		return;
	g_ptr_array_unref(s->splats);
	g_ptr_array_unref(s->names);
	g_free(s->arms);
	g_free(s);
}

bool soak_has_failure(const struct soak *s)
{
	for (guint i = 0; i < s->arms_count; i++) {
		if (s->arms[i].failed)
			return true;
	}
	return false;
}
