// SPDX-License-Identifier: GPL-2.0-only
#include "runners/record.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"

#define HELLO_BUT(taint, cpus) \
	"{\"t\":\"hello\",\"v\":1,\"release\":\"7\",\"version\":\"#1\",\"cmdline\":\"\"," \
	"\"boot_id\":null,\"btf\":true,\"taint\":" taint ",\"clocksource\":\"tsc\",\"cpus_online\":" cpus \
	",\"cpus_possible\":4,\"memory_kib\":1}"
#define LOAD_BUT(load, workers, wall) \
	"{\"t\":\"load\",\"cell\":\"x\",\"load\":" load ",\"workers_us\":" workers ",\"wall_us\":" wall \
	",\"taint\":0,\"clocksource\":\"tsc\"}"

#define HIST_BUT(count, buckets) \
	"{\"t\":\"hist\",\"cell\":\"x\",\"load\":0,\"function\":\"f\",\"backend\":\"fentry\",\"count\":" count \
	",\"sum_ns\":9,\"max_ns\":8,\"lost\":0,\"unpaired\":0,\"buckets\":" buckets "}"
#define CALLS_BUT(count, buckets, probe) \
	"{\"t\":\"calls\",\"cell\":\"x\",\"load\":0" probe ",\"call\":\"vfree\",\"count\":" count \
	",\"sum_ns\":9,\"max_ns\":8,\"buckets\":" buckets "}"
#define LOCK_BUT(waits, callers) \
	"{\"t\":\"lock\",\"cell\":\"x\",\"load\":0,\"lock\":\"vn.busy\",\"source\":\"slowpath\",\"naming\":\"symbols\"," \
	"\"waits\":" waits ",\"wait_ns\":3,\"max_ns\":2,\"lost\":0,\"callers\":" callers "}"
#define CALLER(site) "{\"site\":" site ",\"samples\":1,\"waits\":2,\"wait_ns\":3}"
#define TRACE_BUT(state, more) "{\"t\":\"trace\",\"state\":" state more "}"
#define COLLECTORS(absent) \
	",\"collectors\":[{\"collector\":\"latency\",\"backend\":\"fentry\",\"measures\":\"m\",\"attached\":16,\"absent\":" absent "}]" \
	",\"refused\":[{\"collector\":\"latency\",\"backend\":\"fsession\",\"why\":\"w\"}]"
#define MEMORY_BUT(areas, kib, pages, slabs) \
	"{\"t\":\"memory\",\"cell\":\"x\",\"load\":0,\"areas\":" areas ",\"page_bytes\":4096," \
	"\"totals\":[{\"total\":\"Percpu\",\"kib\":" kib "}]," \
	"\"caches\":[{\"cache\":\"vmap_area\",\"object_bytes\":72,\"slab_objects\":56,\"slab_pages\":" pages \
	",\"active\":[0,1,1,0],\"slabs\":" slabs "}]}"
#define EVENTS_BUT(lost) \
	"{\"t\":\"events\",\"cell\":\"x\",\"load\":0,\"backend\":\"tp_btf\",\"allocs\":1,\"failed\":0,\"frees\":1,\"purges\":0," \
	"\"purged\":0,\"lost\":" lost "}"

#define SAMPLED(samples, lost, throttled, names, stacks) \
	"{\"t\":\"samples\",\"cell\":\"x\",\"load\":0,\"event\":\"cycles\",\"samples\":" samples ",\"lost\":" lost ",\"throttled\":" throttled "," \
	"\"names\":" names ",\"stacks\":" stacks "}"
#define SAMPLES_BUT(samples, names, stacks) SAMPLED(samples, "1", "0", names, stacks)
#define SAMPLER "{\"t\":\"sampler\",\"event\":\"cpu-clock\",\"hz\":99,\"cpus\":2,\"refused\":[{\"event\":\"cycles\",\"why\":\"w\"}]}"

