// SPDX-License-Identifier: GPL-2.0-only
#include "accel.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/trial.h"
#include "qemu-machine.h"

/* Goes up when the probe asks for more than before: then what is remembered no longer counts. */
#define MEMORY_VERSION 1

#define KVM_DEVICE "/dev/kvm"
#define VERSION_LIMIT_MS 1500

/* What a guest of runners/probe/ says when something came out wrong. */
#define PROBE_WRONG 'W'
#define PROBE_STAGES 4

struct guest {
	const char *arch;
	const char *image;
	const char *ports[5];		/* options: how its letters and its status come out */
	const char *letters;		/* of the stages that it gets through, in their order */
	int status;			/* with which QEMU ends then */
	const char *stages[PROBE_STAGES + 1];	/* what it missed, by the number of letters */
};

static const struct guest guests[] = {
	{
		.arch = "x86_64",
		.image = "probe-x86_64",
		.ports = { "-debugcon", "stdio", "-device", "isa-debug-exit,iobase=0xf4,iosize=4" },
		.letters = "PLCT",
		.status = 85,
		.stages = { "its firmware", "the switch to long mode", "120 million instructions",
			    "three timer interrupts", "its power-off" },
	},
	{
		.arch = "arm64",
		.image = "probe-arm64",
		.ports = { "-serial", "stdio" },
		.letters = "PMCT",
		.status = 0,
		.stages = { "its start", "the switch to its page tables", "120 million instructions",
			    "three timer interrupts", "its power-off" },
	},
};

/* A guest on the machine that sweeps use. */
struct probe {
	const struct guest *guest;
	const struct qemu_machine *machine;
};

struct accel {
	const char *name;
	const char *system;		/* whose alone it is, as uname() calls it; NULL: everybody's */
	unsigned int limit_ms;
	bool native;			/* runs guests of the host's architecture alone */
	const char *device;		/* that it needs, or NULL */
	bool remember_hang;		/* tcg: no, a busy machine would lose its only accelerator */
};

/* What one system has of these limits and VERSION_LIMIT_MS together stay below 10 s. */
static const struct accel accels[] = {
	{ "kvm", "Linux", 4500, true, KVM_DEVICE, true },
	{ "hvf", "Darwin", 4500, true, NULL, true },
	{ "tcg", NULL, 3500, false, NULL, false },
};

static bool find_probe(const char *arch, struct probe *ret_probe, GError **error)
{
	const struct qemu_machine *machine = qemu_machine_find(arch, error);

	for (size_t i = 0; machine && i < G_N_ELEMENTS(guests); i++) {
		if (strcmp(guests[i].arch, arch))
			continue;
		*ret_probe = (struct probe){ &guests[i], machine };
		return true;
	}
	return false;
}

static char *qemu_version(const struct qemu_machine *machine, GError **error)
{
	const char *const argv[] = { machine->emulator, "--version", NULL };
	g_auto(trial) t = { 0 };
	g_autoptr(GError) reason = NULL;

	if (!trial_run(argv, VERSION_LIMIT_MS, &t, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "%s cannot be started (%s); install the package %s", machine->emulator,
			    reason->message, machine->package);
		return NULL;
	}
	if (trial_succeeded(&t) && *t.out)
		return g_strndup(t.out, strcspn(t.out, "\n"));
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "`%s --version` %s; install the package %s again",
		    machine->emulator, t.expired ? "did not answer within 1.5 s" : "failed", machine->package);
	return NULL;
}

char *accel_qemu_version(const char *arch, GError **error)
{
	const struct qemu_machine *machine = qemu_machine_find(arch, error);

	return machine ? qemu_version(machine, error) : NULL;
}

static char *why_not_opened(const char *device, int reason)
{
	switch (reason) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return g_strdup_printf("there is no %s: switch virtualisation on in this machine's firmware "
				       "(in a virtual machine: nesting in its host) and load kvm_intel or "
				       "kvm_amd", device);
	case EACCES:
	case EPERM:
		return g_strdup_printf("you may not open %s: `sudo adduser %s kvm`, then log in again", device,
				       g_get_user_name());
	default:
		return g_strdup_printf("%s cannot be opened: %s", device, g_strerror(reason));
	}
}

bool accel_kvm_opens(const char *device, char **ret_why)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);
	bool is_kvm;

	if (fd < 0) {
		*ret_why = why_not_opened(device, errno);
		return false;
	}
	is_kvm = ioctl(fd, KVM_GET_API_VERSION, 0) == KVM_API_VERSION;
	close(fd);
	if (!is_kvm)
		*ret_why = g_strdup_printf("%s is not the device of KVM", device);
	return is_kvm;
}

