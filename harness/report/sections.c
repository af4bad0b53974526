// SPDX-License-Identifier: GPL-2.0-only
#include "sections.h"

#include "boots.h"
#include "charts.h"
#include "downloads.h"
#include "ends.h"
#include "kernels.h"
#include "origin.h"
#include "render/floor-notes.h"
#include "render/html.h"
#include "render/notes.h"
#include "render/page-html.h"
#include "render/soak-table.h"
#include "render/timed-notes.h"
#include "rows.h"
#include "spread.h"
#include "verdict.h"

static void add_noise(const struct view *v, GString *out)
{
	const struct page page = { PAGE_HTML, out };
	g_autoptr(GPtrArray) notes = notes_new();

	floor_notes_add(notes, v->findings->comparison);
	page_notes(&page, notes);
}

static void add_table(const struct view *v, GString *out)
{
	const struct page page = { PAGE_HTML, out };
	g_autoptr(GPtrArray) notes = notes_new();

	timed_notes_add_reading(notes, v->findings->comparison, NULL, false);
	rows_add(v, out);
	html_add(out,
		 "<p class=\"note\">The name of a row leads to its boots and loads. In its picture the upright line is "
		 "no difference, and grey is the gate%s.</p>\n",
		 v->findings->comparison->counted ? "" : "; the bar is the interval");
	page_notes(&page, notes);
}

static void add_part(const struct view *v, enum table_part part, GString *out)
{
	const struct page page = { PAGE_HTML, out };

	table_print(&page, v->findings, part);
}

static void add_staircase(const struct view *v, GString *out)
{
	add_part(v, TABLE_STAIRCASE, out);
}

static void add_traced(const struct view *v, GString *out)
{
	add_part(v, TABLE_LATENCY, out);
	add_part(v, TABLE_LOCKS, out);
	add_part(v, TABLE_OVERHEAD, out);
	add_part(v, TABLE_CALLS, out);
}

static void add_profile(const struct view *v, GString *out)
{
	add_part(v, TABLE_SAMPLES, out);
	add_part(v, TABLE_PROFILE, out);
	add_part(v, TABLE_LINES, out);
}

static void add_memory(const struct view *v, GString *out)
{
	add_part(v, TABLE_MEMORY, out);
	add_part(v, TABLE_LAYOUT, out);
	add_part(v, TABLE_SECTIONS, out);
	add_part(v, TABLE_LIVE_MEMORY, out);
}

static void add_soak(const struct view *v, GString *out)
{
	const struct page page = { PAGE_HTML, out };
	g_autoptr(soak) s = soak_new(v->run);

	soak_table_print(&page, s);
}

struct section {
	const char *id, *title;
	void (*add)(const struct view *v, GString *out);
};

static const struct section of_sweep[] = {
	{ "verdict", "Verdict", verdict_add },
	{ "noise", "Noise floor", add_noise },
	{ "staircase", "Patch by patch", add_staircase },
	{ "table", "Every row", add_table },
	{ "charts", "Charts", charts_add },
	{ "traced", "Latency, locks, overhead", add_traced },
	{ "profile", "Profile", add_profile },
	{ "memory", "Memory", add_memory },
	{ "spread", "Spread and drift", spread_add },
	{ "kernels", "Kernels", kernels_add },
	{ "origin", "Machine, and how to do it again", origin_add },
	{ "ends", "Boots and what the kernels said", ends_add },
	{ "boots", "Every boot of every row", boots_add },
	{ "downloads", "Files", downloads_add },
	{ NULL },
};

static const struct section of_soak[] = {
	{ "soak", "What was done and found", add_soak },
	{ "ends", "Boots and what the kernels said", ends_add },
	{ "origin", "Machine, and how to do it again", origin_add },
	{ "downloads", "Files", downloads_add },
	{ NULL },
};

void sections_add(const struct view *v, GString *nav, GString *out)
{
	for (const struct section *s = v->findings ? of_sweep : of_soak; s->id; s++) {
		g_autoptr(GString) piece = g_string_new(NULL);

		s->add(v, piece);
		if (!piece->len)
			continue;
		html_add(nav, "<li><a href=\"#%s%s\">%s</a></li>\n", v->prefix, s->id, s->title);
		html_add(out, "<section id=\"%s%s\">\n<h3>%s</h3>\n", v->prefix, s->id, s->title);
		g_string_append_len(out, piece->str, piece->len);
		g_string_append(out, "</section>\n");
	}
}
