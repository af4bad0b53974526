// SPDX-License-Identifier: GPL-2.0-only
#include "floor-notes.h"

#include <math.h>

#include "figure.h"
#include "notes.h"

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
	const struct comparison_arm *aa = comparison_find_aa(c);
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
		    gain, comparison_cell(c, cell), interval, aa->rows[cell].blocks);
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
					       comparison_cell(c, cell), c->arms[i].name);
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

void floor_notes_add(GPtrArray *notes, const struct comparison *c)
{
	if (!c->counted) {
		add_noise_floor(notes, c);
		return;
	}
	/* Figures of images are compared with each other, or one image with a gate. */
	(c->baseline->images ? add_images : add_gate)(notes, c);
	add_repeatability(notes, c);
}
