// SPDX-License-Identifier: GPL-2.0-only
#include "timed-notes.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "confound-print.h"
#include "extent.h"
#include "floor-notes.h"
#include "journal/run-samples.h"
#include "journal/run-trace.h"
#include "notes.h"
#include "samples.h"
#include "stats/holm.h"
#include "stats/quantile.h"

/* A boot's figure and its block need this many for an exact rank correlation to reach 5 %. */
#define DRIFT_BOOTS_MIN 5

/* In counted mode figures of images are compared with each other, or one image with a gate. */
static bool has_images(const struct comparison *c)
{
	return c->baseline->images;
}

static bool is_gated(const struct comparison *c)
{
	return c->counted && !has_images(c);
}

static const char *cell_name(const struct comparison *c, guint cell)
{
	return ((const struct plan_row *)c->cells->pdata[cell])->name;
}

static void add_title(GPtrArray *notes, const struct comparison *c)
{
	const char *created = json_text(c->run->manifest, "created");
	g_autofree char *name = notes_run_name(c->run);

	notes_add(notes, "%s (run %s%s%.10s)", c->run->plan->title, name, created ? ", " : "",
		  created ? created : "");
}

static void add_synthetic(GPtrArray *notes, const struct comparison *c)
{
	const char *synthetic = json_text(c->run->manifest, "synthetic");

	if (synthetic)
		notes_add(notes, "SYNTHETIC, not measured: %s", synthetic);
}

/* The reason, and of what a compiler says the first line, which the others follow from. */
static void add_unbuilt(GPtrArray *notes, const struct run_boot_end *end)
{
	g_auto(GStrv) lines = g_strsplit(end->why, "\n  | ", 3);

	notes_add(notes, "FAILED: arm %s has no kernel: %s%s%s", end->arm, lines[0],
		  lines[0] && lines[1] ? " " : "", lines[0] && lines[1] ? lines[1] : "");
}

static void add_failures(GPtrArray *notes, const struct comparison *c)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct run_boot_end *end = c->arms[i].failed;

		if (end && !end->boot)
			add_unbuilt(notes, end);
		else if (end)
			notes_add(notes, "FAILED: arm %s, class %s, boot %s: %s (console/%s.log)", end->arm,
				  run_class_name(end->class), end->boot,
				  end->why ? end->why : "no reason was recorded", end->boot);
	}
}

static void add_trace_failures(GPtrArray *notes, const struct comparison *c)
{
	const struct run_boot_end *end;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (run_trace_failed(c->run, c->arms[i].name, &end))
			notes_add(notes,
				  "FAILED: the tracing pass of arm %s was given up, class %s, boot %s: %s",
				  end->arm, run_class_name(end->class), end->boot,
				  end->why ? end->why : "no reason was recorded");
	}
}

static void add_clocks(GPtrArray *notes, const struct comparison *c)
{
	g_autoptr(GString) arms = g_string_new(NULL);
	g_autofree char *first = notes_clocks(c->run, c->baseline->name);
	bool differ = first && strstr(first, " and ");

	for (unsigned int i = 0; i < c->arms_count; i++) {
		g_autofree char *clocks = notes_clocks(c->run, c->arms[i].name);

		if (!clocks)
			continue;
		differ = differ || g_strcmp0(clocks, first);
		g_string_append_printf(arms, "%s %s by %s", arms->len ? "," : "", c->arms[i].name, clocks);
	}
	if (differ)
		notes_add(notes,
			  "WARNING: times were taken by different clocks:%s. One is slower to read and coarser "
			  "than the other; on x86, append: tsc=reliable in the plan keeps the TSC.",
			  arms->str);
}

static void add_unfinished(GPtrArray *notes, const struct comparison *c)
{
	g_autofree char *alarm = extent_alarm(c);

	if (alarm)
		notes_add(notes, "%s", alarm);
}

void timed_notes_add_state(GPtrArray *notes, const struct comparison *c)
{
	add_synthetic(notes, c);
	add_unfinished(notes, c);
	add_failures(notes, c);
	add_trace_failures(notes, c);
	add_clocks(notes, c);
}

GPtrArray *timed_notes_above(const struct comparison *c)
{
	GPtrArray *notes = notes_new();

	add_title(notes, c);
	timed_notes_add_state(notes, c);
	floor_notes_add(notes, c);
	return notes;
}

