// SPDX-License-Identifier: GPL-2.0-only
#include "host.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"
#include "base/proc.h"
#include "plan/plan-machine.h"
#include "runners/accel.h"
#include "runners/qemu-machine.h"

/* The digest of the program that guests of @arch get. Caller frees. */
static char *agent_sha256(const char *arch, GError **error)
{
	g_autofree char *agent = path_agent(arch);

	if (g_file_test(agent, G_FILE_TEST_EXISTS))
		return path_sha256(agent, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "%s is not there, which guests of %s start with; `make` builds it where it can, and says "
		    "what it lacks; `make sweep ARCH=%s` installs that first",
		    agent, arch, arch);
	return NULL;
}

json_t *host_describe(const char *arch, bool with_qemu, GError **error)
{
	g_autofree char *agent_digest = agent_sha256(arch, error);
	g_autofree char *qemu = agent_digest && with_qemu ? accel_qemu_version(arch, error) : NULL;
	g_autofree char *cpu = proc_cpu("/proc/cpuinfo");
	g_autofree char *memory = proc_value("/proc/meminfo", "MemTotal");
	struct utsname name;

	if (!agent_digest || (with_qemu && !qemu))
		return NULL;
	uname(&name);
	return json_pack("{s:s, s:s, s:s, s:s?, s:i, s:s?, s:s?, s:s}", "kernel", name.release, "version",
			 name.version, "machine", name.machine, "cpu", cpu, "cpus",
			 (int)sysconf(_SC_NPROCESSORS_ONLN), "memory", memory, "qemu", qemu, "agent_sha256",
			 agent_digest);
}

char *host_guest_cpu(const struct plan_machine *m, const char *accel)
{
	const struct qemu_machine *machine = plan_machine_is_board(m) ? NULL : qemu_machine_find(m->arch, NULL);

	return machine ? qemu_way_cpu(qemu_machine_way(machine, accel), m->cpu) : NULL;
}

guint64 host_available_mib(void)
{
	g_autofree char *available = proc_value("/proc/meminfo", "MemAvailable");

	return available ? g_ascii_strtoull(available, NULL, 10) / 1024 : 0;
}

bool host_is_same(const json_t *then, const json_t *now, GError **error)
{
	static const char *const keys[] = { "kernel", "version", "machine",	"cpu",
					    "cpus",   "qemu",	 "agent_sha256" };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		const json_t *before = json_object_get(then, keys[i]), *after = json_object_get(now, keys[i]);
		g_autofree char *was = NULL;
		g_autofree char *is = NULL;

		if (json_equal(before, after))
			continue;
		was = before ? json_line(before) : g_strdup("unknown");
		is = after ? json_line(after) : g_strdup("unknown");
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "the run was begun on another machine: its \"%s\" was %s, here it is %s; begin a "
			    "new run",
			    keys[i], was, is);
		return false;
	}
	return true;
}
