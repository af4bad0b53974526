// SPDX-License-Identifier: GPL-2.0-only
#include "render/latency.h"

#include <glib.h>
#include <math.h>

#include "trace-builder.h"

#define CELL "fix_size_alloc_test/1"
#define FUNCTION "alloc_vmap_area"
#define BOOTS 8

#define PLAN(accel)                                                                                            \
	"title: t\narms:\n  - {name: a, source: linux-7.3}\n  - {name: b, source: linux-7.3, series: [b.patch]}\n" \
	"baseline: a\nmachine: {accel: " accel "}\ndesign: {blocks: 8, loads: 1, seed: 1}\n"                     \
	"cells: [{test: fix_size_alloc_test, threads: [1], loops: 10}]\n"

static struct run *empty_run(const char *accel)
{
	struct run *r = builder_run(g_str_equal(accel, "counted") ? PLAN("counted") "rebuilds: 2\n" : PLAN("tcg"), accel);

	r->plan->trace.loads = 1;
	return r;
}

/* A complete boot in which @count calls took @ns each, 1 % of them twice as long. */
static void add_boot(struct run *r, unsigned int block, const char *arm, guint64 ns, guint64 count)
{
	struct run_hist *h;

	for (enum run_probe probe = RUN_PROBE_OFF; probe <= RUN_PROBE_ATTACHED; probe++)
		builder_probe_load(r, block, arm, CELL, probe, 1000);
	builder_trace(r, block, arm, CELL, "latency", "fentry");
	h = builder_hist(r, block, arm, CELL, FUNCTION);
	builder_calls(h, ns, count - count / 100);
	if (count >= 100)
		builder_calls(h, 2 * ns, count / 100);
}

/* Arm b takes half of a's time; powers of two times 64 are buckets of their own. */
static struct run *twice_as_fast(void)
{
	struct run *r = empty_run("tcg");

	for (unsigned int block = 0; block < BOOTS; block++) {
		add_boot(r, block, "a", (64 + block) * 64, 5000);
		add_boot(r, block, "b", (64 + block) * 32, 5000);
	}
	return r;
}

static const struct latency_side *side_of(const struct latency *l, unsigned int arm)
{
	g_assert_cmpuint(l->rows->len, ==, 1);
	return &((const struct latency_row *)l->rows->pdata[0])->sides[arm];
}

static void test_direction(void)
{
	g_autoptr(run) r = twice_as_fast();
	g_autoptr(comparison) c = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(latency) l = latency_new(c);
	const struct latency_side *side = side_of(l, 1);

	for (int figure = 0; figure < LATENCY_FIGURES; figure++) {
		const struct contrast *contrast = &side->contrasts[figure];

		g_assert_null(contrast->missing);
		g_assert_true(contrast->paired);
		g_assert_cmpuint(contrast->blocks, ==, BOOTS);
		/* Twice as fast, but for the middle of buckets of a few ns. */
		g_assert_cmpfloat_with_epsilon(contrast_gain_pct(contrast->effect.estimate), 100, 2);
		g_assert_cmpfloat(contrast->effect.low, >, 0);
		g_assert_cmpint(contrast->verdict, ==,
				latency_figures[figure].judged ? VERDICT_IMPROVED : VERDICT_CANNOT_TELL);
	}
	g_assert_cmpfloat(side->calls.median, ==, 5000);
	g_assert_cmpuint(side->all.count, ==, BOOTS * 5000);
	g_assert_cmpuint(l->family, ==, 5);
}

/* One boot: the figures are there, and no interval or verdict. */
static void test_one_boot(void)
{
	g_autoptr(run) r = empty_run("tcg");
	g_autoptr(comparison) c = NULL;
	g_autoptr(latency) l = NULL;

	add_boot(r, 0, "a", 4096, 5000);
	add_boot(r, 0, "b", 2048, 5000);
	c = comparison_new(r, COMPARISON_MEDIAN);
	l = latency_new(c);
	g_assert_true(isinf(side_of(l, 1)->contrasts[LATENCY_P50].effect.low));
	g_assert_cmpint(side_of(l, 1)->contrasts[LATENCY_P50].verdict, ==, VERDICT_CANNOT_TELL);
}

