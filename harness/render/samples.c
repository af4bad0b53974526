// SPDX-License-Identifier: GPL-2.0-only
#include "samples.h"

#include <string.h>

#include "profile.h"
#include "refusal.h"
#include "stats/quantile.h"

/* A cell on its way. */
struct filling {
	struct samples_cell *cell;
	const struct comparison *comparison;
	GHashTable *known; /* names to struct samples_function * */
	unsigned int arm;
	guint boot;
};

static void function_free(gpointer data, unsigned int arms)
{
	struct samples_function *f = data;

	for (unsigned int i = 0; i < arms; i++) {
		g_array_unref(f->self[i]);
		g_array_unref(f->total[i]);
	}
	g_free(f->self);
	g_free(f->total);
	g_free(f->name);
	g_free(f);
}

static void cell_free(struct samples_cell *cell, unsigned int arms)
{
	for (guint i = 0; i < cell->functions->len; i++)
		function_free(cell->functions->pdata[i], arms);
	for (unsigned int i = 0; i < arms; i++)
		g_array_unref(cell->sides[i].boots);
	g_ptr_array_unref(cell->functions);
	g_free(cell->sides);
	g_free(cell);
}

static struct samples_function *find_function(struct filling *f, const char *symbol)
{
	g_autofree char *name = profile_source_name(symbol);
	struct samples_function *function = g_hash_table_lookup(f->known, name);
	unsigned int arms = f->comparison->arms_count;

	if (function)
		return function;
	function = g_new0(struct samples_function, 1);
	function->name = g_steal_pointer(&name);
	function->self = g_new(GArray *, arms);
	function->total = g_new(GArray *, arms);
	for (unsigned int i = 0; i < arms; i++) {
		function->self[i] = g_array_new(FALSE, TRUE, sizeof(guint64));
		function->total[i] = g_array_new(FALSE, TRUE, sizeof(guint64));
	}
	g_hash_table_insert(f->known, function->name, function);
	g_ptr_array_add(f->cell->functions, function);
	return function;
}

void samples_add_count(GArray *counts, guint boot, guint64 count)
{
	if (counts->len <= boot)
		g_array_set_size(counts, boot + 1);
	g_array_index(counts, guint64, boot) += count;
}

static void add_stack(struct filling *f, const struct run_samples *s, const struct run_stack *stack)
{
	g_autoptr(GHashTable) met = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < stack->frames; i++) {
		struct samples_function *function = find_function(f, run_samples_name(s, stack, i));

		if (i + 1 == stack->frames)
			samples_add_count(function->self[f->arm], f->boot, stack->count);
		/* A function that calls itself is there once. */
		if (g_hash_table_add(met, function))
			samples_add_count(function->total[f->arm], f->boot, stack->count);
	}
}

static void add_load(struct filling *f, struct samples_boot *boot, const struct run_samples *s)
{
	boot->lost += s->lost;
	boot->throttled += s->throttled;
	for (guint i = 0; i < s->stacks->len; i++) {
		const struct run_stack *stack = &g_array_index(s->stacks, struct run_stack, i);

		if (!strcmp(run_samples_name(s, stack, 0), SAMPLES_IDLE)) {
			boot->idle += stack->count;
			continue;
		}
		boot->busy += stack->count;
		add_stack(f, s, stack);
	}
}

bool samples_has_boot(const struct run *r, const GPtrArray *loads)
{
	for (guint i = 0; i < loads->len; i++) {
		if (!run_find_samples(r, loads->pdata[i]))
			return false;
	}
	return true;
}

static void add_boot(struct filling *f, const GPtrArray *loads)
{
	const struct run *r = f->comparison->run;
	struct samples_boot boot = { .block = ((const struct run_load *)loads->pdata[0])->block };

	for (guint i = 0; i < loads->len; i++)
		add_load(f, &boot, run_find_samples(r, loads->pdata[i]));
	g_array_append_val(f->cell->sides[f->arm].boots, boot);
	f->boot++;
}

