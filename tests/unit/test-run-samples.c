// SPDX-License-Identifier: GPL-2.0-only
#include "journal/run-samples.h"

#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "runners/record-limits.h"

static const char manifest[] =
	"{\"v\":1,\"accel\":\"tcg\",\"samples\":{\"hz\":99,\"event\":null},\"plan\":{\"path\":\"plan.yaml\",\"text\":\""
	"title: t\\narms:\\n  - {name: a, source: linux-7.3}\\naa: true\\n"
	"design: {blocks: 1, loads: 1}\\ncells:\\n  - {test: x, threads: [1]}\\n\"}}\n";

#define AT "\"block\":0,\"arm\":\"a\",\"boot\":\"g0\",\"cell\":\"x/1\",\"load\":0"
#define LOAD "{\"v\":1,\"t\":\"load\"," AT ",\"workers_us\":[9],\"wall_us\":20}\n"
#define SAMPLES_BUT(samples, lost, throttled, names, stacks) \
	"{\"v\":1,\"t\":\"samples\"," AT ",\"event\":\"cpu-clock\",\"samples\":" samples ",\"lost\":" lost ",\"throttled\":" throttled "," \
	"\"names\":" names ",\"stacks\":" stacks "}\n"
#define SAMPLES(samples, names, stacks) SAMPLES_BUT(samples, "4", "5", names, stacks)
#define NAMES "[\"f\",\"g.part.0\"]"
#define TEN "0123456789"
#define LONG_NAME TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "0"
#define GOOD SAMPLES("6", NAMES, "[[4,0,1],[2,1]]")

static char *dir;

static struct run *read_lines(const char *lines, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "manifest.json", NULL);
	g_autofree char *journal = g_build_filename(dir, "journal.jsonl", NULL);

	g_assert_true(g_file_set_contents(path, manifest, -1, NULL));
	g_assert_true(g_file_set_contents(journal, lines, -1, NULL));
	return run_read(dir, error);
}

static void test_good(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(run) r = read_lines(GOOD LOAD, &error);
	const struct run_samples *s;
	const struct run_stack *stack;
	unsigned int hz;

	g_assert_no_error(error);
	g_assert_true(run_is_sampled(r, &hz));
	g_assert_cmpuint(hz, ==, 99);
	s = run_find_samples(r, r->loads->pdata[0]);
	g_assert_nonnull(s);
	g_assert_cmpstr(s->event, ==, "cpu-clock");
	g_assert_cmpuint(s->samples, ==, 6);
	g_assert_cmpuint(s->lost, ==, 4);
	g_assert_cmpuint(s->throttled, ==, 5);
	g_assert_cmpuint(s->stacks->len, ==, 2);
	stack = &g_array_index(s->stacks, struct run_stack, 0);
	g_assert_cmpuint(stack->count, ==, 4);
	g_assert_cmpuint(stack->frames, ==, 2);
	g_assert_cmpstr(run_samples_name(s, stack, 0), ==, "f");
	g_assert_cmpstr(run_samples_name(s, stack, 1), ==, "g.part.0");
	stack = &g_array_index(s->stacks, struct run_stack, 1);
	g_assert_cmpstr(run_samples_name(s, stack, 0), ==, "g.part.0");
}

/* A boot that ended between the two records of a load. */
static void test_alone(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(run) r = read_lines(GOOD, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(r->loads->len, ==, 0);
	g_assert_cmpuint(g_hash_table_size(r->samples), ==, 1);
}

static const struct {
	const char *line, *key;
} bad[] = {
	{ SAMPLES("-6", NAMES, "[[6,0]]"), "samples" },
	{ SAMPLES("6", "{}", "[[6,0]]"), "names" },
	{ SAMPLES("6", "[7]", "[[6,0]]"), "names" },
	{ SAMPLES("6", "[\"\"]", "[[6,0]]"), "names" },
	{ SAMPLES("6", "[\"" LONG_NAME "\"]", "[[6,0]]"), "names" },
	{ SAMPLES("6", "[\"a b\"]", "[[6,0]]"), "names" },
	{ SAMPLES("6", "[\"a;b\"]", "[[6,0]]"), "names" },
	{ SAMPLES("6", "[\"a\\u0007\"]", "[[6,0]]"), "names" },
	{ SAMPLES("6", NAMES, "{}"), "stacks" },
	{ SAMPLES("6", NAMES, "[6,0]"), "stacks" },
	{ SAMPLES("6", NAMES, "[[6]]"), "stacks" },
	{ SAMPLES("6", NAMES, "[[6,2]]"), "stacks" },
	{ SAMPLES("6", NAMES, "[[6,-1]]"), "stacks" },
	{ SAMPLES("6", NAMES, "[[6,\"f\"]]"), "stacks" },
	{ SAMPLES("6", NAMES, "[[0,0],[6,0]]"), "stacks" },
	{ SAMPLES("6", NAMES, "[[7,0]]"), "stacks" },
	{ SAMPLES("6", NAMES, "[[4,0],[3,0]]"), "stacks" },
	{ SAMPLES("6", NAMES, "[[4,0],[1,0]]"), "add up" },
	{ SAMPLES("1099511627776", NAMES, "[[1099511627776,0],[1,0]]"), "stacks" },
	{ SAMPLES("1099511627777", NAMES, "[[1099511627777,0]]"), "\"samples\": expected" },
	{ SAMPLES("9223372036854775807", NAMES, "[[9223372036854775807,0],[1,0]]"), "\"samples\": expected" },
	{ SAMPLES_BUT("6", "1099511627777", "5", NAMES, "[[6,0]]"), "\"lost\"" },
	{ SAMPLES_BUT("6", "4", "1099511627777", NAMES, "[[6,0]]"), "\"throttled\"" },
	{ GOOD GOOD, "second time" },
};

static void test_bad(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(run) r = read_lines(bad[i].line, &error);

		g_assert_null(r);
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
		if (!strstr(error->message, bad[i].key))
			g_error("%zu: \"%s\" does not name \"%s\"", i, error->message, bad[i].key);
	}
}

static char *with_names(unsigned int count)
{
	g_autoptr(GString) names = g_string_new("\"f\"");

	for (unsigned int i = 1; i < count; i++)
		g_string_append(names, ",\"f\"");
	return g_strdup_printf(SAMPLES("6", "[%s]", "[[6,0]]") LOAD, names->str);
}

/* What the record of a guest may have, and no more. */
static void test_limits(void)
{
	g_autofree char *most = with_names(RECORD_NAMES_MAX), *more = with_names(RECORD_NAMES_MAX + 1);
	g_autoptr(GError) error = NULL;
	g_autoptr(run) fits = read_lines(most, &error);
	g_autoptr(run) none = NULL;

	g_assert_no_error(error);
	none = read_lines(more, &error);
	g_assert_null(none);
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "4000 entries"));
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	dir = g_dir_make_tmp("test-run-samples-XXXXXX", NULL);
	g_test_add_func("/run-samples/good", test_good);
	g_test_add_func("/run-samples/alone", test_alone);
	g_test_add_func("/run-samples/bad", test_bad);
	g_test_add_func("/run-samples/limits", test_limits);
	status = g_test_run();
	g_assert_true(path_remove_tree(dir, NULL));
	g_free(dir);
	return status;
}
