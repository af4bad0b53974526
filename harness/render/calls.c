// SPDX-License-Identifier: GPL-2.0-only
#include "calls.h"

#include <string.h>

#include "journal/run-trace.h"

/* Calls in the order of the table, and the function that each makes exactly one call of. */
static const struct {
	const char *call;
	const char *inside;
} kinds[] = {
	{ "vmalloc", "alloc_vmap_area" },
	{ "vfree", "free_vmap_area_noflush" },
	{ "lookup", "find_vmap_area" },
};

static void line_free(gpointer data)
{
	struct calls_line *line = data;

	g_free(line->of);
	g_free(line);
}

static void row_free(gpointer data)
{
	struct calls_row *row = data;

	g_ptr_array_unref(row->lines);
	g_free(row);
}

static void add_buckets(struct histogram *h, const GArray *buckets, guint64 sum_ns, guint64 max_ns)
{
	for (guint i = 0; i < buckets->len; i++) {
		const struct run_bucket *bucket = &g_array_index(buckets, struct run_bucket, i);

		histogram_add(h, bucket->lo_ns, bucket->count);
	}
	h->sum += sum_ns;
	h->max = MAX(h->max, max_ns);
}

static void add_line(struct calls_row *row, struct calls_line *line)
{
	if (line->all.count)
		g_ptr_array_add(row->lines, line);
	else
		line_free(line);
}

/* A load of one loop, behind the others with `subtract_setup`, is none. */
static bool is_whole(const struct run *r, const struct run_calls *calls)
{
	if (calls->probe != RUN_PROBE_NONE)
		return run_traced_boot_has_cell(r, calls->at.boot, calls->at.cell);
	return calls->at.load < r->plan->design.loads && run_boot_has_cell(r, calls->at.boot, calls->at.cell);
}

static void add_own(struct calls_row *row, const struct comparison *c, enum run_probe probe)
{
	const struct plan_row *cell = c->cells->pdata[row->cell];
	struct calls_line *line = g_new0(struct calls_line, 1);

	line->of = probe == RUN_PROBE_NONE ? g_strdup("timed boots")
					   : g_strdup_printf("probe %s", run_probe_name(probe));
	for (guint i = 0; i < c->run->calls->len; i++) {
		const struct run_calls *calls = c->run->calls->pdata[i];

		if (calls->probe == probe && !strcmp(calls->call, row->call) &&
		    !strcmp(calls->at.arm, c->arms[row->arm].name) && !strcmp(calls->at.cell, cell->name) &&
		    is_whole(c->run, calls))
			add_buckets(&line->all, calls->buckets, calls->sum_ns, calls->max_ns);
	}
	add_line(row, line);
}

/* By one backend: histograms of two measure different things. */
static void add_inside(struct calls_row *row, const struct comparison *c, const char *function,
		       const char *backend)
{
	const struct plan_row *cell = c->cells->pdata[row->cell];
	g_autoptr(GPtrArray) boots = run_traced_boots(c->run, c->arms[row->arm].name, cell->name);
	struct calls_line *line = g_new0(struct calls_line, 1);

	line->of = g_strdup_printf("%s by %s", function, backend);
	line->inside = true;
	for (guint b = 0; b < boots->len; b++) {
		g_autoptr(GPtrArray) hists = run_find_hists(c->run, boots->pdata[b], cell->name, function);

		for (guint i = 0; i < hists->len; i++) {
			const struct run_hist *hist = hists->pdata[i];

			if (!strcmp(hist->backend, backend))
				add_buckets(&line->all, hist->buckets, hist->sum_ns, hist->max_ns);
		}
	}
	add_line(row, line);
}

static void add_row(struct calls *calls, guint cell, size_t kind, unsigned int arm)
{
	const struct comparison *c = calls->comparison;
	g_autoptr(GPtrArray) backends = run_trace_backends(c->run, "latency", c->arms[arm].name);
	struct calls_row *row = g_new0(struct calls_row, 1);

	*row = (struct calls_row){ .cell = cell, .arm = arm, .call = kinds[kind].call };
	row->lines = g_ptr_array_new_with_free_func(line_free);
	for (enum run_probe probe = RUN_PROBE_NONE; probe <= RUN_PROBE_ATTACHED; probe++)
		add_own(row, c, probe);
	for (guint i = 0; row->lines->len && i < backends->len; i++)
		add_inside(row, c, kinds[kind].inside, backends->pdata[i]);
	if (row->lines->len)
		g_ptr_array_add(calls->rows, row);
	else
		row_free(row);
}

struct calls *calls_new(const struct comparison *c)
{
	struct calls *calls = g_new0(struct calls, 1);

	calls->comparison = c;
	calls->rows = g_ptr_array_new_with_free_func(row_free);
	for (guint cell = 0; c->run->calls->len && cell < c->cells->len; cell++) {
		for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
			for (unsigned int arm = 0; arm < c->arms_count; arm++)
				add_row(calls, cell, kind, arm);
		}
	}
	return calls;
}

void calls_free(struct calls *calls)
{
	if (!calls)
		return;
	g_ptr_array_unref(calls->rows);
	g_free(calls);
}
