// SPDX-License-Identifier: GPL-2.0-only
#include "timed-notes.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "confound-print.h"
#include "figure.h"
#include "journal/run-trace.h"
#include "notes.h"
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
	const char *synthetic = json_text(c->run->manifest, "synthetic"),
		   *created = json_text(c->run->manifest, "created");
	g_autofree char *name = notes_run_name(c->run);

	notes_add(notes, "%s (run %s%s%.10s)", c->run->plan->title, name, created ? ", " : "",
		  created ? created : "");
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

static const struct comparison_arm *find_aa(const struct comparison *c)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (c->arms[i].role == COMPARISON_AA)
			return &c->arms[i];
	}
	return NULL;
}

/*
 * The cell with the largest effect of either sign, -1 when none is known; *ret_marked counts those called
 * changed.
 */
static int largest_effect(const struct comparison *c, const struct comparison_arm *arm, guint *ret_marked)
{
	double most = -1;
	int found = -1;

	*ret_marked = 0;
	for (guint cell = 0; cell < c->cells->len; cell++) {
		const struct contrast *row = &arm->rows[cell];

		if (row->missing)
			continue;
		*ret_marked += contrast_is_marked(row);
		if (fabs(row->effect.estimate) <= most)
			continue;
		most = fabs(row->effect.estimate);
		found = cell;
	}
	return found;
}

static char *interval_words(const struct shift *effect)
{
	g_autofree char *low = figure_gain(contrast_gain_pct(effect->low));
	g_autofree char *high = figure_gain(contrast_gain_pct(effect->high));

	if (isinf(effect->low))
		return g_strdup("too few blocks for a 95 % interval");
	return g_strdup_printf("95 %% interval %s to %s", low, high);
}

static void add_noise_floor(GPtrArray *notes, const struct comparison *c)
{
	const struct comparison_arm *aa = find_aa(c);
	guint marked;
	int cell;

	if (!aa) {
		notes_add(notes, "A/A noise floor: not known, the plan has no A/A arm (aa: true).");
		return;
	}
	cell = largest_effect(c, aa, &marked);
	if (cell < 0) {
		notes_add(notes, "A/A noise floor: not known, no row of the A/A arm is complete.");
	} else if (aa->rows[cell].blocks < 2) {
		notes_add(notes, "A/A noise floor: not known, one block has no spread.");
	} else {
		g_autofree char *gain = figure_gain(contrast_gain_pct(aa->rows[cell].effect.estimate));
		g_autofree char *interval = interval_words(&aa->rows[cell].effect);

		notes_add(notes,
		    "A/A noise floor: the baseline against itself reads up to %s %% (%s, %s), %zu blocks.",
		    gain, cell_name(c, cell), interval, aa->rows[cell].blocks);
	}
	if (marked > 0)
		notes_add(notes,
		    "WARNING: the baseline differs from itself in %u row%s: this machine was not quiet enough, "
		    "marks of that size mean nothing.",
		    marked, marked == 1 ? "" : "s");
}

/* The largest effect that a rebuild of the baseline shows in any row; 0 without one. */
static double widest_rebuild(const struct comparison *c)
{
	double widest = 0;
	guint marked;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *arm = &c->arms[i];
		int cell = arm->role == COMPARISON_LAYOUT ? largest_effect(c, arm, &marked) : -1;

		if (cell >= 0)
			widest = MAX(widest, fabs(arm->rows[cell].effect.estimate));
	}
	return widest;
}

/* "3", or "2 of 3": the others failed or are not there yet. Caller frees. */
static char *rebuild_words(const struct comparison *c, const struct comparison_arm *arm,
			   unsigned int *ret_usable)
{
	unsigned int planned = comparison_rebuilds(c, arm, ret_usable);

	if (*ret_usable == planned)
		return g_strdup_printf("%u", planned);
	return g_strdup_printf("%u of %u", *ret_usable, planned);
}

