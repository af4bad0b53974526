// SPDX-License-Identifier: GPL-2.0-only
#include "run-profile.h"

#include <string.h>

#include "base/json.h"
#include "run-trace-read.h"

/* More than any kernel has functions, and than one call touches different numbers of lines. */
#define FUNCTIONS_MAX 1000000
#define CALLS_MAX 1024
#define TALLIES_MAX 1000000

static const char *const lines_names[RUN_LINES_KINDS] = {
	[RUN_LINES_DATA] = "data",
	[RUN_LINES_WRITTEN] = "written",
	[RUN_LINES_STACK] = "stack",
	[RUN_LINES_CODE] = "code",
};

const char *run_lines_name(enum run_lines kind)
{
	return lines_names[kind];
}

static void function_clear(gpointer data)
{
	g_free(((struct run_function *)data)->name);
}

static void calls_free(gpointer data)
{
	struct run_followed *c = data;

	for (int kind = 0; kind < RUN_LINES_KINDS; kind++)
		g_clear_pointer(&c->lines[kind], g_array_unref);
	g_free(c->function);
	g_free(c);
}

void run_profile_free(gpointer data)
{
	struct run_profile *p = data;

	run_at_clear(&p->at);
	g_array_unref(p->functions);
	g_ptr_array_unref(p->calls);
	g_free(p);
}

/* Two whole numbers of 0 or more in a list. */
static bool read_pair(const json_t *pair, guint64 *ret_first, guint64 *ret_second)
{
	const json_t *first = json_array_get(pair, 0), *second = json_array_get(pair, 1);

	if (json_array_size(pair) != 2 || !json_is_integer(first) || !json_is_integer(second) ||
	    json_integer_value(first) < 0 || json_integer_value(second) < 0)
		return false;
	*ret_first = json_integer_value(first);
	*ret_second = json_integer_value(second);
	return true;
}

static bool count_fits(const struct run_count *count, const struct run_count *left)
{
	return count->timed <= count->whole && count->timed <= left->timed && count->whole <= left->whole;
}

static void read_functions(struct fields *f, struct run_profile *p)
{
	json_t *functions = json_object_get(f->record, "functions");
	struct run_count left = p->all;
	const char *name;
	json_t *pair;

	if (!json_is_object(functions) || json_object_size(functions) > FUNCTIONS_MAX)
		fields_refuse(f, "functions", "an object");
	json_object_foreach(functions, name, pair) {
		struct run_function function = { 0 };

		if (!read_pair(pair, &function.count.timed, &function.count.whole) ||
		    !count_fits(&function.count, &left)) {
			fields_refuse(f, "functions",
				      "pairs [timed, whole] that add up to \"timed\" and \"whole\"");
			return;
		}
		left.timed -= function.count.timed;
		left.whole -= function.count.whole;
		function.name = g_strdup(name);
		g_array_append_val(p->functions, function);
	}
	if (left.timed > 0 || left.whole > 0)
		fields_refuse(f, "functions", "counts that add up to \"timed\" and \"whole\"");
}

static void read_tallies(struct fields *f, struct run_followed *c, enum run_lines kind)
{
	const json_t *list = fields_list(f, lines_names[kind], TALLIES_MAX);
	guint64 left = c->calls;
	const json_t *pair;
	size_t i;

	json_array_foreach((json_t *)list, i, pair) {
		const struct run_tally *last =
			i == 0 ? NULL : &g_array_index(c->lines[kind], struct run_tally, i - 1);
		struct run_tally tally;

		if (!read_pair(pair, &tally.lines, &tally.calls) || (last && last->lines >= tally.lines) ||
		    tally.calls > left) {
			fields_refuse(f, lines_names[kind], "ascending pairs [lines, calls]");
			return;
		}
		left -= tally.calls;
		g_array_append_val(c->lines[kind], tally);
	}
	if (left > 0)
		fields_refuse(f, lines_names[kind], "calls that add up to \"calls\"");
}

static struct run_followed *read_calls(struct fields *f)
{
	struct run_followed *c = g_new0(struct run_followed, 1);

	c->function = fields_text(f, "function");
	c->calls = fields_total(f, "calls");
	c->instructions = fields_total(f, "instructions");
	c->lost = fields_total(f, "lost");
	f->record = json_object_get(f->record, "lines");
	for (int kind = 0; kind < RUN_LINES_KINDS; kind++) {
		c->lines[kind] = g_array_new(FALSE, FALSE, sizeof(struct run_tally));
		read_tallies(f, c, kind);
	}
	return c;
}

static void read_all_calls(struct fields *f, struct run_profile *p)
{
	const json_t *record = f->record;
	const json_t *list = fields_list(f, "calls", CALLS_MAX);
	const json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry) {
		f->record = entry;
		g_ptr_array_add(p->calls, read_calls(f));
	}
	f->record = record;
}

void run_profile_read(struct fields *f, struct run *r)
{
	struct run_profile *p = g_new0(struct run_profile, 1);

	run_at_read(f, &p->at);
	p->all.timed = fields_total(f, "timed");
	p->all.whole = fields_total(f, "whole");
	p->clocks = fields_count(f, "clocks");
	p->functions = g_array_new(FALSE, FALSE, sizeof(struct run_function));
	g_array_set_clear_func(p->functions, function_clear);
	p->calls = g_ptr_array_new_with_free_func(calls_free);
	read_functions(f, p);
	read_all_calls(f, p);
	fields_refuse_second(f, "profile of load %u of %s in the boot %s", p->at.load, p->at.cell, p->at.boot);
	if (p->at.boot && p->at.cell)
		g_hash_table_insert(r->profiles, run_at_place(p->at.boot, p->at.cell, p->at.load), p);
	else
		run_profile_free(p);
}

bool run_is_profiled(const struct run *r)
{
	return json_is_object(json_object_get(r->manifest, "profile"));
}

GPtrArray *run_profiled_functions(const struct run *r)
{
	const json_t *list = json_object_get(json_object_get(r->manifest, "profile"), "functions");
	GPtrArray *names = g_ptr_array_new();
	const json_t *name;
	size_t i;

	json_array_foreach((json_t *)list, i, name) {
		if (json_is_string(name))
			g_ptr_array_add(names, (gpointer)json_string_value(name));
	}
	return names;
}

const struct run_profile *run_find_profile(const struct run *r, const struct run_load *load)
{
	g_autofree char *place = run_at_place(load->boot, load->cell, load->load);

	return g_hash_table_lookup(r->profiles, place);
}
