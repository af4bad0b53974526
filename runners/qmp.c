// SPDX-License-Identifier: GPL-2.0-only
#include "qmp.h"

#include <string.h>

#include "base/json.h"

const char qmp_greeting[] = "{\"execute\": \"qmp_capabilities\"}\n";

/* Events from the strongest to the weakest: a panic also brings a shutdown. @reason NULL matches any. */
static const struct {
	const char *event, *reason;
	enum runner_end end;
	const char *why;
} ends[] = {
	{ "GUEST_PANICKED", NULL, RUNNER_PANIC, "the kernel panicked (pvpanic)" },
	{ "SHUTDOWN", "guest-panic", RUNNER_PANIC, "the kernel panicked (pvpanic)" },
	{ "SHUTDOWN", "guest-reset", RUNNER_RESET, "the guest reset itself" },
	{ "SHUTDOWN", "guest-shutdown", RUNNER_POWEROFF, "the guest powered off" },
	{ "SHUTDOWN", "host-signal", RUNNER_KILLED, "QEMU was ended by a signal from outside" },
	{ "SHUTDOWN", "host-error", RUNNER_BROKEN, "QEMU reported an error of the host" },
};

static bool line_has(const json_t *message, const char *event, const char *reason)
{
	return !g_strcmp0(json_text(message, "event"), event) &&
	       (!reason || !g_strcmp0(json_text(json_object_get(message, "data"), "reason"), reason));
}

bool qmp_is_end(const char *line)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
		if (strstr(line, ends[i].event))
			return true;
	}
	return false;
}

enum runner_end qmp_end(const char *text, char **ret_why)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	size_t best = G_N_ELEMENTS(ends);

	for (char **line = lines; *line; line++) {
		g_autojson message = json_loads(*line, 0, NULL);

		for (size_t i = 0; i < best; i++) {
			if (line_has(message, ends[i].event, ends[i].reason))
				best = i;
		}
	}
	*ret_why = best < G_N_ELEMENTS(ends) ? g_strdup(ends[best].why) : NULL;
	return best < G_N_ELEMENTS(ends) ? ends[best].end : RUNNER_RUNNING;
}
