// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/request.h"

#include <glib.h>
#include <string.h>

#define RUN(cell, workers, rest) "{\"q\":\"run\",\"cell\":" cell ",\"load\":2,\"test\":\"t\",\"workers\":" workers \
	",\"module\":\"test_vmalloc\",\"params\":\"nr_threads=8\"" rest "}"

static void test_run(void)
{
	const char *line = RUN("\"t/8\"", "8", ",\"tick_ms\":1000,\"later\":true");
	struct request rq;
	char why[200];

	g_assert_true(request_parse(line, strlen(line), &rq, why, sizeof(why)));
	g_assert_cmpint(rq.kind, ==, REQUEST_RUN);
	g_assert_cmpstr(rq.cell, ==, "t/8");
	g_assert_cmpstr(rq.test, ==, "t");
	g_assert_cmpstr(rq.module, ==, "test_vmalloc");
	g_assert_cmpstr(rq.params, ==, "nr_threads=8");
	g_assert_cmpuint(rq.load, ==, 2);
	g_assert_cmpuint(rq.workers, ==, 8);
	g_assert_cmpuint(rq.tick_ms, ==, 1000);
	request_clear(&rq);
}

static void test_others(void)
{
	struct request rq;
	char why[200];

	g_assert_true(request_parse("{\"q\":\"bye\"}", 11, &rq, why, sizeof(why)));
	g_assert_cmpint(rq.kind, ==, REQUEST_BYE);
	request_clear(&rq);
	g_assert_true(request_parse("{\"q\":\"sysrq\",\"key\":\"c\"}", 23, &rq, why, sizeof(why)));
	g_assert_cmpint(rq.kind, ==, REQUEST_SYSRQ);
	g_assert_cmpint(rq.key, ==, 'c');
	request_clear(&rq);
}

#define TRACE(state, latency, backend) "{\"q\":\"trace\",\"state\":" state ",\"latency\":" latency \
	",\"locks\":false,\"backend\":" backend ",\"source\":null}"

static void test_trace(void)
{
	const char *line = TRACE("\"attached\"", "true", "\"fentry\"");
	struct request rq;
	char why[200];

	g_assert_true(request_parse(line, strlen(line), &rq, why, sizeof(why)));
	g_assert_cmpint(rq.kind, ==, REQUEST_TRACE);
	g_assert_cmpint(rq.state, ==, REQUEST_STATE_ATTACHED);
	g_assert_cmpstr(request_state_name(rq.state), ==, "attached");
	g_assert_true(rq.latency);
	g_assert_false(rq.locks);
	g_assert_cmpstr(rq.backend, ==, "fentry");
	g_assert_null(rq.source);
	request_clear(&rq);
}

static void test_sample(void)
{
	const char *line = "{\"q\":\"sample\",\"hz\":997,\"event\":null}";
	struct request rq;
	char why[200];

	g_assert_true(request_parse(line, strlen(line), &rq, why, sizeof(why)));
	g_assert_cmpint(rq.kind, ==, REQUEST_SAMPLE);
	g_assert_cmpuint(rq.hz, ==, 997);
	g_assert_null(rq.event);
	request_clear(&rq);
}

static void test_errors(void)
{
	static const struct {
		const char *line;
		const char *why;
	} cases[] = {
		{ "", "one JSON object" },
		{ "hello", "one JSON object" },
		{ "[1]", "one JSON object" },
		{ "{\"q\":\"bye\",\"q\":\"bye\"}", "one JSON object" },
		{ "{}", "not known here" },
		{ "{\"q\":7}", "not known here" },
		{ "{\"q\":\"reboot\"}", "\"reboot\" is not known here" },
		{ "{\"q\":\"sysrq\"}", "needs the key \"key\"" },
		{ "{\"q\":\"sysrq\",\"key\":\"\"}", "\"key\" of the request sysrq" },
		{ "{\"q\":\"sysrq\",\"key\":\"cc\"}", "\"key\" of the request sysrq" },
		{ "{\"q\":\"sample\",\"event\":null}", "needs the key \"hz\"" },
		{ "{\"q\":\"sample\",\"hz\":0,\"event\":null}", "a whole number of 1 to 10000" },
		{ "{\"q\":\"sample\",\"hz\":10001,\"event\":null}", "a whole number of 1 to 10000" },
		{ "{\"q\":\"sample\",\"hz\":1,\"event\":7}", "\"event\" of the request sample must be null, or" },
		{ "{\"q\":\"trace\"}", "needs the key \"state\"" },
		{ TRACE("\"on\"", "true", "null"), "must be off, loaded or attached" },
		{ TRACE("7", "true", "null"), "must be off, loaded or attached" },
		{ TRACE("\"off\"", "1", "null"), "\"latency\" of the request trace must be true or false" },
		{ TRACE("\"off\"", "true", "7"), "null, or 1 to 31 characters" },
		{ "{\"q\":\"run\"}", "needs the key \"cell\"" },
		{ RUN("\"\"", "1", ",\"tick_ms\":0"), "\"cell\" of the request run" },
		{ RUN("7", "1", ",\"tick_ms\":0"), "\"cell\" of the request run" },
		{ RUN("\"a\\nb\"", "1", ",\"tick_ms\":0"), "printable ASCII" },
		{ RUN("\"a\\u00e4\"", "1", ",\"tick_ms\":0"), "printable ASCII" },
		{ RUN("\"a\"", "0", ",\"tick_ms\":0"), "whole number of 1 to 65535" },
		{ RUN("\"a\"", "65536", ",\"tick_ms\":0"), "whole number of 1 to 65535" },
		{ RUN("\"a\"", "1.5", ",\"tick_ms\":0"), "whole number" },
		{ RUN("\"a\"", "\"1\"", ",\"tick_ms\":0"), "whole number" },
		{ RUN("\"a\"", "1", ""), "needs the key \"tick_ms\"" },
		{ RUN("\"a\"", "1", ",\"tick_ms\":-1"), "\"tick_ms\" of the request run" },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct request rq;
		char why[300] = "";

		g_assert_false(request_parse(cases[i].line, strlen(cases[i].line), &rq, why, sizeof(why)));
		g_test_message("%s", why);
		g_assert_nonnull(strstr(why, cases[i].why));
		request_clear(&rq);
	}
}

/* An error record still names the cell. */
static void test_cell_of_a_bad_request(void)
{
	const char *line = RUN("\"t/0\"", "0", "");
	struct request rq;
	char why[200];

	g_assert_false(request_parse(line, strlen(line), &rq, why, sizeof(why)));
	g_assert_cmpstr(rq.cell, ==, "t/0");
	g_assert_cmpuint(rq.load, ==, 2);
	request_clear(&rq);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent/request/run", test_run);
	g_test_add_func("/agent/request/others", test_others);
	g_test_add_func("/agent/request/trace", test_trace);
	g_test_add_func("/agent/request/sample", test_sample);
	g_test_add_func("/agent/request/errors", test_errors);
	g_test_add_func("/agent/request/cell-of-a-bad-request", test_cell_of_a_bad_request);
	return g_test_run();
}
