// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/calls.h"

#include <glib.h>
#include <string.h>

static struct calls *feed(const char *const *lines)
{
	struct calls *calls = g_new0(struct calls, 1);

	for (; *lines; lines++)
		g_assert_true(calls_feed(calls, *lines, strlen(*lines)));
	return calls;
}

#define GOOD "vmap_load: Latency: lookup count: 6 sum_ns: 1400 max_ns: 910", "vmap_load: Buckets: lookup 100:2 127:1"

static void test_records(void)
{
	static const char *const lines[] = {
		GOOD, "vmap_load: Buckets: lookup 896:3", "Latency: vfree count: 0 sum_ns: 0 max_ns: 0", NULL,
	};
	g_autofree struct calls *calls = feed(lines);
	char why[200] = "";
	g_autofree char *text = NULL;
	json_t *records;

	g_assert_true(calls_check(calls, why, sizeof(why)));
	g_assert_cmpstr(why, ==, "");
	records = calls_records(calls);
	text = json_dumps(records, JSON_COMPACT);
	g_assert_cmpstr(text, ==,
			"[{\"t\":\"calls\",\"call\":\"vfree\",\"count\":0,\"sum_ns\":0,\"max_ns\":0,\"buckets\":[]},"
			"{\"t\":\"calls\",\"call\":\"lookup\",\"count\":6,\"sum_ns\":1400,\"max_ns\":910,"
			"\"buckets\":[[100,2],[127,1],[896,3]]}]");
	json_decref(records);
}

static void test_none(void)
{
	static const char *const others[] = {
		"", "vmap_load: ", "vmap_load: Summary: lookup_load passed: 1 failed: 0 loops: 1 avg: 2 usec",
		"Latency", "Latency:lookup", "other: Latency: lookup count: 1 sum_ns: 1 max_ns: 1",
	};
	g_autofree struct calls *calls = g_new0(struct calls, 1);
	char why[200];
	json_t *records;

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_false(calls_feed(calls, others[i], strlen(others[i])));
	g_assert_true(calls_check(calls, why, sizeof(why)));
	records = calls_records(calls);
	g_assert_cmpuint(json_array_size(records), ==, 0);
	json_decref(records);
}

#define HEAD "Latency: vmalloc count: 3 sum_ns: 30 max_ns: 20"
#define BROKEN "not as it must be"

/* Every byte of the log may be anybody's. */
static void test_wrong(void)
{
	static const struct {
		const char *lines[4];
		const char *why;
	} cases[] = {
		{ { HEAD }, "timed 3 calls of vmalloc, and its buckets hold 0" },
		{ { HEAD, "Buckets: vmalloc 10:2" }, "timed 3 calls of vmalloc, and its buckets hold 2" },
		{ { HEAD, "Buckets: vmalloc 10:4" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc 10:2 11:2" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc 10:18446744073709551615 11:4" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc 10:18446744073709551616" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc 10:0 11:3" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc 11:1 10:2" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc 11:1", "Buckets: vmalloc 11:2" }, BROKEN },
		/* No bucket begins there. */
		{ { HEAD, "Buckets: vmalloc 129:3" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc 99999999999999:3" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc -1:3" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc 10" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc :3" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc 10:" }, BROKEN },
		{ { HEAD, "Buckets: vmalloc 10:3x" }, BROKEN },
		{ { HEAD, "Buckets: vfree 10:3" }, BROKEN },
		{ { HEAD, "Buckets: kfree 10:3" }, BROKEN },
		{ { HEAD, "Buckets:" }, BROKEN },
		{ { HEAD, HEAD }, BROKEN },
		{ { "Buckets: vmalloc 10:3", HEAD }, BROKEN },
		{ { "Latency:" }, BROKEN },
		{ { "Latency: kfree count: 1 sum_ns: 1 max_ns: 1" }, BROKEN },
		{ { "Latency: vmalloc count: 1 max_ns: 1 sum_ns: 1" }, BROKEN },
		{ { "Latency: vmalloc count: 1 sum_ns: 1" }, BROKEN },
		{ { "Latency: vmalloc count: -1 sum_ns: 1 max_ns: 1" }, BROKEN },
		{ { "Latency: vmalloc count: 0 sum_ns: 9223372036854775808 max_ns: 1" }, BROKEN },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree struct calls *calls = feed(cases[i].lines);
		char why[200];

		g_test_message("%s %s", cases[i].lines[0], cases[i].lines[1]);
		g_assert_false(calls_check(calls, why, sizeof(why)));
		g_assert_nonnull(strstr(why, cases[i].why));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent-calls/records", test_records);
	g_test_add_func("/agent-calls/none", test_none);
	g_test_add_func("/agent-calls/wrong", test_wrong);
	return g_test_run();
}
