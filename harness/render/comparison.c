// SPDX-License-Identifier: GPL-2.0-only
#include "comparison.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "journal/run-trace.h"
#include "stats/quantile.h"

/* Of comparison_unit() in one of run_unit(), with `subtract_setup`. */
#define UNITS_PER_LOOP 1000.0

static const double *doubles(const GArray *array)
{
	return (const double *)array->data;
}

static double median_worker(const struct run_load *load)
{
	return quantile_median(doubles(load->workers_us), load->workers_us->len);
}

static double slowest_worker(const struct run_load *load)
{
	return gsl_stats_max(doubles(load->workers_us), 1, load->workers_us->len);
}

static double wall_time(const struct run_load *load)
{
	return load->wall_us;
}

static const struct {
	const char *name, *title;
	double (*figure)(const struct run_load *load);
} metrics[] = {
	[COMPARISON_MEDIAN] = { "median", "median worker", median_worker },
	[COMPARISON_SLOWEST] = { "slowest", "slowest worker", slowest_worker },
	[COMPARISON_WALL] = { "wall", "wall time of the load", wall_time },
};

const char *comparison_metric_name(enum comparison_metric metric)
{
	return metrics[metric].name;
}

const char *comparison_metric_title(enum comparison_metric metric)
{
	return metrics[metric].title;
}

bool comparison_metric_parse(const char *name, enum comparison_metric *ret_metric, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(metrics); i++) {
		if (!strcmp(metrics[i].name, name)) {
			*ret_metric = i;
			return true;
		}
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "--metric: \"%s\" is not known; expected median, slowest or wall", name);
	return false;
}

const char *comparison_role_name(enum comparison_role role)
{
	static const char *const names[] = {
		[COMPARISON_BASELINE] = "baseline",
		[COMPARISON_CANDIDATE] = "candidate",
		[COMPARISON_AA] = "aa",
		[COMPARISON_LAYOUT] = "layout",
		[COMPARISON_REBUILD] = "rebuild",
	};

	return names[role];
}

const char *comparison_unit(const struct comparison *c)
{
	if (!c->run->plan->subtract_setup)
		return run_unit(c->run);
	return c->counted ? "instructions per loop" : "ns per loop";
}

double comparison_gate(const struct comparison *c)
{
	return log1p(c->run->plan->design.gate_pct / 100);
}

double comparison_boot_figure(const GPtrArray *loads, enum comparison_metric metric)
{
	g_autofree double *figures = g_new(double, loads->len);

	for (guint i = 0; i < loads->len; i++)
		figures[i] = metrics[metric].figure(loads->pdata[i]);
	return quantile_median(figures, loads->len);
}

/* What makes a figure of the loads of one boot: all of it, or what one loop takes behind the first. */
struct measure {
	double setup;		/* the time of one loop */
	double scale;
};

static struct measure measure_of(const struct comparison *c, const struct plan_row *row, const char *boot)
{
	if (!c->run->plan->subtract_setup)
		return (struct measure){ 0, 1 };
	return (struct measure){
		.setup = comparison_boot_figure(run_setup_loads(c->run, boot, row->name), c->metric),
		.scale = UNITS_PER_LOOP / (row->cell->loops - 1),
	};
}

static double apply(struct measure measure, double time)
{
	return (time - measure.setup) * measure.scale;
}

static void add_logarithms(const GPtrArray *loads, enum comparison_metric metric, struct measure measure,
			   GArray *logs)
{
	for (guint i = 0; i < loads->len; i++) {
		double logarithm = log(apply(measure, metrics[metric].figure(loads->pdata[i])));

		g_array_append_val(logs, logarithm);
	}
}

static void fill_series(struct series *s, const struct comparison *c, const char *arm,
			const struct plan_row *row)
{
	g_autoptr(GPtrArray) boots = run_complete_cells(c->run, arm, row->name);
	g_autoptr(GArray) logs = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GArray) sizes = g_array_new(FALSE, FALSE, sizeof(size_t));

	series_init(s);
	for (guint i = 0; i < boots->len; i++) {
		const GPtrArray *loads = boots->pdata[i];
		const struct run_load *first = loads->pdata[0];
		struct measure measure = measure_of(c, row, first->boot);
		size_t size = loads->len;

		series_add(s, first->block, apply(measure, comparison_boot_figure(loads, c->metric)));
		add_logarithms(loads, c->metric, measure, logs);
		g_array_append_val(sizes, size);
	}
	series_finish(s);
	if (boots->len && s->lowest > 0)
		s->spread = variance_split(doubles(logs), (const size_t *)sizes->data, boots->len);
}

static bool is_positive(const struct series *s)
{
	return s->lowest > 0;
}

/* What is set beside the figures of @to. */
static const struct series *series_beside(const struct comparison_arm *from, const struct comparison_arm *to,
					  guint cell)
{
	return to->images ? &from->images[cell] : &from->series[cell];
}