/* A quantile that is one of the few largest calls is not given. */
static void test_too_few_calls(void)
{
	g_autoptr(run) r = empty_run("tcg");
	g_autoptr(comparison) c = NULL;
	g_autoptr(latency) l = NULL;

	add_boot(r, 0, "a", 4096, 99);
	add_boot(r, 0, "b", 4096, 99);
	c = comparison_new(r, COMPARISON_MEDIAN);
	l = latency_new(c);
	g_assert_null(side_of(l, 1)->contrasts[LATENCY_P90].missing);
	g_assert_nonnull(side_of(l, 1)->contrasts[LATENCY_P99].missing);
	g_assert_true(isnan(side_of(l, 0)->figures[LATENCY_P99].median));
	g_assert_cmpfloat(side_of(l, 0)->figures[LATENCY_MAX].median, ==, 4096);
}

static void test_missing_function(void)
{
	g_autoptr(run) r = empty_run("tcg");
	g_autoptr(comparison) nothing = comparison_new(r, COMPARISON_MEDIAN);
	g_autoptr(latency) none = latency_new(nothing);
	g_autoptr(comparison) c = NULL;
	g_autoptr(latency) l = NULL;

	g_assert_cmpuint(none->rows->len, ==, 0);
	add_boot(r, 0, "b", 4096, 99);
	c = comparison_new(r, COMPARISON_MEDIAN);
	l = latency_new(c);
	g_assert_cmpstr(side_of(l, 1)->contrasts[LATENCY_P50].missing, ==,
			"the baseline has no boot with enough calls");
	g_assert_true(isnan(side_of(l, 0)->calls.median));
}

/* Another backend than the baseline's: figures, and no comparison. */
static void test_other_backend(void)
{
	g_autoptr(run) r = twice_as_fast();
	g_autoptr(comparison) c = NULL;
	g_autoptr(latency) l = NULL;

	for (guint i = 0; i < r->traces->len; i++) {
		struct run_trace *trace = r->traces->pdata[i];
		struct run_collector *of = trace->collectors->pdata[0];

		if (!g_str_equal(trace->arm, "b"))
			continue;
		g_free(of->backend);
		of->backend = g_strdup("event");
	}
	for (guint i = 0; i < r->hists->len; i++) {
		struct run_hist *h = r->hists->pdata[i];

		if (!g_str_equal(h->at.arm, "b"))
			continue;
		g_free(h->backend);
		h->backend = g_strdup("event");
	}
	c = comparison_new(r, COMPARISON_MEDIAN);
	l = latency_new(c);
	g_assert_null(l->refused[0]);
	g_assert_nonnull(strstr(l->refused[1], "b was measured by event, a by fentry"));
	g_assert_nonnull(side_of(l, 1)->contrasts[LATENCY_P50].missing);
	g_assert_cmpuint(l->family, ==, 0);
}

/* The gate of a counted quantile is no smaller than a bucket; that of the mean, which is exact, may be. */
static void test_counted(void)
{
	g_autoptr(run) r = empty_run("counted");
	g_autoptr(comparison) c = NULL;
	g_autoptr(latency) l = NULL;

	add_boot(r, 0, "a", 1000, 5000);
	add_boot(r, 0, "b", 995, 5000);
	add_boot(r, 0, "a~1", 1000, 5000);
	add_boot(r, 0, "a~2", 1000, 5000);
	c = comparison_new(r, COMPARISON_MEDIAN);
	l = latency_new(c);
	g_assert_cmpfloat_with_epsilon(side_of(l, 1)->contrasts[LATENCY_P50].gate, log(129.0 / 127), 1e-12);
	g_assert_cmpint(side_of(l, 1)->contrasts[LATENCY_P50].verdict, ==, VERDICT_EQUIVALENT);
	g_assert_cmpfloat_with_epsilon(side_of(l, 1)->contrasts[LATENCY_MEAN].gate, log1p(0.001), 1e-12);
	g_assert_cmpint(side_of(l, 1)->contrasts[LATENCY_MEAN].verdict, ==, VERDICT_IMPROVED);
}