/* How many stages of @guest @out reports, in their order. */
static size_t stages_passed(const struct guest *guest, const char *out)
{
	size_t passed = 0;

	while (passed < PROBE_STAGES && out[passed] == guest->letters[passed])
		passed++;
	return passed;
}

static char *why_ended(const struct probe *probe, const struct accel *accel, const struct trial *t)
{
	const char *opens = accel->device ? "/dev/kvm opens, but " : "";
	size_t passed = stages_passed(probe->guest, t->out);
	const char *missed = probe->guest->stages[passed];
	const char *emulator = probe->machine->emulator;
	g_autofree char *words = trial_last_words(t);

	if (t->expired)
		return g_strdup_printf("%sa guest did not get through %s within %.1f s", opens, missed,
				       accel->limit_ms / 1000.0);
	if (t->signal)
		return g_strdup_printf("%s%s was killed by signal %d (%s) before a guest got through %s: %s",
				       opens, emulator, t->signal, g_strsignal(t->signal), missed, words);
	if (t->out[passed] == PROBE_WRONG)
		return g_strdup_printf("%sa guest computed wrongly in %s", opens, missed);
	return g_strdup_printf("%s%s ended with status %d before a guest got through %s: %s", opens, emulator,
			       t->status, missed, words);
}

static bool came_through(const struct guest *guest, const struct trial *t)
{
	return !t->expired && !t->signal && t->status == guest->status && !strcmp(t->out, guest->letters);
}

static bool run_guest(const struct probe *probe, const struct accel *accel, struct trial *t, GError **error)
{
	const struct qemu_way *way = qemu_machine_way(probe->machine, accel->name);
	g_autofree char *image = path_libexec(probe->guest->image);
	g_autofree char *cpu = qemu_way_cpu(way, NULL);
	const char *const words[] = {
		probe->machine->emulator, "-machine", way->machine, "-accel", accel->name, "-cpu", cpu,
		"-m", "64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-kernel", image,
	};
	g_autoptr(GPtrArray) argv = g_ptr_array_new();

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		g_ptr_array_add(argv, (char *)words[i]);
	for (const char *const *port = probe->guest->ports; *port; port++)
		g_ptr_array_add(argv, (char *)*port);
	g_ptr_array_add(argv, NULL);
	return trial_run((const char *const *)argv->pdata, accel->limit_ms, t, error);
}

/* Returns whether what was found may be remembered. */
static bool boot(const struct probe *probe, const struct accel *accel, struct accel_result *ret)
{
	g_auto(trial) t = { 0 };
	g_autoptr(GError) error = NULL;

	if (!run_guest(probe, accel, &t, &error)) {
		ret->why = g_strdup(error->message);
		return false;
	}
	ret->seconds = t.seconds;
	ret->works = came_through(probe->guest, &t);
	ret->why = ret->works ? g_strdup_printf("a guest booted and ended in %.2f s", t.seconds)
			      : why_ended(probe, accel, &t);
	return ret->works || (t.expired && accel->remember_hang);
}

/* What a result depends on, as the key that it is remembered by. */
static char *identity(const struct guest *guest, const char *version)
{
	g_autofree char *cpu = proc_cpu("/proc/cpuinfo");
	struct utsname host;

	uname(&host);
	return g_strdup_printf("%s guest, %s, %s, kernel %s %s, probe %d", guest->arch, version, cpu ? cpu : "",
			       host.release, host.version, MEMORY_VERSION);
}

/* The remembered results by identity; a file that is missing or spoilt counts as empty. */
static json_t *memory_read(void)
{
	g_autofree char *path = path_cache("accel.json");
	json_t *memory = json_file_read(path, NULL);

	if (json_is_object(memory))
		return memory;
	json_decref(memory);
	return json_object();
}

static bool recall(const char *key, const struct accel *accel, struct accel_result *ret)
{
	g_autojson memory = memory_read();
	const json_t *entry = json_object_get(json_object_get(memory, key), accel->name);
	const json_t *works = json_object_get(entry, "works");
	const json_t *seconds = json_object_get(entry, "seconds");
	const char *why = json_text(entry, "why");

	if (!json_is_boolean(works) || !json_is_number(seconds) || !why)
		return false;
	ret->works = json_is_true(works);
	ret->seconds = json_number_value(seconds);
	ret->why = g_strdup(why);
	ret->remembered = true;
	return true;
}

