// SPDX-License-Identifier: GPL-2.0-only
#include "boots.h"

#include <math.h>

#include "number.h"
#include "render/figure.h"
#include "render/html.h"
#include "render/page-html.h"

/* A page that nobody's browser opens helps nobody. */
#define BOOTS_MAX 40000
#define LOADS_MAX 150000

/* How much of it the page has room for. */
enum detail {
	DETAIL_NOTHING,
	DETAIL_BOOTS,
	DETAIL_LOADS,
};

char *boots_place(const struct view *v, guint cell)
{
	return g_strdup_printf("%sboots-%u", v->prefix, cell);
}

static enum detail room_for(const struct comparison *c)
{
	guint boots = 0;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; cell < c->cells->len; cell++)
			boots += c->arms[i].series[cell].figures->len;
	}
	if (boots > BOOTS_MAX)
		return DETAIL_NOTHING;
	return c->run->loads->len > LOADS_MAX ? DETAIL_BOOTS : DETAIL_LOADS;
}

static void add_loads(const struct comparison *c, const GPtrArray *loads, GString *out)
{
	g_string_append(out, "<td class=\"loads\">");
	for (guint i = 0; loads && i < loads->len; i++) {
		g_autoptr(GPtrArray) one = g_ptr_array_new();
		g_autofree char *figure = NULL;

		g_ptr_array_add(one, loads->pdata[i]);
		figure = figure_time(comparison_boot_figure(one, c->metric));
		html_add(out, "%s%s", i ? " " : "", figure);
	}
	g_string_append(out, "</td>");
}

static void add_boot(const struct comparison *c, const struct comparison_arm *arm, guint cell, guint boot,
		     const GPtrArray *loads, enum detail detail, GString *out)
{
	const struct run_load *first = loads->pdata[0];
	double figure = series_figures(&arm->series[cell])[boot];
	g_autofree char *shown = figure_time(figure);

	html_add(out, "<tr><th scope=\"row\">%s</th><td class=\"number\">%u</td><td>%s</td>", arm->name,
		 first->block, first->boot);
	number_cell(out, figure, shown);
	if (detail == DETAIL_LOADS) {
		add_loads(c, loads, out);
		if (c->run->plan->subtract_setup)
			add_loads(c,
				  run_setup_loads(c->run, first->boot,
						  comparison_cell(c, cell)),
				  out);
	}
	g_string_append(out, "</tr>\n");
}

static void add_arm(const struct comparison *c, const struct comparison_arm *arm, guint cell,
		    enum detail detail, GString *out)
{
	const struct plan_row *row = c->cells->pdata[cell];
	g_autoptr(GPtrArray) boots = run_complete_cells(c->run, arm->name, row->name);

	for (guint i = 0; i < boots->len; i++)
		add_boot(c, arm, cell, i, boots->pdata[i], detail, out);
}

static void add_head(const struct comparison *c, enum detail detail, GString *out)
{
	g_autofree char *figure = g_strdup_printf("figure, %s", comparison_unit(c));
	g_autofree char *own = g_strdup_printf("its loads, %s", run_unit(c->run));
	g_autofree char *setups = g_strdup_printf("loads of one loop, %s", run_unit(c->run));
	const struct page_column columns[] = {
		{ "arm", 0, true },   { "block", 0, false }, { "boot", 0, true },
		{ figure, 0, false }, { own, 0, true },      { setups, 0, true },
	};
	guint left_out = detail < DETAIL_LOADS ? 2 : c->run->plan->subtract_setup ? 0 : 1;

	page_html_head(out, columns, G_N_ELEMENTS(columns) - left_out);
}

static void add_cell(const struct view *v, guint cell, enum detail detail, GString *out)
{
	const struct comparison *c = v->findings->comparison;
	const char *name = comparison_cell(c, cell);
	g_autofree char *place = boots_place(v, cell);
	g_autofree char *label = g_strdup_printf("every boot of %s", name);

	html_add(out, "<details id=\"%s\"><summary>%s</summary>\n", place, name);
	page_html_open_table(out, label, "boots");
	add_head(c, detail, out);
	for (unsigned int i = 0; i < c->arms_count; i++)
		add_arm(c, &c->arms[i], cell, detail, out);
	page_html_close_table(out);
	g_string_append(out, "</details>\n");
}

void boots_add(const struct view *v, GString *out)
{
	const struct comparison *c = v->findings->comparison;
	enum detail detail = room_for(c);

	html_add(
		out,
		"<p class=\"note\">The figure of a boot is the median over its loads; of a load: the %s. Boots "
		"that were repeated stand here once. Every worker of every load is in the journal.</p>\n",
		comparison_metric_title(c->metric));
	if (detail < DETAIL_LOADS)
		html_add(out,
			 "<p class=\"note alarm\">LEFT OUT: there are more %s than fit a page; they are in the "
			 "run's journal.jsonl.</p>\n",
			 detail == DETAIL_BOOTS ? "loads" : "boots");
	for (guint cell = 0; cell < c->cells->len; cell++) {
		g_autofree char *place = boots_place(v, cell);

		if (detail > DETAIL_NOTHING)
			add_cell(v, cell, detail, out);
		else
			html_add(out, "<p id=\"%s\">%s</p>\n", place,
				 comparison_cell(c, cell));
	}
}