static void add_arm(struct filling *f)
{
	const struct comparison *c = f->comparison;
	const struct plan_row *row = c->cells->pdata[f->cell->cell];
	g_autoptr(GPtrArray) boots = run_complete_cells(c->run, c->arms[f->arm].name, row->name);
	g_autoptr(GArray) walls_us = g_array_new(FALSE, FALSE, sizeof(double));
	struct samples_side *side = &f->cell->sides[f->arm];

	side->boots = g_array_new(FALSE, FALSE, sizeof(struct samples_boot));
	f->boot = 0;
	for (guint i = 0; i < boots->len; i++) {
		double wall_us = comparison_boot_figure(boots->pdata[i], COMPARISON_WALL);

		if (!samples_has_boot(c->run, boots->pdata[i]))
			continue;
		add_boot(f, boots->pdata[i]);
		g_array_append_val(walls_us, wall_us);
	}
	side->wall_us = quantile_median((const double *)walls_us->data, walls_us->len);
	side->known = side->boots->len > 0 && samples_sum(side).busy > 0;
}

/* NULL when no arm has samples of it. */
static struct samples_cell *cell_new(const struct comparison *c, guint number)
{
	struct samples_cell *cell = g_new0(struct samples_cell, 1);
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	struct filling f = { .cell = cell, .comparison = c, .known = known };
	bool any = false;

	cell->cell = number;
	cell->sides = g_new0(struct samples_side, c->arms_count);
	cell->functions = g_ptr_array_new();
	for (f.arm = 0; f.arm < c->arms_count; f.arm++) {
		add_arm(&f);
		any |= cell->sides[f.arm].known;
	}
	if (any)
		return cell;
	cell_free(cell, c->arms_count);
	return NULL;
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *samples_events(const struct run *r, const char *arm)
{
	g_autoptr(GHashTable) met = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const struct run_samples *s;
	GHashTableIter at;

	g_hash_table_iter_init(&at, r->samples);
	while (g_hash_table_iter_next(&at, NULL, (gpointer *)&s)) {
		if (!strcmp(s->at.arm, arm) && g_hash_table_add(met, s->event))
			g_ptr_array_add(names, s->event);
	}
	g_ptr_array_sort(names, by_name);
	g_ptr_array_add(names, NULL);
	return g_strjoinv(" and ", (char **)names->pdata);
}

/* Cycles are no time: what samples at one rate by each of them see is not the same. */
static char *refuse_events(const struct comparison *c, const struct comparison_arm *arm)
{
	g_autofree char *base = samples_events(c->run, c->baseline->name);
	g_autofree char *own = samples_events(c->run, arm->name);

	if (!*base || !*own || (!strcmp(base, own) && !strstr(own, " and ")))
		return NULL;
	return g_strdup_printf(
		"samples of %s and %s are not compared: %s was sampled by %s, %s by %s; give --event with "
		"one that both have.",
		arm->name, c->baseline->name, arm->name, own, c->baseline->name, base);
}

struct samples *samples_new(const struct comparison *c)
{
	struct samples *s = g_new0(struct samples, 1);
	bool sampled = run_is_sampled(c->run, NULL);

	s->comparison = c;
	s->cells = g_ptr_array_new();
	s->refused = g_new0(char *, c->arms_count);
	for (unsigned int i = 0; sampled && i < c->arms_count; i++) {
		s->refused[i] = refusal_new(c, "samples", &c->arms[i]);
		if (!s->refused[i])
			s->refused[i] = refuse_events(c, &c->arms[i]);
	}
	for (guint i = 0; sampled && i < c->cells->len; i++) {
		struct samples_cell *cell = cell_new(c, i);

		if (cell)
			g_ptr_array_add(s->cells, cell);
	}
	return s;
}

void samples_free(struct samples *s)
{
	if (!s)
		return;
	for (guint i = 0; i < s->cells->len; i++)
		cell_free(s->cells->pdata[i], s->comparison->arms_count);
	for (unsigned int i = 0; i < s->comparison->arms_count; i++)
		g_free(s->refused[i]);
	g_free(s->refused);
	g_ptr_array_unref(s->cells);
	g_free(s);
}

struct samples_boot samples_sum(const struct samples_side *side)
{
	struct samples_boot sum = { 0 };

	for (guint i = 0; i < side->boots->len; i++) {
		const struct samples_boot *boot = &g_array_index(side->boots, struct samples_boot, i);

		sum.busy += boot->busy;
		sum.idle += boot->idle;
		sum.lost += boot->lost;
		sum.throttled += boot->throttled;
	}
	return sum;
}