static const char *why_missing(const struct comparison *c, const struct comparison_arm *from,
			       const struct comparison_arm *to, guint cell)
{
	const struct series *base = series_beside(from, to, cell), *own = comparison_series(to, cell);

	if (to == c->baseline)
		return "it is the baseline";
	if (from->failed)
		return "the baseline's kernel failed";
	if (to->failed)
		return "its kernel failed";
	if (confound_refuses(to->confound))
		return "not compared";
	if (!base->figures->len)
		return from == c->baseline ? "the baseline has no complete boot"
					   : "the kernel before it has no complete boot";
	if (!own->figures->len)
		return "no complete boot";
	if (is_positive(base) && is_positive(own))
		return NULL;
	return c->run->plan->subtract_setup ? "one loop takes as long as all of them: the plan needs more loops"
					    : "a time of 0";
}

void comparison_contrast(const struct comparison *c, const struct comparison_arm *from,
			 const struct comparison_arm *to, guint cell, struct contrast *ret_row)
{
	const struct series *base = series_beside(from, to, cell), *own = comparison_series(to, cell);

	contrast_init(ret_row, why_missing(c, from, to, cell));
	if (ret_row->missing)
		return;
	if (comparison_is_gated(c, to))
		contrast_counted(ret_row, base, own);
	else if (c->counted)
		contrast_unpaired(ret_row, base, own, comparison_gate(c));
	else
		contrast_timed(ret_row, base, own, comparison_gate(c), c->family);
}

static GArray *layout_effects(const struct comparison *c, guint cell)
{
	GArray *effects = g_array_new(FALSE, FALSE, sizeof(double));

	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *arm = &c->arms[i];

		if (arm->role == COMPARISON_LAYOUT && !arm->rows[cell].missing)
			g_array_append_val(effects, arm->rows[cell].effect.estimate);
	}
	return effects;
}

double comparison_counted_gate(const struct comparison *c, guint cell)
{
	g_autoptr(GArray) effects = layout_effects(c, cell);

	return contrast_counted_gate(effects, comparison_gate(c));
}

double comparison_counted_gate_between(const struct comparison *c, guint cell, double alpha)
{
	g_autoptr(GArray) effects = layout_effects(c, cell);

	return contrast_counted_gate_between(effects, comparison_gate(c), alpha);
}

static void judge_gated(struct comparison *c)
{
	for (guint cell = 0; cell < c->cells->len; cell++) {
		double gate = comparison_counted_gate(c, cell);

		for (unsigned int i = 0; i < c->arms_count; i++) {
			if (comparison_is_gated(c, &c->arms[i]))
				contrast_judge_counted(&c->arms[i].rows[cell], gate, &c->baseline->series[cell],
						       &c->arms[i].series[cell]);
		}
	}
}

static void add_rows(GPtrArray *rows, const struct comparison *c, struct comparison_arm *arm)
{
	for (guint cell = 0; cell < c->cells->len; cell++)
		g_ptr_array_add(rows, &arm->rows[cell]);
}

/* The shown arms are one family; what is not shown is judged on its own. */
static void judge_tested(struct comparison *c)
{
	g_autoptr(GPtrArray) shown = g_ptr_array_new();

	for (unsigned int i = 0; i < c->arms_count; i++) {
		struct comparison_arm *arm = &c->arms[i];
		g_autoptr(GPtrArray) own = g_ptr_array_new();

		if (arm == c->baseline || comparison_is_gated(c, arm))
			continue;
		add_rows(arm->shown ? shown : own, c, arm);
		contrast_judge_family((struct contrast *const *)own->pdata, own->len);
	}
	contrast_judge_family((struct contrast *const *)shown->pdata, shown->len);
}

static enum comparison_role role_of(const struct plan *p, const char *name)
{
	const char *original = plan_find_arm(p, name)->rebuild_of;

	if (!strcmp(name, p->baseline))
		return COMPARISON_BASELINE;
	if (p->aa && !strcmp(name, PLAN_AA_ARM))
		return COMPARISON_AA;
	if (!original)
		return COMPARISON_CANDIDATE;
	return strcmp(original, p->baseline) ? COMPARISON_REBUILD : COMPARISON_LAYOUT;
}

size_t comparison_family(const struct plan *p)
{
	g_autoptr(GPtrArray) names = plan_arm_names(p);
	g_autoptr(GPtrArray) rows = plan_rows(p);
	size_t shown = 0;

	for (guint i = 0; i < names->len; i++)
		shown += role_of(p, names->pdata[i]) == COMPARISON_CANDIDATE;
	return (shown ? shown : names->len - 1) * rows->len;
}

/* Candidates have tables. A plan of nothing but the baseline's doubles shows those. */
static void choose_shown(struct comparison *c)
{
	bool any = false;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		c->arms[i].shown = c->arms[i].role == COMPARISON_CANDIDATE;
		any = any || c->arms[i].shown;
	}
	for (unsigned int i = 0; !any && i < c->arms_count; i++)
		c->arms[i].shown = c->arms[i].role != COMPARISON_BASELINE;
	c->family = comparison_family(c->run->plan);
}