static const char *plural(unsigned int count)
{
	return count == 1 ? "" : "s";
}

/* How t, of which the gain is made, comes about: the first sentence of a method. */
static char *describe_figure(const struct comparison *c)
{
	const struct plan_design *design = &c->run->plan->design;
	struct extent e = extent_of(c, NULL);
	g_autofree char *blocks = extent_blocks(&e);

	return g_strdup_printf(
		"method: %s, each of which boots every %s once, in an order drawn from the seed; a "
		"boot runs each row %u time%s, and t is the median over boots of the median of a boot's loads "
		"(%s, %s).",
		blocks, c->counted ? "image" : "arm", design->loads, plural(design->loads),
		comparison_metric_title(c->metric), comparison_unit(c));
}

/* What stands beside an estimate. */
static char *describe_certainty(const struct comparison *c)
{
	struct extent_test t = extent_test_of(c);
	const char *test = has_images(c) ? "rank-sum" : "signed-rank";

	if (t.has_interval)
		return g_strdup_printf("with its 95 %% interval and the exact %s test", test);
	return g_strdup_printf("with the exact %s test; for a 95 %% interval %zu are too few", test, t.count);
}

void timed_notes_add_method(GPtrArray *notes, const struct comparison *c)
{
	g_autofree char *figure = describe_figure(c);
	g_autofree char *certainty = describe_certainty(c);

	if (has_images(c))
		notes_add(notes,
			  "%s Each arm was built %u times in different layouts of code, and the gain is the "
			  "Hodges-Lehmann estimate over these images, %s.",
			  figure, c->run->plan->rebuilds + 1, certainty);
	else if (c->counted)
		notes_add(notes,
			  "%s The gain is the ratio of the two t, and its gate what another layout of the same "
			  "code does to the row, by rebuilds of the baseline.",
			  figure);
	else
		notes_add(notes, "%s The gain is the Hodges-Lehmann estimate over blocks, %s.", figure,
			  certainty);
}

static void add_estimate(GPtrArray *notes, const struct comparison *c, bool brief)
{
	notes_add(notes, "gain %% = 100 (t(baseline) / t(candidate) - 1): + is faster, - is slower.%s",
	    brief || is_gated(c) ? "" : has_images(c) ?
	    " Hodges-Lehmann estimate over images: it may differ a little from the ratio of the two medians." :
	    " Hodges-Lehmann estimate over blocks: it may differ a little from the ratio of the two medians.");
	if (!brief)
		notes_add(notes, "t: %s, %s; per boot the median of its loads, then the median over boots%s.",
			  comparison_metric_title(c->metric), comparison_unit(c),
			  has_images(c) ? ", then over images" : "");
}

static void add_formula(GPtrArray *notes, const struct comparison *c, bool brief)
{
	add_estimate(notes, c, brief);
	if (c->run->plan->subtract_setup)
		notes_add(notes,
			  "Without set-up: per boot, (t of all loops - t of one loop) / (loops - 1), each t "
			  "the median of %u load%s.",
			  c->run->plan->design.loads, c->run->plan->design.loads == 1 ? "" : "s");
}

static void add_sampler(GPtrArray *notes, const struct comparison *c)
{
	g_autofree char *events = NULL;
	unsigned int hz;

	if (!run_is_sampled(c->run, &hz))
		return;
	events = samples_events(c->run, c->baseline->name);
	notes_add(notes, "The kernels were sampled while these times were taken: %s, %u a second on each CPU.",
		  events, hz);
}

static void add_counts(GPtrArray *notes, const struct comparison *c, const struct comparison_arm *only)
{
	g_autofree char *accelerator = notes_accelerator(c->run);
	struct extent e = extent_of(c, only);
	unsigned int loads = c->run->plan->design.loads;
	g_autofree char *images =
		has_images(c) ? g_strdup_printf("%u images x ", c->run->plan->rebuilds + 1) : g_strdup("");
	g_autofree char *boots = extent_range(&e);

	notes_add(notes, "n = %s%s boot%s x %u load%s per arm and row; %s.", images, boots,
		  e.most == 1 ? "" : "s", loads, loads == 1 ? "" : "s", accelerator);
	add_sampler(notes, c);
}

