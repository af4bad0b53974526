// SPDX-License-Identifier: GPL-2.0-only
#include "forecast.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/units.h"
#include "figure.h"
#include "notes.h"
#include "page.h"
#include "stats/holm.h"
#include "stats/power.h"

static char *counted_warning(const struct plan *p, const char *name, size_t family)
{
	unsigned int needed = holm_smallest_boots(family, CONTRAST_ALPHA);

	if (p->rebuilds == 0 && p->arms_count == 1)
		return NULL;	/* A/A alone: the same image, equal or not */
	if (p->rebuilds == 0)
		return g_strdup_printf(
			"%s: no row can be marked (I) or (R), whatever is measured: without rebuilds it is not "
			"known what the layout of code does (rebuilds: 3)",
			name);
	if (!p->rebuild_candidates || p->rebuilds + 1 >= needed)
		return NULL;
	return g_strdup_printf(
		"%s: with %u images of each arm no row can be marked (I) or (R), whatever is measured: a "
		"family of %zu row%s needs %u (rebuilds: %u)",
		name, p->rebuilds + 1, family, family == 1 ? "" : "s", needed, needed - 1);
}

/* "plan.yaml", "plan.yaml: x1e" of one that lists machines. Caller frees. */
static char *name_plan(const struct plan *p)
{
	return p->machine.name ? g_strdup_printf("%s: %s", p->path, p->machine.name) : g_strdup(p->path);
}

char *forecast_warning(const struct plan *p)
{
	g_autofree char *name = name_plan(p);
	size_t family = comparison_family(p);
	unsigned int needed = holm_smallest_blocks(family, CONTRAST_ALPHA);

	if (!strcmp(p->machine.accel, "counted"))
		return counted_warning(p, name, family);
	if (p->design.blocks >= needed)
		return NULL;
	return g_strdup_printf("%s: with %u block%s no row can be marked (I) or (R), whatever is measured: a "
			       "family of %zu row%s needs %u (design.blocks)",
			       name, p->design.blocks, p->design.blocks == 1 ? "" : "s", family,
			       family == 1 ? "" : "s", needed);
}

/* One line of the table, before it is a text. */
struct line {
	char *name;
	double between, within;		/* standard deviations of logarithms; NAN: not known */
	double sd;			/* of a block's log-ratio; NAN: not known */
	const char *missing;		/* borrowed */
};

static void line_clear(gpointer data)
{
	g_free(((struct line *)data)->name);
}

static struct line line_of_pilot(const struct plan_row *row, const struct pilot_row *noise, unsigned int loads)
{
	return (struct line){
		g_strdup(row->name), sqrt(noise->between), sqrt(noise->within), pilot_ratio_sd(noise, loads),
			noise->missing,
	};
}

/* Without a pilot: what it would be if boots differed by so much. */
static void add_assumed_lines(GArray *lines)
{
	static const double between_pct[] = { 0.5, 1, 2, 4, 8, 16 };

	for (size_t i = 0; i < G_N_ELEMENTS(between_pct); i++) {
		double between = between_pct[i] / 100;
		struct line l = { g_strdup("assumed"), between, NAN, power_ratio_sd(between * between, 0, 1),
				  NULL };

		g_array_append_val(lines, l);
	}
}

static GArray *make_lines(const struct forecast *f)
{
	GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct line));
	g_autoptr(GPtrArray) rows = plan_rows(f->plan);

	g_array_set_clear_func(lines, line_clear);
	if (!f->pilot)
		add_assumed_lines(lines);
	for (guint i = 0; f->pilot && i < rows->len; i++) {
		struct line l = line_of_pilot(rows->pdata[i], &f->pilot->rows[i], f->plan->design.loads);

		g_array_append_val(lines, l);
	}
	return lines;
}

static double effect_of(double gain_pct)
{
	return log1p(gain_pct / 100);
}

