// SPDX-License-Identifier: GPL-2.0-only
#include "profile.h"

#include <math.h>
#include <string.h>

#include "refusal.h"
#include "stats/quantile.h"

/* A load with its profile. */
struct measured {
	const struct run_load *load;
	const struct run_profile *profile;
};

/* What stands for one arm under one cell: a load of all loops, and one of one loop (or NULL). */
struct chosen {
	struct measured all, one;
	double operations;
};

static guint64 size_of(const struct run_profile *p)
{
	return p->all.timed > 0 ? p->all.timed : p->all.whole;
}

static int by_size(gconstpointer a, gconstpointer b)
{
	guint64 first = size_of(((const struct measured *)a)->profile);
	guint64 second = size_of(((const struct measured *)b)->profile);

	return (first > second) - (first < second);
}

/* The median one of the @loads, of two in the middle the smaller one; false when one has no profile. */
static bool choose(struct measured *ret_chosen, const struct run *r, const GPtrArray *loads)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct measured));

	for (guint i = 0; loads && i < loads->len; i++) {
		struct measured m = { loads->pdata[i], run_find_profile(r, loads->pdata[i]) };

		if (!m.profile)
			return false;
		g_array_append_val(all, m);
	}
	if (all->len == 0)
		return false;
	g_array_sort(all, by_size);
	*ret_chosen = g_array_index(all, struct measured, (all->len - 1) / 2);
	return true;
}

/* False when there is no profile of @arm under @row. */
static bool choose_loads(struct chosen *chosen, const struct run *r, const char *arm,
			 const struct plan_row *row)
{
	g_autoptr(GPtrArray) boots = run_complete_cells(r, arm, row->name);
	bool subtracts = r->plan->subtract_setup;
	const char *boot;

	*chosen = (struct chosen){ .operations = row->cell->loops - subtracts };
	if (!boots->len || !choose(&chosen->all, r, boots->pdata[0]))
		return false;
	boot = chosen->all.load->boot;
	return !subtracts || choose(&chosen->one, r, run_setup_loads(r, boot, row->name));
}

/* One load that is added to the figures of an arm, or with the sign -1 subtracted from them. */
struct addend {
	const struct run_profile *load;
	double sign, operations;
};

static void add_count(struct profile_cost *cost, const struct run_count *count, const struct addend *a,
		      bool timed)
{
	guint64 inside = timed ? count->timed : count->whole;

	cost->timed += a->sign * inside / a->operations;
	cost->outside += a->sign * (count->whole - inside) / a->operations;
}

char *profile_source_name(const char *symbol)
{
	return g_strndup(symbol, strcspn(symbol, "."));
}

static struct profile_function *find_function(struct profile_cell *cell, GHashTable *known, const char *symbol,
					      unsigned int arms)
{
	g_autofree char *name = profile_source_name(symbol);
	struct profile_function *f = g_hash_table_lookup(known, name);

	if (f)
		return f;
	f = g_new0(struct profile_function, 1);
	f->name = g_steal_pointer(&name);
	f->costs = g_new0(struct profile_cost, arms);
	f->layout = NAN;
	g_hash_table_insert(known, f->name, f);
	g_ptr_array_add(cell->functions, f);
	return f;
}

static void add_load(struct profile_cell *cell, GHashTable *known, const struct comparison *c, unsigned int arm,
		     const struct addend *a)
{
	add_count(&cell->sides[arm].total, &a->load->all, a, cell->timed);
	for (guint i = 0; i < a->load->functions->len; i++) {
		const struct run_function *function =
			&g_array_index(a->load->functions, struct run_function, i);
		struct profile_function *f = find_function(cell, known, function->name, c->arms_count);

		add_count(&f->costs[arm], &function->count, a, cell->timed);
	}
}

/* Instructions of the median worker, by the guest's clock. */
static double clock_of(const struct run_load *load)
{
	return load ? 1000 * quantile_median((const double *)load->workers_us->data, load->workers_us->len) : 0;
}