/* The calls of one boot as R drew them: one by one, counted into buckets. */
static void add_drawn_boot(struct run *r, unsigned int block, const char *arm, const json_t *calls)
{
	guint64 counts[128] = { 0 };
	const json_t *call;
	struct run_hist *h;
	size_t i;

	for (enum run_probe probe = RUN_PROBE_OFF; probe <= RUN_PROBE_ATTACHED; probe++)
		builder_probe_load(r, block, arm, CELL, probe, 1000);
	builder_trace(r, block, arm, CELL, "latency", "fentry");
	h = builder_hist(r, block, arm, CELL, FUNCTION);
	json_array_foreach((json_t *)calls, i, call)
		counts[json_integer_value(call)]++;
	for (i = 0; i < G_N_ELEMENTS(counts); i++) {
		if (counts[i])
			builder_calls(h, i, counts[i]);
	}
}

static double expected(const json_t *oracle, const char *key)
{
	g_assert_true(json_is_number(json_object_get(oracle, key)));
	return json_number_value(json_object_get(oracle, key));
}

/* tests/data/stats/latency.json, written by latency.R beside it. */
static void test_oracle(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "stats", "latency.json", NULL);
	static const char *const arms[] = { "a", "b" }, *const keys[] = { "base", "arm" };
	static const char *const quantiles[] = { "base_quantiles", "arm_quantiles" };
	g_autojson oracle = json_file_read(path, NULL);
	g_autoptr(run) r = empty_run("tcg");
	g_autoptr(comparison) c = NULL;
	g_autoptr(latency) l = NULL;
	const struct contrast *mean;

	for (size_t block = 0; block < 2 * json_array_size(json_object_get(oracle, "base")); block++)
		add_drawn_boot(r, block / 2, arms[block % 2],
			       json_array_get(json_object_get(oracle, keys[block % 2]), block / 2));
	c = comparison_new(r, COMPARISON_MEDIAN);
	l = latency_new(c);
	for (int i = 0; i < 6; i++)
		g_assert_cmpfloat(side_of(l, i % 2)->figures[LATENCY_P50 + i / 2].median, ==,
				  json_number_value(json_array_get(json_object_get(oracle, quantiles[i % 2]), i / 2)));
	mean = &side_of(l, 1)->contrasts[LATENCY_MEAN];
	g_assert_cmpfloat_with_epsilon(side_of(l, 0)->figures[LATENCY_MEAN].median, expected(oracle, "base_mean"), 1e-9);
	g_assert_cmpfloat_with_epsilon(mean->effect.estimate, expected(oracle, "estimate"), 1e-9);
	g_assert_cmpfloat_with_epsilon(mean->effect.low, expected(oracle, "low"), 1e-9);
	g_assert_cmpfloat_with_epsilon(mean->effect.high, expected(oracle, "high"), 1e-9);
	g_assert_cmpfloat_with_epsilon(mean->p, expected(oracle, "p"), 1e-12);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/latency/direction", test_direction);
	g_test_add_func("/latency/one-boot", test_one_boot);
	g_test_add_func("/latency/too-few-calls", test_too_few_calls);
	g_test_add_func("/latency/missing-function", test_missing_function);
	g_test_add_func("/latency/other-backend", test_other_backend);
	g_test_add_func("/latency/counted", test_counted);
	g_test_add_func("/latency/oracle", test_oracle);
	return g_test_run();
}