/* clang-format off */
static const struct {
	const char *line;
	enum record_kind kind;
	const char *clean;	/* what is left of it */
} good[] = {
	{ "{\"t\":\"tick\"}", RECORD_TICK, "{\"t\":\"tick\"}" },
	{ "{\"t\":\"bye\",\"more\":[1,2]}", RECORD_BYE, "{\"t\":\"bye\"}" },
	{ LOAD_BUT("0", "[1,2.5]", "3"), RECORD_LOAD, LOAD_BUT("0", "[1,2.5]", "3") },
	{ LOAD_BUT("0", "[0]", "1e15"), RECORD_LOAD, LOAD_BUT("0", "[0]", "1000000000000000.0") },
	/* Keys come out in the order of wire.h, others are left out. */
	{ "{\"clocksource\":null,\"wall_us\":3,\"taint\":null,\"evil\":{\"a\":1},\"workers_us\":[1],"
	  "\"load\":7,\"cell\":\"x\",\"t\":\"load\"}", RECORD_LOAD,
	  "{\"t\":\"load\",\"cell\":\"x\",\"load\":7,\"workers_us\":[1],\"wall_us\":3,\"taint\":null,"
	  "\"clocksource\":null}" },
	{ "{\"t\":\"error\",\"cell\":null,\"load\":null,\"why\":\"w\"}", RECORD_ERROR,
	  "{\"t\":\"error\",\"cell\":null,\"load\":null,\"why\":\"w\"}" },
	{ "{\"t\":\"splat\",\"cell\":\"x\",\"load\":1,\"kind\":\"warn\",\"text\":\"w\",\"taint\":512}",
	  RECORD_SPLAT,
	  "{\"t\":\"splat\",\"cell\":\"x\",\"load\":1,\"kind\":\"warn\",\"text\":\"w\",\"taint\":512}" },
	/* What could move a terminal's cursor does not get past here. */
	{ "{\"t\":\"error\",\"cell\":null,\"load\":null,\"why\":\"a\\u001b[2J\\nb\"}", RECORD_ERROR,
	  "{\"t\":\"error\",\"cell\":null,\"load\":null,\"why\":\"a [2J b\"}" },
	{ TRACE_BUT("\"off\"", ""), RECORD_TRACE, TRACE_BUT("\"off\"", "") },
	{ TRACE_BUT("\"attached\"", COLLECTORS("[\"purge_vmap_node\"]")), RECORD_TRACE,
	  TRACE_BUT("\"attached\"", COLLECTORS("[\"purge_vmap_node\"]")) },
	{ HIST_BUT("0", "[]"), RECORD_HIST, HIST_BUT("0", "[]") },
	{ HIST_BUT("5", "[[0,2],[127,1],[128,2]]"), RECORD_HIST, HIST_BUT("5", "[[0,2],[127,1],[128,2]]") },
	{ CALLS_BUT("0", "[]", ""), RECORD_CALLS, CALLS_BUT("0", "[]", "") },
	{ CALLS_BUT("2", "[[127,2]]", ",\"probe\":\"off\""), RECORD_CALLS, CALLS_BUT("2", "[[127,2]]", ",\"probe\":\"off\"") },
	{ LOCK_BUT("0", "[]"), RECORD_LOCK, LOCK_BUT("0", "[]") },
	/* What is inside of a list is looked at as well. */
	{ LOCK_BUT("2", "[{\"site\":\"a\\nb\",\"samples\":1,\"waits\":2,\"wait_ns\":3,\"evil\":1}]"), RECORD_LOCK,
	  LOCK_BUT("2", "[" CALLER("\"a b\"") "]") },
	{ SAMPLER, RECORD_SAMPLER, SAMPLER },
	{ SAMPLES_BUT("0", "[]", "[]"), RECORD_SAMPLES, SAMPLES_BUT("0", "[]", "[]") },
	{ SAMPLES_BUT("5", "[\"a\",\"b.part.0\"]", "[[3,0,1,0],[2,1]]"), RECORD_SAMPLES,
	  SAMPLES_BUT("5", "[\"a\",\"b.part.0\"]", "[[3,0,1,0],[2,1]]") },
	{ SAMPLED("1099511627776", "1099511627776", "1099511627776", "[\"a\"]", "[[1099511627776,0]]"), RECORD_SAMPLES,
	  SAMPLED("1099511627776", "1099511627776", "1099511627776", "[\"a\"]", "[[1099511627776,0]]") },
	{ EVENTS_BUT("0"), RECORD_EVENTS, EVENTS_BUT("0") },
	{ MEMORY_BUT("1", "[0,0,0,1099511627776]", "1024", "[1,2,3,4]"), RECORD_MEMORY,
	  MEMORY_BUT("1", "[0,0,0,1099511627776]", "1024", "[1,2,3,4]") },
	{ HELLO_BUT("0", "4"), RECORD_HELLO,
	  "{\"t\":\"hello\",\"v\":1,\"release\":\"7\",\"version\":\"#1\",\"cmdline\":\"\",\"boot_id\":null,"
	  "\"btf\":true,\"taint\":0,\"clocksource\":\"tsc\","
	  "\"cpus_online\":4,\"cpus_possible\":4,\"memory_kib\":1}" },
};

