// SPDX-License-Identifier: GPL-2.0-only
#include "sweep/outlook.h"

#include <math.h>
#include <string.h>

/*
 * A simulated sweep of three arms and two cells: a boot takes what its arm and its cell take, and some noise;
 * each twentieth takes ten times as long.
 */
static const char text[] = "title: t\n"
			   "arms: [{name: base, source: linux-7.3},\n"
			   "  {name: slow, source: linux-7.3, layout: 1},\n"
			   "  {name: third, source: linux-7.3, layout: 2}]\n"
			   "design: {blocks: 20, loads: 1, seed: 5}\n"
			   "cells: [{test: a, threads: [1]}, {test: b, threads: [1]}]\n";

struct simulation {
	struct plan *plan;
	GPtrArray *rows, *boots;
	struct outlook *outlook;
};

static void set_up(struct simulation *s, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	s->plan = plan_parse_frozen(text, "t.yaml", &error);
	g_assert_no_error(error);
	s->rows = plan_rows(s->plan);
	s->boots = schedule_new(s->plan, s->rows, 5);
	s->outlook = outlook_new();
	g_assert_cmpuint(s->boots->len, ==, 20 * 3 * 2);
}

static void tear_down(struct simulation *s, gconstpointer data)
{
	(void)data;
	outlook_free(s->outlook);
	g_ptr_array_unref(s->boots);
	g_ptr_array_unref(s->rows);
	plan_free(s->plan);
}

static double typical_s(const struct schedule_boot *boot)
{
	const struct plan_row *row = boot->rows->pdata[0];
	double arm_s = !strcmp(boot->arm, "slow") ? 4 : !strcmp(boot->arm, "third") ? 2.5 : 2;

	return arm_s + (!strcmp(row->name, "b/1") ? 30 : 1);
}

static double noisy_s(const struct schedule_boot *boot, guint i)
{
	double noise = 1 + 0.02 * ((int)(i * 7919 % 11) - 5);

	return typical_s(boot) * noise * (i % 20 == 7 ? 10 : 1);
}

static double expected_left_s(const struct simulation *s, guint from, bool *ret_rough)
{
	double left_s = 0;

	for (guint i = from; i < s->boots->len; i++)
		left_s += outlook_expect(s->outlook, s->boots->pdata[i], ret_rough);
	return left_s;
}

static double typical_left_s(const struct simulation *s, guint from)
{
	double left_s = 0;

	for (guint i = from; i < s->boots->len; i++)
		left_s += typical_s(s->boots->pdata[i]);
	return left_s;
}

/* Nothing is known before the first boot; it is rough until each cell was seen; then within a few percent. */
static void test_converges(struct simulation *s, gconstpointer data)
{
	guint first_sure = 0;

	(void)data;
	for (guint i = 0; i < s->boots->len; i++) {
		bool rough = false;
		double left_s = expected_left_s(s, i, &rough), typical = typical_left_s(s, i);

		g_assert_true(i > 0 ? !isnan(left_s) : isnan(left_s));
		g_assert_true(i != 0 || !rough);
		if (i > 0 && !rough && !first_sure)
			first_sure = i;
		/* One arm stands for another: their boots differ by 2 s of 32. */
		if (i >= 6)
			g_assert_cmpfloat(fabs(left_s / typical - 1), <, 0.25);
		/* Four blocks: the median knows nothing of the hiccups. */
		if (i >= 24)
			g_assert_cmpfloat(fabs(left_s / typical - 1), <, 0.06);
		outlook_add(s->outlook, s->boots->pdata[i], noisy_s(s->boots->pdata[i], i), RUN_OK);
	}
	g_assert_cmpuint(first_sure, ==, 4);
	g_assert_cmpuint(outlook_ended(s->outlook, RUN_OK), ==, 120);
}

