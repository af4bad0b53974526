// SPDX-License-Identifier: GPL-2.0-only
#include "latency.h"

#include <math.h>
#include <string.h>

#include "journal/run-trace.h"
#include "refusal.h"

const struct latency_figure_kind latency_figures[LATENCY_FIGURES] = {
	[LATENCY_MEAN] = { "mean", NAN, 1, true },
	[LATENCY_P50] = { "p50", 0.5, 2, true },
	[LATENCY_P90] = { "p90", 0.9, 10, true },
	[LATENCY_P99] = { "p99", 0.99, 100, true },
	[LATENCY_P999] = { "p99.9", 0.999, 1000, true },
	/* One call decides it. */
	[LATENCY_MAX] = { "max", NAN, 1, false },
};

/* What two quantiles may be apart because each is the middle of a bucket (stats/histogram.h). */
static double resolution(enum latency_figure figure)
{
	const double half = 0.5 / HIST_SUB;

	return isnan(latency_figures[figure].quantile) ? 0 : log((1 + half) / (1 - half));
}

static void add_record(struct histogram *h, const struct run_hist *record)
{
	for (guint i = 0; i < record->buckets->len; i++) {
		const struct run_bucket *bucket = &g_array_index(record->buckets, struct run_bucket, i);

		histogram_add(h, bucket->lo_ns, bucket->count);
	}
	h->sum += record->sum_ns;
	h->max = MAX(h->max, record->max_ns);
}

double latency_figure_of(const struct histogram *h, enum latency_figure figure)
{
	if (figure == LATENCY_MEAN)
		return histogram_mean(h);
	return figure == LATENCY_MAX ? h->max : histogram_quantile(h, latency_figures[figure].quantile);
}

static void add_boot(struct latency_side *side, const GPtrArray *records)
{
	g_autofree struct histogram *h = g_new0(struct histogram, 1);
	const struct run_hist *first = records->pdata[0];

	for (guint i = 0; i < records->len; i++) {
		const struct run_hist *record = records->pdata[i];

		add_record(h, record);
		side->lost += record->lost;
		side->unpaired += record->unpaired;
	}
	series_add(&side->calls, first->at.block, (double)h->count / records->len);
	for (int figure = 0; figure < LATENCY_FIGURES; figure++) {
		if (h->count >= latency_figures[figure].calls_min)
			series_add(&side->figures[figure], first->at.block, latency_figure_of(h, figure));
	}
	histogram_merge(&side->all, h);
}

static void fill_side(struct latency_side *side, const struct run *r, const char *arm, const char *cell,
		      const char *function)
{
	g_autoptr(GPtrArray) boots = run_traced_boots(r, arm, cell);

	series_init(&side->calls);
	for (int figure = 0; figure < LATENCY_FIGURES; figure++)
		series_init(&side->figures[figure]);
	for (guint i = 0; i < boots->len; i++) {
		g_autoptr(GPtrArray) records = run_find_hists(r, boots->pdata[i], cell, function);

		if (records->len > 0)
			add_boot(side, records);
	}
	series_finish(&side->calls);
	for (int figure = 0; figure < LATENCY_FIGURES; figure++)
		series_finish(&side->figures[figure]);
}

static void row_free(gpointer data, guint arms)
{
	struct latency_row *row = data;

	for (guint i = 0; i < arms; i++) {
		series_clear(&row->sides[i].calls);
		for (int figure = 0; figure < LATENCY_FIGURES; figure++)
			series_clear(&row->sides[i].figures[figure]);
	}
	g_free(row->sides);
	g_free(row);
}

/* Takes the row only when some arm called that function. */
static void add_row(struct latency *l, guint cell, const char *function)
{
	const struct comparison *c = l->comparison;
	const struct plan_row *plan_row = c->cells->pdata[cell];
	struct latency_row *row = g_new0(struct latency_row, 1);
	guint64 calls = 0;

	row->cell = cell;
	row->function = function;
	row->sides = g_new0(struct latency_side, c->arms_count);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		fill_side(&row->sides[i], c->run, c->arms[i].name, plan_row->name, function);
		calls += row->sides[i].all.count;
	}
	if (calls > 0)
		g_ptr_array_add(l->rows, row);
	else
		row_free(row, c->arms_count);
}

static const char *why_missing(const struct latency *l, unsigned int arm, const struct series *base,
			       const struct series *own)
{
	if (&l->comparison->arms[arm] == l->comparison->baseline)
		return "it is the baseline";
	if (l->refused[arm])
		return "measured in another way than the baseline";
	if (!base->figures->len)
		return "the baseline has no boot with enough calls";
	if (!own->figures->len)
		return "no boot with enough calls";
	return base->lowest > 0 && own->lowest > 0 ? NULL : "a latency of 0";
}

