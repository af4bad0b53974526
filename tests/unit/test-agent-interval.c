// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/interval.h"

#include <glib.h>
#include <stdlib.h>

#define HIST(count, sum, max, buckets) \
	"{\"t\":\"hist\",\"function\":\"f\",\"backend\":\"b\",\"count\":" count ",\"sum_ns\":" sum ",\"max_ns\":" max \
	",\"lost\":1,\"unpaired\":2,\"buckets\":" buckets "}"
#define LOCK(name, waits, ns, callers) \
	"{\"t\":\"lock\",\"lock\":\"" name "\",\"source\":\"s\",\"naming\":\"n\",\"waits\":" waits ",\"wait_ns\":" ns \
	",\"max_ns\":9,\"lost\":0,\"callers\":" callers "}"
#define CALLER(site, samples, waits, ns) \
	"{\"site\":\"" site "\",\"samples\":" samples ",\"waits\":" waits ",\"wait_ns\":" ns "}"
#define EVENTS(allocs, frees) \
	"{\"t\":\"events\",\"backend\":\"b\",\"allocs\":" allocs ",\"failed\":0,\"frees\":" frees \
	",\"purges\":0,\"purged\":0,\"lost\":0}"

static const struct {
	const char *before;
	const char *after;
	const char *between;
} cases[] = {
	{ "[]", "[]", "[]" },
	/* Counts are taken off, the max stays, what was not lost in between is not lost. */
	{ "[" HIST("3", "30", "12", "[[8,1],[12,2]]") "]", "[" HIST("7", "90", "40", "[[8,1],[10,1],[12,4],[40,1]]") "]",
	  "[{\"t\":\"hist\",\"function\":\"f\",\"backend\":\"b\",\"count\":4,\"sum_ns\":60,\"max_ns\":40,\"lost\":0,"
	  "\"unpaired\":0,\"buckets\":[[10,1],[12,2],[40,1]]}]" },
	{ "[" HIST("3", "30", "12", "[[8,1],[12,2]]") "]", "[" HIST("3", "30", "12", "[[8,1],[12,2]]") "]",
	  "[{\"t\":\"hist\",\"function\":\"f\",\"backend\":\"b\",\"count\":0,\"sum_ns\":0,\"max_ns\":12,\"lost\":0,"
	  "\"unpaired\":0,\"buckets\":[]}]" },
	/* What was not there before counts whole. */
	{ "[]", "[" HIST("1", "8", "8", "[[8,1]]") "]", "[" HIST("1", "8", "8", "[[8,1]]") "]" },
	/* Each lock is that of its own name, each caller that of its own site; one that did nothing is left out. */
	{ "[" LOCK("x", "1", "5", "[]") "," LOCK("y", "3", "30", "[" CALLER("p", "1", "1", "10") "," CALLER("q", "2", "2", "20") "]")
	  "]",
	  "[" LOCK("y", "5", "70", "[" CALLER("q", "2", "2", "20") "," CALLER("p", "2", "3", "50") "]") ","
	  LOCK("x", "1", "5", "[]") "]",
	  "[" LOCK("y", "2", "40", "[" CALLER("p", "1", "2", "40") "]") "," LOCK("x", "0", "0", "[]") "]" },
	/* Callers are estimates: one that is less than before has nothing of the interval, the others have all of it. */
	{ "[" LOCK("x", "10", "100", "[" CALLER("p", "1", "10", "100") "]") "]",
	  "[" LOCK("x", "16", "160", "[" CALLER("p", "1", "8", "80") "," CALLER("q", "1", "6", "60") "," CALLER("r", "1", "2", "20") "]") "]",
	  "[" LOCK("x", "6", "60", "[" CALLER("q", "1", "4", "45") "," CALLER("r", "1", "2", "15") "]") "]" },
	{ "[" EVENTS("5", "4") "]", "[" EVENTS("15", "16") "]", "[" EVENTS("10", "12") "]" },
	/* A moment has no interval. */
	{ "[{\"t\":\"state\",\"areas\":1}]", "[{\"t\":\"state\",\"areas\":2}]", "[]" },
};

static json_t *parse(const char *text)
{
	json_error_t reason;
	json_t *json = json_loads(text, 0, &reason);

	if (!json)
		g_error("%s: %s", text, reason.text);
	return json;
}

static void test_between(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		json_t *before = parse(cases[i].before), *after = parse(cases[i].after), *expected = parse(cases[i].between);
		json_t *untouched = json_deep_copy(after);
		json_t *between = interval_between(before, after);
		char *got = json_dumps(between, JSON_COMPACT);

		if (!json_equal(between, expected))
			g_error("case %zu: %s, expected %s", i, got, cases[i].between);
		g_assert_true(json_equal(after, untouched));
		free(got);
		json_decref(before);
		json_decref(after);
		json_decref(expected);
		json_decref(untouched);
		json_decref(between);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent/interval/between", test_between);
	return g_test_run();
}