/* Once it has three boots of its own, an arm is judged by them alone. */
static void test_arm(struct simulation *s, gconstpointer data)
{
	const struct schedule_boot *slow = NULL, *base = NULL;
	bool rough = false;

	(void)data;
	for (guint i = 0; i < s->boots->len; i++) {
		const struct schedule_boot *boot = s->boots->pdata[i];

		if (typical_s(boot) == 34)
			slow = boot;
		if (typical_s(boot) == 32)
			base = boot;
	}
	outlook_add(s->outlook, base, 32, RUN_OK);
	g_assert_cmpfloat(outlook_expect(s->outlook, slow, &rough), ==, 32);
	outlook_add(s->outlook, slow, 34, RUN_OK);
	outlook_add(s->outlook, slow, 340, RUN_OK);
	g_assert_cmpfloat(outlook_expect(s->outlook, slow, &rough), ==, 34);
	outlook_add(s->outlook, slow, 35, RUN_OK);
	outlook_add(s->outlook, slow, 500, RUN_KERNEL);
	outlook_add(s->outlook, slow, 900, RUN_TEST);
	g_assert_cmpfloat(outlook_expect(s->outlook, slow, &rough), ==, 35);
	g_assert_cmpfloat(outlook_expect(s->outlook, base, &rough), ==, 34.5);
	g_assert_false(rough);
	g_assert_cmpuint(outlook_ended(s->outlook, RUN_KERNEL), ==, 1);
	g_assert_cmpuint(outlook_ended(s->outlook, RUN_TEST), ==, 1);
}

/* What is repeated costs in proportion, but an early hang does not promise others. */
static void test_repeats(struct simulation *s, gconstpointer data)
{
	const struct schedule_boot *boot = s->boots->pdata[0];

	(void)data;
	g_assert_cmpfloat(outlook_repeats(s->outlook), ==, 1);
	outlook_add(s->outlook, boot, 60, RUN_INFRA);
	g_assert_cmpfloat(outlook_repeats(s->outlook), ==, 1);
	outlook_add(s->outlook, boot, 3, RUN_OK);
	g_assert_cmpfloat(outlook_repeats(s->outlook), ==, 2);
	outlook_add(s->outlook, boot, 597, RUN_OK);
	g_assert_cmpfloat(outlook_repeats(s->outlook), ==, 1.1);
	outlook_add(s->outlook, boot, NAN, RUN_INFRA);
	g_assert_cmpfloat(outlook_repeats(s->outlook), ==, 1.1);
	g_assert_cmpuint(outlook_ended(s->outlook, RUN_INFRA), ==, 2);
}

static void end_boot(struct run *r, const char *boot, enum run_class class, double seconds)
{
	struct run_boot_end *end = g_new0(struct run_boot_end, 1);

	end->boot = g_strdup(boot);
	end->class = class;
	end->boot_s = 1;
	end->loads_s = seconds - 1.5;
	end->shutdown_s = 0.5;
	g_ptr_array_add(r->ends, end);
}

/* A run that goes on knows from its journal what its boots take, also those that were repeated. */
static void test_resumed(struct simulation *s, gconstpointer data)
{
	g_autoptr(run) r = run_new("nowhere");
	const struct schedule_boot *first = s->boots->pdata[0], *second = s->boots->pdata[1];
	g_autofree char *again = g_strconcat(first->name, "+1", NULL);
	bool rough = false;

	(void)data;
	end_boot(r, first->name, RUN_INFRA, 100);
	end_boot(r, again, RUN_OK, 10);
	end_boot(r, second->name, RUN_KERNEL, 7);
	end_boot(r, "b999-g00-nobody", RUN_OK, 1);
	outlook_add_run(s->outlook, r, s->boots);
	g_assert_cmpfloat(outlook_expect(s->outlook, first, &rough), ==, 10);
	g_assert_false(rough);
	g_assert_cmpuint(outlook_ended(s->outlook, RUN_OK), ==, 1);
	g_assert_cmpuint(outlook_ended(s->outlook, RUN_KERNEL), ==, 1);
	g_assert_cmpuint(outlook_ended(s->outlook, RUN_INFRA), ==, 0);
	g_assert_cmpfloat(outlook_repeats(s->outlook), ==, 1);
}

#define ADD(name, test) g_test_add("/outlook/" name, struct simulation, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("converges", test_converges);
	ADD("arm", test_arm);
	ADD("repeats", test_repeats);
	ADD("resumed", test_resumed);
	return g_test_run();
}
