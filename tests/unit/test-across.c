// SPDX-License-Identifier: GPL-2.0-only
/* Two runs against each other, and the one answer for a script. */
#include "render/across.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "run-builder.h"

#define CELL "fix_size_alloc_test/1"
#define BLOCKS 6

#define PLAN(arms, design, loops)                                                                                  \
	"title: t\narms: [{name: a, source: linux-7.3}, " arms "]\nmachine: {accel: tcg}\n"                        \
	"design: {blocks: 6, loads: 1, seed: 1" design "}\n"                                                       \
	"cells: [{test: fix_size_alloc_test, threads: [1], loops: " loops "}]\n"
#define OF(name) PLAN("{name: " name ", source: linux-7.3, series: [b.patch]}", "", "10")

static struct run *make_run(const char *text, const char *accel, const char *name, double a_us, double b_us)
{
	struct run *r = builder_run(text, accel);

	for (unsigned int block = 0; block < BLOCKS; block++) {
		builder_load(r, block, "a", CELL, a_us + block);
		builder_load(r, block, name, CELL, b_us + block);
	}
	return r;
}

static struct across *compare(const struct run *before, const struct run *after, const char *arm)
{
	GError *error = NULL;
	struct across *a = across_new(before, after, COMPARISON_MEDIAN, arm, NULL, &error);

	g_assert_no_error(error);
	return a;
}

static int gate_of(const struct across *a)
{
	g_autoptr(gate) g = across_gate(a);

	return gate_status(g);
}

/* Arm b became 10 % slower, a stayed. */
static void test_direction(void)
{
	g_autoptr(run) before = make_run(OF("b"), "tcg", "b", 2000, 1000);
	g_autoptr(run) after = make_run(OF("b"), "tcg", "b", 2000, 1100);
	g_autoptr(across) a = compare(before, after, NULL);
	g_autoptr(across) back = compare(after, before, NULL);
	const struct contrast *b = &a->pairs[1].rows[0];

	g_assert_cmpuint(a->pairs_count, ==, 2);
	g_assert_cmpuint(a->family, ==, 2);
	g_assert_cmpint(a->pairs[0].rows[0].verdict, ==, VERDICT_EQUIVALENT);
	g_assert_false(b->paired);
	/* Two of the C(12, 6) orders are this far apart. */
	g_assert_cmpfloat_with_epsilon(b->p, 2.0 / 924, 1e-12);
	g_assert_cmpfloat_with_epsilon(b->p_holm, 4.0 / 924, 1e-12);
	g_assert_cmpint(b->verdict, ==, VERDICT_REGRESSED);
	g_assert_cmpfloat_with_epsilon(b->effect.estimate, -back->pairs[1].rows[0].effect.estimate, 1e-12);
	g_assert_cmpint(gate_of(a), ==, 1);
	g_assert_cmpint(gate_of(back), ==, 0);
}

static void test_names(void)
{
	g_autoptr(run) before = make_run(OF("v1"), "tcg", "v1", 2000, 1000);
	g_autoptr(run) after = make_run(OF("v2"), "tcg", "v2", 2000, 1100);
	g_autoptr(across) common = compare(before, after, NULL);
	g_autoptr(across) one = compare(before, after, "a");
	g_autoptr(across) two = compare(before, after, "v1:v2");
	static const char *const bad[] = { "v1", "v2", "v2:v1", ":", "", "v1:v2:a" };

	g_assert_cmpuint(common->pairs_count, ==, 1);
	g_assert_true(one->only == &one->pairs[0]);
	g_assert_cmpstr(two->pairs[0].before->name, ==, "v1");
	g_assert_cmpstr(two->pairs[0].after->name, ==, "v2");
	g_assert_cmpuint(two->family, ==, 1);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(across_new(before, after, COMPARISON_MEDIAN, bad[i], NULL, &error));
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	}
}

/* No unit is set against another, and no load against other work. */
static void test_never(void)
{
	g_autoptr(run) tcg = make_run(OF("b"), "tcg", "b", 2000, 1000);
	g_autoptr(run) kvm = make_run(OF("b"), "kvm", "b", 2000, 1000);
	g_autoptr(run) longer = make_run(PLAN("{name: b, source: linux-6.1}", "", "20"), "tcg", "b", 2000, 1000);
	const char *const all[] = { "machine", "host", "design", "source", "series", NULL };
	g_autoptr(run) per_loop = make_run("subtract_setup: true\n" OF("b"), "tcg", "b", 2000, 1000);
	const struct run *others[] = { kvm, longer, per_loop };

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(across_new(tcg, others[i], COMPARISON_MEDIAN, NULL, all, &error));
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	}
}