static void add_gate(GPtrArray *notes, const struct comparison *c)
{
	unsigned int usable;
	g_autofree char *rebuilds = rebuild_words(c, c->baseline, &usable);

	if (usable > 0)
		notes_add(notes,
			  "gate from the baseline and %s rebuild%s of it: code that does the same, laid out "
			  "otherwise, reads up to %.2f %% apart here.",
			  rebuilds, c->run->plan->rebuilds == 1 ? "" : "s",
			  contrast_gain_pct(widest_rebuild(c)));
	else
		notes_add(notes,
			  "gate: not known. %s (rebuilds: 3 in the plan); the A/A arm is the same image and "
			  "does not show what the layout does.",
			  c->run->plan->rebuilds ? "No rebuild of the baseline has figures"
						 : "The baseline was not rebuilt in other layouts");
}

static void add_images(GPtrArray *notes, const struct comparison *c)
{
	g_autoptr(GString) list = g_string_new(NULL);

	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *arm = &c->arms[i];
		unsigned int usable;
		g_autofree char *rebuilds = arm->images ? rebuild_words(c, arm, &usable) : NULL;

		if (rebuilds)
			g_string_append_printf(list, "%s%s + %s", list->len ? ", " : "", arm->name, rebuilds);
	}
	notes_add(notes,
		  "images (as built + rebuilds in other layouts): %s. The baseline's read up to %.2f %% apart "
		  "here.",
		  list->str, contrast_gain_pct(widest_rebuild(c)));
}

static void add_repeatability(GPtrArray *notes, const struct comparison *c)
{
	g_autoptr(GString) differing = g_string_new(NULL);
	guint checked = 0, different = 0;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; cell < c->cells->len; cell++) {
			const struct series *s = &c->arms[i].series[cell];

			checked += s->figures->len > 1;
			if (s->figures->len < 2 || s->lowest == s->highest)
				continue;
			different++;
			g_string_append_printf(differing, "%s %s of %s", differing->len ? "," : "",
					       cell_name(c, cell), c->arms[i].name);
		}
	}
	if (different > 0)
		notes_add(notes,
		    "NOT REPEATABLE: boots of one image differ in%s; the gates of these rows are wider by it.",
		    differing->str);
	else if (checked > 0)
		notes_add(notes, "repeatable: the boots of each image agree to the last digit in every row.");
	else
		notes_add(notes, "repeatable: not checked, there is one boot per image.");
}

GPtrArray *timed_notes_above(const struct comparison *c)
{
	GPtrArray *notes = notes_new();

	add_title(notes, c);
	add_failures(notes, c);
	add_trace_failures(notes, c);
	add_clocks(notes, c);
	if (c->counted) {
		(has_images(c) ? add_images : add_gate)(notes, c);
		add_repeatability(notes, c);
	} else {
		add_noise_floor(notes, c);
	}
	return notes;
}

static void add_formula(GPtrArray *notes, const struct comparison *c)
{
	notes_add(notes, "gain %% = 100 (t(baseline) / t(candidate) - 1): + is faster, - is slower.%s",
	    is_gated(c) ? "" : has_images(c) ?
	    " Hodges-Lehmann estimate over images: it may differ a little from the ratio of the two medians." :
	    " Hodges-Lehmann estimate over blocks: it may differ a little from the ratio of the two medians.");
	notes_add(notes, "t: %s, %s; per boot the median of its loads, then the median over boots%s.",
	    comparison_metric_title(c->metric), comparison_unit(c), has_images(c) ? ", then over images" : "");
	if (c->run->plan->subtract_setup)
		notes_add(notes,
			  "Without set-up: per boot, (t of all loops - t of one loop) / (loops - 1), each t "
			  "the median of %u load%s.",
			  c->run->plan->design.loads, c->run->plan->design.loads == 1 ? "" : "s");
}

