// SPDX-License-Identifier: GPL-2.0-only
/* What /proc/cpuinfo calls a processor, by architecture. */
#include "base/proc.h"

#include <glib.h>
#include <glib/gstdio.h>

static const struct {
	const char *text;
	const char *name;	/* NULL: none */
} cpus[] = {
	{ "processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC 7B13\nprocessor\t: 1\nmodel name\t: other\n",
	  "AMD EPYC 7B13" },
	{ "processor\t: 0\nBogoMIPS\t: 50.00\nCPU implementer\t: 0x41\nCPU architecture: 8\n"
	  "CPU part\t: 0xd08\nCPU revision\t: 3\n",
	  "CPU part 0xd08 of implementer 0x41" },
	{ "CPU part\t: 0xd08\n", NULL },
	{ "", NULL },
};

static void test_cpu(void)
{
	g_autofree char *path = NULL;
	int fd = g_file_open_tmp("test-proc-XXXXXX", &path, NULL);

	g_assert_cmpint(fd, >=, 0);
	g_close(fd, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cpus); i++) {
		g_autofree char *name = NULL;

		g_assert_true(g_file_set_contents(path, cpus[i].text, -1, NULL));
		name = proc_cpu(path);
		g_assert_cmpstr(name, ==, cpus[i].name);
	}
	g_unlink(path);
	g_assert_null(proc_cpu(path));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/proc/cpu", test_cpu);
	return g_test_run();
}