static void set_image(struct run *r, const char *arm, const char *digest)
{
	json_t *arms = json_object_get(r->manifest, "arms");

	if (!arms) {
		arms = json_array();
		json_object_set_new(r->manifest, "arms", arms);
	}
	json_array_append_new(arms, json_pack("{ss s{s{ss}}}", "name", arm, "kernel", "image", "sha256", digest));
}

/* One kernel that reads otherwise a month later: the machine has changed, and no mark is believed. */
static void test_machine_changed(void)
{
	g_autoptr(run) before = make_run(OF("b"), "tcg", "b", 2000, 1000);
	g_autoptr(run) after = make_run(OF("b"), "tcg", "b", 2200, 1200);
	g_autoptr(across) unknown = compare(before, after, NULL);
	g_autoptr(across) known = NULL;

	g_assert_cmpint(gate_of(unknown), ==, 1);
	set_image(before, "a", "i1");
	set_image(after, "a", "i1");
	known = compare(before, after, NULL);
	g_assert_true(known->pairs[0].confound->same_kernel);
	g_assert_false(known->pairs[1].confound->same_kernel);
	g_assert_cmpint(gate_of(known), ==, 2);
}

static void test_refused(void)
{
	g_autoptr(run) before = make_run(OF("b"), "tcg", "b", 2000, 1000);
	g_autoptr(run) after = make_run(OF("b"), "tcg", "b", 2000, 1000);
	const char *const allowed[] = { "host", NULL };
	g_autoptr(across) refused = NULL;
	g_autoptr(across) through = NULL;

	json_object_set_new(after->manifest, "host", json_pack("{ss}", "cpu", "another"));
	refused = compare(before, after, NULL);
	g_assert_true(across_is_refused(refused));
	g_assert_cmpstr(refused->pairs[0].rows[0].missing, ==, "not compared");
	g_assert_cmpint(gate_of(refused), ==, 2);
	through = across_new(before, after, COMPARISON_MEDIAN, NULL, allowed, NULL);
	g_assert_false(across_is_refused(through));
	g_assert_cmpint(gate_of(through), ==, 0);
}

static void test_incomplete(void)
{
	g_autoptr(run) before = make_run(OF("b"), "tcg", "b", 2000, 1000);
	g_autoptr(run) after = builder_run(OF("b"), "tcg");
	g_autoptr(across) none = compare(before, after, NULL);
	g_autoptr(across) failed = NULL;

	g_assert_cmpstr(none->pairs[0].rows[0].missing, ==, "no complete boot in the later run");
	g_assert_cmpint(gate_of(none), ==, 4);
	builder_end(after, "b", RUN_KERNEL, "panic");
	failed = compare(before, after, NULL);
	g_assert_true(across_has_failure(failed));
	g_assert_cmpint(gate_of(failed), ==, 3);
}

/* The worst wins, whatever comes first: kernel, regressed, infra, cannot tell, passed. */
static void test_order(void)
{
	static const enum gate_outcome order[] = { GATE_PASSED, GATE_CANNOT_TELL, GATE_INFRA, GATE_REGRESSED, GATE_KERNEL };
	static const int statuses[] = { 0, 2, 4, 1, 3 };

	for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
		for (size_t k = 0; k < G_N_ELEMENTS(order); k++) {
			g_autoptr(gate) g = gate_open();

			gate_add(g, order[i], "one");
			gate_add(g, order[k], "other");
			g_assert_cmpint(gate_status(g), ==, statuses[MAX(i, k)]);
		}
	}
}

static void test_sentence(void)
{
	g_autoptr(gate) g = gate_open();
	g_autofree char *passed = gate_sentence(g);
	g_autofree char *many = NULL;

	g_assert_cmpstr(passed, ==, "gate: no regression");
	gate_add(g, GATE_CANNOT_TELL, "forgotten");
	for (int i = 0; i < 10; i++)
		gate_add(g, GATE_REGRESSED, "r%d", i);
	gate_add(g, GATE_INFRA, "less");
	many = gate_sentence(g);
	g_assert_cmpstr(many, ==, "gate: regressed: r0, r1, r2, r3, r4, r5, r6, r7 and 2 more");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/across/direction", test_direction);
	g_test_add_func("/across/names", test_names);
	g_test_add_func("/across/never", test_never);
	g_test_add_func("/across/machine-changed", test_machine_changed);
	g_test_add_func("/across/refused", test_refused);
	g_test_add_func("/across/incomplete", test_incomplete);
	g_test_add_func("/gate/order", test_order);
	g_test_add_func("/gate/sentence", test_sentence);
	return g_test_run();
}
