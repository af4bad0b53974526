// SPDX-License-Identifier: GPL-2.0-only
#include "runners/qmp.h"

#include <string.h>

#include "base/json.h"

#define GREETING "{\"QMP\": {\"version\": {}}}\r\n{\"return\": {}}\r\n"
#define EVENT(name, data) "{\"timestamp\": {\"seconds\": 1}, \"event\": \"" name "\", \"data\": " data "}\r\n"
#define SHUTDOWN(reason) EVENT("SHUTDOWN", "{\"guest\": true, \"reason\": \"" reason "\"}")

static const struct {
	const char *text;
	enum runner_end end;
	const char *why;
} monitors[] = {
	{ "", RUNNER_RUNNING, NULL },
	{ GREETING, RUNNER_RUNNING, NULL },
	{ GREETING EVENT("RESUME", "{}"), RUNNER_RUNNING, NULL },
	{ GREETING SHUTDOWN("guest-shutdown"), RUNNER_POWEROFF, "the guest powered off" },
	{ GREETING SHUTDOWN("guest-reset"), RUNNER_RESET, "the guest reset itself" },
	{ GREETING SHUTDOWN("guest-panic"), RUNNER_PANIC, "the kernel panicked (pvpanic)" },
	{ GREETING SHUTDOWN("host-signal"), RUNNER_KILLED, "QEMU was ended by a signal from outside" },
	{ GREETING SHUTDOWN("host-error"), RUNNER_BROKEN, "QEMU reported an error of the host" },
	{ GREETING SHUTDOWN("a reason of a later QEMU"), RUNNER_RUNNING, NULL },
	{ GREETING EVENT("GUEST_PANICKED", "{\"action\": \"pause\"}"), RUNNER_PANIC,
	  "the kernel panicked (pvpanic)" },
	/* A panic also brings a shutdown or a reset, in any order. */
	{ EVENT("GUEST_PANICKED", "{}") SHUTDOWN("guest-reset"), RUNNER_PANIC,
	  "the kernel panicked (pvpanic)" },
	{ SHUTDOWN("guest-shutdown") EVENT("GUEST_PANICKED", "{}"), RUNNER_PANIC,
	  "the kernel panicked (pvpanic)" },
	/* Torn, empty and foreign lines count for nothing. */
	{ GREETING "{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"guest-shut", RUNNER_RUNNING, NULL },
	{ "SHUTDOWN guest-panic\n\n[1]\n\"SHUTDOWN\"\n{\"event\": 7}\n{\"event\": \"SHUTDOWN\"}\n",
	  RUNNER_RUNNING, NULL },
	{ "{\"event\": \"SHUTDOWN\", \"data\": [\"guest-panic\"]}\n", RUNNER_RUNNING, NULL },
};

static void test_end(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(monitors); i++) {
		g_autofree char *why = NULL;

		g_assert_cmpint(qmp_end(monitors[i].text, &why), ==, monitors[i].end);
		g_assert_cmpstr(why, ==, monitors[i].why);
	}
}

static void test_greeting(void)
{
	g_autojson command = json_loads(qmp_greeting, 0, NULL);

	g_assert_cmpstr(json_text(command, "execute"), ==, "qmp_capabilities");
	g_assert_true(g_str_has_suffix(qmp_greeting, "\n"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/qmp/end", test_end);
	g_test_add_func("/qmp/greeting", test_greeting);
	return g_test_run();
}
