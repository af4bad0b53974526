// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/units.h"
#include "doctor.h"

void doctor_look_btf(const struct doctor_check *check, const struct doctor_host *host,
		     struct doctor_finding *finding)
{
	g_autofree char *path = g_strconcat(host->root, check->subject, NULL);
	g_autofree char *text = NULL;
	g_autofree char *size = NULL;
	gsize length;

	if (g_file_get_contents(path, &text, &length, NULL)) {
		size = units_format_bytes(length);
		finding->found = g_strdup_printf("%s in %s", size, path);
		return;
	}
	finding->mark = DOCTOR_MISSING;
	finding->found = g_strdup_printf("%s cannot be read", path);
	finding->remedy = g_strdup("run a kernel with CONFIG_DEBUG_INFO_BTF=y");
}

/* Loads "return 0" as a program of @type; 0 or the errno. Nothing is attached. */
static int load_program(enum bpf_prog_type type)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = type;
	attr.insns = (guintptr)program;
	attr.insn_cnt = G_N_ELEMENTS(program);
	attr.license = (guintptr) "GPL";
	fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* What stands in a file of the kernel, without newline, or "?". */
static char *setting(const struct doctor_host *host, const char *name)
{
	g_autofree char *path = g_strconcat(host->root, name, NULL);
	char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? g_strchomp(text) : g_strdup("?");
}

static bool locked_down(const struct doctor_host *host)
{
	g_autofree char *state = setting(host, "/sys/kernel/security/lockdown");

	return strstr(state, "[confidentiality]") != NULL;
}

void doctor_look_bpf(const struct doctor_check *check, const struct doctor_host *host,
		     struct doctor_finding *finding)
{
	g_autofree char *unprivileged = setting(host, "/proc/sys/kernel/unprivileged_bpf_disabled");
	int filter = load_program(BPF_PROG_TYPE_SOCKET_FILTER);
	int trace = load_program(BPF_PROG_TYPE_TRACEPOINT);

	(void)check;
	if (!trace && locked_down(host)) {
		finding->mark = DOCTOR_LIMITED;
		finding->found = g_strdup("tracing programs load, but lockdown=confidentiality keeps them from "
					  "reading the kernel's memory");
	} else if (!trace) {
		finding->found = g_strdup("tracing programs load");
	} else if (trace == ENOSYS || trace == EINVAL) {
		finding->mark = DOCTOR_MISSING;
		finding->found = g_strconcat("this kernel has no tracing programs: ", g_strerror(trace), NULL);
	} else {
		finding->mark = filter ? DOCTOR_MISSING : DOCTOR_LIMITED;
		finding->found = g_strdup_printf("%s load, tracing programs do not: %s "
						 "(kernel.unprivileged_bpf_disabled=%s)",
						 filter ? "socket filters do not" : "socket filters",
						 g_strerror(trace), unprivileged);
		finding->remedy = g_strdup("run as root, or with CAP_BPF and CAP_PERFMON");
	}
}

/* The user-space instructions of this process over a short loop; 0 with errno when they cannot be counted. */
static guint64 count_instructions(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	guint64 count = 0;

	if (fd < 0)
		return 0;
	for (volatile int i = 0; i < 1000; i++)
		;
	if (read(fd, &count, sizeof(count)) != sizeof(count))
		count = 0;
	close(fd);
	return count;
}

void doctor_look_counters(const struct doctor_check *check, const struct doctor_host *host,
			  struct doctor_finding *finding)
{
	g_autofree char *paranoid = setting(host, "/proc/sys/kernel/perf_event_paranoid");

	(void)check;
	errno = 0;
	if (count_instructions()) {
		finding->found = g_strdup("instructions are counted");
		return;
	}
	finding->mark = DOCTOR_MISSING;
	if (errno == EACCES || errno == EPERM) {
		finding->found = g_strdup_printf("not allowed (kernel.perf_event_paranoid=%s)", paranoid);
		finding->remedy = g_strdup("sysctl kernel.perf_event_paranoid=2, or run as root");
	} else {
		finding->found = g_strdup("this machine offers none (common in virtual machines)");
	}
}
