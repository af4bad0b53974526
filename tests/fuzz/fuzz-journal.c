// SPDX-License-Identifier: GPL-2.0-only
#include <glib/gstdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal/run-memory.h"
#include "journal/run-profile.h"
#include "journal/run-samples.h"
#include "journal/run-trace.h"
#include "journal/run.h"
#include "plan/plan.h"

/*
 * The input is a journal in the folder of a run whose manifest is good. It is read, or refused with a sentence; what
 * is read can be grouped. Corpus: tests/data/journals/.
 */
static const char manifest[] =
	"{\"accel\":\"tcg\",\"profile\":{\"functions\":[\"f\"]},\"samples\":{\"hz\":99},\"plan\":{\"path\":\"p\",\"text\":\"title: t\\narms: [{name: a, source: linux-7.3}]\\n"
	"aa: true\\ndesign: {loads: 1}\\ntrace: {}\\ncells: [{test: x, threads: [1, 2]}]\\n\"}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *folder(void)
{
	static char path[] = "/tmp/fuzz-journal.XXXXXX";
	static char *made;

	if (!made) {
		g_autofree char *name = NULL;

		made = g_mkdtemp(path);
		name = g_build_filename(made, "manifest.json", NULL);
		if (!g_file_set_contents(name, manifest, -1, NULL))
			abort();
	}
	return made;
}

static void group_traced(const struct run *r, const char *arm, const char *cell)
{
	g_autoptr(GPtrArray) boots = run_traced_boots(r, arm, cell);

	if (boots->len > r->traced_loads->len)
		abort();
	for (guint i = 0; i < boots->len; i++) {
		g_autoptr(GPtrArray) hists = run_find_hists(r, boots->pdata[i], cell, NULL);
		g_autoptr(GPtrArray) locks = run_find_locks(r, boots->pdata[i], cell, NULL);
		g_autoptr(GPtrArray) events = run_find_events(r, boots->pdata[i], cell);

		if (hists->len > r->hists->len || locks->len > r->locks->len || events->len > r->events->len)
			abort();
	}
}

static void find_memories(const struct run *r)
{
	guint found = 0;

	for (guint i = 0; i < r->loads->len; i++) {
		const struct run_load *load = r->loads->pdata[i];
		const struct run_memory *m = run_find_memory(r, load->boot, load->cell);

		if (m && (m->areas == 0 || m->page_bytes == 0))
			abort();
		found += m && run_memory_total(m, "Percpu");
	}
	if (found > r->loads->len)
		abort();
}

/* What stands in a folded stack, and adds up. */
static void check_samples(const struct run_samples *s)
{
	guint64 left = s->samples;

	for (guint i = 0; i < s->stacks->len; i++) {
		const struct run_stack *stack = &g_array_index(s->stacks, struct run_stack, i);

		if (stack->count > left || stack->frames < 1)
			abort();
		left -= stack->count;
		for (guint k = 0; k < stack->frames; k++) {
			if (strpbrk(run_samples_name(s, stack, k), "; \t\n"))
				abort();
		}
	}
	if (left > 0)
		abort();
}

static void find_samples(const struct run *r)
{
	const struct run_samples *s;
	GHashTableIter at;

	g_hash_table_iter_init(&at, r->samples);
	while (g_hash_table_iter_next(&at, NULL, (gpointer *)&s))
		check_samples(s);
	for (guint i = 0; i < r->loads->len; i++)
		run_find_samples(r, r->loads->pdata[i]);
}

static void find_profiles(const struct run *r)
{
	guint found = 0;

	for (guint i = 0; i < r->loads->len; i++)
		found += run_find_profile(r, r->loads->pdata[i]) != NULL;
	if (found > r->loads->len || !run_is_profiled(r))
		abort();
}

static void name_all(const struct run *r)
{
	g_autoptr(GPtrArray) functions = run_traced_functions(r);
	g_autoptr(GPtrArray) locks = run_traced_locks(r);
	g_autoptr(GPtrArray) backends = run_trace_backends(r, "latency", NULL);

	/* What a collector says of itself, and what its records say. */
	if (functions->len > r->hists->len || locks->len > r->locks->len ||
	    backends->len > r->traces->len + r->hists->len)
		abort();
}

static void group(const struct run *r)
{
	g_autoptr(GPtrArray) rows = plan_rows(r->plan);
	g_autoptr(GPtrArray) arms = plan_arm_names(r->plan);

	for (guint a = 0; a < arms->len; a++) {
		for (guint i = 0; i < rows->len; i++) {
			const struct plan_row *row = rows->pdata[i];
			g_autoptr(GPtrArray) boots = run_complete_cells(r, arms->pdata[a], row->name);

			if (boots->len > r->loads->len)
				abort();
			group_traced(r, arms->pdata[a], row->name);
		}
		run_arm_failed(r, arms->pdata[a], NULL);
		run_trace_failed(r, arms->pdata[a], NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *name = g_build_filename(folder(), "journal.jsonl", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(run) r = NULL;

	if (!g_file_set_contents_full(name, (const char *)data, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL))
		abort();
	r = run_read(folder(), &error);
	if (r) {
		group(r);
		name_all(r);
		find_profiles(r);
		find_memories(r);
		find_samples(r);
	} else if (!error || !*error->message) {
		abort();
	}
	return 0;
}