static void add_marks_tested(GPtrArray *notes, const struct comparison *c)
{
	notes_add(notes,
		  "(I) improved, (R) regressed: p <= %.2f (exact %s, Holm over a family of %zu) and the gain "
		  "outside of +-%g %%. (=) equivalent: the interval lies inside of that. (?) cannot tell.",
		  CONTRAST_ALPHA, has_images(c) ? "rank-sum test of images" : "signed-rank test over blocks",
		  c->family, c->run->plan->design.gate_pct);
}

static void add_marks_gated(GPtrArray *notes, const struct comparison *c, bool brief)
{
	notes_add(notes,
		  "(I) improved, (R) regressed: the gain is outside of the row's gate: the %g %% prediction "
		  "interval of one more image of the baseline's source, at least %g %%. (=) equivalent: "
		  "inside. (?) cannot tell: no gate.",
		  100 * CONTRAST_LEVEL, c->run->plan->design.gate_pct);
	if (brief)
		notes_add(notes,
			  "A gate is of its row alone and not adjusted for the others: were there no effect in "
			  "any of %zu row%s, some %.1f would be marked.",
			  c->family, plural(c->family), (1 - CONTRAST_LEVEL) * c->family);
}

static void add_counted_limits(GPtrArray *notes)
{
	notes_add(notes,
	    "Instructions that the guest executed, one CPU running: they know nothing of cache misses, nor of "
	    "contention between CPUs, nor of time.");
}

/* For each printed row what @describe has to say, joined under @opening. */
static void add_row_list(GPtrArray *notes, const struct comparison *c, const struct comparison_arm *only,
			 const char *opening, char *(*describe)(const struct comparison *c,
								const struct comparison_arm *arm, guint cell))
{
	g_autoptr(GString) list = g_string_new(NULL);

	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *arm = &c->arms[i];

		if (arm == c->baseline || !comparison_is_printed(arm, only))
			continue;
		for (guint cell = 0; cell < c->cells->len; cell++) {
			g_autofree char *words = describe(c, arm, cell);

			if (words)
				g_string_append_printf(list, "%s %s of %s: %s", list->len ? ";" : "",
						       cell_name(c, cell), arm->name, words);
		}
	}
	if (list->len)
		notes_add(notes, "%s%s.", opening, list->str);
}

static char *describe_missing(const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	const char *missing = arm->rows[cell].missing;

	(void)c;
	return arm->failed || confound_refuses(arm->confound) ? NULL : g_strdup(missing);
}

static char *describe_settling(const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	const struct contrast *row = &arm->rows[cell];

	(void)c;
	return row->settle_blocks ? g_strdup_printf("%u", row->settle_blocks) : NULL;
}

static char *describe_fewer_boots(const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	guint base = c->baseline->series[cell].figures->len, own = arm->series[cell].figures->len;
	unsigned int planned = c->run->plan->design.blocks;

	if (arm->rows[cell].missing || (base >= planned && own >= planned))
		return NULL;
	return g_strdup_printf("%u and %u%s", base, own,
			       c->counted || arm->rows[cell].paired ? "" : " (rank-sum test, unpaired)");
}

static void add_few_images(GPtrArray *notes, const struct comparison *c)
{
	struct extent_test t = extent_test_of(c);
	g_autofree char *with = extent_test_words(c, &t);

	if (!t.can_mark)
		notes_add(notes,
			  "%s no row can be marked (I) or (R): a family of %zu row%s needs %zu (rebuilds: "
			  "%zu).",
			  with, c->family, plural(c->family), t.needed, t.needed - 1);
}

static void add_small_n(GPtrArray *notes, const struct comparison *c)
{
	struct extent_test t = extent_test_of(c);
	g_autofree char *with = extent_test_words(c, &t);

	if (c->counted || t.can_mark)
		return;
	notes_add(notes, "%s no row can be marked (I) or (R): a family of %zu row%s needs %zu%s.", with,
		  c->family, plural(c->family), t.needed,
		  t.has_interval ? "" : ", and a 95 % interval needs 6");
}

static void add_confounds(GPtrArray *notes, const struct comparison *c, const struct comparison_arm *only)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *arm = &c->arms[i];

		if (!only || arm == only)
			confound_add_notes(notes, arm->confound, c->baseline->name, arm->name);
	}
}

