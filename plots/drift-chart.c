// SPDX-License-Identifier: GPL-2.0-only
#include "drift-chart.h"

#include <math.h>

#include "stats/quantile.h"
#include "titles.h"

/* An axis that ends beyond so many of the boots, by so much more; the others are marked at its end. */
#define INSIDE 0.98
#define ROOM 1.3

static double deviation_pct(const struct series *s, guint i)
{
	return 100 * (series_figures(s)[i] / s->median - 1);
}

static bool is_drawn(const struct comparison_arm *arm)
{
	return titles_is_beside(arm);
}

/* Of all boots that are drawn, without their sign (double). */
static GArray *all_deviations(const struct comparison *c)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(double));

	for (unsigned int a = 0; a < c->arms_count; a++) {
		for (guint cell = 0; is_drawn(&c->arms[a]) && cell < c->cells->len; cell++) {
			const struct series *s = &c->arms[a].series[cell];

			for (guint i = 0; i < s->figures->len; i++) {
				double size = fabs(deviation_pct(s, i));

				g_array_append_val(all, size);
			}
		}
	}
	return all;
}

/* Where the axis ends, in percent; 0: no boot differs from another. */
static double limit_of(const GArray *deviations, guint *ret_beyond)
{
	const double *sizes = (const double *)deviations->data;
	double most = deviations->len ? quantile_of(sizes, deviations->len, 1) : 0;
	double limit = deviations->len ? ROOM * quantile_of(sizes, deviations->len, INSIDE) : 0;

	if (most < 2 * limit || limit == 0)
		limit = most;
	*ret_beyond = 0;
	for (guint i = 0; i < deviations->len; i++)
		*ret_beyond += sizes[i] > limit;
	return limit;
}

static void add_row(struct drawing *d, const struct comparison *c, const struct series *s, guint cell,
		    double limit)
{
	if (!s->figures->len)
		return;
	g_string_append_printf(d->data, "# %s\n", comparison_cell(c, cell));
	for (guint i = 0; i < s->figures->len; i++) {
		double deviation = deviation_pct(s, i);

		drawing_add_number(d, g_array_index(s->blocks, unsigned int, i) + 1);
		drawing_add_number(d, CLAMP(deviation, -limit, limit));
		drawing_add_number(d, deviation);
		g_string_append_c(d->data, '\n');
	}
	g_string_append_c(d->data, '\n');
}

/* The figure of @s in @block as a deviation; NAN without one. */
static double deviation_in(const struct series *s, unsigned int block)
{
	for (guint i = 0; i < s->figures->len; i++) {
		if (g_array_index(s->blocks, unsigned int, i) == block)
			return deviation_pct(s, i);
	}
	return NAN;
}

static void add_medians(struct drawing *d, const struct comparison *c, const struct comparison_arm *arm,
			unsigned int blocks, double limit)
{
	g_string_append_printf(d->data, "# %s, median over the rows: block percent\n", arm->name);
	for (unsigned int block = 0; block < blocks; block++) {
		g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(double));

		for (guint cell = 0; is_drawn(arm) && cell < c->cells->len; cell++) {
			double deviation = deviation_in(&arm->series[cell], block);

			if (!isnan(deviation))
				g_array_append_val(found, deviation);
		}
		drawing_add_number(d, block + 1);
		drawing_add_number(d,
				   found->len ? CLAMP(quantile_median((const double *)found->data, found->len),
						      -limit, limit)
					      : NAN);
		g_string_append_c(d->data, '\n');
	}
}

static bool has_boots(const struct comparison *c, const struct comparison_arm *arm)
{
	guint boots = 0;

	for (guint cell = 0; is_drawn(arm) && cell < c->cells->len; cell++)
		boots += arm->series[cell].figures->len;
	return boots > 0;
}

static unsigned int last_block(const struct comparison *c)
{
	unsigned int last = 0;

	for (unsigned int a = 0; a < c->arms_count; a++) {
		for (guint cell = 0; cell < c->cells->len; cell++) {
			const GArray *blocks = c->arms[a].series[cell].blocks;

			if (blocks->len)
				last = MAX(last, g_array_index(blocks, unsigned int, blocks->len - 1) + 1);
		}
	}
	return last;
}

static void describe(struct drawing *d, const struct comparison *c, guint beyond)
{
	g_autofree char *outside = beyond ? g_strdup_printf("; %u beyond the axis", beyond) : g_strdup("");
	g_autofree char *figures = g_strconcat("figures of boots", outside, NULL);

	titles_set_timed(d, c,
			 "drift: each boot against the median of its row and arm in percent, up is slower",
			 figures);
	drawing_set_number(d, "beyond", beyond);
	drawing_describe(
		d, g_strdup("Drift over the blocks"),
		"How far each boot was from the median of its row and arm, block by block: a thin line is a "
		"row, the thick one the median over the rows. A machine that warms up, or has company, moves "
		"all arms alike; the blocks keep that out of the verdicts.");
}

void drift_chart_add(struct drawings *all, const struct comparison *c)
{
	g_autoptr(drawing) d = drawing_new("drift.gp", "drift");
	g_autoptr(GPtrArray) arms = g_ptr_array_new();
	g_autoptr(GArray) deviations = all_deviations(c);
	unsigned int blocks = last_block(c);
	guint beyond = 0;
	double limit = limit_of(deviations, &beyond);

	if (limit == 0)
		return;
	for (unsigned int a = 0; a < c->arms_count; a++) {
		const struct comparison_arm *arm = &c->arms[a];

		if (!has_boots(c, arm))
			continue;
		g_ptr_array_add(arms, arm->name);
		g_string_append_printf(d->data, "# %s: block percent(within the axis) percent\n", arm->name);
		for (guint cell = 0; cell < c->cells->len; cell++)
			add_row(d, c, &arm->series[cell], cell, limit);
		g_string_append_c(d->data, '\n');
		add_medians(d, c, arm, blocks, limit);
		g_string_append(d->data, "\n\n");
	}
	describe(d, c, beyond);
	drawing_set_list(d, "arms", arms);
	drawing_set_number(d, "blocks", blocks);
	drawing_set_number(d, "limit", limit);
	drawings_add(all, g_steal_pointer(&d));
}