static void add_counts(GPtrArray *notes, const struct comparison *c, const struct comparison_arm *only)
{
	g_autofree char *accelerator = notes_accelerator(c->run);
	guint fewest = G_MAXUINT, most = 0;
	unsigned int loads = c->run->plan->design.loads;
	g_autofree char *images =
		has_images(c) ? g_strdup_printf("%u images x ", c->run->plan->rebuilds + 1) : g_strdup("");
	g_autofree char *boots = NULL;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (c->arms[i].failed ||
		    !(&c->arms[i] == c->baseline || comparison_is_printed(&c->arms[i], only)))
			continue;
		for (guint cell = 0; cell < c->cells->len; cell++) {
			fewest = MIN(fewest, c->arms[i].series[cell].figures->len);
			most = MAX(most, c->arms[i].series[cell].figures->len);
		}
	}
	boots = fewest < most ? g_strdup_printf("%u to %u", fewest, most) : g_strdup_printf("%u", most);
	notes_add(notes, "n = %s%s boot%s x %u load%s per arm and row; %s.", images, boots,
		  most == 1 ? "" : "s", loads, loads == 1 ? "" : "s", accelerator);
}

static void add_marks_tested(GPtrArray *notes, const struct comparison *c)
{
	notes_add(notes,
		  "(I) improved, (R) regressed: p <= %.2f (exact %s, Holm over a family of %zu) and the gain "
		  "outside of +-%g %%. (=) equivalent: the interval lies inside of that. (?) cannot tell.",
		  CONTRAST_ALPHA, has_images(c) ? "rank-sum test of images" : "signed-rank test over blocks",
		  c->family, c->run->plan->design.gate_pct);
}

static void add_marks_gated(GPtrArray *notes, const struct comparison *c)
{
	notes_add(notes,
		  "(I) improved, (R) regressed: the gain is outside of the row's gate: the %g %% prediction "
		  "interval of one more image of the baseline's source, at least %g %%. (=) equivalent: "
		  "inside. (?) cannot tell: no gate.",
		  100 * CONTRAST_LEVEL, c->run->plan->design.gate_pct);
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
	unsigned int images = c->run->plan->rebuilds + 1, mark = holm_smallest_boots(c->family, CONTRAST_ALPHA);

	if (images < mark)
		notes_add(notes,
			  "With %u images of each arm no row can be marked (I) or (R): a family of %zu row%s "
			  "needs %u (rebuilds: %u).",
			  images, c->family, c->family == 1 ? "" : "s", mark, mark - 1);
}

static void add_small_n(GPtrArray *notes, const struct comparison *c)
{
	unsigned int blocks = c->run->plan->design.blocks;
	unsigned int interval = holm_smallest_blocks(1, CONTRAST_ALPHA);
	unsigned int mark = holm_smallest_blocks(c->family, CONTRAST_ALPHA);

	if (c->counted || blocks >= mark)
		return;
	notes_add(notes, "With %u block%s no row can be marked (I) or (R): a family of %zu row%s needs %u%s.",
		  blocks, blocks == 1 ? "" : "s", c->family, c->family == 1 ? "" : "s", mark,
		  blocks < interval ? ", and a 95 % interval needs 6" : "");
}

static void add_confounds(GPtrArray *notes, const struct comparison *c, const struct comparison_arm *only)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *arm = &c->arms[i];

		if (!only || arm == only)
			confound_add_notes(notes, arm->confound, c->baseline->name, arm->name);
	}
}

static void add_remarks(GPtrArray *notes, const struct comparison *c, const struct comparison_arm *only)
{
	g_autofree char *fewer = g_strdup_printf("fewer than %u complete boots (baseline and arm):",
						 c->run->plan->design.blocks);

	add_confounds(notes, c, only);
	(has_images(c) ? add_few_images : add_small_n)(notes, c);
	add_row_list(notes, c, only, "n/a:", describe_missing);
	add_row_list(notes, c, only, fewer, describe_fewer_boots);
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

GPtrArray *timed_notes_below(const struct comparison *c, const struct comparison_arm *only)
{
	GPtrArray *notes = notes_new();

	add_formula(notes, c);
	add_counts(notes, c, only);
	(is_gated(c) ? add_marks_gated : add_marks_tested)(notes, c);
	if (c->counted)
		add_counted_limits(notes);
	add_remarks(notes, c, only);
	if (!c->counted) {
		add_spread(notes, c);
		add_drift(notes, c);
	}
	return notes;
}