static const struct run_followed *find_calls(const struct run_profile *p, const char *function)
{
	for (guint i = 0; p && i < p->calls->len; i++) {
		const struct run_followed *calls = p->calls->pdata[i];

		if (!strcmp(calls->function, function))
			return calls;
	}
	return NULL;
}

/* The smallest number of lines that at least the share @q of the calls do not exceed. */
static double tallies_quantile(const GArray *tallies, double q)
{
	double all = 0, reached = 0;

	for (guint i = 0; i < tallies->len; i++)
		all += g_array_index(tallies, struct run_tally, i).calls;
	for (guint i = 0; i < tallies->len; i++) {
		const struct run_tally *t = &g_array_index(tallies, struct run_tally, i);

		reached += t->calls;
		if (reached >= q * all)
			return t->lines;
	}
	return NAN;
}

static double lines_sum(const GArray *tallies)
{
	double sum = 0;

	for (guint i = 0; i < tallies->len; i++) {
		const struct run_tally *t = &g_array_index(tallies, struct run_tally, i);

		sum += (double)t->lines * t->calls;
	}
	return sum;
}

static void fill_lines(struct profile_lines *lines, const struct run_followed *calls, enum run_lines kind)
{
	const GArray *tallies = calls->lines[kind];

	lines->mean = lines_sum(tallies) / calls->calls;
	lines->median = tallies_quantile(tallies, 0.5);
	lines->p99 = tallies_quantile(tallies, 0.99);
	lines->max = tallies_quantile(tallies, 1);
}

/* Of all calls of the load: nothing tells those of the set-up, which are not those of a load of one loop. */
static void fill_call(struct profile_call *call, const struct chosen *chosen, const char *function)
{
	const struct run_followed *all = find_calls(chosen->all.profile, function);

	*call = (struct profile_call){ .calls = NAN, .instructions = NAN, .lost = all ? all->lost : 0 };
	if (!all || all->calls == 0)
		return;
	call->calls = all->calls;
	call->instructions = (double)all->instructions / all->calls;
	for (int kind = 0; kind < RUN_LINES_KINDS; kind++)
		fill_lines(&call->lines[kind], all, kind);
}

static void add_calls(struct profile_cell *cell, const struct comparison *c, const struct chosen *chosen)
{
	g_autoptr(GPtrArray) functions = run_profiled_functions(c->run);

	for (guint i = 0; i < functions->len; i++) {
		struct profile_calls *calls = g_new0(struct profile_calls, 1);
		bool called = false;

		calls->function = functions->pdata[i];
		calls->of = g_new0(struct profile_call, c->arms_count);
		for (unsigned int arm = 0; arm < c->arms_count; arm++) {
			calls->of[arm].calls = NAN;
			if (cell->sides[arm].known)
				fill_call(&calls->of[arm], &chosen[arm], calls->function);
			called |= !isnan(calls->of[arm].calls) || calls->of[arm].lost > 0;
		}
		if (called) {
			g_ptr_array_add(cell->calls, calls);
			continue;
		}
		g_free(calls->of);
		g_free(calls);
	}
}

static void function_free(gpointer data)
{
	struct profile_function *f = data;

	g_free(f->name);
	g_free(f->costs);
	g_free(f);
}

static void calls_free(gpointer data)
{
	struct profile_calls *calls = data;

	g_free(calls->of);
	g_free(calls);
}

static void cell_free(gpointer data)
{
	struct profile_cell *cell = data;

	g_free(cell->sides);
	g_ptr_array_unref(cell->functions);
	g_ptr_array_unref(cell->calls);
	g_free(cell);
}

/* What the baseline's other images differ by from it is the layout's. */
static void fill_layout(const struct profile_cell *cell, const struct comparison *c, struct profile_function *f)
{
	unsigned int base = c->baseline - c->arms;

	for (unsigned int arm = 0; arm < c->arms_count; arm++) {
		double distance = fabs(f->costs[arm].timed - f->costs[base].timed);

		if (c->arms[arm].role == COMPARISON_LAYOUT && cell->sides[arm].known && cell->sides[base].known)
			f->layout = isnan(f->layout) ? distance : MAX(f->layout, distance);
	}
}

