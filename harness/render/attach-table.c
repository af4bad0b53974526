// SPDX-License-Identifier: GPL-2.0-only
#include "attach-table.h"

#include <string.h>

#include "data.h"
#include "figure.h"
#include "notes.h"
#include "refusal.h"

/* The parts that runs of attach have, each from the collector of that name. */
static const char *const parts[TABLE_ALL] = { [TABLE_LATENCY] = "latency", [TABLE_LOCKS] = "locks" };

static void add_run(GPtrArray *notes, const char *which, const struct attach_run *r)
{
	const char *synthetic = json_text(r->manifest, "synthetic");

	notes_add(notes, "%s: %s, %.1f s%s%s", which, r->dir, r->last ? r->last->at_s : 0,
		  r->ended ? "" : "; it did not end in order",
		  r->torn ? "; a sample was begun and not finished, and is left out" : "");
	if (synthetic)
		notes_add(notes, "SYNTHETIC, not measured: %s", synthetic);
}

static GPtrArray *notes_before(const struct attach_comparison *c)
{
	GPtrArray *notes = notes_new();

	add_run(notes, "before", c->before);
	add_run(notes, "after", c->after);
	for (guint i = 0; i < c->differences->len; i++)
		notes_add(notes, "%s", (const char *)c->differences->pdata[i]);
	return notes;
}

static void add_collector(GPtrArray *notes, const json_t *entry)
{
	const char *what = json_text(entry, "measures");

	notes_add(notes, "%s: measured by %s%s%s.", json_text(entry, "collector"), json_text(entry, "backend"),
		  what ? ": " : "", what ? what : "");
}

/* How the figures that are compared were measured, in the tracer's words: the same in both runs. */
static void add_collectors(GPtrArray *notes, const struct attach_comparison *c)
{
	for (int part = TABLE_LATENCY; part <= TABLE_LOCKS; part++) {
		const json_t *entry = attach_comparison_collector(c->before, parts[part]);

		if (!entry)
			entry = attach_comparison_collector(c->after, parts[part]);
		if (entry && !c->refused[part])
			add_collector(notes, entry);
	}
}

static GPtrArray *notes_after(const struct attach_comparison *c)
{
	GPtrArray *notes = notes_new();
	guint64 lost[] = { c->before->last ? sample_lost(c->before->last) : 0,
			   c->after->last ? sample_lost(c->after->last) : 0 };

	notes_add(notes,
	    "All that was counted in each run. Quantiles are the middle of a bucket, at most 0.8 %% "
	    "beside the value; mean and max are exact. p50, p90, p99 and p99.9 need 2, 10, 100 and 1000 "
	    "calls. Functions and locks with nothing in either run are left out. Smaller is faster, where "
	    "it is the time of a function or a wait; calls and waits follow the load.");
	notes_add(notes,
	    "One run before and one after: what differs may come from the change or from the load, and "
	    "nothing was repeated, so that there is neither an interval nor a verdict. The samples of a "
	    "run are no repetitions. A sweep with a tracing pass can tell.");
	add_collectors(notes, c);
	if (lost[0] + lost[1] > 0)
		notes_add(notes,
			  "LOST: the probes missed %" G_GUINT64_FORMAT " events before and %" G_GUINT64_FORMAT
			  " after.",
			  lost[0], lost[1]);
	return notes;
}

static void print_rows(const struct page *p, const struct attach_comparison *c, enum table_part part)
{
	static const char *const titles[TABLE_ALL] = {
		[TABLE_LATENCY] = "function", [TABLE_LOCKS] = "lock and callers",
	};
	const struct page_column columns[] = {
		{ titles[part], 49, true }, { "before", 12, false }, { "after", 12, false },
	};
	g_autoptr(GPtrArray) rows = page_rows_new();
	const char *name = "";

	for (guint i = 0; i < c->rows->len; i++) {
		const struct attach_row *row = c->rows->pdata[i];
		g_autofree char *figure = g_strconcat("  ", row->figure, NULL);
		g_autofree char *before = figure_time(row->before);
		g_autofree char *after = figure_time(row->after);

		if (row->part != part)
			continue;
		if (strcmp(row->name, name))
			page_add_row(rows, row->name, NULL);
		name = row->name;
		page_add_row(rows, figure, before, after, NULL);
	}
	if (rows->len)
		page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

static void render_page(enum page_format format, const struct attach_comparison *c, enum table_part part,
			GString *out)
{
	const struct page p = { format, out };
	g_autoptr(GPtrArray) above = notes_before(c);
	g_autoptr(GPtrArray) below = notes_after(c);

	page_notes(&p, above);
	for (int i = TABLE_LATENCY; i <= TABLE_LOCKS; i++) {
		if (part != TABLE_ALL && (int)part != i)
			continue;
		page_heading(&p, parts[i]);
		if (c->refused[i])
			refusal_print(&p, c->refused[i]);
		else
			print_rows(&p, c, i);
	}
	page_notes(&p, below);
}

static json_t *rows_json(const struct attach_comparison *c, enum table_part part)
{
	json_t *rows = json_array();

	for (guint i = 0; i < c->rows->len; i++) {
		const struct attach_row *of = c->rows->pdata[i];
		json_t *row;

		if (part != TABLE_ALL && of->part != part)
			continue;
		row = json_object();
		data_text(row, "part", parts[of->part]);
		data_text(row, "name", of->name);
		data_text(row, "figure", of->figure);
		data_number(row, "before", of->before);
		data_number(row, "after", of->after);
		json_array_append_new(rows, row);
	}
	return rows;
}

static void render_json(const struct attach_comparison *c, enum table_part part, GString *out)
{
	g_autojson object = json_object();
	json_t *differences = json_array();

	data_count(object, "v", 1);
	data_text(object, "before", c->before->dir);
	data_text(object, "after", c->after->dir);
	data_text(object, "refused_latency", c->refused[TABLE_LATENCY]);
	data_text(object, "refused_locks", c->refused[TABLE_LOCKS]);
	for (guint i = 0; i < c->differences->len; i++)
		json_array_append_new(differences, json_string(c->differences->pdata[i]));
	json_object_set_new(object, "differences", differences);
	json_object_set_new(object, "rows", rows_json(c, part));
	data_json(object, out);
}

void attach_table_render(const struct attach_comparison *c, enum table_format format, enum table_part part,
			 GString *out)
{
	g_autojson rows = format == TABLE_CSV ? rows_json(c, part) : NULL;

	switch (format) {
	case TABLE_TEXT:
		render_page(PAGE_TEXT, c, part, out);
		break;
	case TABLE_MARKDOWN:
		render_page(PAGE_MARKDOWN, c, part, out);
		break;
	case TABLE_CSV:
		data_csv(rows, out);
		break;
	case TABLE_JSON:
		render_json(c, part, out);
		break;
	case TABLE_COVER:
		render_page(PAGE_COVER, c, part, out);
		break;
	}
}
