// SPDX-License-Identifier: GPL-2.0-only
#include "qemu-machine.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"

/*
 * arm64: an interrupt controller of version 3, as version 2 ends at 8 CPUs; with KVM the best that the host
 * lends, which is what "max" means there. The system counter runs at 62.5 MHz unless told otherwise: 16
 * instructions of counted mode would have the same time.
 */
static const struct qemu_machine machines[] = {
	{
		.arch = "x86_64",
		.host = "x86_64",
		.emulator = "qemu-system-x86_64",
		.package = "qemu-system-x86",
		.native = { "q35", "host", NULL },
		.emulated = { "q35", "max", "la57=off" },
		.console = "ttyS0",
		.parameters = "no_timer_check",
		.counted_parameters = "noapictimer maxcpus=1",
	},
	{
		.arch = "arm64",
		.host = "aarch64",
		.emulator = "qemu-system-aarch64",
		.package = "qemu-system-arm",
		.native = { "virt,gic-version=max", "host", NULL },
		.emulated = { "virt,gic-version=3", "cortex-a72", "cntfrq=1000000000" },
		.console = "ttyAMA0",
		.counted_parameters = "maxcpus=1",
	},
};

const struct qemu_machine *qemu_machine_find(const char *arch, GError **error)
{
	g_autoptr(GString) known = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(machines); i++) {
		if (!strcmp(machines[i].arch, arch))
			return &machines[i];
		g_string_append_printf(known, "%s%s", i ? ", " : "", machines[i].arch);
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "architecture \"%s\": QEMU is not set up for it here; there are: %s", arch, known->str);
	return NULL;
}

const struct qemu_way *qemu_machine_way(const struct qemu_machine *machine, const char *accel)
{
	bool emulated = !strcmp(accel, "tcg") || !strcmp(accel, "counted");

	return emulated ? &machine->emulated : &machine->native;
}

char *qemu_way_cpu(const struct qemu_way *way, const char *model)
{
	return g_strjoin(",", model ? model : way->cpu, way->features, NULL);
}
