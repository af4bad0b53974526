// SPDX-License-Identifier: GPL-2.0-only
/* harness/stats against R: tests/data/stats/oracle.json, written by oracle.R beside it. */
#include <glib.h>
#include <jansson.h>
#include <math.h>

#include "base/json.h"
#include "stats/holm.h"
#include "stats/kendall.h"
#include "stats/power.h"
#include "stats/quantile.h"
#include "stats/shift.h"
#include "stats/variance.h"

#define TOLERANCE 1e-9

/* One array of numbers of a case. */
struct sample {
	double values[64];
	size_t count;
};

static struct sample sample_of(const json_t *c, const char *key)
{
	const json_t *list = json_object_get(c, key);
	struct sample s = { .count = json_array_size(list) };

	g_assert_cmpuint(s.count, <=, G_N_ELEMENTS(s.values));
	for (size_t i = 0; i < s.count; i++)
		s.values[i] = json_number_value(json_array_get(list, i));
	return s;
}

static void assert_near(double value, double expected)
{
	g_assert_cmpfloat_with_epsilon(value, expected, TOLERANCE * fmax(1, fabs(expected)));
}

static void assert_is(double value, const json_t *c, const char *key)
{
	g_assert_true(json_is_number(json_object_get(c, key)));
	assert_near(value, json_number_value(json_object_get(c, key)));
}

static void assert_shift(const struct shift *s, const json_t *c)
{
	assert_is(s->estimate, c, "estimate");
	assert_is(s->low, c, "low");
	assert_is(s->high, c, "high");
	assert_is(s->level, c, "level");
}

static void check_paired(const json_t *c)
{
	struct sample x = sample_of(c, "x");
	struct shift s = shift_paired(x.values, x.count, 0.95);

	assert_is(shift_paired_p(x.values, x.count), c, "p");
	assert_shift(&s, c);
}

static void check_unpaired(const json_t *c)
{
	struct sample x = sample_of(c, "x"), y = sample_of(c, "y");
	struct shift s = shift_unpaired(x.values, x.count, y.values, y.count, 0.95);

	assert_is(shift_unpaired_p(x.values, x.count, y.values, y.count), c, "p");
	assert_shift(&s, c);
}

static void check_kendall(const json_t *c)
{
	struct sample x = sample_of(c, "x");
	struct kendall k = kendall_with_order(x.values, x.count);

	assert_is(k.tau, c, "tau");
	if (json_object_get(c, "p"))
		assert_is(k.p, c, "p");
}

static void check_quantiles(const json_t *c)
{
	static const double points[] = { 0, 0.1, 0.25, 0.9, 1 };
	struct sample x = sample_of(c, "x"), q = sample_of(c, "q");

	assert_is(quantile_median(x.values, x.count), c, "median");
	for (size_t i = 0; i < G_N_ELEMENTS(points); i++)
		assert_near(quantile_of(x.values, x.count, points[i]), q.values[i]);
}

static void check_holm(const json_t *c)
{
	struct sample p = sample_of(c, "p"), expected = sample_of(c, "adjusted");

	holm_adjust(p.values, p.count, p.values);
	for (size_t i = 0; i < p.count; i++)
		assert_near(p.values[i], expected.values[i]);
}

static void check_variance(const json_t *c)
{
	struct sample x = sample_of(c, "x"), sizes = sample_of(c, "sizes");
	size_t counts[64];
	struct variance v;

	for (size_t i = 0; i < sizes.count; i++)
		counts[i] = sizes.values[i];
	v = variance_split(x.values, counts, sizes.count);
	assert_is(v.within, c, "within");
	assert_is(v.between, c, "between");
}

static void check_residual(const json_t *c)
{
	struct sample x = sample_of(c, "x");
	size_t blocks = json_count(c, "blocks", 0), arms = json_count(c, "arms", 0);

	assert_is(variance_residual(x.values, blocks, arms), c, "residual");
}

static void check_reach(const json_t *c)
{
	struct sample x = sample_of(c, "x");

	assert_is(variance_reach(x.values, x.count, 0.05), c, "reach");
}

static void check_median_variance(const json_t *c)
{
	assert_is(power_median_variance(json_count(c, "count", 0)), c, "variance");
}

struct group {
	const char *name;
	void (*check)(const json_t *c);
};

static const struct group groups[] = {
	{ "paired", check_paired },
	{ "unpaired", check_unpaired },
	{ "kendall", check_kendall },
	{ "kendall_ties", check_kendall },
	{ "quantiles", check_quantiles },
	{ "holm", check_holm },
	{ "variance", check_variance },
	{ "residual", check_residual },
	{ "reach", check_reach },
	{ "median_variance", check_median_variance },
};

static void test_group(gconstpointer data)
{
	const struct group *group = data;
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "stats", "oracle.json", NULL);
	g_autoptr(GError) error = NULL;
	g_autojson oracle = json_file_read(path, &error);
	const json_t *cases = json_object_get(oracle, group->name);

	g_assert_no_error(error);
	g_assert_cmpuint(json_array_size(cases), >, 0);
	for (size_t i = 0; i < json_array_size(cases); i++)
		group->check(json_array_get(cases, i));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
		g_autofree char *name = g_strconcat("/stats/oracle/", groups[i].name, NULL);

		g_test_add_data_func(name, &groups[i], test_group);
	}
	return g_test_run();
}
