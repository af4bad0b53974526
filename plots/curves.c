// SPDX-License-Identifier: GPL-2.0-only
#include "curves.h"

#include <math.h>
#include <string.h>

/* Of more lines the numbers of calls do not fit above a panel. */
#define COUNTS_MAX 3

/* A histogram has so many bars from a number to its double: the buckets are as fine as noise. */
#define BARS_PER_OCTAVE 4
#define BARS_MAX (BARS_PER_OCTAVE * (HIST_BITS + 1))

static const struct {
	const char *script, *name, *title, *subject, *caption, *columns;
} kinds[CURVES_KINDS] = {
	[CURVES_PERCENTILES] = {
		"latency.gp", "latency-", "Percentiles of %s", "%s, percentiles: lower is shorter",
		"How long a call took at most, against the share of calls that took no longer; the axis is "
		"stretched so that the slowest of a thousand, of a million have room. Lower is shorter. Points "
		"are medians over boots, their bars the lowest and highest boot.",
		"# per panel and line: 1/(1-share) ns, the curve of all calls; then 1/(1-p) median lowest "
		"highest over boots of p50 p90 p99 p99.9\n",
	},
	[CURVES_HISTOGRAM] = {
		"histogram.gp", "histogram-", "Distribution of %s", "%s, distribution: left is shorter",
		"How many of the calls took how long, four bars from one time to its double. Left is shorter; "
		"two hills are two ways that calls take.",
		"# per panel and line: the outline, ns and percent of all calls in a bar\n",
	},
};

struct drawing *curves_new(enum curves_kind kind, const char *function)
{
	g_autofree char *name = g_strconcat(kinds[kind].name, function, NULL);
	g_auto(GStrv) parts = g_strsplit(kinds[kind].title, "%s", 2);
	struct drawing *d = drawing_new(kinds[kind].script, name);

	drawing_describe(d, g_strjoinv(function, parts), kinds[kind].caption);
	g_string_append(d->data, kinds[kind].columns);
	return d;
}

char *curves_subject(enum curves_kind kind, const char *what)
{
	g_auto(GStrv) parts = g_strsplit(kinds[kind].subject, "%s", 2);

	return g_strjoinv(what, parts);
}

static void add_point(struct drawing *d, double x, double y)
{
	drawing_add_number(d, x);
	drawing_add_number(d, y);
	g_string_append_c(d->data, '\n');
}

/* The middle of a bucket, never above the largest value. */
static double value_of(const struct histogram *h, unsigned int bucket)
{
	return bucket == HIST_BUCKETS - 1 ?
		       h->max :
		       MIN((hist_low(bucket) + hist_low(bucket + 1) - 1) / 2.0, h->max);
}

/*
 * A bucket with the calls b + 1 to b + k of n, in ascending order, is the quantile of all shares above b / n,
 * up to (b + k) / n: steps, as those of stats/histogram.h. The largest call has its place at 1 - 1 / n.
 */
static void add_percentiles(struct drawing *d, const struct histogram *h)
{
	guint64 below = 0;

	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		if (!h->counts[i])
			continue;
		add_point(d, (double)h->count / (h->count - below), value_of(h, i));
		below += h->counts[i];
		add_point(d, below < h->count ? (double)h->count / (h->count - below) : h->count,
			  value_of(h, i));
	}
}

/* The bar in which @ns is; 0 is in the first. */
static unsigned int bar_of(double ns)
{
	return ns < 1 ? 0 : MIN((unsigned int)floor(BARS_PER_OCTAVE * log2(ns)), BARS_MAX - 1);
}

/* From the ground up to the first bar, along their tops, and down again. */
static void add_outline(struct drawing *d, const struct histogram *h)
{
	double percent[BARS_MAX] = { 0 };
	unsigned int first = BARS_MAX, last = 0;

	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		unsigned int bar;

		if (!h->counts[i])
			continue;
		bar = bar_of(value_of(h, i));
		percent[bar] += 100.0 * h->counts[i] / h->count;
		first = MIN(first, bar);
		last = MAX(last, bar);
	}
	add_point(d, exp2((double)first / BARS_PER_OCTAVE), 0);
	for (unsigned int bar = first; bar <= last; bar++) {
		add_point(d, exp2((double)bar / BARS_PER_OCTAVE), percent[bar]);
		add_point(d, exp2((bar + 1.0) / BARS_PER_OCTAVE), percent[bar]);
	}
	add_point(d, exp2((last + 1.0) / BARS_PER_OCTAVE), 0);
}

static void add_figures(struct drawing *d, const struct series *figures)
{
	for (int figure = 0; figure < LATENCY_FIGURES; figure++) {
		double quantile = latency_figures[figure].quantile;

		if (isnan(quantile))
			continue;
		drawing_add_number(d, 1 / (1 - quantile));
		drawing_add_number(d, figures ? figures[figure].median : NAN);
		drawing_add_number(d, figures ? figures[figure].lowest : NAN);
		drawing_add_number(d, figures ? figures[figure].highest : NAN);
		g_string_append_c(d->data, '\n');
	}
}

static void add_curve(struct drawing *d, enum curves_kind kind, const struct curve *curve)
{
	if (!curve->all || !curve->all->count)
		add_point(d, NAN, NAN);
	else if (kind == CURVES_HISTOGRAM)
		add_outline(d, curve->all);
	else
		add_percentiles(d, curve->all);
	g_string_append(d->data, "\n\n");
	if (kind == CURVES_HISTOGRAM)
		return;
	add_figures(d, curve->figures);
	g_string_append(d->data, "\n\n");
}

/* "fix_size_alloc_test/4, 20005 and 161 calls": lines may be of very different numbers. */
static char *panel_title(const char *name, const struct curve *curves, guint count)
{
	GString *title = g_string_new(name);

	for (guint i = 0; i < count && count <= COUNTS_MAX; i++) {
		const char *before = i && i + 1 == count ? " and " : ", ";

		g_string_append_printf(title, "%s%" G_GUINT64_FORMAT, before,
				       curves[i].all ? curves[i].all->count : 0);
	}
	if (count <= COUNTS_MAX)
		g_string_append(title, " calls");
	return g_string_free(title, FALSE);
}

void curves_finish(struct drawing *d, enum curves_kind kind, const struct curve *curves,
		   const GPtrArray *panels, const GPtrArray *labels, bool counted)
{
	g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < panels->len * labels->len; i++) {
		g_string_append_printf(d->data, "# %s, %s\n", (const char *)panels->pdata[i / labels->len],
				       (const char *)labels->pdata[i % labels->len]);
		add_curve(d, kind, &curves[i]);
	}
	for (guint i = 0; i < panels->len; i++)
		g_ptr_array_add(titles, panel_title(panels->pdata[i], &curves[i * labels->len], labels->len));
	drawing_set_list(d, "panels", titles);
	drawing_set_list(d, "arms", labels);
	drawing_set_text(d, "unit",
			 counted ? "instructions with the probes attached" : "time with the probes attached");
	drawing_set_text(d, "suffixes", counted ? "_ k M G" : "ns us ms s");
}