static void add_arm(struct profile_cell *cell, GHashTable *known, const struct comparison *c, unsigned int arm,
		    const struct chosen *chosen)
{
	const struct addend all = { chosen->all.profile, 1, chosen->operations };
	const struct addend one = { chosen->one.profile, -1, chosen->operations };

	cell->sides[arm].known = true;
	cell->sides[arm].clock = NAN;
	if (cell->timed)
		cell->sides[arm].clock =
			(clock_of(chosen->all.load) - clock_of(chosen->one.load)) / chosen->operations;
	add_load(cell, known, c, arm, &all);
	if (one.load)
		add_load(cell, known, c, arm, &one);
}

/* NULL when no arm has a profile of it. */
static struct profile_cell *cell_new(const struct comparison *c, guint number)
{
	struct profile_cell *cell = g_new0(struct profile_cell, 1);
	g_autofree struct chosen *chosen = g_new0(struct chosen, c->arms_count);
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

	cell->cell = number;
	cell->sides = g_new0(struct profile_side, c->arms_count);
	cell->functions = g_ptr_array_new_with_free_func(function_free);
	cell->calls = g_ptr_array_new_with_free_func(calls_free);
	cell->timed = true;
	for (unsigned int arm = 0; arm < c->arms_count; arm++) {
		if (!choose_loads(&chosen[arm], c->run, c->arms[arm].name, c->cells->pdata[number]))
			chosen[arm].all.profile = NULL;
		else
			cell->timed &= chosen[arm].all.profile->all.timed > 0;
	}
	for (unsigned int arm = 0; arm < c->arms_count; arm++) {
		if (chosen[arm].all.profile)
			add_arm(cell, known, c, arm, &chosen[arm]);
	}
	for (guint i = 0; i < cell->functions->len; i++)
		fill_layout(cell, c, cell->functions->pdata[i]);
	add_calls(cell, c, chosen);
	if (cell->functions->len > 0)
		return cell;
	cell_free(cell);
	return NULL;
}

struct profile *profile_new(const struct comparison *c)
{
	struct profile *p = g_new0(struct profile, 1);

	p->comparison = c;
	p->cells = g_ptr_array_new_with_free_func(cell_free);
	p->refused = g_new0(char *, c->arms_count);
	for (unsigned int i = 0; i < c->arms_count; i++)
		p->refused[i] = refusal_new(c, "profiles", &c->arms[i]);
	for (guint i = 0; run_is_profiled(c->run) && i < c->cells->len; i++) {
		struct profile_cell *cell = cell_new(c, i);

		if (cell)
			g_ptr_array_add(p->cells, cell);
	}
	return p;
}

void profile_free(struct profile *p)
{
	if (!p)
		return;
	for (unsigned int i = 0; i < p->comparison->arms_count; i++)
		g_free(p->refused[i]);
	g_free(p->refused);
	g_ptr_array_unref(p->cells);
	g_free(p);
}

struct order {
	const struct profile *profile;
	unsigned int arm;
};

/* In tenths, as tables print them: less is nobody's concern. */
static double tenths(double difference)
{
	return round(10 * fabs(difference));
}

static int by_difference(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct profile_function *first = *(struct profile_function *const *)a;
	const struct profile_function *second = *(struct profile_function *const *)b;
	const struct order *order = data;
	double one = tenths(profile_difference(order->profile, first, order->arm));
	double other = tenths(profile_difference(order->profile, second, order->arm));

	if (one == other) {
		one = first->costs[order->arm].timed;
		other = second->costs[order->arm].timed;
	}
	return one == other ? strcmp(first->name, second->name) : one < other ? 1 : -1;
}

GPtrArray *profile_by_difference(const struct profile *p, const struct profile_cell *cell, unsigned int arm)
{
	GPtrArray *functions = g_ptr_array_copy(cell->functions, NULL, NULL);
	struct order order = { p, arm };

	g_ptr_array_set_free_func(functions, NULL);
	g_ptr_array_sort_with_data(functions, by_difference, &order);
	return functions;
}