static void fill_arm(struct comparison_arm *arm, const struct comparison *c, const char *name,
		     const char *const *allowed)
{
	const struct plan *p = c->run->plan;

	arm->name = g_strdup(name);
	arm->role = role_of(p, name);
	arm->rebuild_of = plan_find_arm(p, name)->rebuild_of;
	run_arm_failed(c->run, name, &arm->failed);
	arm->confound = confound_new(&(struct confound_side){ p, c->run->manifest, p->baseline },
				     &(struct confound_side){ p, c->run->manifest, name }, allowed);
	arm->series = g_new0(struct series, c->cells->len);
	arm->rows = g_new0(struct contrast, c->cells->len);
	for (guint cell = 0; cell < c->cells->len; cell++)
		fill_series(&arm->series[cell], c, name, c->cells->pdata[cell]);
}

static bool is_image_of(const struct comparison_arm *image, const struct comparison_arm *arm)
{
	return image == arm || !g_strcmp0(image->rebuild_of, arm->name);
}

/* The median over the boots of each image. */
static void fill_images(struct series *s, const struct comparison *c, const struct comparison_arm *arm,
			guint cell)
{
	series_init(s);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *image = &c->arms[i];

		if (is_image_of(image, arm) && !image->failed && image->series[cell].figures->len)
			series_add(s, i, image->series[cell].median);
	}
	series_finish(s);
	s->drift = (struct kendall){ NAN, 1 };	/* layouts have no order */
}

/* Where candidates have more than one image, those are what is compared, and so are the baseline's. */
static void add_images(struct comparison *c)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		struct comparison_arm *arm = &c->arms[i];

		if (!c->run->plan->rebuild_candidates ||
		    (arm->role != COMPARISON_BASELINE && arm->role != COMPARISON_CANDIDATE))
			continue;
		arm->images = g_new0(struct series, c->cells->len);
		for (guint cell = 0; cell < c->cells->len; cell++)
			fill_images(&arm->images[cell], c, arm, cell);
	}
}

static bool has_figures(const struct comparison *c, const struct comparison_arm *arm)
{
	for (guint cell = 0; cell < c->cells->len; cell++) {
		if (arm->series[cell].figures->len)
			return true;
	}
	return false;
}

unsigned int comparison_rebuilds(const struct comparison *c, const struct comparison_arm *arm,
				 unsigned int *ret_usable)
{
	unsigned int count = 0;

	*ret_usable = 0;
	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *image = &c->arms[i];

		if (image == arm || !is_image_of(image, arm))
			continue;
		count++;
		*ret_usable += !image->failed && has_figures(c, image);
	}
	return count;
}

struct comparison *comparison_new_allowing(const struct run *r, enum comparison_metric metric,
					   const char *const *allowed)
{
	struct comparison *c = g_new0(struct comparison, 1);
	g_autoptr(GPtrArray) names = plan_arm_names(r->plan);

	c->run = r;
	c->metric = metric;
	c->counted = run_is_counted(r);
	c->cells = plan_rows(r->plan);
	c->arms_count = names->len;
	c->arms = g_new0(struct comparison_arm, names->len);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		fill_arm(&c->arms[i], c, names->pdata[i], allowed);
		if (c->arms[i].role == COMPARISON_BASELINE)
			c->baseline = &c->arms[i];
	}
	add_images(c);
	choose_shown(c);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; cell < c->cells->len; cell++)
			comparison_contrast(c, c->baseline, &c->arms[i], cell, &c->arms[i].rows[cell]);
	}
	if (c->counted)
		judge_gated(c);
	judge_tested(c);
	return c;
}

struct comparison *comparison_new(const struct run *r, enum comparison_metric metric)
{
	return comparison_new_allowing(r, metric, NULL);
}

void comparison_free(struct comparison *c)
{
	if (!c)
		return;
	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; cell < c->cells->len; cell++) {
			series_clear(&c->arms[i].series[cell]);
			if (c->arms[i].images)
				series_clear(&c->arms[i].images[cell]);
		}
		confound_free(c->arms[i].confound);
		g_free(c->arms[i].images);
		g_free(c->arms[i].series);
		g_free(c->arms[i].rows);
		g_free(c->arms[i].name);
	}
	g_free(c->arms);
	g_ptr_array_unref(c->cells);
	g_free(c);
}

struct comparison_arm *comparison_find_arm(const struct comparison *c, const char *name)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (!strcmp(c->arms[i].name, name))
			return &c->arms[i];
	}
	return NULL;
}

bool comparison_lacks_boots(const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	return !arm->failed && arm->series[cell].figures->len < c->run->plan->design.blocks;
}

const struct comparison_arm *comparison_find_aa(const struct comparison *c)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (c->arms[i].role == COMPARISON_AA)
			return &c->arms[i];
	}
	return NULL;
}

bool comparison_is_beside(const struct comparison_arm *arm, const struct comparison_arm *only)
{
	return arm->role == COMPARISON_CANDIDATE && comparison_is_printed(arm, only) &&
	       !confound_refuses(arm->confound);
}

bool comparison_has_failure(const struct comparison *c)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (c->arms[i].failed || run_trace_failed(c->run, c->arms[i].name, NULL))
			return true;
	}
	return false;
}
