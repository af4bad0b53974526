// SPDX-License-Identifier: GPL-2.0-only
#include "rows.h"

#include <math.h>

#include "boots.h"
#include "number.h"
#include "render/confound-print.h"
#include "render/contrast-cells.h"
#include "render/figure.h"
#include "render/html.h"
#include "render/notes.h"
#include "render/page-html.h"

/* Of the picture of a row, in its own units. */
#define PICTURE_WIDTH 200.0
#define PICTURE_HEIGHT 22.0
#define PICTURE_MARGIN 7.0
#define LABEL_WIDTH 62.0

/* The table of one arm. */
struct rows {
	const struct view *view;
	const struct comparison *comparison;
	const struct comparison_arm *arm;
	bool gated;
	bool drawn;	 /* there is anything to draw */
	double from, to; /* of the axis of its pictures, in percent; 0 lies between */
};

/* Of an effect, which may have no end to one side. */
static void widen(struct rows *t, double effect)
{
	double percent = contrast_gain_pct(effect);

	if (!isfinite(effect) || !isfinite(percent))
		return;
	t->drawn = true;
	t->from = fmin(t->from, percent);
	t->to = fmax(t->to, percent);
}

/* All that is drawn has its place on one axis. */
static void find_reach(struct rows *t)
{
	for (guint cell = 0; cell < t->comparison->cells->len; cell++) {
		const struct contrast *row = &t->arm->rows[cell];
		const double ends[] = { row->effect.estimate, row->effect.low, row->effect.high, row->gate,
					-row->gate };

		for (size_t i = 0; !row->missing && i < G_N_ELEMENTS(ends); i++)
			widen(t, ends[i]);
	}
	if (!(t->to > t->from))
		t->to = t->from + 1;
}

static double place(const struct rows *t, double percent)
{
	double width = PICTURE_WIDTH - 2 * PICTURE_MARGIN;

	return PICTURE_MARGIN + width * (percent - t->from) / (t->to - t->from);
}

static void add_shape(GString *out, const char *format, const double *numbers, guint count)
{
	guint next = 0;

	for (const char *at = format; *at; at++) {
		char text[G_ASCII_DTOSTR_BUF_SIZE];

		if (*at == '@' && next < count)
			g_string_append(out, g_ascii_formatd(text, sizeof(text), "%.1f", numbers[next++]));
		else
			g_string_append_c(out, *at);
	}
}

/* The shape says the verdict as well as the colour does. */
static void add_point(const struct rows *t, const struct contrast *row, GString *out)
{
	static const char *const shapes[] = {
		[VERDICT_IMPROVED] = "<circle class=\"improved\" cx=\"@\" cy=\"11\" r=\"5\"/>",
		[VERDICT_REGRESSED] = "<path class=\"regressed\" d=\"M@ 5l6 10.5h-12z\"/>",
		[VERDICT_EQUIVALENT] = "<path class=\"equivalent\" d=\"M@ 6.5m-4.5 0h9v9h-9z\"/>",
		[VERDICT_CANNOT_TELL] = "<circle class=\"open\" cx=\"@\" cy=\"11\" r=\"4.5\"/>",
	};
	double at = place(t, contrast_gain_pct(row->effect.estimate));

	add_shape(out, shapes[row->verdict], &at, 1);
}

static void add_picture(const struct rows *t, const struct contrast *row, GString *out)
{
	double gate = contrast_gain_pct(row->gate), low = contrast_gain_pct(row->effect.low),
	       high = contrast_gain_pct(row->effect.high);
	double lower = place(t, contrast_gain_pct(-row->gate));

	g_string_append(out, "<td class=\"picture\">");
	if (!row->missing && isfinite(row->effect.estimate)) {
		g_string_append_printf(out, "<svg viewBox=\"0 0 %g %g\" aria-hidden=\"true\">", PICTURE_WIDTH,
				       PICTURE_HEIGHT);
		if (isfinite(gate))
			add_shape(out, "<rect class=\"gate\" x=\"@\" y=\"0\" width=\"@\" height=\"22\"/>",
				  (const double[]){ lower, place(t, gate) - lower }, 2);
		add_shape(out, "<path class=\"zero\" d=\"M@ 0v22\"/>", (const double[]){ place(t, 0) }, 1);
		if (!t->gated && isfinite(row->effect.low) && isfinite(row->effect.high))
			add_shape(out, "<path class=\"interval\" d=\"M@ 11H@\"/>",
				  (const double[]){ place(t, low), place(t, high) }, 2);
		add_point(t, row, out);
		g_string_append(out, "</svg>");
	}
	g_string_append(out, "</td>");
}

static void add_p(const struct contrast *row, GString *out)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	const char *shown =
		isnan(row->p_holm) ? "n/a" : g_ascii_formatd(text, sizeof(text), "%.2g", row->p_holm);

	number_cell(out, row->p_holm, shown);
}

static void add_verdict(const struct contrast *row, GString *out)
{
	const char *mark = contrast_cells_mark(row), *class = page_html_mark_class(mark);

	if (class)
		html_add(out, "<td class=\"verdict\" data-v=\"%u\"><span class=\"mark %s\">%s</span> %s</td>",
			 row->verdict, class, mark, verdict_name(row->verdict));
	else
		html_add(out, "<td class=\"verdict\" data-v=\"9\">n/a: %s</td>", row->missing);
}

