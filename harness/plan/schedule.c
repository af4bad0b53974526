// SPDX-License-Identifier: GPL-2.0-only
#include "schedule.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <string.h>

static void boot_free(gpointer data)
{
	struct schedule_boot *boot = data;

	g_free(boot->name);
	g_free(boot->arm);
	g_ptr_array_unref(boot->rows);
	g_free(boot);
}

static void shuffle(const gsl_rng *rng, GPtrArray *array)
{
	gsl_ran_shuffle(rng, array->pdata, array->len, sizeof(gpointer));
}

static bool same_boot(enum plan_pack pack, const struct plan_row *a, const struct plan_row *b)
{
	return pack == PLAN_PACK_ALL || (pack == PLAN_PACK_TEST && !strcmp(a->cell->test, b->cell->test));
}

static GPtrArray *find_group(GPtrArray *groups, enum plan_pack pack, const struct plan_row *row)
{
	for (guint i = 0; i < groups->len; i++) {
		GPtrArray *group = groups->pdata[i];

		if (same_boot(pack, group->pdata[0], row))
			return group;
	}
	return NULL;
}

/* Arrays of rows that share a boot. */
static GPtrArray *group_rows(const struct plan *p, GPtrArray *rows)
{
	GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

	for (guint i = 0; i < rows->len; i++) {
		GPtrArray *group = find_group(groups, p->design.pack, rows->pdata[i]);

		if (!group) {
			group = g_ptr_array_new();
			g_ptr_array_add(groups, group);
		}
		g_ptr_array_add(group, rows->pdata[i]);
	}
	return groups;
}

static struct schedule_boot *boot_new(unsigned int block, char kind, unsigned int group, const char *arm,
				      GPtrArray *rows)
{
	struct schedule_boot *boot = g_new0(struct schedule_boot, 1);

	boot->name = g_strdup_printf("b%03u-%c%02u-%s", block, kind, group, arm);
	boot->block = block;
	boot->arm = g_strdup(arm);
	boot->rows = g_ptr_array_copy(rows, NULL, NULL);
	return boot;
}

static struct schedule_boot *traced_boot_new(unsigned int block, unsigned int group, const char *arm,
					     GPtrArray *rows, const char *const *probes)
{
	struct schedule_boot *boot = boot_new(block, 't', group, arm, rows);

	boot->traced = true;
	memcpy(boot->probes, probes, sizeof(boot->probes));
	return boot;
}

static void add_block(GPtrArray *boots, const gsl_rng *rng, unsigned int block, GPtrArray *groups,
		      GPtrArray *arms)
{
	g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < groups->len; i++)
		g_array_append_val(order, i);
	gsl_ran_shuffle(rng, order->data, order->len, sizeof(guint));
	for (guint i = 0; i < order->len; i++) {
		guint group = g_array_index(order, guint, i);

		shuffle(rng, arms);
		shuffle(rng, groups->pdata[group]);
		for (guint a = 0; a < arms->len; a++)
			g_ptr_array_add(boots,
					boot_new(block, 'g', group, arms->pdata[a], groups->pdata[group]));
	}
}

/* The rows of a group are in the order that its timed boots had in this block. */
static void add_traced_block(GPtrArray *boots, const gsl_rng *rng, unsigned int block, GPtrArray *groups,
			     GPtrArray *arms)
{
	const char *probes[SCHEDULE_PROBES] = { "off", "loaded", "attached" };

	for (guint group = 0; group < groups->len; group++) {
		shuffle(rng, arms);
		gsl_ran_shuffle(rng, probes, SCHEDULE_PROBES, sizeof(*probes));
		for (guint a = 0; a < arms->len; a++)
			g_ptr_array_add(boots, traced_boot_new(block, group, arms->pdata[a],
							       groups->pdata[group], probes));
	}
}

static GPtrArray *traced_arm_names(const struct plan *p)
{
	GPtrArray *names = g_ptr_array_new();

	for (unsigned int i = 0; i < p->arms_count; i++)
		g_ptr_array_add(names, p->arms[i].name);
	return names;
}

static gsl_rng *rng_new(guint64 seed)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	gsl_rng_set(rng, seed);
	return rng;
}

struct schedule {
	const struct plan *plan;
	GPtrArray *groups;	/* shuffled further in each block, as are the arms */
	GPtrArray *arms;
	GPtrArray *traced_arms;
	gsl_rng *rng;
	gsl_rng *traced_rng;	/* its own, so that the pass moves no timed boot */
	unsigned int block;	/* the next one */
};

struct schedule *schedule_open(const struct plan *p, GPtrArray *rows, guint64 seed)
{
	struct schedule *s = g_new0(struct schedule, 1);

	s->plan = p;
	s->groups = group_rows(p, rows);
	s->arms = plan_arm_names(p);
	s->traced_arms = traced_arm_names(p);
	s->rng = rng_new(seed);
	s->traced_rng = rng_new(~seed);
	return s;
}

void schedule_close(struct schedule *s)
{
	g_ptr_array_unref(s->groups);
	g_ptr_array_unref(s->arms);
	g_ptr_array_unref(s->traced_arms);
	gsl_rng_free(s->rng);
	gsl_rng_free(s->traced_rng);
	g_free(s);
}

GPtrArray *schedule_next_block(struct schedule *s)
{
	GPtrArray *boots = g_ptr_array_new_with_free_func(boot_free);

	add_block(boots, s->rng, s->block, s->groups, s->arms);
	if (s->plan->trace.loads > 0)
		add_traced_block(boots, s->traced_rng, s->block, s->groups, s->traced_arms);
	s->block++;
	return boots;
}

GPtrArray *schedule_new(const struct plan *p, GPtrArray *rows, guint64 seed)
{
	GPtrArray *boots = g_ptr_array_new_with_free_func(boot_free);
	g_autoptr(schedule) s = schedule_open(p, rows, seed);

	for (unsigned int block = 0; block < p->design.blocks; block++)
		g_ptr_array_extend_and_steal(boots, schedule_next_block(s));
	return boots;
}

void schedule_count(const struct plan *p, GPtrArray *rows, guint64 *ret_timed, guint64 *ret_traced)
{
	g_autoptr(GPtrArray) groups = group_rows(p, rows);
	guint64 for_an_arm = (guint64)p->design.blocks * groups->len;

	*ret_timed = for_an_arm * (p->arms_count + p->aa);
	*ret_traced = p->trace.loads > 0 ? for_an_arm * p->arms_count : 0;
}
