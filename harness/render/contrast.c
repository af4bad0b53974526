// SPDX-License-Identifier: GPL-2.0-only
#include "contrast.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "stats/holm.h"

static const double *doubles(const GArray *array)
{
	return (const double *)array->data;
}

double contrast_gain_pct(double effect)
{
	/* An interval without a lower end has none in percent either, not one at -100. */
	return isfinite(effect) ? 100 * expm1(effect) : effect;
}

void contrast_init(struct contrast *row, const char *missing)
{
	*row = (struct contrast){
		.missing = missing,
		.effect = { NAN, NAN, NAN, NAN },
		.p = NAN,
		.p_holm = NAN,
		.gate = NAN,
		.verdict = VERDICT_CANNOT_TELL,
	};
}

/* The log-ratios of the blocks that both have. */
static GArray *pair_blocks(const struct series *base, const struct series *candidate)
{
	GArray *ratios = g_array_new(FALSE, FALSE, sizeof(double));
	guint b = 0, a = 0;

	while (b < base->blocks->len && a < candidate->blocks->len) {
		unsigned int base_block = g_array_index(base->blocks, unsigned int, b);
		unsigned int block = g_array_index(candidate->blocks, unsigned int, a);

		if (base_block == block) {
			double ratio = log(series_figures(base)[b] / series_figures(candidate)[a]);

			g_array_append_val(ratios, ratio);
		}
		b += base_block <= block;
		a += block <= base_block;
	}
	return ratios;
}

static GArray *logarithms(const GArray *values)
{
	GArray *logs = g_array_new(FALSE, FALSE, sizeof(double));

	for (guint i = 0; i < values->len; i++) {
		double logarithm = log(doubles(values)[i]);

		g_array_append_val(logs, logarithm);
	}
	return logs;
}

void contrast_unpaired(struct contrast *row, const struct series *base, const struct series *candidate,
		       double gate)
{
	g_autoptr(GArray) b = logarithms(base->figures);
	g_autoptr(GArray) a = logarithms(candidate->figures);

	row->gate = gate;
	row->paired = false;
	row->blocks = MIN(b->len, a->len);
	row->effect = shift_unpaired(doubles(b), b->len, doubles(a), a->len, CONTRAST_LEVEL);
	row->p = shift_unpaired_p(doubles(b), b->len, doubles(a), a->len);
}

void contrast_timed(struct contrast *row, const struct series *base, const struct series *candidate,
		    double gate, size_t family)
{
	g_autoptr(GArray) ratios = pair_blocks(base, candidate);

	row->gate = gate;
	row->paired = 2 * ratios->len >= MIN(base->blocks->len, candidate->blocks->len);
	if (!row->paired) {
		contrast_unpaired(row, base, candidate, gate);
		return;
	}
	row->blocks = ratios->len;
	row->effect = shift_paired(doubles(ratios), ratios->len, CONTRAST_LEVEL);
	row->p = shift_paired_p(doubles(ratios), ratios->len);
	row->settle_blocks = verdict_blocks_to_settle(&(struct verdict_settle){
		.effect = row->effect.estimate,
		.sd = ratios->len > 1 ? gsl_stats_sd(doubles(ratios), 1, ratios->len) : NAN,
		.blocks = ratios->len,
		.rows = family,
		.alpha = CONTRAST_ALPHA,
		.gate = gate,
	});
}

void contrast_counted(struct contrast *row, const struct series *base, const struct series *candidate)
{
	double effect = log(base->median / candidate->median);

	row->blocks = MIN(base->blocks->len, candidate->blocks->len);
	row->effect = (struct shift){ effect, effect, effect, 1 };
}

/* With that of the baseline itself, which is 0. */
static GArray *image_effects(const GArray *effects)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(double));
	double of_baseline = 0;

	g_array_append_val(all, of_baseline);
	g_array_append_vals(all, effects->data, effects->len);
	return all;
}

double contrast_counted_gate(const GArray *effects, double least)
{
	g_autoptr(GArray) all = image_effects(effects);
	double reach = variance_reach(doubles(all), all->len, CONTRAST_ALPHA);

	return isnan(reach) ? reach : MAX(reach, least);
}

double contrast_counted_gate_between(const GArray *effects, double least, double alpha)
{
	g_autoptr(GArray) all = image_effects(effects);
	double apart = variance_apart(doubles(all), all->len, alpha);

	return isnan(apart) ? apart : MAX(apart, least);
}

/* Boots of one image that differ in counted mode, as an effect; 0 as it should be. */
static double own_spread(const struct series *s)
{
	return log(s->highest / s->lowest);
}

void contrast_judge_counted(struct contrast *row, double gate, const struct series *base,
			    const struct series *candidate)
{
	if (row->missing)
		return;
	row->gate = gate + own_spread(base) + own_spread(candidate);
	row->verdict = verdict_counted(row->effect.estimate, row->gate);
}

static void judge(struct contrast *row)
{
	row->verdict = verdict_timed(&(struct verdict_timed){
		.effect = row->effect.estimate, .low = row->effect.low, .high = row->effect.high,
		.p = row->p_holm, .alpha = CONTRAST_ALPHA, .gate = row->gate,
	});
	if (row->verdict != VERDICT_CANNOT_TELL)
		row->settle_blocks = 0;
}

void contrast_judge_family(struct contrast *const *rows, size_t count)
{
	g_autofree double *p = g_new(double, count);

	for (size_t i = 0; i < count; i++)
		p[i] = rows[i]->p;
	holm_adjust(p, count, p);
	for (size_t i = 0; i < count; i++) {
		rows[i]->p_holm = p[i];
		if (!rows[i]->missing)
			judge(rows[i]);
	}
}
