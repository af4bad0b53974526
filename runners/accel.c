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

/* Goes up when the probe asks for more than before: then what is remembered no longer counts. */
#define MEMORY_VERSION 1

#define KVM_DEVICE "/dev/kvm"
#define VERSION_LIMIT_MS 1500

/* See runners/probe/x86_64.S. */
#define PROBE_WORKS 85
#define PROBE_WRONG 87
#define PROBE_STAGES "PLCT"

struct guest {
	const char *arch;
	const char *qemu;
	const char *package;
	const char *machine;
	const char *image;
};

static const struct guest guests[] = {
	{ "x86_64", "qemu-system-x86_64", "qemu-system-x86", "q35", "probe" },
};

struct accel {
	const char *name;
	const char *cpu;
	unsigned int limit_ms;
	const char *device;		/* that it needs, or NULL */
	bool remember_hang;		/* tcg: no, a busy machine would lose its only accelerator */
};

/* These limits and VERSION_LIMIT_MS together stay below 10 s. */
static const struct accel accels[] = {
	{ "kvm", "host", 4500, KVM_DEVICE, true },
	{ "tcg", "max,la57=off", 3500, NULL, false },
};

/* What the guest had not got through, by the number of stages that it reported. */
static const char *const stages[] = {
	"its firmware", "the switch to long mode", "120 million instructions", "three timer interrupts",
	"its power-off",
};

G_STATIC_ASSERT(G_N_ELEMENTS(stages) == sizeof(PROBE_STAGES));

static const struct guest *find_guest(const char *arch, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(guests); i++) {
		if (!strcmp(guests[i].arch, arch))
			return &guests[i];
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "architecture \"%s\": there is no probe guest for it; x86_64 expected", arch);
	return NULL;
}

static char *qemu_version(const struct guest *guest, GError **error)
{
	const char *const argv[] = { guest->qemu, "--version", NULL };
	g_auto(trial) t = { 0 };
	g_autoptr(GError) reason = NULL;

	if (!trial_run(argv, VERSION_LIMIT_MS, &t, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "%s cannot be started (%s); install the package %s", guest->qemu,
			    reason->message, guest->package);
		return NULL;
	}
	if (trial_succeeded(&t) && *t.out)
		return g_strndup(t.out, strcspn(t.out, "\n"));
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "`%s --version` %s; install the package %s again",
		    guest->qemu, t.expired ? "did not answer within 1.5 s" : "failed", guest->package);
	return NULL;
}

char *accel_qemu_version(const char *arch, GError **error)
{
	const struct guest *guest = find_guest(arch, error);

	return guest ? qemu_version(guest, error) : NULL;
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

/* How many stages @out reports, in their order. */
static size_t stages_passed(const char *out)
{
	size_t passed = 0;

	while (passed < strlen(PROBE_STAGES) && out[passed] == PROBE_STAGES[passed])
		passed++;
	return passed;
}

static char *why_ended(const struct guest *guest, const struct accel *accel, const struct trial *t)
{
	const char *opens = accel->device ? "/dev/kvm opens, but " : "";
	const char *missed = stages[stages_passed(t->out)];
	g_autofree char *words = trial_last_words(t);

	if (t->expired)
		return g_strdup_printf("%sa guest did not get through %s within %.1f s", opens, missed,
				       accel->limit_ms / 1000.0);
	if (t->signal)
		return g_strdup_printf("%s%s was killed by signal %d (%s) before a guest got through %s: %s",
				       opens, guest->qemu, t->signal, g_strsignal(t->signal), missed, words);
	if (t->status == PROBE_WRONG)
		return g_strdup_printf("%sa guest computed wrongly in %s", opens, missed);
	return g_strdup_printf("%s%s ended with status %d before a guest got through %s: %s", opens,
			       guest->qemu, t->status, missed, words);
}

/* Returns whether what was found may be remembered. */
static bool boot(const struct guest *guest, const struct accel *accel, struct accel_result *ret)
{
	g_autofree char *image = path_libexec(guest->image);
	const char *const argv[] = {
		guest->qemu, "-machine", guest->machine, "-accel", accel->name, "-cpu", accel->cpu, "-m", "64",
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-debugcon", "stdio",
		"-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-kernel", image, NULL,
	};
	g_auto(trial) t = { 0 };
	g_autoptr(GError) error = NULL;

	if (!trial_run(argv, accel->limit_ms, &t, &error)) {
		ret->why = g_strdup(error->message);
		return false;
	}
	ret->seconds = t.seconds;
	ret->works = !t.expired && !t.signal && t.status == PROBE_WORKS && !strcmp(t.out, PROBE_STAGES);
	ret->why = ret->works ? g_strdup_printf("a guest booted and ended in %.2f s", t.seconds)
			      : why_ended(guest, accel, &t);
	return ret->works || (t.expired && accel->remember_hang);
}

/* What a result depends on, as the key that it is remembered by. */
static char *identity(const struct guest *guest, const char *version)
{
	g_autofree char *cpu = proc_value("/proc/cpuinfo", "model name");
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

static struct accel_result *result_new(const struct accel *accel, const char *why)
{
	struct accel_result *result = g_new0(struct accel_result, 1);

	result->name = accel->name;
	result->why = g_strdup(why);
	return result;
}

static struct accel_result *try(const struct guest *guest, const char *version, const struct accel *accel,
				bool fresh)
{
	struct accel_result *result = result_new(accel, NULL);
	g_autofree char *key = NULL;

	if (accel->device && !accel_kvm_opens(accel->device, &result->why))
		return result;
	key = identity(guest, version);
	if (!fresh && recall(key, accel, result))
		return result;
	if (boot(guest, accel, result))
		remember(key, result);
	return result;
}

static void result_free(gpointer data)
{
	struct accel_result *result = data;

	g_free(result->why);
	g_free(result);
}

bool accel_probe(const char *arch, bool fresh, GPtrArray **ret_results, GError **error)
{
	const struct guest *guest = find_guest(arch, error);
	g_autoptr(GError) reason = NULL;
	g_autofree char *version = NULL;

	if (!guest)
		return false;
	version = qemu_version(guest, &reason);
	*ret_results = g_ptr_array_new_with_free_func(result_free);
	for (size_t i = 0; i < G_N_ELEMENTS(accels); i++)
		g_ptr_array_add(*ret_results, version ? try(guest, version, &accels[i], fresh)
						      : result_new(&accels[i], reason->message));
	return true;
}

/* The accelerators that fulfil each word of a plan, the preferred first. */
static const struct {
	const char *wanted;
	const char *accels[G_N_ELEMENTS(accels) + 1];
	const char *runs_as;		/* NULL: as the accelerator that works */
} choices[] = {
	{ "auto", { "kvm", "tcg" }, NULL },
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
static const char *first_working(const struct guest *guest, const char *version, const char *const *names,
				 GError **error)
{
	g_autoptr(GString) reasons = g_string_new(NULL);

	for (; *names; names++) {
		struct accel_result *result = try(guest, version, find_accel(*names), false);
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
	const struct guest *guest = find_guest(arch, error);
	g_autofree char *version = guest ? qemu_version(guest, error) : NULL;

	if (!version)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(choices); i++) {
		const char *name;

		if (strcmp(choices[i].wanted, wanted))
			continue;
		name = first_working(guest, version, choices[i].accels, error);
		return g_strdup(name && choices[i].runs_as ? choices[i].runs_as : name);
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "accelerator \"%s\": there is no such one; auto, kvm, tcg or counted expected", wanted);
	return NULL;
}