static void compare_side(const struct latency *l, const struct latency_row *row, unsigned int arm)
{
	const struct comparison *c = l->comparison;
	const struct latency_side *base = &row->sides[c->baseline - c->arms];
	struct latency_side *side = &row->sides[arm];

	for (int figure = 0; figure < LATENCY_FIGURES; figure++) {
		const struct series *b = &base->figures[figure], *s = &side->figures[figure];
		struct contrast *contrast = &side->contrasts[figure];

		contrast_init(contrast, why_missing(l, arm, b, s));
		if (contrast->missing)
			continue;
		if (c->counted)
			contrast_counted(contrast, b, s);
		else
			contrast_timed(contrast, b, s, MAX(comparison_gate(c), resolution(figure)), l->family);
	}
}

static bool is_judged(const struct contrast *contrast, int figure)
{
	return latency_figures[figure].judged && !contrast->missing;
}

/* The judged contrasts of @arm. */
static void collect(const struct latency *l, unsigned int arm, GPtrArray *contrasts)
{
	for (guint i = 0; i < l->rows->len; i++) {
		struct latency_side *side = &((const struct latency_row *)l->rows->pdata[i])->sides[arm];

		for (int figure = 0; figure < LATENCY_FIGURES; figure++) {
			if (is_judged(&side->contrasts[figure], figure))
				g_ptr_array_add(contrasts, &side->contrasts[figure]);
		}
	}
}

static void judge_timed(const struct latency *l)
{
	const struct comparison *c = l->comparison;
	g_autoptr(GPtrArray) shown = g_ptr_array_new();

	for (unsigned int i = 0; i < c->arms_count; i++) {
		g_autoptr(GPtrArray) own = g_ptr_array_new();

		collect(l, i, c->arms[i].shown ? shown : own);
		contrast_judge_family((struct contrast *const *)own->pdata, own->len);
	}
	contrast_judge_family((struct contrast *const *)shown->pdata, shown->len);
}

static double counted_gate(const struct latency *l, const struct latency_row *row, int figure)
{
	const struct comparison *c = l->comparison;
	g_autoptr(GArray) effects = g_array_new(FALSE, FALSE, sizeof(double));

	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct contrast *contrast = &row->sides[i].contrasts[figure];

		if (c->arms[i].role == COMPARISON_LAYOUT && !contrast->missing)
			g_array_append_val(effects, contrast->effect.estimate);
	}
	return contrast_counted_gate(effects, MAX(comparison_gate(c), resolution(figure)));
}

static void judge_counted(const struct latency *l, const struct latency_row *row)
{
	const struct comparison *c = l->comparison;
	const struct latency_side *base = &row->sides[c->baseline - c->arms];

	for (int figure = 0; figure < LATENCY_FIGURES; figure++) {
		double gate = counted_gate(l, row, figure);

		for (unsigned int i = 0; latency_figures[figure].judged && i < c->arms_count; i++)
			contrast_judge_counted(&row->sides[i].contrasts[figure], gate, &base->figures[figure],
					       &row->sides[i].figures[figure]);
	}
}

/* What is judged together has to be counted before it is compared. */
static size_t count_family(const struct latency *l)
{
	const struct comparison *c = l->comparison;
	size_t count = 0;

	for (guint i = 0; i < l->rows->len; i++) {
		const struct latency_row *row = l->rows->pdata[i];
		const struct latency_side *base = &row->sides[c->baseline - c->arms];

		for (unsigned int arm = 0; arm < c->arms_count; arm++) {
			for (int f = 0; f < LATENCY_FIGURES; f++)
				count += c->arms[arm].shown && latency_figures[f].judged &&
					 !why_missing(l, arm, &base->figures[f], &row->sides[arm].figures[f]);
		}
	}
	return count;
}

static void compare(struct latency *l)
{
	const struct comparison *c = l->comparison;

	l->family = count_family(l);
	for (guint i = 0; i < l->rows->len; i++) {
		for (unsigned int arm = 0; arm < c->arms_count; arm++)
			compare_side(l, l->rows->pdata[i], arm);
		if (c->counted)
			judge_counted(l, l->rows->pdata[i]);
	}
	if (!c->counted)
		judge_timed(l);
}

struct latency *latency_new(const struct comparison *c)
{
	struct latency *l = g_new0(struct latency, 1);
	g_autoptr(GPtrArray) functions = run_traced_functions(c->run);

	l->comparison = c;
	l->rows = g_ptr_array_new();
	l->refused = g_new0(char *, c->arms_count);
	for (unsigned int i = 0; i < c->arms_count; i++)
		l->refused[i] = refusal_new(c, "latency", &c->arms[i]);
	for (guint cell = 0; cell < c->cells->len; cell++) {
		for (guint i = 0; i < functions->len; i++)
			add_row(l, cell, functions->pdata[i]);
	}
	compare(l);
	return l;
}

void latency_free(struct latency *l)
{
	if (!l)
		return;
	for (guint i = 0; i < l->rows->len; i++)
		row_free(l->rows->pdata[i], l->comparison->arms_count);
	g_ptr_array_unref(l->rows);
	for (unsigned int i = 0; i < l->comparison->arms_count; i++)
		g_free(l->refused[i]);
	g_free(l->refused);
	g_free(l);
}
