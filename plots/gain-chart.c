// SPDX-License-Identifier: GPL-2.0-only
#include "gain-chart.h"

#include <math.h>
#include <stdlib.h>

#include "render/contrast-cells.h"
#include "render/figure.h"
#include "render/notes.h"
#include "titles.h"

#define NO_FIGURE "n/a"

/* What is written in place of a point: one boot has no spread that a percentage could be judged by. */
static const char *label_for(const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	if (arm->failed || c->baseline->failed)
		return "FAILED";
	if (confound_refuses(arm->confound))
		return "REFUSED";
	if (arm->rows[cell].missing)
		return NO_FIGURE;
	return !comparison_is_gated(c, arm) && arm->rows[cell].blocks < 2 ? "n=1" : "";
}

static void add_gain_row(struct drawing *d, guint place, const struct comparison *c,
			 const struct comparison_arm *arm, guint cell)
{
	const struct comparison_arm *aa = comparison_find_aa(c);
	const struct contrast *row = &arm->rows[cell];
	const char *label = label_for(c, arm, cell);
	bool has_aa = aa && !aa->rows[cell].missing && !c->counted, gated = comparison_is_gated(c, arm);
	const double numbers[] = {
		place,
		*label ? NAN : contrast_gain_pct(row->effect.estimate),
		gated ? NAN : contrast_gain_pct(row->effect.low),
		gated ? NAN : contrast_gain_pct(row->effect.high),
		row->verdict,
		contrast_gain_pct(-row->gate),
		contrast_gain_pct(row->gate),
		has_aa ? contrast_gain_pct(aa->rows[cell].effect.low) : NAN,
		has_aa ? contrast_gain_pct(aa->rows[cell].effect.high) : NAN,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		drawing_add_number(d, numbers[i]);
	drawing_add_text(d, comparison_cell(c, cell));
	drawing_add_text(d, label);
	g_string_append_c(d->data, '\n');
}

struct order {
	const struct comparison *c;
	const struct comparison_arm *arm;
};

/* The largest gain first; rows without one last, in the plan's order. */
static gint by_gain(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct order *order = data;
	guint first = *(const guint *)a, second = *(const guint *)b;
	bool first_has = !*label_for(order->c, order->arm, first);
	bool second_has = !*label_for(order->c, order->arm, second);
	double difference = order->arm->rows[second].effect.estimate - order->arm->rows[first].effect.estimate;

	if (first_has != second_has)
		return first_has ? -1 : 1;
	if (!first_has || difference == 0)
		return first < second ? -1 : first > second;
	return difference > 0 ? 1 : -1;
}

/* Cells (guint) in the order of the chart. */
static GArray *cells_in_order(const struct comparison *c, const struct comparison_arm *arm, bool sorted)
{
	GArray *cells = g_array_new(FALSE, FALSE, sizeof(guint));
	struct order order = { c, arm };

	for (guint cell = 0; cell < c->cells->len; cell++)
		g_array_append_val(cells, cell);
	if (sorted)
		g_array_sort_with_data(cells, by_gain, &order);
	return cells;
}

static void describe_gain(struct drawing *d, const struct comparison *c, const struct comparison_arm *arm,
			  bool sorted)
{
	g_autofree char *heading = notes_heading(c, arm);
	g_autofree char *subject = g_strconcat(heading, sorted ? ", sorted by gain" : "", NULL);
	g_autoptr(GString) caption = g_string_new("A row's gain; right of 0 is faster. A full mark is a verdict, "
						  "improved or regressed.");
	bool gated = comparison_is_gated(c, arm);

	titles_set_timed(d, c, subject,
			 gated ? "medians over boots" : "medians over boots, bars: 95 % interval");
	drawing_set_text(d, "gate_title", gated ? "layout gate" : "gate");
	drawing_set_text(d, "aa_title", c->counted ? "" : "A/A noise floor, 95 %");
	if (gated)
		g_string_append(caption, " Grey is the gate: within it code that does the same may read.");
	else
		g_string_append(caption, " An interval that lies within the grey gate is equivalent.");
	if (!c->counted && comparison_find_aa(c))
		g_string_append(caption, " Where the baseline against itself (A/A) is as wide as a row's "
					 "effect, the machine was too noisy for it.");
	drawing_describe(d, g_strdup_printf("Gain%s: %s", sorted ? ", sorted" : "", heading), caption->str);
}

static void add_gain(struct drawings *all, const struct comparison *c, const struct comparison_arm *arm,
		     bool sorted)
{
	g_autofree char *name = g_strconcat(sorted ? "gain-sorted-" : "gain-", arm->name, NULL);
	g_autoptr(drawing) d = drawing_new("gain.gp", name);
	g_autoptr(GArray) cells = cells_in_order(c, arm, sorted);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	describe_gain(d, c, arm, sorted);
	g_string_append(d->data,
			"# row gain_pct low_pct high_pct verdict(0=improved,1=regressed,2=equivalent,"
			"3=cannot_tell) gate_low_pct gate_high_pct aa_low_pct aa_high_pct cell label\n");
	for (guint i = 0; i < cells->len; i++) {
		guint cell = g_array_index(cells, guint, i);

		g_ptr_array_add(names, (gpointer)comparison_cell(c, cell));
		add_gain_row(d, i + 1, c, arm, cell);
	}
	drawing_set_list(d, "names", names);
	drawings_add(all, g_steal_pointer(&d));
}

/* The place of @text in @list, where it is added when it is not there; from 1. */
static guint place_of(GPtrArray *list, const char *text)
{
	guint place;

	if (g_ptr_array_find_with_equal_func(list, text, g_str_equal, &place))
		return place + 1;
	g_ptr_array_add(list, g_strdup(text));
	return list->len;
}

static gint by_number(gconstpointer a, gconstpointer b)
{
	return atoi(*(char *const *)a) - atoi(*(char *const *)b);
}

/* The numbers of threads, ascending. */
static GPtrArray *thread_list(const struct comparison *c)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);

	for (guint cell = 0; cell < c->cells->len; cell++) {
		g_autofree char *text =
			g_strdup_printf("%u", ((const struct plan_row *)c->cells->pdata[cell])->threads);

		place_of(list, text);
	}
	g_ptr_array_sort(list, by_number);
	return list;
}