static void add_figure(GString *out, const struct comparison_arm *arm, double median)
{
	g_autofree char *shown = figure_time(arm->failed ? NAN : median);

	number_cell(out, arm->failed ? NAN : median, shown);
}

static void add_row(const struct rows *t, guint cell, GString *out)
{
	const struct comparison *c = t->comparison;
	const struct contrast *row = &t->arm->rows[cell];
	g_autofree char *place_name = boots_place(t->view, cell);
	g_autofree char *gain = contrast_cells_gain(row, t->gated);
	g_autofree char *range = contrast_cells_range(row, t->gated);

	html_add(out, "<tr><th scope=\"row\" data-v=\"%u\"><a href=\"#%s\">%s</a></th>", cell, place_name,
		 comparison_cell(c, cell));
	add_picture(t, row, out);
	number_cell(out, row->missing ? NAN : contrast_gain_pct(row->effect.estimate), gain);
	add_verdict(row, out);
	number_cell(out, contrast_gain_pct(t->gated ? row->gate : row->effect.low), range);
	if (!t->gated)
		add_p(row, out);
	add_figure(out, c->baseline, comparison_baseline_series(c, t->arm, cell)->median);
	add_figure(out, t->arm, comparison_series(t->arm, cell)->median);
	html_add(out, "<td class=\"number\" data-v=\"%zu\">%zu</td>", row->blocks, row->blocks);
	g_string_append(out, "</tr>\n");
}

static void add_label(const struct rows *t, double percent, const char *anchor, GString *out)
{
	double at = place(t, percent);
	g_autofree char *words = percent == 0 ? g_strdup("0") : figure_gain(percent);

	html_add(out, "<text text-anchor=\"%s\" y=\"16\"", anchor);
	add_shape(out, " x=\"@\">", &at, 1);
	html_add(out, "%s</text>", words);
}

/* Once for all columns named after arms, which are narrow without it. */
static void add_unit(const struct comparison *c, GString *out)
{
	html_add(out, "<p class=\"note\">Under the name of an arm: %s, %s.</p>\n",
		 comparison_metric_title(c->metric), comparison_unit(c));
}

/* The ends of the axis, and 0 where it has room. */
static void add_axis(const struct rows *t, GString *out)
{
	double zero = place(t, 0);

	if (!t->drawn) {
		g_string_append(out, "<td class=\"picture\"></td>");
		return;
	}
	g_string_append_printf(out,
			       "<th scope=\"col\" class=\"picture\"><svg viewBox=\"0 0 %g %g\" role=\"img\" "
			       "aria-label=\"picture of the gain\">",
			       PICTURE_WIDTH, PICTURE_HEIGHT);
	if (t->from < 0)
		add_label(t, t->from, "start", out);
	if (t->to > 0)
		add_label(t, t->to, "end", out);
	if ((t->from == 0 || zero > LABEL_WIDTH) && (t->to == 0 || zero < PICTURE_WIDTH - LABEL_WIDTH))
		add_label(t, 0, "middle", out);
	g_string_append(out, "</svg></th>");
}

static void add_head(const struct rows *t, GString *out)
{
	g_string_append(out, "<thead><tr><th scope=\"col\" data-sort=\"number\">row</th>");
	add_axis(t, out);
	html_add(out,
		 "<th scope=\"col\" class=\"number\" data-sort=\"number\">gain %%</th>"
		 "<th scope=\"col\" data-sort=\"number\">verdict</th>"
		 "<th scope=\"col\" class=\"number\" data-sort=\"number\">%s</th>",
		 contrast_cells_range_title(t->gated));
	if (!t->gated)
		g_string_append(out, "<th scope=\"col\" class=\"number\" data-sort=\"number\">p (Holm)</th>");
	html_add(out,
		 "<th scope=\"col\" class=\"number times\" data-sort=\"number\">%s</th>"
		 "<th scope=\"col\" class=\"number times\" data-sort=\"number\">%s</th>",
		 t->comparison->baseline->name, t->arm->name);
	g_string_append(out, "<th scope=\"col\" class=\"number\" data-sort=\"number\">n</th></tr></thead>\n"
			     "<tbody>\n");
}

static void add_table(const struct view *v, const struct comparison_arm *arm, const char *heading, GString *out)
{
	const struct comparison *c = v->findings->comparison;
	struct rows t = {
		.view = v,
		.comparison = c,
		.arm = arm,
		.gated = comparison_is_gated(c, arm),
	};

	find_reach(&t);
	page_html_open_table(out, heading, "rows");
	add_head(&t, out);
	for (guint cell = 0; cell < c->cells->len; cell++)
		add_row(&t, cell, out);
	page_html_close_table(out);
}

void rows_add(const struct view *v, GString *out)
{
	const struct comparison *c = v->findings->comparison;
	const struct page page = { PAGE_HTML, out };

	add_unit(c, out);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *arm = &c->arms[i];
		g_autofree char *heading = notes_heading(c, arm);

		/* A/A and layouts, too, when they are refused: the noise floor or the gate lacks them. */
		if (!arm->shown && !confound_refuses(arm->confound))
			continue;
		html_element(out, "h4", heading);
		if (confound_refuses(arm->confound))
			confound_print_refusal(&page, arm->confound, c->baseline->name, arm->name);
		else
			add_table(v, arm, heading, out);
	}
}
