// SPDX-License-Identifier: GPL-2.0-only
#include "samples-rows.h"

#include <math.h>
#include <string.h>

#include "stats/share.h"

/* Of a boot in which the function was not met there may be none. */
static guint64 count_of(const GArray *counts, guint boot)
{
	return boot < counts->len ? g_array_index(counts, guint64, boot) : 0;
}

/* The boots of two sides that count, as their indices: in pairs, of one block each. */
struct pairs {
	GArray *base, *own; /* guint */
	bool paired;
};

static void add_pair(struct pairs *p, guint base, guint own)
{
	g_array_append_val(p->base, base);
	g_array_append_val(p->own, own);
}

static void add_all(GArray *indices, const struct samples_side *side)
{
	for (guint i = 0; i < side->boots->len; i++)
		g_array_append_val(indices, i);
}

static unsigned int block_of(const struct samples_side *side, guint boot)
{
	return g_array_index(side->boots, struct samples_boot, boot).block;
}

/* Without a block in common all boots of each. */
static void pairs_init(struct pairs *p, const struct samples_side *base, const struct samples_side *own)
{
	guint b = 0, o = 0;

	p->base = g_array_new(FALSE, FALSE, sizeof(guint));
	p->own = g_array_new(FALSE, FALSE, sizeof(guint));
	while (b < base->boots->len && o < own->boots->len) {
		unsigned int base_block = block_of(base, b), own_block = block_of(own, o);

		if (base_block == own_block)
			add_pair(p, b, o);
		b += base_block <= own_block;
		o += own_block <= base_block;
	}
	p->paired = p->base->len > 0;
	if (p->paired)
		return;
	add_all(p->base, base);
	add_all(p->own, own);
}

static void pairs_release(struct pairs *p)
{
	g_array_unref(p->base);
	g_array_unref(p->own);
}

/* Of one boot; a boot without a busy sample has none of anything. */
static double boot_share(const struct samples_side *side, const GArray *counts, guint boot)
{
	guint64 busy = g_array_index(side->boots, struct samples_boot, boot).busy;

	return busy ? (double)count_of(counts, boot) / busy : 0;
}

/* In percent. */
static double mean_share(const struct samples_side *side, const GArray *counts, const GArray *boots)
{
	double sum = 0;

	for (guint i = 0; i < boots->len; i++)
		sum += boot_share(side, counts, g_array_index(boots, guint, i));
	return boots->len ? 100 * sum / boots->len : NAN;
}

static struct share pooled(const struct samples_side *side, const GArray *counts, const GArray *boots)
{
	struct share all = { 0 };

	for (guint i = 0; i < boots->len; i++) {
		guint boot = g_array_index(boots, guint, i);

		all.hits += count_of(counts, boot);
		all.samples += g_array_index(side->boots, struct samples_boot, boot).busy;
	}
	return all;
}

/* In percentage points. What boots differ by is not known of one pair, and counting alone would promise too
 * much. */
static double error_of(const struct pairs *p, const struct samples_side *base, const struct samples_side *own,
		       const GArray *base_counts, const GArray *own_counts)
{
	g_autofree double *differences = g_new(double, p->own->len);
	const struct share of_base = pooled(base, base_counts, p->base),
			   of_own = pooled(own, own_counts, p->own);
	double counting = share_counting_error(&of_base, &of_own, CONTRAST_LEVEL), between = NAN;

	for (guint i = 0; p->paired && i < p->own->len; i++)
		differences[i] = boot_share(own, own_counts, g_array_index(p->own, guint, i)) -
				 boot_share(base, base_counts, g_array_index(p->base, guint, i));
	if (p->paired)
		between = share_mean_error(differences, p->own->len, CONTRAST_LEVEL);
	return isnan(between) ? NAN : 100 * fmax(counting, between);
}

static struct samples_difference compare(const struct pairs *p, const struct samples_side *base,
					 const struct samples_side *own, const GArray *base_counts,
					 const GArray *own_counts)
{
	double baseline = mean_share(base, base_counts, p->base);
	double candidate = mean_share(own, own_counts, p->own);

	return (struct samples_difference){
		.baseline = baseline,
		.candidate = candidate,
		.difference = candidate - baseline,
		.within = error_of(p, base, own, base_counts, own_counts),
	};
}

static void fill_row(struct samples_row *row, const struct samples_cell *cell, const struct pairs *p,
		     unsigned int baseline, unsigned int arm)
{
	const struct samples_side *base = &cell->sides[baseline], *own = &cell->sides[arm];
	const struct samples_function *f = row->function;

	row->self = compare(p, base, own, f->self[baseline], f->self[arm]);
	row->baseline_total = mean_share(base, f->total[baseline], p->base);
	row->candidate_total = mean_share(own, f->total[arm], p->own);
}

guint samples_rows_blocks(const struct samples *s, const struct samples_cell *cell, unsigned int arm)
{
	struct pairs p;
	guint blocks;

	pairs_init(&p, &cell->sides[s->comparison->baseline - s->comparison->arms], &cell->sides[arm]);
	blocks = p.paired ? p.own->len : 0;
	pairs_release(&p);
	return blocks;
}

static int by_share(gconstpointer a, gconstpointer b)
{
	const struct samples_row *first = a, *second = b;
	double one = samples_row_share(first), other = samples_row_share(second);

	return one == other ? strcmp(first->function->name, second->function->name) : one < other ? 1 : -1;
}

GArray *samples_rows(const struct samples *s, const struct samples_cell *cell, unsigned int arm)
{
	unsigned int baseline = s->comparison->baseline - s->comparison->arms;
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct samples_row));
	struct pairs p;

	pairs_init(&p, &cell->sides[baseline], &cell->sides[arm]);
	for (guint i = 0; i < cell->functions->len; i++) {
		struct samples_row row = { .function = cell->functions->pdata[i] };

		fill_row(&row, cell, &p, baseline, arm);
		g_array_append_val(rows, row);
	}
	pairs_release(&p);
	g_array_sort(rows, by_share);
	return rows;
}

struct samples_difference samples_rows_compare(const struct samples *s, const struct samples_cell *cell,
					       unsigned int arm, const GArray *base_counts,
					       const GArray *own_counts)
{
	const struct samples_side *base = &cell->sides[s->comparison->baseline - s->comparison->arms];
	struct samples_difference difference;
	struct pairs p;

	pairs_init(&p, base, &cell->sides[arm]);
	difference = compare(&p, base, &cell->sides[arm], base_counts, own_counts);
	pairs_release(&p);
	return difference;
}
