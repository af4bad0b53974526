// SPDX-License-Identifier: GPL-2.0-only
/* The reader of sweep's own lines against the general reader of JSON: what it takes, it takes for the same. */
#include <glib.h>
#include <gsl/gsl_rng.h>
#include <string.h>

#include "base/json.h"
#include "journal/journal.h"
#include "journal/load-line.h"

#define LINE(rest) "{\"v\":1,\"t\":\"load\",\"block\":12,\"arm\":\"mt\",\"boot\":\"b012-g00-mt\",\"cell\":\"x/4\",\"load\":2," rest

static const char *const taken[] = {
	LINE("\"workers_us\":[126401],\"wall_us\":157938,\"taint\":0,\"clocksource\":\"tsc\"}"),
	LINE("\"workers_us\":[1,2.5,0,999999999999999],\"wall_us\":0.125,\"taint\":null,\"clocksource\":null}"),
	LINE("\"workers_us\":[1],\"wall_us\":2}"),
	LINE("\"workers_us\":[1],\"wall_us\":2,\"taint\":4096}"),
};

static const char *const left[] = {
	"",
	"{}",
	LINE("\"workers_us\":[],\"wall_us\":2}"),
	LINE("\"workers_us\":[01],\"wall_us\":2}"),
	LINE("\"workers_us\":[1.],\"wall_us\":2}"),
	LINE("\"workers_us\":[-1],\"wall_us\":2}"),
	LINE("\"workers_us\":[1e3],\"wall_us\":2}"),
	LINE("\"workers_us\":[1,],\"wall_us\":2}"),
	LINE("\"workers_us\":[1234567890123456],\"wall_us\":2}"),
	LINE("\"workers_us\":[1],\"wall_us\":2,\"probe\":\"off\"}"),
	LINE("\"workers_us\":[1],\"wall_us\":2,\"taint\":0,\"taint\":0}"),
	LINE("\"workers_us\":[1],\"wall_us\":2} "),
	LINE("\"workers_us\":[1],\"wall_us\":2"),
	"{\"v\":2,\"t\":\"load\",\"block\":0,\"arm\":\"a\",\"boot\":\"b\",\"cell\":\"c\",\"load\":0,\"workers_us\":[1],\"wall_us\":2}",
	"{\"v\":1,\"t\":\"load\",\"block\":0,\"arm\":\"\\u0061\",\"boot\":\"b\",\"cell\":\"c\",\"load\":0,\"workers_us\":[1],\"wall_us\":2}",
	"{\"v\":1,\"t\":\"load\",\"block\":0,\"arm\":\"\303\251\",\"boot\":\"b\",\"cell\":\"c\",\"load\":0,\"workers_us\":[1],\"wall_us\":2}",
	"{\"v\":1,\"t\":\"load\",\"block\":4294967296,\"arm\":\"a\",\"boot\":\"b\",\"cell\":\"c\",\"load\":0,\"workers_us\":[1],\"wall_us\":2}",
};

static void assert_same(const json_t *record, const struct load_line *l)
{
	const json_t *workers = json_object_get(record, "workers_us");

	g_assert_cmpint(json_count(record, "block", -1), ==, l->block);
	g_assert_cmpint(json_count(record, "load", -1), ==, l->load);
	g_assert_cmpstr(json_text(record, "arm"), ==, l->arm);
	g_assert_cmpstr(json_text(record, "boot"), ==, l->boot);
	g_assert_cmpstr(json_text(record, "cell"), ==, l->cell);
	g_assert_cmpfloat(json_number_value(json_object_get(record, "wall_us")), ==, l->wall_us);
	g_assert_cmpuint(json_array_size(workers), ==, l->workers_us->len);
	for (guint i = 0; i < l->workers_us->len; i++)
		g_assert_cmpfloat(json_number_value(json_array_get(workers, i)), ==,
				  g_array_index(l->workers_us, double, i));
	g_assert_null(json_object_get(record, "probe"));
	g_assert_cmpstr(l->clocksource, ==, json_text(record, "clocksource"));
}

/* Whether it was taken; then the general reader has to say the same. */
static bool check_line(const char *text, size_t length)
{
	g_autoptr(GArray) workers = g_array_new(FALSE, FALSE, sizeof(double));
	struct load_line l = { .workers_us = workers };
	g_autoptr(GError) error = NULL;
	g_autojson record = NULL;
	g_autofree char *line = g_malloc(length + 2);

	memcpy(line, text, length);
	strcpy(line + length, "\n");
	if (!load_line_parse(line, length, &l)) {
		g_assert_cmpint(memcmp(line, text, length), ==, 0);
		return false;
	}
	record = journal_parse("journal", 1, text, length, &error);
	g_assert_no_error(error);
	assert_same(record, &l);
	return true;
}

static void test_forms(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(taken); i++)
		g_assert_true(check_line(taken[i], strlen(taken[i])));
	for (size_t i = 0; i < G_N_ELEMENTS(left); i++)
		g_assert_false(check_line(left[i], strlen(left[i])));
}

static void test_every_end(void)
{
	for (size_t length = 0; length < strlen(taken[0]); length++)
		g_assert_false(check_line(taken[0], length));
}

/* One to three bytes of a good line become others, or go. */
static void test_changed(void)
{
	static const char bytes[] = "0123456789.,:\"[]{}-+eEnul \\\0\n\t\200\177ab";
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	unsigned int accepted = 0;

	gsl_rng_set(random, 3);
	for (int round = 0; round < 200000; round++) {
		g_autofree char *line = g_strdup(taken[gsl_rng_uniform_int(random, G_N_ELEMENTS(taken))]);
		size_t length = strlen(line);

		for (unsigned long change = gsl_rng_uniform_int(random, 3) + 1; change > 0; change--) {
			size_t at = gsl_rng_uniform_int(random, length);

			if (gsl_rng_uniform_int(random, 4) > 0)
				line[at] = bytes[gsl_rng_uniform_int(random, sizeof(bytes) - 1)];
			else
				memmove(line + at, line + at + 1, length-- - at);
		}
		accepted += check_line(line, length);
	}
	g_assert_cmpuint(accepted, >, 1000);
	gsl_rng_free(random);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/load-line/forms", test_forms);
	g_test_add_func("/load-line/every-end", test_every_end);
	g_test_add_func("/load-line/changed", test_changed);
	return g_test_run();
}