/* A cache that cannot be written only means that the next run boots the probe again. */
static void remember(const char *key, const struct accel_result *result)
{
	g_autofree char *dir = path_cache(".");
	g_autofree char *path = path_cache("accel.json");
	g_autojson memory = memory_read();
	json_t *host = json_object_get(memory, key);

	if (!json_is_object(host)) {
		host = json_object();
		json_object_set_new(memory, key, host);
	}
	json_object_set_new(host, result->name,
			    json_pack("{s:b, s:s, s:f}", "works", result->works, "why", result->why, "seconds",
				      result->seconds));
	if (path_make_dirs(dir, NULL))
		json_file_write(path, memory, NULL);
}

static struct accel_result *result_new(const char *arch, const struct accel *accel, const char *why)
{
	struct accel_result *result = g_new0(struct accel_result, 1);

	result->arch = arch;
	result->name = accel->name;
	result->why = g_strdup(why);
	return result;
}

/* What rules it out before a guest is booted; caller frees. NULL: nothing. */
static char *why_not_tried(const struct probe *probe, const struct accel *accel)
{
	struct utsname host;
	char *why = NULL;

	uname(&host);
	if (accel->system && strcmp(accel->system, host.sysname))
		why = g_strdup_printf("%s does not have it", host.sysname);
	else if (accel->native && strcmp(probe->machine->host, host.machine))
		why = g_strdup_printf("this machine is %s, and %s runs guests of its own kind alone: %s ones "
				      "are emulated",
				      host.machine, accel->name, probe->machine->arch);
	else if (accel->device)
		accel_kvm_opens(accel->device, &why);
	return why;
}

static struct accel_result *try(const struct probe *probe, const char *version, const struct accel *accel,
				bool fresh)
{
	struct accel_result *result = result_new(probe->guest->arch, accel, NULL);
	g_autofree char *key = NULL;

	result->why = why_not_tried(probe, accel);
	if (result->why)
		return result;
	key = identity(probe->guest, version);
	if (!fresh && recall(key, accel, result))
		return result;
	if (boot(probe, accel, result))
		remember(key, result);
	return result;
}

static void result_free(gpointer data)
{
	struct accel_result *result = data;

	g_free(result->why);
	g_free(result);
}

static bool is_of_this_system(const struct accel *accel)
{
	struct utsname host;

	uname(&host);
	return !accel->system || !strcmp(accel->system, host.sysname);
}

bool accel_probe(const char *arch, bool fresh, GPtrArray **ret_results, GError **error)
{
	struct probe probe;
	g_autoptr(GError) reason = NULL;
	g_autofree char *version = NULL;

	if (!find_probe(arch, &probe, error))
		return false;
	version = qemu_version(probe.machine, &reason);
	*ret_results = g_ptr_array_new_with_free_func(result_free);
	for (size_t i = 0; i < G_N_ELEMENTS(accels); i++) {
		if (is_of_this_system(&accels[i]))
			g_ptr_array_add(*ret_results,
					version ? try(&probe, version, &accels[i], fresh)
						: result_new(probe.guest->arch, &accels[i], reason->message));
	}
	return true;
}

/* The accelerators that fulfil each word of a plan, the preferred first. */
static const struct {
	const char *wanted;
	const char *accels[G_N_ELEMENTS(accels) + 1];
	const char *runs_as;		/* NULL: as the accelerator that works */
} choices[] = {
	{ "auto", { "kvm", "hvf", "tcg" }, NULL },
	{ "kvm", { "kvm" }, NULL },
	{ "tcg", { "tcg" }, NULL },
	{ "counted", { "tcg" }, "counted" },
};

static const struct accel *find_accel(const char *name)
{
	size_t i = 0;

	while (strcmp(accels[i].name, name))
		i++;
	return &accels[i];
}

/* The first of @names that works, or NULL with what is wrong with each. */
static const char *first_working(const struct probe *probe, const char *version, const char *const *names,
				 GError **error)
{
	g_autoptr(GString) reasons = g_string_new(NULL);

	for (; *names; names++) {
		struct accel_result *result = try(probe, version, find_accel(*names), false);
		bool works = result->works;

		g_string_append_printf(reasons, "\n  %s: %s", *names, result->why);
		result_free(result);
		if (works)
			return *names;
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "no guest runs here (`vmapbench doctor --fresh` tries again):%s", reasons->str);
	return NULL;
}

char *accel_choose(const char *arch, const char *wanted, GError **error)
{
	struct probe probe;
	g_autofree char *version = find_probe(arch, &probe, error) ? qemu_version(probe.machine, error) : NULL;

	if (!version)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(choices); i++) {
		const char *name;

		if (strcmp(choices[i].wanted, wanted))
			continue;
		name = first_working(&probe, version, choices[i].accels, error);
		return g_strdup(name && choices[i].runs_as ? choices[i].runs_as : name);
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "accelerator \"%s\": there is no such one; auto, kvm, tcg or counted expected", wanted);
	return NULL;
}
