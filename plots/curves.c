// SPDX-License-Identifier: GPL-2.0-only
#include "curves.h"

#include <math.h>

#include "words.h"

struct drawing *curves_new(const char *dir, const char *function)
{
	g_autofree char *name = g_strconcat("latency-", function, NULL);
	struct drawing *d = drawing_new("latency.gp", dir, name);

	g_string_append(
		d->data,
		"# per panel and line: 1/(1-share) ns, the curve of all calls; then 1/(1-p) median lowest "
		"highest over boots of p50 p90 p99 p99.9\n");
	return d;
}

static void add_point(struct drawing *d, double x, double y)
{
	drawing_add_number(d, x);
	drawing_add_number(d, y);
	g_string_append_c(d->data, '\n');
}

/*
 * A bucket with the calls b + 1 to b + k of n, in ascending order, is the quantile of all shares above b / n,
 * up to (b + k) / n: steps, as those of stats/histogram.h. The largest call has its place at 1 - 1 / n.
 */
static void add_curve(struct drawing *d, const struct histogram *h)
{
	guint64 below = 0;

	if (!h || !h->count)
		add_point(d, NAN, NAN);
	for (unsigned int i = 0; h && i < HIST_BUCKETS; i++) {
		double ns =
			i == HIST_BUCKETS - 1 ? h->max : MIN((hist_low(i) + hist_low(i + 1) - 1) / 2.0, h->max);

		if (!h->counts[i])
			continue;
		add_point(d, (double)h->count / (h->count - below), ns);
		below += h->counts[i];
		add_point(d, below < h->count ? (double)h->count / (h->count - below) : h->count, ns);
	}
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

bool curves_draw(struct drawing *d, const struct curve *curves, const GPtrArray *panels,
		 const GPtrArray *labels, const char *subject, bool counted, GError **error)
{
	g_autofree char *panel_words = words_join(panels);
	g_autofree char *label_words = words_join(labels);

	for (guint i = 0; i < panels->len * labels->len; i++) {
		g_string_append_printf(d->data, "# %s, %s\n", (const char *)panels->pdata[i / labels->len],
				       (const char *)labels->pdata[i % labels->len]);
		add_curve(d, curves[i].all);
		g_string_append(d->data, "\n\n");
		add_figures(d, curves[i].figures);
		g_string_append(d->data, "\n\n");
	}
	drawing_set_text(d, "panels", panel_words);
	drawing_set_text(d, "arms", label_words);
	drawing_set_text(d, "subject", subject);
	drawing_set_text(d, "unit",
			 counted ? "instructions with the probes attached" : "time with the probes attached");
	drawing_set_text(d, "suffixes", counted ? "_ k M G" : "ns us ms s");
	return drawing_draw(d, error);
}