/* The blocks that each line needs for the wanted effect; 0: more than there may be, or not known. */
static unsigned int *needed_blocks(const struct forecast *f, const GArray *lines, size_t family)
{
	unsigned int *blocks = g_new0(unsigned int, lines->len);
	g_autofree double *sds = g_new(double, lines->len);

	for (guint i = 0; i < lines->len; i++)
		sds[i] = g_array_index(lines, struct line, i).sd;
	if (!isnan(f->effect_pct))
		power_blocks(family, CONTRAST_ALPHA, effect_of(f->effect_pct),
			     effect_of(f->plan->design.gate_pct), sds, lines->len, FORECAST_BLOCKS_MAX, blocks);
	return blocks;
}

static char *sd_cell(double sd)
{
	return isnan(sd) ? g_strdup("n/a") : g_strdup_printf("%.2f", 100 * sd);
}

static char *effect_cell(double effect)
{
	return isinf(effect) ? g_strdup("none") : figure_gain(contrast_gain_pct(effect));
}

static char *blocks_cell(const struct forecast *f, unsigned int blocks)
{
	if (isnan(f->effect_pct))
		return g_strdup("");
	return blocks ? g_strdup_printf("%u", blocks) : g_strdup_printf("> %d", FORECAST_BLOCKS_MAX);
}

static void add_line(GPtrArray *table, const struct forecast *f, const struct line *l, double detectable,
		     unsigned int needed)
{
	g_autofree char *between = sd_cell(l->between);
	g_autofree char *within = sd_cell(l->within);
	g_autofree char *loss = effect_cell(-detectable);
	g_autofree char *gain = effect_cell(detectable);
	g_autofree char *blocks = blocks_cell(f, needed);

	if (l->missing)
		page_add_row(table, l->name, "n/a", "n/a", "n/a", "n/a", isnan(f->effect_pct) ? "" : "n/a",
			     NULL);
	else
		page_add_row(table, l->name, between, within, loss, gain, blocks, NULL);
}

static void print_table(const struct page *p, const struct forecast *f, const GArray *lines,
			const unsigned int *needed, size_t family)
{
	g_autofree char *wanted =
		isnan(f->effect_pct) ? g_strdup("") : g_strdup_printf("for %g %%", f->effect_pct);
	const struct page_column columns[] = {
		{ "cell", 30, true }, { "boots %", 7, false }, { "loads %", 7, false }, { "loss %", 7, false },
		{ "gain %", 7, false }, { wanted, 12, false },
	};
	struct power *power = power_new(family, CONTRAST_ALPHA, f->plan->design.blocks);
	g_autoptr(GPtrArray) table = page_rows_new();

	power_set_blocks(power, f->plan->design.blocks);
	for (guint i = 0; i < lines->len; i++) {
		const struct line *l = &g_array_index(lines, struct line, i);

		add_line(table, f, l, power_detectable(power, l->sd, effect_of(f->plan->design.gate_pct)),
			 needed[i]);
	}
	page_table(p, columns, G_N_ELEMENTS(columns), table);
	power_free(power);
}

static void add_origin(GPtrArray *notes, const struct forecast *f, size_t family)
{
	const struct plan_design *d = &f->plan->design;

	notes_add(notes, "%s: %u block%s of %u load%s, a family of %zu row%s, gate %g %%.", f->plan->path,
		  d->blocks, d->blocks == 1 ? "" : "s", d->loads, d->loads == 1 ? "" : "s", family,
		  family == 1 ? "" : "s", d->gate_pct);
	if (f->run)
		notes_add(notes, "pilot: %s (%s).", f->run->dir, json_text(f->run->manifest, "accel"));
	else
		notes_add(notes, "No pilot: nothing is known of this machine. The table shows what the plan "
				 "sees if boots of one kernel differ by so much. To know, sweep the plan with "
				 "a few blocks and name that run: --pilot RUN.");
}