static const struct {
	const char *line;
	const char *says;
} bad[] = {
	{ "", "a line that is no record" },
	{ "\x01\xff", "a line that is no record" },
	{ "{", "a line that is no record" },
	{ "null", "a line that is no record" },
	{ "[]", "not a JSON object" },
	{ "{\"t\":\"tick\"} x", "a line that is no record" },
	{ "{\"t\":\"tick\",\"t\":\"bye\"}", "duplicate" },
	{ "{}", "no known kind" },
	{ "{\"t\":7}", "no known kind" },
	{ "{\"t\":\"run\"}", "no known kind" },
	{ "{\"t\":\"load\"}", "\"load\" record has a missing \"cell\"" },
	{ LOAD_BUT("-1", "[1]", "3"), "\"load\" record has a wrong \"load\"" },
	{ LOAD_BUT("1.0", "[1]", "3"), "wrong \"load\"" },
	{ LOAD_BUT("null", "[1]", "3"), "wrong \"load\"" },
	{ LOAD_BUT("99999999999999999999", "[1]", "3"), "no record" },
	{ LOAD_BUT("0", "[]", "3"), "wrong \"workers_us\"" },
	{ LOAD_BUT("0", "{\"a\":1}", "3"), "wrong \"workers_us\"" },
	{ LOAD_BUT("0", "[1,null]", "3"), "wrong \"workers_us\"" },
	{ LOAD_BUT("0", "[1,-1]", "3"), "wrong \"workers_us\"" },
	{ LOAD_BUT("0", "[1e16]", "3"), "wrong \"workers_us\"" },
	{ LOAD_BUT("0", "[1]", "\"3\""), "wrong \"wall_us\"" },
	{ LOAD_BUT("0", "[1]", "1e999"), "no record" },
	{ "{\"t\":\"load\",\"cell\":\"x\",\"load\":0,\"workers_us\":[1],\"wall_us\":1,\"taint\":0,"
	  "\"clocksource\":null,\"probe\":\"on\"}", "wrong \"probe\"" },
	{ TRACE_BUT("\"on\"", ""), "wrong \"state\"" },
	{ TRACE_BUT("\"attached\"", ""), "\"trace\" record has no \"collectors\"" },
	{ TRACE_BUT("\"loaded\"", ",\"collectors\":{}"), "wrong \"collectors\"" },
	{ TRACE_BUT("\"loaded\"", ",\"collectors\":[{}]"), "wrong \"collectors\"" },
	{ TRACE_BUT("\"loaded\"", COLLECTORS("[1]")), "wrong \"collectors\"" },
	{ CALLS_BUT("3", "[[127,2]]", ""), "\"calls\" record has less in its \"buckets\"" },
	{ CALLS_BUT("1", "[[129,1]]", ""), "wrong \"buckets\"" },
	{ CALLS_BUT("0", "[]", ",\"probe\":\"on\""), "wrong \"probe\"" },
	{ HIST_BUT("1", "{}"), "wrong \"buckets\"" },
	{ HIST_BUT("1", "[[0]]"), "wrong \"buckets\"" },
	{ HIST_BUT("1", "[[0,1,2]]"), "wrong \"buckets\"" },
	{ HIST_BUT("1", "[[0,0],[1,1]]"), "wrong \"buckets\"" },
	{ HIST_BUT("1", "[[0,-1]]"), "wrong \"buckets\"" },
	{ HIST_BUT("1", "[[-1,1]]"), "wrong \"buckets\"" },
	{ HIST_BUT("1", "[[0.0,1]]"), "wrong \"buckets\"" },
	{ HIST_BUT("2", "[[5,1],[5,1]]"), "wrong \"buckets\"" },
	{ HIST_BUT("2", "[[5,1],[4,1]]"), "wrong \"buckets\"" },
	/* No bucket begins there. */
	{ HIST_BUT("1", "[[129,1]]"), "wrong \"buckets\"" },
	{ HIST_BUT("1", "[[9223372036854775807,1]]"), "wrong \"buckets\"" },
	{ HIST_BUT("1", "[[0,1],[1,1]]"), "more in its \"buckets\" than its \"count\" says" },
	{ HIST_BUT("3", "[[0,1],[1,1]]"), "less in its \"buckets\" than its \"count\" says" },
	{ HIST_BUT("1", "[[0,9223372036854775807],[1,9223372036854775807],[2,3]]"), "more in its \"buckets\"" },
	{ SAMPLES_BUT("1", "[\"a\"]", "[[2,0]]"), "\"samples\" record has more in its \"stacks\"" },
	{ SAMPLES_BUT("3", "[\"a\"]", "[[2,0]]"), "less in its \"stacks\" than its \"samples\" says" },
	{ SAMPLES_BUT("1", "[\"a\"]", "[[9223372036854775807,0],[9223372036854775807,0],[3,0]]"), "more in its \"stacks\"" },
	{ SAMPLED("1099511627777", "0", "0", "[\"a\"]", "[[1099511627777,0]]"), "more than 2^40 samples" },
	{ SAMPLED("1", "1099511627777", "0", "[\"a\"]", "[[1,0]]"), "more than 2^40 samples" },
	{ SAMPLED("1", "0", "1099511627777", "[\"a\"]", "[[1,0]]"), "more than 2^40 samples" },
	{ SAMPLES_BUT("2", "[\"a\"]", "[[2,1]]"), "a name in its \"stacks\" that is not among its \"names\"" },
	{ SAMPLES_BUT("2", "[]", "[[2,0]]"), "not among its \"names\"" },
	{ SAMPLES_BUT("2", "[\"a\"]", "[[2]]"), "wrong \"stacks\"" },
	{ SAMPLES_BUT("2", "[\"a\"]", "[[2,-1]]"), "wrong \"stacks\"" },
	{ SAMPLES_BUT("2", "[\"a\"]", "[[2,0.0]]"), "wrong \"stacks\"" },
	{ SAMPLES_BUT("2", "[\"a\"]", "[[2,4000]]"), "wrong \"stacks\"" },
	{ SAMPLES_BUT("0", "[\"a\"]", "[[0,0]]"), "wrong \"stacks\"" },
	{ SAMPLES_BUT("2", "[\"a\"]", "[2,0]"), "wrong \"stacks\"" },
	{ SAMPLES_BUT("2", "[\"a\"]", "{}"), "wrong \"stacks\"" },
	{ SAMPLES_BUT("2", "{\"a\":1}", "[[2,0]]"), "wrong \"names\"" },
	{ SAMPLES_BUT("2", "[7]", "[[2,0]]"), "wrong \"names\"" },
	{ SAMPLES_BUT("2", "[\"\"]", "[[2,0]]"), "wrong \"names\"" },
	{ SAMPLES_BUT("2", "[\"a b\"]", "[[2,0]]"), "wrong \"names\"" },
	{ SAMPLES_BUT("2", "[\"a;b\"]", "[[2,0]]"), "wrong \"names\"" },
	{ SAMPLES_BUT("2", "[\"a\\n\"]", "[[2,0]]"), "wrong \"names\"" },
	{ SAMPLES_BUT("2", "[\"\\u00e4\"]", "[[2,0]]"), "wrong \"names\"" },
	{ "{\"t\":\"sampler\",\"event\":\"cycles\",\"hz\":99,\"cpus\":2,\"refused\":[{}]}", "wrong \"refused\"" },
	{ "{\"t\":\"sampler\",\"event\":\"cycles\",\"hz\":-1,\"cpus\":2,\"refused\":[]}", "wrong \"hz\"" },
	{ LOCK_BUT("-1", "[]"), "wrong \"waits\"" },
	{ LOCK_BUT("1", "[[]]"), "wrong \"callers\"" },
	{ LOCK_BUT("1", "[" CALLER("null") "]"), "wrong \"callers\"" },
	{ EVENTS_BUT("null"), "wrong \"lost\"" },
	{ MEMORY_BUT("0", "[1,2,3,4]", "1", "[1,2,3,4]"), "\"memory\" record has no areas" },
	{ MEMORY_BUT("2147483648", "[1,2,3,4]", "1", "[1,2,3,4]"), "no areas" },
	{ MEMORY_BUT("1", "[1,2,3]", "1", "[1,2,3,4]"), "wrong \"totals\"" },
	{ MEMORY_BUT("1", "[1,2,3,4,5]", "1", "[1,2,3,4]"), "wrong \"totals\"" },
	{ MEMORY_BUT("1", "[1,2,3,4]", "1", "[1,2,3,-4]"), "wrong \"caches\"" },
	{ MEMORY_BUT("1", "[1,2,3,4]", "1", "[1,2,3,1099511627777]"), "wrong \"caches\"" },
	{ MEMORY_BUT("1", "[1,2,3,4]", "1", "{}"), "wrong \"caches\"" },
	{ MEMORY_BUT("1", "[1,2,3,4]", "0", "[1,2,3,4]"), "a cache whose slabs cannot be" },
	{ MEMORY_BUT("1", "[1,2,3,4]", "1025", "[1,2,3,4]"), "a cache whose slabs cannot be" },
	{ HELLO_BUT("\"0\"", "4"), "wrong \"taint\"" },
	{ HELLO_BUT("0", "-4"), "wrong \"cpus_online\"" },
	{ "{\"t\":\"error\",\"cell\":null,\"load\":null}", "\"error\" record has a missing \"why\"" },
	{ "{\"t\":\"error\",\"cell\":1,\"load\":null,\"why\":\"w\"}", "wrong \"cell\"" },
	{ "{\"t\":\"splat\",\"cell\":null,\"load\":null,\"kind\":null,\"text\":\"w\",\"taint\":0}",
	  "wrong \"kind\"" },
};
/* clang-format on */

