// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/stacks.h"

#include <glib.h>
#include <string.h>

#include "base/json.h"
#include "runners/record.h"
#include "runners/wire.h"

static struct stacks *s;

static json_t *describe(void)
{
	json_t *record = json_object();

	g_assert_true(stacks_describe(s, record));
	return record;
}

static json_int_t samples_of(const json_t *record)
{
	return json_integer_value(json_object_get(record, "samples"));
}

/* "count name;name" of the @i-th stack. */
static char *stack_text(const json_t *record, size_t i)
{
	const json_t *stack = json_array_get(json_object_get(record, "stacks"), i);
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "%lld", (long long)json_integer_value(json_array_get(stack, 0)));
	for (size_t k = 1; k < json_array_size(stack); k++) {
		size_t name = json_integer_value(json_array_get(stack, k));

		g_string_append_printf(text, "%s%s", k > 1 ? ";" : " ",
				       json_string_value(json_array_get(json_object_get(record, "names"), name)));
	}
	return g_string_free(text, FALSE);
}

static void assert_stack(const json_t *record, size_t i, const char *expected)
{
	g_autofree char *text = stack_text(record, i);

	g_assert_cmpstr(text, ==, expected);
}

/* As the host will take it, on one line. */
static void assert_fits(json_t *record)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *line = NULL;
	struct record taken;

	json_object_update_new(record, json_pack("{s:s, s:s, s:i, s:s, s:i, s:i}", "t", "samples", "cell", "x/1", "load", 0,
						 "event", "cpu-clock", "lost", 0, "throttled", 0));
	line = json_line(record);
	g_assert_cmpuint(strlen(line), <, WIRE_LINE_MAX);
	record_parse(line, &taken, &error);
	g_assert_no_error(error);
	record_clear(&taken);
}

static void test_counts(void)
{
	const char *const vmalloc[] = { "alloc_vmap_area", "vmalloc", "test" };
	const char *const vfree[] = { "vfree", "test" };
	g_autojson record = NULL;

	s = stacks_new();
	for (int i = 0; i < 2; i++)
		g_assert_true(stacks_add(s, vmalloc, 3));
	for (int i = 0; i < 3; i++)
		g_assert_true(stacks_add(s, vfree, 2));
	g_assert_true(stacks_add(s, vmalloc, 1));
	record = describe();
	g_assert_cmpint(samples_of(record), ==, 6);
	g_assert_cmpuint(json_array_size(json_object_get(record, "stacks")), ==, 3);
	assert_stack(record, 0, "3 test;vfree");
	assert_stack(record, 1, "2 test;vmalloc;alloc_vmap_area");
	assert_stack(record, 2, "1 alloc_vmap_area");
	assert_fits(record);
	stacks_free(s);
}

static void test_clear(void)
{
	const char *const one[] = { "f" };
	g_autojson empty = NULL;
	g_autojson record = NULL;

	s = stacks_new();
	empty = describe();
	g_assert_cmpint(samples_of(empty), ==, 0);
	assert_fits(empty);
	g_assert_true(stacks_add(s, one, 1));
	stacks_clear(s);
	g_assert_true(stacks_add(s, one, 1));
	record = describe();
	g_assert_cmpint(samples_of(record), ==, 1);
	assert_stack(record, 0, "1 f");
	stacks_free(s);
}

/* A kernel is not trusted with the names of its functions. */
static void test_hostile(void)
{
	g_autofree char *longest = g_strnfill(1000, 'x');
	const char *const names[] = { "a;b\n\x1b[2J \xff\"", "", longest };
	g_autojson record = NULL;

	s = stacks_new();
	g_assert_true(stacks_add(s, names, 1));
	g_assert_true(stacks_add(s, names + 1, 1));
	g_assert_true(stacks_add(s, names + 2, 1));
	g_assert_true(stacks_add(s, names + 2, 1));
	record = describe();
	assert_stack(record, 1, "1 a?b??[2J??\"");
	assert_stack(record, 2, "1 ?");
	assert_fits(record);
	stacks_free(s);
}

/* More stacks than are kept, each of them of the depth that is allowed: no sample is lost. */
static void test_many(void)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *frames[RECORD_FRAMES_MAX];
	g_autojson record = NULL;
	GRand *random = g_rand_new_with_seed(1);
	const int samples = 30000;

	s = stacks_new();
	for (int i = 0; i < 5000; i++)
		g_ptr_array_add(names, g_strdup_printf("a_function_whose_name_is_quite_long_and_fills_the_line_of_the_wire_%d", i));
	for (int i = 0; i < samples; i++) {
		for (int k = 0; k < RECORD_FRAMES_MAX; k++)
			frames[k] = names->pdata[g_rand_int_range(random, 0, names->len)];
		g_assert_true(stacks_add(s, frames, RECORD_FRAMES_MAX));
	}
	record = describe();
	g_assert_cmpint(samples_of(record), ==, samples);
	assert_fits(record);
	g_rand_free(random);
	stacks_free(s);
}

/* What does not fit whole is known by its function. */
static void test_cut(void)
{
	const char *frames[RECORD_FRAMES_MAX];
	g_autojson record = NULL;
	gint64 hot = 0, all = 0, idle = 0;
	size_t last;

	s = stacks_new();
	for (int i = 0; i < 20000; i++) {
		char bits[16][8];

		frames[0] = i % 4 ? "cold" : "hot";
		for (int k = 0; k < 16; k++) {
			g_snprintf(bits[k], sizeof(bits[k]), "f%d", i >> k & 1 ? 2 * k : 2 * k + 1);
			frames[k + 1] = bits[k];
		}
		frames[17] = STACKS_IDLE;
		g_assert_true(stacks_add(s, frames, i % 5 ? 17 : 18));
	}
	record = describe();
	last = json_array_size(json_object_get(record, "stacks"));
	for (size_t i = 0; i < last; i++) {
		g_autofree char *text = stack_text(record, i);

		all += g_ascii_strtoll(text, NULL, 10);
		if (strstr(text, " [idle];"))
			idle += g_ascii_strtoll(text, NULL, 10);
		if (g_str_has_suffix(text, "hot"))
			hot += g_ascii_strtoll(text, NULL, 10);
	}
	g_assert_cmpint(all, ==, 20000);
	g_assert_cmpint(hot, ==, 5000);
	g_assert_cmpint(idle, ==, 4000);
	assert_fits(record);
	stacks_free(s);
}

/* As many stacks of two names, or of one, as there may be: the room of those that are cut is left to these. */
static void test_short(void)
{
	const int functions = 150, callers = 200, alone = 3000;
	g_autojson record = NULL;

	s = stacks_new();
	for (int i = 0; i < functions * callers; i++) {
		g_autofree char *function = g_strdup_printf("f%d", i % functions);
		g_autofree char *caller = g_strdup_printf("c%d", i / functions);

		g_assert_true(stacks_add(s, (const char *const[]){ function, caller }, 2));
	}
	for (int i = 0; i < alone; i++) {
		g_autofree char *function = g_strdup_printf("alone%d", i);

		g_assert_true(stacks_add(s, (const char *const[]){ function }, 1));
	}
	record = describe();
	g_assert_cmpint(samples_of(record), ==, functions * callers + alone);
	assert_fits(record);
	stacks_free(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent-stacks/counts", test_counts);
	g_test_add_func("/agent-stacks/clear", test_clear);
	g_test_add_func("/agent-stacks/hostile", test_hostile);
	g_test_add_func("/agent-stacks/many", test_many);
	g_test_add_func("/agent-stacks/cut", test_cut);
	g_test_add_func("/agent-stacks/short", test_short);
	return g_test_run();
}
