// SPDX-License-Identifier: GPL-2.0-only
#include "outlook.h"

#include <math.h>
#include <string.h>

#include "boot.h"
#include "stats/quantile.h"

/* Early on one hang outweighs all that was good, and says little of what is to come. */
#define REPEATS_MAX 2.0

/* Of fewer boots one that was disturbed may be the median, and arms hardly differ by as much. */
#define OWN_MIN 3

struct outlook {
	GHashTable *by_kind;		/* what kind_of() gives -> GArray of double, seconds of good boots */
	GArray *all;			/* the same of every kind */
	guint ended[RUN_TEST + 1];
	double good_s, spoilt_s;
};

static void free_array(gpointer array)
{
	g_array_unref(array);
}

struct outlook *outlook_new(void)
{
	struct outlook *o = g_new0(struct outlook, 1);

	o->by_kind = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_array);
	o->all = g_array_new(FALSE, FALSE, sizeof(double));
	return o;
}

void outlook_free(struct outlook *o)
{
	if (!o)
		return;
	g_hash_table_unref(o->by_kind);
	g_array_unref(o->all);
	g_free(o);
}

/*
 * Boots of the same kind do the same. The rows of a boot are in another order in each block; no row is in two
 * groups, so that the first by name stands for all. @arm "" is any. Caller frees.
 */
static char *kind_of(const struct schedule_boot *boot, const char *arm)
{
	const char *first = NULL;

	for (guint i = 0; i < boot->rows->len; i++) {
		const struct plan_row *row = boot->rows->pdata[i];

		if (!first || strcmp(row->name, first) < 0)
			first = row->name;
	}
	return g_strdup_printf("%s\n%s\n%s", arm, boot->traced ? "traced" : "timed", first ? first : "");
}

static void add_to(struct outlook *o, const struct schedule_boot *boot, const char *arm, double seconds)
{
	g_autofree char *kind = kind_of(boot, arm);
	GArray *seen = g_hash_table_lookup(o->by_kind, kind);

	if (!seen) {
		seen = g_array_new(FALSE, FALSE, sizeof(double));
		g_hash_table_insert(o->by_kind, g_steal_pointer(&kind), seen);
	}
	g_array_append_val(seen, seconds);
}

void outlook_add(struct outlook *o, const struct schedule_boot *boot, double seconds, enum run_class class)
{
	o->ended[class]++;
	if (isnan(seconds))
		return;
	if (class == RUN_INFRA)
		o->spoilt_s += seconds;
	if (class != RUN_OK)
		return;
	o->good_s += seconds;
	add_to(o, boot, boot->arm, seconds);
	add_to(o, boot, "", seconds);
	g_array_append_val(o->all, seconds);
}

static char *name_without_attempt(const char *boot)
{
	static const char mark[] = { BOOT_ATTEMPT_MARK, '\0' };

	return g_strndup(boot, strcspn(boot, mark));
}

void outlook_add_run(struct outlook *o, const struct run *r, const GPtrArray *boots)
{
	g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < boots->len; i++) {
		const struct schedule_boot *boot = boots->pdata[i];

		g_hash_table_insert(by_name, boot->name, boots->pdata[i]);
	}
	for (guint i = 0; i < r->ends->len; i++) {
		const struct run_boot_end *end = r->ends->pdata[i];
		g_autofree char *name = name_without_attempt(end->boot);
		const struct schedule_boot *boot = g_hash_table_lookup(by_name, name);

		if (boot && end->class != RUN_INFRA)
			outlook_add(o, boot, end->boot_s + end->loads_s + end->shutdown_s, end->class);
	}
}

/* NAN when there are fewer than @least. */
static double median_of(const struct outlook *o, const struct schedule_boot *boot, const char *arm, guint least)
{
	g_autofree char *kind = kind_of(boot, arm);
	const GArray *seen;

	seen = g_hash_table_lookup(o->by_kind, kind);
	return seen && seen->len >= least ? quantile_median((const double *)seen->data, seen->len) : NAN;
}

double outlook_expect(const struct outlook *o, const struct schedule_boot *boot, bool *ret_rough)
{
	double expected = median_of(o, boot, boot->arm, OWN_MIN);

	if (isnan(expected))
		expected = median_of(o, boot, "", 1);
	if (!isnan(expected))
		return expected;
	if (o->all->len > 0)
		*ret_rough = true;
	return o->all->len > 0 ? o->good_s / o->all->len : NAN;
}

guint outlook_ended(const struct outlook *o, enum run_class class)
{
	return o->ended[class];
}

double outlook_repeats(const struct outlook *o)
{
	return o->good_s > 0 ? MIN(1 + o->spoilt_s / o->good_s, REPEATS_MAX) : 1;
}