static void add_legend(GPtrArray *notes, const struct forecast *f)
{
	notes_add(notes, "boots, loads: standard deviation of a boot's figure beside the other boots of its "
			 "arm and block, and of the loads in a boot as far as it shows in that figure.");
	notes_add(notes,
		  "loss, gain: the smallest that is marked (R) or (I) with a probability of 80 %% when no "
		  "other row changes, by %d simulated runs (+-%.1f points): signed-rank test, Holm, gate. "
		  "gain %% = 100 (t(baseline) / t(candidate) - 1): + is faster.",
		  POWER_RUNS, 100 * POWER_ERROR);
	if (!isnan(f->effect_pct))
		notes_add(notes,
			  "for %g %%: the fewest blocks by which a gain of %+.2f or of %+.2f is marked so.",
			  f->effect_pct, f->effect_pct, contrast_gain_pct(-effect_of(f->effect_pct)));
}

static void add_missing(GPtrArray *notes, const GArray *lines)
{
	for (guint i = 0; i < lines->len; i++) {
		const struct line *l = &g_array_index(lines, struct line, i);

		if (l->missing)
			notes_add(notes, "n/a: %s: %s.", l->name, l->missing);
	}
}

/* The row that is known worst. The chi-squared interval of a standard deviation. */
static void add_uncertainty(GPtrArray *notes, const struct pilot *earlier)
{
	const struct pilot_row *worst = NULL;
	double freedom;

	for (guint i = 0; i < earlier->rows_count; i++) {
		const struct pilot_row *row = &earlier->rows[i];

		if (!row->missing &&
		    (!worst || (row->blocks - 1) * (row->arms - 1) < (worst->blocks - 1) * (worst->arms - 1)))
			worst = row;
	}
	freedom = (worst->blocks - 1) * (worst->arms - 1);
	notes_add(notes,
		  "%u blocks of %u arms know a standard deviation this well: the true one may be %.1f to %.1f "
		  "times as large (95 %%), and with it what is seen.",
		  worst->blocks, worst->arms, sqrt(freedom / gsl_cdf_chisq_Qinv(0.025, freedom)),
		  sqrt(freedom / gsl_cdf_chisq_Pinv(0.025, freedom)));
}

static void add_duration(GPtrArray *notes, const struct forecast *f, const unsigned int *needed, guint count)
{
	double seconds = pilot_duration_s(f->pilot, f->plan, f->plan->design.blocks);
	g_autofree char *own = isnan(seconds) ? NULL : units_format_duration(seconds);
	g_autofree char *all = NULL;
	unsigned int most = 0;

	if (!own) {
		notes_add(notes,
			  "The pilot's journal has no times of boots: how long this takes is not known.");
		return;
	}
	for (guint i = 0; i < count; i++)
		most = MAX(most, needed[i]);
	all = units_format_duration(pilot_duration_s(f->pilot, f->plan, most));
	notes_add(notes, "The plan's %u blocks take about %s%s.", f->plan->design.blocks, own,
		  f->plan->trace.loads > 0 ? " without the tracing pass" : "");
	if (most)
		notes_add(notes, "%u blocks take about %s.", most, all);
}

void forecast_print(const struct forecast *f, GString *out)
{
	const struct page page = { PAGE_TEXT, out };
	size_t family = comparison_family(f->plan);
	g_autoptr(GArray) lines = make_lines(f);
	g_autofree unsigned int *needed = needed_blocks(f, lines, family);
	g_autofree char *warning = forecast_warning(f->plan);
	g_autoptr(GPtrArray) above = notes_new();
	g_autoptr(GPtrArray) below = notes_new();

	add_origin(above, f, family);
	if (warning)
		notes_add(above, "%s", warning);
	add_missing(below, lines);
	add_legend(below, f);
	if (f->pilot) {
		add_uncertainty(below, f->pilot);
		add_duration(below, f, needed, lines->len);
	}
	page_notes(&page, above);
	print_table(&page, f, lines, needed, family);
	page_notes(&page, below);
}
