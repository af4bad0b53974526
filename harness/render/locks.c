// SPDX-License-Identifier: GPL-2.0-only
#include "locks.h"

#include <math.h>
#include <string.h>

#include "journal/run-trace.h"
#include "refusal.h"

char *locks_group_name(const char *lock)
{
	const char *open = strchr(lock, '['), *close = open ? strchr(open, ']') : NULL;

	if (!close || strspn(open + 1, "0123456789") != (size_t)(close - open - 1) || close == open + 1)
		return g_strdup(lock);
	return g_strdup_printf("%.*s[*]%s", (int)(open - lock), lock, close + 1);
}

static char *row_name(const char *lock, bool each)
{
	return each ? g_strdup(lock) : locks_group_name(lock);
}

static struct locks_caller *find_caller(const GArray *callers, const char *site)
{
	for (guint i = 0; i < callers->len; i++) {
		struct locks_caller *caller = &g_array_index(callers, struct locks_caller, i);

		if (!strcmp(caller->site, site))
			return caller;
	}
	return NULL;
}

static void add_caller(GArray *callers, const struct sample_caller *more)
{
	struct locks_caller *caller = find_caller(callers, more->site);
	const struct locks_caller fresh = { .site = more->site };

	if (!caller) {
		g_array_append_val(callers, fresh);
		caller = &g_array_index(callers, struct locks_caller, callers->len - 1);
	}
	caller->samples += more->samples;
	caller->waits += more->waits;
	caller->wait_ns += more->wait_ns;
}

static void add_record(struct locks_side *side, const struct sample_lock *record)
{
	side->all_waits += record->waits;
	side->lost += record->lost;
	for (guint i = 0; i < record->callers->len; i++)
		add_caller(side->callers, record->callers->pdata[i]);
}

/* The records of @row in one boot, summed up; a boot without one had no waits. */
static void add_boot(struct locks_side *side, const struct run *r, const char *boot, const char *cell,
		     const char *lock, bool each)
{
	g_autoptr(GPtrArray) loads = run_probe_loads(r, boot, cell, RUN_PROBE_ATTACHED);
	g_autoptr(GPtrArray) records = run_find_locks(r, boot, cell, NULL);
	double waits = 0, wait_ns = 0, max_ns = 0;
	const struct run_load *first;

	if (!loads->len)
		return;
	for (guint i = 0; i < records->len; i++) {
		const struct sample_lock *record = ((const struct run_lock *)records->pdata[i])->of;
		g_autofree char *name = row_name(record->lock, each);

		if (strcmp(name, lock))
			continue;
		add_record(side, record);
		waits += record->waits;
		wait_ns += record->wait_ns;
		max_ns = MAX(max_ns, record->max_ns);
	}
	first = loads->pdata[0];
	series_add(&side->waits, first->block, waits / loads->len);
	series_add(&side->wait_us, first->block, wait_ns / loads->len / 1000);
	series_add(&side->max_us, first->block, max_ns / 1000);
}

static int by_waits(gconstpointer a, gconstpointer b)
{
	const struct locks_caller *first = a, *second = b;

	if (first->waits != second->waits)
		return first->waits < second->waits ? 1 : -1;
	return strcmp(first->site, second->site);
}

static void fill_side(struct locks_side *side, const struct run *r, const char *arm, const char *cell,
		      const char *lock, bool each)
{
	g_autoptr(GPtrArray) boots = run_traced_boots(r, arm, cell);

	series_init(&side->waits);
	series_init(&side->wait_us);
	series_init(&side->max_us);
	side->callers = g_array_new(FALSE, FALSE, sizeof(struct locks_caller));
	for (guint i = 0; i < boots->len; i++)
		add_boot(side, r, boots->pdata[i], cell, lock, each);
	series_finish(&side->waits);
	series_finish(&side->wait_us);
	series_finish(&side->max_us);
	g_array_sort(side->callers, by_waits);
}

static void row_free(struct locks_row *row, guint arms)
{
	for (guint i = 0; i < arms; i++) {
		series_clear(&row->sides[i].waits);
		series_clear(&row->sides[i].wait_us);
		series_clear(&row->sides[i].max_us);
		g_array_unref(row->sides[i].callers);
	}
	g_free(row->sides);
	g_free(row);
}

/* Takes the row only when somebody waited in some arm. */
static void add_row(struct locks *l, guint cell, const char *lock, bool each)
{
	const struct comparison *c = l->comparison;
	const struct plan_row *plan_row = c->cells->pdata[cell];
	struct locks_row *row = g_new0(struct locks_row, 1);
	guint64 waits = 0;

	row->cell = cell;
	row->lock = lock;
	row->sides = g_new0(struct locks_side, c->arms_count);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		fill_side(&row->sides[i], c->run, c->arms[i].name, plan_row->name, lock, each);
		waits += row->sides[i].all_waits;
	}
	if (waits > 0)
		g_ptr_array_add(l->rows, row);
	else
		row_free(row, c->arms_count);
}

/* The names of the rows, each once; their strings are those of @chunk. */
static GPtrArray *row_names(const struct run *r, GStringChunk *chunk, bool each)
{
	g_autoptr(GPtrArray) all = run_traced_locks(r);
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < all->len; i++) {
		g_autofree char *name = row_name(all->pdata[i], each);

		if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_ptr_array_add(names, g_string_chunk_insert(chunk, name));
	}
	return names;
}

struct locks *locks_new(const struct comparison *c, bool each)
{
	struct locks *l = g_new0(struct locks, 1);
	g_autoptr(GPtrArray) names = NULL;

	l->comparison = c;
	l->rows = g_ptr_array_new();
	l->names = g_string_chunk_new(64);
	l->no_times = refusal_of_wait_times(c->run);
	l->refused = g_new0(char *, c->arms_count);
	for (unsigned int i = 0; i < c->arms_count; i++)
		l->refused[i] = refusal_new(c, "locks", &c->arms[i]);
	names = row_names(c->run, l->names, each);
	for (guint cell = 0; cell < c->cells->len; cell++) {
		for (guint i = 0; i < names->len; i++)
			add_row(l, cell, names->pdata[i], each);
	}
	return l;
}

void locks_free(struct locks *l)
{
	if (!l)
		return;
	for (guint i = 0; i < l->rows->len; i++)
		row_free(l->rows->pdata[i], l->comparison->arms_count);
	for (unsigned int i = 0; i < l->comparison->arms_count; i++)
		g_free(l->refused[i]);
	g_ptr_array_unref(l->rows);
	g_string_chunk_free(l->names);
	g_free(l->refused);
	g_free(l->no_times);
	g_free(l);
}

double locks_caller_pct(const struct locks_side *side, const char *site)
{
	const struct locks_caller *caller = find_caller(side->callers, site);
	double known = 0;

	for (guint i = 0; i < side->callers->len; i++)
		known += g_array_index(side->callers, struct locks_caller, i).waits;
	return known > 0 ? 100 * (caller ? caller->waits : 0) / known : NAN;
}

bool locks_is_sampled(const struct locks_side *side)
{
	guint64 samples = 0;

	for (guint i = 0; i < side->callers->len; i++)
		samples += g_array_index(side->callers, struct locks_caller, i).samples;
	return samples < side->all_waits;
}