static void test_good(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autoptr(GError) error = NULL;
		struct record record;
		g_autofree char *clean = NULL;

		record_parse(good[i].line, &record, &error);
		g_assert_no_error(error);
		clean = json_line(record.json);
		g_assert_cmpint(record.kind, ==, good[i].kind);
		g_assert_cmpstr(clean, ==, good[i].clean);
		record_clear(&record);
		g_assert_null(record.json);
	}
}

static void assert_bad(const char *line, const char *says)
{
	g_autoptr(GError) error = NULL;
	struct record record;

	g_assert_false(record_parse(line, &record, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_KERNEL);
	if (!strstr(error->message, says))
		g_error("%s: \"%s\" does not say \"%s\"", line, error->message, says);
}

static void test_bad(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_bad(bad[i].line, bad[i].says);
}

static char *with_workers(unsigned int count)
{
	g_autoptr(GString) list = g_string_new("[1");

	for (unsigned int i = 1; i < count; i++)
		g_string_append(list, ",1");
	return g_strdup_printf("{\"t\":\"load\",\"cell\":\"x\",\"load\":0,\"workers_us\":%s],\"wall_us\":1,"
			       "\"taint\":0,\"clocksource\":\"tsc\"}",
			       list->str);
}

static char *with_text(size_t length)
{
	g_autofree char *text = g_strnfill(length, 'x');

	return g_strdup_printf("{\"t\":\"error\",\"cell\":null,\"load\":null,\"why\":\"%s\"}", text);
}

static char *with_callers(unsigned int count)
{
	g_autoptr(GString) list = g_string_new(CALLER("\"s\""));

	for (unsigned int i = 1; i < count; i++)
		g_string_append(list, "," CALLER("\"s\""));
	return g_strdup_printf(LOCK_BUT("1", "[%s]"), list->str);
}

/* Of so many frames, in so many stacks, of so many names. */
static char *with_stacks(unsigned int frames, unsigned int stacks, unsigned int names)
{
	g_autoptr(GString) stack = g_string_new("[1");
	g_autoptr(GString) list = g_string_new(NULL);
	g_autoptr(GString) known = g_string_new("\"f\"");

	for (unsigned int i = 0; i < frames; i++)
		g_string_append(stack, ",0");
	for (unsigned int i = 0; i < stacks; i++)
		g_string_append_printf(list, "%s%s]", i ? "," : "", stack->str);
	for (unsigned int i = 1; i < names; i++)
		g_string_append(known, ",\"f\"");
	return g_strdup_printf(SAMPLES_BUT("%u", "[%s]", "[%s]"), stacks, known->str, list->str);
}

/* A memory record with so many caches. Caller frees. */
static char *with_caches(unsigned int count)
{
	g_autoptr(GString) s = g_string_new("{\"t\":\"memory\",\"cell\":\"x\",\"load\":0,\"areas\":1,\"page_bytes\":4096,"
					    "\"totals\":[],\"caches\":[");

	for (unsigned int i = 0; i < count; i++)
		g_string_append_printf(s,
				       "%s{\"cache\":\"c%u\",\"object_bytes\":72,\"slab_objects\":56,"
				       "\"slab_pages\":1,\"active\":[0,1,1,0],\"slabs\":[1,2,3,4]}",
				       i ? "," : "", i);
	g_string_append(s, "]}");
	return g_strdup(s->str);
}

static void assert_good(const char *line)
{
	g_autoptr(GError) error = NULL;
	struct record record;

	record_parse(line, &record, &error);
	g_assert_no_error(error);
	record_clear(&record);
}

static void test_limits(void)
{
	g_autofree char *most = with_workers(65535), *more = with_workers(65536);
	g_autofree char *longest = with_text(4096), *longer = with_text(4097);
	g_autofree char *most_callers = with_callers(4096), *more_callers = with_callers(4097);
	g_autofree char *most_frames = with_stacks(64, 1, 1), *more_frames = with_stacks(65, 1, 1);
	g_autofree char *most_stacks = with_stacks(1, 12000, 1), *more_stacks = with_stacks(1, 12001, 1);
	g_autofree char *most_names = with_stacks(1, 1, 4000), *more_names = with_stacks(1, 1, 4001);
	g_autofree char *most_caches = with_caches(512), *more_caches = with_caches(513);
	g_autofree char *deep = g_strnfill(100000, '[');

	assert_good(most_frames);
	assert_bad(more_frames, "wrong \"stacks\"");
	assert_good(most_stacks);
	assert_bad(more_stacks, "wrong \"stacks\"");
	assert_good(most_names);
	assert_bad(more_names, "wrong \"names\"");
	assert_good(most);
	assert_bad(more, "wrong \"workers_us\"");
	assert_good(longest);
	assert_bad(longer, "wrong \"why\"");
	assert_good(most_callers);
	assert_bad(more_callers, "wrong \"callers\"");
	assert_good(most_caches);
	assert_bad(more_caches, "more caches than a kernel has");
	assert_bad(deep, "no record");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/record/good", test_good);
	g_test_add_func("/record/bad", test_bad);
	g_test_add_func("/record/limits", test_limits);
	return g_test_run();
}