static void add_remarks(GPtrArray *notes, const struct comparison *c, const struct comparison_arm *only,
			bool brief)
{
	g_autofree char *fewer = g_strdup_printf("fewer than %u complete boots (baseline and arm):",
						 c->run->plan->design.blocks);

	add_confounds(notes, c, only);
	(has_images(c) ? add_few_images : add_small_n)(notes, c);
	add_row_list(notes, c, only, "n/a:", describe_missing);
	add_row_list(notes, c, only, fewer, describe_fewer_boots);
	if (!brief)
		add_row_list(notes, c, only, "blocks that would settle (?), about, if things are as they look:",
			     describe_settling);
	if (c->run->torn)
		notes_add(notes, "The journal ended in half a record, which was left out.");
}

/* All series of all arms, as one list. */
static const struct series *series_at(const struct comparison *c, unsigned int i)
{
	return &c->arms[i / c->cells->len].series[i % c->cells->len];
}

static double sd_pct(double variance)
{
	return 100 * expm1(sqrt(variance));
}

static void add_spread(GPtrArray *notes, const struct comparison *c)
{
	g_autoptr(GArray) between = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GArray) within = g_array_new(FALSE, FALSE, sizeof(double));

	for (unsigned int i = 0; i < c->arms_count * c->cells->len; i++) {
		struct variance v = series_at(c, i)->spread;

		if (isnan(v.between) || isnan(v.within))
			continue;
		g_array_append_val(between, v.between);
		g_array_append_val(within, v.within);
	}
	if (between->len)
		notes_add(notes,
		    "spread (one sd): between boots %.2f %%, within a boot %.2f %%; medians over %u rows of "
		    "all arms.",
		    sd_pct(quantile_median((const double *)between->data, between->len)),
		    sd_pct(quantile_median((const double *)within->data, within->len)), between->len);
}

/* Series too short to show a drift keep out of the family. */
static bool can_drift(const struct series *s)
{
	return s->figures->len >= DRIFT_BOOTS_MIN && !isnan(s->drift.tau);
}

static void add_drift(GPtrArray *notes, const struct comparison *c)
{
	g_autoptr(GArray) p = g_array_new(FALSE, FALSE, sizeof(double));
	unsigned int drifting = 0, strongest = 0;
	double most = -1;

	for (unsigned int i = 0; i < c->arms_count * c->cells->len; i++) {
		const struct series *s = series_at(c, i);

		if (!can_drift(s))
			continue;
		g_array_append_val(p, s->drift.p);
		if (fabs(s->drift.tau) <= most)
			continue;
		most = fabs(s->drift.tau);
		strongest = i;
	}
	if (!p->len)
		return;
	holm_adjust((const double *)p->data, p->len, (double *)p->data);
	for (guint i = 0; i < p->len; i++)
		drifting += g_array_index(p, double, i) <= CONTRAST_ALPHA;
	notes_add(notes,
	    "drift: %u of %u rows of all arms rise or fall with the block (Kendall, Holm, p <= %.2f); "
	    "strongest: %s of %s, tau %+.2f.",
	    drifting, p->len, CONTRAST_ALPHA, cell_name(c, strongest % c->cells->len),
	    c->arms[strongest / c->cells->len].name, series_at(c, strongest)->drift.tau);
}

void timed_notes_add_reading(GPtrArray *notes, const struct comparison *c, const struct comparison_arm *only,
			     bool brief)
{
	add_formula(notes, c, brief);
	if (!brief)
		add_counts(notes, c, only);
	if (is_gated(c))
		add_marks_gated(notes, c, brief);
	else
		add_marks_tested(notes, c);
	if (c->counted)
		add_counted_limits(notes);
	add_remarks(notes, c, only, brief);
}

void timed_notes_add_spread(GPtrArray *notes, const struct comparison *c)
{
	if (c->counted)
		return;
	add_spread(notes, c);
	add_drift(notes, c);
}

GPtrArray *timed_notes_below(const struct comparison *c, const struct comparison_arm *only, bool brief)
{
	GPtrArray *notes = notes_new();

	timed_notes_add_reading(notes, c, only, brief);
	if (!brief)
		timed_notes_add_spread(notes, c);
	return notes;
}
