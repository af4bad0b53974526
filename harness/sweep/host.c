// SPDX-License-Identifier: GPL-2.0-only
#include "host.h"

#include <glib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/exec.h"

/* The value of the first line "KEY : value" of a file of /proc; caller frees, NULL when there is none. */
static char *proc_value(const char *path, const char *key)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		char *colon = strchr(*line, ':');

		if (colon && g_str_has_prefix(*line, key))
			return g_strdup(g_strstrip(colon + 1));
	}
	return NULL;
}

static char *qemu_version(void)
{
	char *text = NULL;

	if (!exec_words(NULL, &text, NULL, "qemu-system-x86_64", "--version", NULL))
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

json_t *host_describe(void)
{
	g_autofree char *cpu = proc_value("/proc/cpuinfo", "model name");
	g_autofree char *memory = proc_value("/proc/meminfo", "MemTotal");
	g_autofree char *qemu = qemu_version();
	struct utsname name;

	uname(&name);
	return json_pack("{s:s, s:s, s:s, s:s?, s:i, s:s?, s:s?}", "kernel", name.release, "version", name.version,
			 "machine", name.machine, "cpu", cpu, "cpus", (int)sysconf(_SC_NPROCESSORS_ONLN), "memory",
			 memory, "qemu", qemu);
}
