// SPDX-License-Identifier: GPL-2.0-only
#include "doctor.h"

static const struct doctor_check checks[] = {
	{ "kvm", doctor_look_accel, "kvm", .arch = "x86_64",
	  .lack = "sweeps run under TCG, in emulated time; counted mode works everywhere" },
	{ "tcg", doctor_look_accel, "tcg", .arch = "x86_64", .required = true,
	  .lack = "no guest boots, counted mode neither" },
	{ "QEMU x86_64", doctor_look_tool, "qemu-system-x86_64", "qemu-system-x86", .required = true,
	  .lack = "no x86_64 guests" },
	{ "QEMU aarch64", doctor_look_tool, "qemu-system-aarch64", "qemu-system-arm",
	  .lack = "no arm64 guests" },
	{ "kvm arm64", doctor_look_accel, "kvm", .arch = "arm64",
	  .lack = "arm64 sweeps run under TCG, in emulated time" },
	{ "tcg arm64", doctor_look_accel, "tcg", .arch = "arm64", .lack = "no arm64 guest boots" },
	{ "profiler", doctor_look_profiler, "qemu-system-x86_64", .arch = "x86_64",
	  .lack = "no exact profiles (vmapbench profile)" },
	{ "gcc x86_64", doctor_look_tool, "gcc", "gcc", .required = true, .lack = "no kernel can be built" },
	{ "gcc aarch64", doctor_look_tool, "aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu",
	  .lack = "no arm64 kernels" },
	{ "agent arm64", doctor_look_agent, "arm64", "libc6-dev-arm64-cross",
	  .lack = "arm64 guests have nothing to run" },
	{ "clang", doctor_look_tool, "clang", "clang", .lack = "no BPF programs and no fuzzers can be built" },
	{ "make", doctor_look_tool, "make", "make", .required = true, .lack = "no kernel can be built" },
	{ "flex", doctor_look_tool, "flex", "flex", .required = true,
	  .lack = "no kernel can be configured" },
	{ "bison", doctor_look_tool, "bison", "bison", .required = true,
	  .lack = "no kernel can be configured" },
	{ "bc", doctor_look_tool, "bc", "bc", .required = true, .lack = "no kernel can be built" },
	{ "pahole", doctor_look_tool, "pahole", "pahole", "1.22", true,
	  "no kernel with type information (BTF)" },
	{ "xz", doctor_look_tool, "xz", "xz-utils", .required = true,
	  .lack = "no linux-source package unpacks" },
	{ "rsync", doctor_look_tool, "rsync", "rsync", .required = true,
	  .lack = "no work copy of a kernel source can be made" },
	{ "git", doctor_look_tool, "git", "git", .required = true, .lack = "no patch series applies" },
	{ "gnuplot", doctor_look_tool, "gnuplot", "gnuplot-nox", .lack = "no charts" },
	{ "bpftool", doctor_look_tool, "bpftool", "bpftool", .lack = "BPF collectors cannot be built" },
	{ "perf", doctor_look_tool, "perf", "linux-perf", .lack = "no profiles" },
	{ "host counters", doctor_look_counters, NULL, .lack = "no instruction or cache figures of this host" },
	{ "host BTF", doctor_look_btf, "/sys/kernel/btf/vmlinux",
	  .lack = "this host cannot be traced; guests can" },
	{ "host BPF", doctor_look_bpf, NULL, .lack = "this host cannot be traced; guests can" },
	{ "CPUs", doctor_look_cpus, NULL, .lack = "guests with several CPUs share one: no contention" },
	{ "memory", doctor_look_memory, "/proc/meminfo", .least = "2",
	  .lack = "guests with many workers do not fit" },
	{ "cache disk", doctor_look_cache, NULL, .least = "6", .required = true,
	  .lack = "a kernel's sources and objects do not fit" },
	{ "run disk", doctor_look_runs, ".", .least = "1", .required = true, .lack = "journals do not fit" },
};

static void finding_free(gpointer data)
{
	struct doctor_finding *finding = data;

	g_free(finding->found);
	g_free(finding->remedy);
	g_free(finding);
}

GPtrArray *doctor_examine(const struct doctor_host *host)
{
	GPtrArray *findings = g_ptr_array_new_with_free_func(finding_free);

	for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
		struct doctor_finding *finding = g_new0(struct doctor_finding, 1);

		finding->check = &checks[i];
		checks[i].look(&checks[i], host, finding);
		g_ptr_array_add(findings, finding);
	}
	return findings;
}

const char *doctor_mark_name(enum doctor_mark mark)
{
	static const char *const names[] = {
		[DOCTOR_OK] = "ok", [DOCTOR_LIMITED] = "limited", [DOCTOR_MISSING] = "missing",
	};

	return names[mark];
}

char *doctor_obstacles(const GPtrArray *findings)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < findings->len; i++) {
		const struct doctor_finding *finding = findings->pdata[i];

		if (finding->check->required && finding->mark == DOCTOR_MISSING)
			g_string_append_printf(names, "%s%s", names->len ? ", " : "", finding->check->name);
	}
	return names->len ? g_string_free(g_steal_pointer(&names), FALSE) : NULL;
}
