// SPDX-License-Identifier: GPL-2.0-only
#include "extent.h"

#include "stats/holm.h"

struct extent extent_of(const struct comparison *c, const struct comparison_arm *only)
{
	struct extent e = { .planned = c->run->plan->design.blocks, .fewest = G_MAXUINT };

	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *arm = &c->arms[i];

		if (arm->failed || !(arm == c->baseline || comparison_is_printed(arm, only)))
			continue;
		for (guint cell = 0; cell < c->cells->len; cell++) {
			e.fewest = MIN(e.fewest, arm->series[cell].figures->len);
			e.most = MAX(e.most, arm->series[cell].figures->len);
		}
	}
	e.fewest = MIN(e.fewest, e.most);
	return e;
}

char *extent_range(const struct extent *e)
{
	return e->fewest < e->most ? g_strdup_printf("%u to %u", e->fewest, e->most)
				   : g_strdup_printf("%u", e->most);
}

char *extent_blocks(const struct extent *e)
{
	g_autofree char *range = extent_range(e);
	const char *blocks = e->planned == 1 ? "block" : "blocks";

	return e->fewest >= e->planned ? g_strdup_printf("%s %s", range, blocks)
				       : g_strdup_printf("%s of the %u %s planned", range, e->planned, blocks);
}

char *extent_alarm(const struct comparison *c)
{
	struct extent e = extent_of(c, NULL);
	g_autofree char *range = extent_range(&e);

	if (c->baseline->failed || e.fewest >= e.planned)
		return NULL;
	return g_strdup_printf(
		"UNFINISHED: the rows have %s of the %u boots planned for each arm; `vmapbench sweep --resume` "
		"makes up for the others.",
		range, e.planned);
}

/* Boots that do not meet in blocks are tested as images are, by ranks of two samples. */
static size_t needed_by(const struct contrast *row, size_t family)
{
	return row->paired ? holm_smallest_blocks(family, CONTRAST_ALPHA)
			   : holm_smallest_boots(family, CONTRAST_ALPHA);
}

static void add_row(struct extent_test *t, const struct contrast *row, size_t family)
{
	t->count = MAX(t->count, row->blocks);
	t->can_mark = t->can_mark || row->blocks >= needed_by(row, family);
	t->has_interval = t->has_interval || row->blocks >= needed_by(row, 1);
}

struct extent_test extent_test_of(const struct comparison *c)
{
	bool images = c->baseline->images, compared = false;
	struct extent_test t = {
		.planned = images ? c->run->plan->rebuilds + 1 : c->run->plan->design.blocks,
	};

	t.needed = images ? holm_smallest_boots(c->family, CONTRAST_ALPHA)
			  : holm_smallest_blocks(c->family, CONTRAST_ALPHA);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; cell < c->cells->len; cell++) {
			const struct contrast *row = &c->arms[i].rows[cell];

			if (&c->arms[i] == c->baseline || !c->arms[i].shown || row->missing)
				continue;
			add_row(&t, row, c->family);
			compared = true;
		}
	}
	if (!compared) {
		t.count = t.planned;
		t.can_mark = t.count >= t.needed;
		t.has_interval = true;
	}
	return t;
}

char *extent_test_words(const struct comparison *c, const struct extent_test *t)
{
	const char *unit = c->baseline->images ? "image" : "block";
	const char *of = c->baseline->images ? " of each arm" : "";
	const char *plural = t->planned == 1 ? "" : "s";

	if (t->count < t->planned)
		return g_strdup_printf("With %zu of the %zu %s%s planned%s", t->count, t->planned, unit, plural,
				       of);
	return g_strdup_printf("With %zu %s%s%s", t->count, unit, plural, of);
}