static void add_heat_cell(struct drawing *d, guint column, guint row, const struct contrast *contrast,
			  const char *label)
{
	double gain = *label ? NAN : contrast_gain_pct(contrast->effect.estimate);
	g_autofree char *number = figure_gain(gain);
	g_autofree char *text = g_strdup_printf("%s %s", number, contrast_cells_mark(contrast));

	drawing_add_number(d, column);
	drawing_add_number(d, row);
	drawing_add_number(d, gain);
	drawing_add_number(d, *label ? NAN : contrast->effect.estimate);
	drawing_add_number(d, contrast->verdict);
	drawing_add_text(d, *label ? label : text);
	g_string_append_c(d->data, '\n');
}

static void add_heat(struct drawings *all, const struct comparison *c, const struct comparison_arm *arm)
{
	g_autofree char *name = g_strconcat("heat-", arm->name, NULL);
	g_autofree char *heading = notes_heading(c, arm);
	g_autofree char *subject = g_strconcat(heading, ": gain in percent, + is faster", NULL);
	g_autoptr(drawing) d = drawing_new("heat.gp", name);
	g_autoptr(GPtrArray) tests = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) ticks = thread_list(c);

	g_string_append(d->data, "# threads(place) test(place) gain_pct effect verdict(0=improved,1=regressed,"
				 "2=equivalent,3=cannot_tell) label\n");
	for (guint cell = 0; cell < c->cells->len; cell++) {
		const struct plan_row *row = c->cells->pdata[cell];
		g_autofree char *test = plan_cell_name(row->cell, 0);
		g_autofree char *threads = g_strdup_printf("%u", row->threads);

		add_heat_cell(d, place_of(ticks, threads), place_of(tests, test), &arm->rows[cell],
			      label_for(c, arm, cell));
	}
	titles_set_timed(d, c, subject, "coloured where it is marked (I) or (R)");
	drawing_set_list(d, "tests", tests);
	drawing_set_list(d, "ticks", ticks);
	drawing_describe(
		d, g_strdup_printf("Gain by test and threads: %s", heading),
		"The gain of each row, with its verdict: (I) improved, (R) regressed, (=) equivalent, (?) "
		"cannot tell. Only what is marked (I) or (R) has a colour, the fuller the larger the effect.");
	drawings_add(all, g_steal_pointer(&d));
}

/* Whether any row has a point, or a word in its place that is more than that there is none. */
static bool has_news(const struct comparison *c, const struct comparison_arm *arm)
{
	for (guint cell = 0; cell < c->cells->len; cell++) {
		if (!g_str_equal(label_for(c, arm, cell), NO_FIGURE))
			return true;
	}
	return false;
}

void gain_chart_add(struct drawings *all, const struct comparison *c)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *arm = &c->arms[i];

		if (!arm->shown || !has_news(c, arm))
			continue;
		add_gain(all, c, arm, false);
		if (c->cells->len > 1) {
			add_gain(all, c, arm, true);
			add_heat(all, c, arm);
		}
	}
}
