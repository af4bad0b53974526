// SPDX-License-Identifier: GPL-2.0-only
#include "render/calls.h"

#include <glib.h>

#include "trace-builder.h"

#define CELL "lookup_load/1/lat"

static struct run *built(void)
{
	struct run *r = builder_run("title: t\narms:\n  - {name: a, source: linux-7.3}\n"
				    "  - {name: b, source: linux-7.3, series: [b.patch]}\nbaseline: a\n"
				    "machine: {accel: tcg}\ndesign: {blocks: 2, loads: 1, seed: 1}\n"
				    "cells: [{test: lookup_load, threads: [1], loops: 10, latency: true}]\n", "tcg");

	r->plan->trace.loads = 1;
	return r;
}

/* @count calls of 100 ns each, in @boot (takes it). */
static void add_calls(struct run *r, char *boot, const char *arm, unsigned int load, enum run_probe probe,
		      guint64 count)
{
	struct run_calls *c = g_new0(struct run_calls, 1);
	struct run_bucket bucket = { 100, count };

	*c = (struct run_calls){ { 0, g_strdup(arm), boot, g_strdup(CELL), load }, probe, g_strdup("lookup"), count,
				 100 * count, 100, g_array_new(FALSE, FALSE, sizeof(bucket)) };
	g_array_append_val(c->buckets, bucket);
	g_ptr_array_add(r->calls, c);
}

static void add_traced(struct run *r, const char *arm, enum run_probe last)
{
	for (enum run_probe probe = RUN_PROBE_OFF; probe <= last; probe++) {
		builder_probe_load(r, 0, arm, CELL, probe, 1000);
		add_calls(r, builder_traced_boot(0, arm, CELL), arm, 0, probe, 10 * probe);
	}
	builder_trace(r, 0, arm, CELL, "latency", "fentry");
	builder_calls(builder_hist(r, 0, arm, CELL, "find_vmap_area"), 90, 33);
	builder_calls(builder_hist(r, 0, arm, CELL, "alloc_vmap_area"), 90, 44);
}

/* What is found in a run, in words: "a timed boots 7; ..." */
static char *described(const struct run *r)
{
	struct comparison *c = comparison_new(r, COMPARISON_MEDIAN);
	struct calls *calls = calls_new(c);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < calls->rows->len; i++) {
		const struct calls_row *row = calls->rows->pdata[i];

		g_string_append_printf(text, "%s %s:", c->arms[row->arm].name, row->call);
		for (guint k = 0; k < row->lines->len; k++) {
			const struct calls_line *line = row->lines->pdata[k];

			g_string_append_printf(text, " %s %" G_GUINT64_FORMAT ",", line->of, line->all.count);
		}
		g_string_append(text, "; ");
	}
	calls_free(calls);
	comparison_free(c);
	return g_string_free(text, FALSE);
}

static void test_witnesses(void)
{
	g_autoptr(run) r = built();
	g_autofree char *text = NULL;

	builder_load(r, 0, "a", CELL, 1000);
	add_calls(r, g_strdup("b000-a-" CELL), "a", 0, RUN_PROBE_NONE, 7);
	/* A load of one loop, behind the others. */
	add_calls(r, g_strdup("b000-a-" CELL), "a", 1, RUN_PROBE_NONE, 1);
	/* A boot that did not come to its end. */
	add_calls(r, g_strdup("b001-a-" CELL), "a", 0, RUN_PROBE_NONE, 100);
	add_traced(r, "a", RUN_PROBE_ATTACHED);
	add_traced(r, "b", RUN_PROBE_LOADED);
	text = described(r);
	g_assert_cmpstr(text, ==, "a lookup: timed boots 7, probe off 10, probe loaded 20, probe attached 30, "
				  "find_vmap_area by fentry 33,; ");
}

static void test_nothing(void)
{
	g_autoptr(run) r = built();
	g_autofree char *text = NULL;

	builder_load(r, 0, "a", CELL, 1000);
	text = described(r);
	g_assert_cmpstr(text, ==, "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/calls/witnesses", test_witnesses);
	g_test_add_func("/calls/nothing", test_nothing);
	return g_test_run();
}
