// SPDX-License-Identifier: GPL-2.0-only
/* The accelerator probe against QEMUs of our own on PATH: its limits, its sentences and its memory. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"
#include "base/trial.h"
#include "runners/accel.h"

#define VERSION_CASE "case $1 in --version) echo 'QEMU emulator version 9.9.9'; exit 0;; esac\n"

static char *scratch;

/* A QEMU that is this shell script. */
static void install(const char *name, const char *script)
{
	g_autofree char *path = g_build_filename(scratch, "bin", name, NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\n%s", script);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_chmod(path, 0755);
}

static void install_qemu(const char *script)
{
	install("qemu-system-x86_64", script);
}

static char *memory_path(void)
{
	return path_cache("accel.json");
}

static void forget(void)
{
	g_autofree char *path = memory_path();

	g_unlink(path);
}

static const struct accel_result *result_of(const GPtrArray *results, const char *name)
{
	for (guint i = 0; i < results->len; i++) {
		const struct accel_result *result = results->pdata[i];

		if (!strcmp(result->name, name))
			return result;
	}
	g_assert_not_reached();
}

static GPtrArray *probe_arch(const char *arch, bool fresh)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *results = NULL;

	g_assert_true(accel_probe(arch, fresh, &results, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(results->len, ==, 2);
	return results;
}

static GPtrArray *probe(bool fresh)
{
	return probe_arch("x86_64", fresh);
}

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		g_error("\"%s\" does not contain \"%s\"", text, part);
}

static void test_works(void)
{
	g_autoptr(GPtrArray) first = NULL;
	g_autoptr(GPtrArray) second = NULL;
	g_autoptr(GPtrArray) third = NULL;

	forget();
	install_qemu(VERSION_CASE "printf PLCT; echo 'a warning' >&2; exit 85\n");
	first = probe(false);
	g_assert_true(result_of(first, "tcg")->works);
	g_assert_false(result_of(first, "tcg")->remembered);
	second = probe(false);
	g_assert_true(result_of(second, "tcg")->works);
	g_assert_true(result_of(second, "tcg")->remembered);
	g_assert_cmpstr(result_of(second, "tcg")->why, ==, result_of(first, "tcg")->why);
	third = probe(true);
	g_assert_false(result_of(third, "tcg")->remembered);
}

/* Another QEMU is another machine. */
static void test_new_qemu(void)
{
	g_autoptr(GPtrArray) first = NULL;
	g_autoptr(GPtrArray) second = NULL;

	forget();
	install_qemu(VERSION_CASE "printf PLCT; exit 85\n");
	first = probe(false);
	install_qemu("case $1 in --version) echo 'QEMU emulator version 9.9.10'; exit 0;; esac\n"
		     "printf PLCT; exit 85\n");
	second = probe(false);
	g_assert_false(result_of(second, "tcg")->remembered);
}

/* Status 85 without the guest's letters is not success, nor are the letters with another status. */
static void test_lies(void)
{
	static const struct {
		const char *script;
		const char *why;
	} cases[] = {
		{ "exit 85\n", "its firmware" },
		{ "printf PLCT; exit 0\n", "status 0" },
		{ "printf PLW; exit 85\n", "computed wrongly in 120 million instructions" },
		{ "printf PPPPPPPPPPPP; exit 1\n", "the switch to long mode" },
		{ "printf PLCTPLCT; exit 85\n", "status 85" },
		{ "echo 'no such machine' >&2; exit 1\n", "no such machine" },
		{ "kill -ABRT $$\n", "signal 6" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *script = g_strconcat(VERSION_CASE, cases[i].script, NULL);
		g_autoptr(GPtrArray) results = NULL;
		g_autoptr(GPtrArray) again = NULL;

		forget();
		install_qemu(script);
		results = probe(false);
		g_assert_false(result_of(results, "tcg")->works);
		assert_contains(result_of(results, "tcg")->why, cases[i].why);
		again = probe(false);
		g_assert_false(result_of(again, "tcg")->remembered);
	}
}

/* A hang ends at the limit with all that it started, and only kvm's is remembered. */
static void test_hang(void)
{
	gint64 start = g_get_monotonic_time();
	g_autofree char *calls = g_build_filename(scratch, "grandchild", NULL);
	g_autofree char *script = g_strdup_printf(VERSION_CASE "printf P; sleep 600 & echo $! >%s; wait\n",
						   calls);
	g_autofree char *pid = NULL;
	g_autofree char *proc = NULL;
	g_autofree char *why = NULL;
	g_autoptr(GPtrArray) results = NULL;

	forget();
	install_qemu(script);
	results = probe(false);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 10 * G_TIME_SPAN_SECOND);
	g_assert_false(result_of(results, "tcg")->works);
	assert_contains(result_of(results, "tcg")->why, "through the switch to long mode within 3.5 s");
	g_assert_true(g_file_get_contents(calls, &pid, NULL, NULL));
	proc = g_strconcat("/proc/", g_strchomp(pid), "/cmdline", NULL);
	g_usleep(100000);
	/* A zombie that init has not collected yet has an empty command line. */
	if (g_file_test(proc, G_FILE_TEST_EXISTS)) {
		g_autofree char *command = NULL;
		gsize length = 0;

		g_assert_true(!g_file_get_contents(proc, &command, &length, NULL) || length == 0);
	}
	if (accel_kvm_opens("/dev/kvm", &why)) {
		g_autoptr(GError) error = NULL;
		g_autofree char *chosen = NULL;

		start = g_get_monotonic_time();
		install_qemu(VERSION_CASE "printf PLCT; exit 85\n");
		chosen = accel_choose("x86_64", "auto", &error);
		g_assert_no_error(error);
		g_assert_cmpstr(chosen, ==, "tcg");
		g_assert_null(accel_choose("x86_64", "kvm", &error));
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
		assert_contains(error->message, "/dev/kvm opens");
		g_assert_cmpint(g_get_monotonic_time() - start, <, 2 * G_TIME_SPAN_SECOND);
	}
}

static void test_version_hangs(void)
{
	gint64 start = g_get_monotonic_time();
	g_autoptr(GPtrArray) results = NULL;

	install_qemu("sleep 600\n");
	results = probe(true);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 4 * G_TIME_SPAN_SECOND);
	assert_contains(result_of(results, "tcg")->why, "did not answer");
}

static void test_missing(void)
{
	g_autofree char *path = g_build_filename(scratch, "bin", "qemu-system-x86_64", NULL);
	g_autofree char *old = g_strdup(g_getenv("PATH"));
	g_autoptr(GPtrArray) results = NULL;
	g_autoptr(GError) error = NULL;

	g_unlink(path);
	g_setenv("PATH", scratch, TRUE);
	results = probe(false);
	assert_contains(result_of(results, "tcg")->why, "install the package qemu-system-x86");
	g_assert_null(accel_choose("x86_64", "counted", &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
	g_setenv("PATH", old, TRUE);
}

/* Whatever stands in accel.json, it is ignored and replaced. */
static void test_spoilt_memory(void)
{
	static const char *const spoilt[] = {
		"", "{", "[]", "null", "\x80\xff", "{\"x86_64 guest\": 5}", "{\"v\": {\"tcg\": []}}",
	};
	g_autofree char *path = memory_path();

	install_qemu(VERSION_CASE "printf PLCT; exit 85\n");
	for (size_t i = 0; i < G_N_ELEMENTS(spoilt); i++) {
		g_autoptr(GPtrArray) first = NULL;
		g_autoptr(GPtrArray) second = NULL;

		g_assert_true(g_file_set_contents(path, spoilt[i], -1, NULL));
		first = probe(false);
		g_assert_false(result_of(first, "tcg")->remembered);
		second = probe(false);
		g_assert_true(result_of(second, "tcg")->remembered);
	}
}

/* An entry under the right key with a field of another type does not count either. */
static void test_spoilt_entry(void)
{
	static const char *const fields[] = { "works", "seconds", "why" };
	g_autofree char *path = memory_path();

	install_qemu(VERSION_CASE "printf PLCT; exit 85\n");
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		g_autoptr(GPtrArray) first = probe(true);
		g_autojson memory = json_file_read(path, NULL);
		g_autoptr(GPtrArray) second = NULL;
		const char *key;
		json_t *host;

		json_object_foreach(memory, key, host)
			json_object_set_new(json_object_get(host, "tcg"), fields[i], json_array());
		g_assert_true(json_file_write(path, memory, NULL));
		second = probe(false);
		g_assert_true(result_of(second, "tcg")->works);
		g_assert_false(result_of(second, "tcg")->remembered);
	}
}

static void test_choose(void)
{
	static const char *const same[] = { "tcg", "counted" };
	g_autoptr(GError) error = NULL;
	g_autofree char *chosen = NULL;
	g_autofree char *why = NULL;

	forget();
	install_qemu(VERSION_CASE "printf PLCT; exit 85\n");
	for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
		g_autofree char *name = accel_choose("x86_64", same[i], &error);

		g_assert_no_error(error);
		g_assert_cmpstr(name, ==, same[i]);
	}
	chosen = accel_choose("x86_64", "auto", &error);
	g_assert_cmpstr(chosen, ==, accel_kvm_opens("/dev/kvm", &why) ? "kvm" : "tcg");
	g_assert_null(accel_choose("x86_64", "hvf", &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_clear_error(&error);
	g_assert_null(accel_choose("m68k", "auto", &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
}

static void test_kvm_opens(void)
{
	g_autofree char *file = g_build_filename(scratch, "kvm", NULL);
	g_autofree char *missing = NULL;
	g_autofree char *ordinary = NULL;
	g_autofree char *forbidden = NULL;

	g_assert_false(accel_kvm_opens("/nonexistent/kvm", &missing));
	assert_contains(missing, "there is no /nonexistent/kvm");
	g_assert_true(g_file_set_contents(file, "", 0, NULL));
	g_assert_false(accel_kvm_opens(file, &ordinary));
	assert_contains(ordinary, "is not the device of KVM");
	if (geteuid() == 0) {
		g_test_message("root may open everything");
		return;
	}
	g_chmod(file, 0);
	g_assert_false(accel_kvm_opens(file, &forbidden));
	assert_contains(forbidden, "adduser");
}

/* Output beyond what is kept neither blocks the child nor is lost from the count of what it may say. */
static void test_trial_floods(void)
{
	const char *const argv[] = { "sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x; exit 3", NULL };
	g_auto(trial) t = { 0 };

	g_assert_true(trial_run(argv, 5000, &t, NULL));
	g_assert_false(t.expired);
	g_assert_cmpint(t.status, ==, 3);
	g_assert_cmpuint(strlen(t.out), ==, 64 << 10);
}

/* A grandchild that keeps the pipes open does not keep us. */
static void test_trial_orphan(void)
{
	const char *const argv[] = { "sh", "-c", "sleep 600 & echo said", NULL };
	g_auto(trial) t = { 0 };

	g_assert_true(trial_run(argv, 5000, &t, NULL));
	g_assert_true(trial_succeeded(&t));
	g_assert_cmpstr(t.out, ==, "said\n");
	g_assert_cmpfloat(t.seconds, <, 2);
}

static bool host_is(const char *machine)
{
	struct utsname host;

	uname(&host);
	return !strcmp(host.machine, machine);
}

/* Guests of another architecture: KVM is not even asked, and the letters tell alone, as there is no status. */
static void test_arm64(void)
{
	static const struct {
		const char *script;
		const char *why;	/* NULL: it works */
	} cases[] = {
		{ "printf PMCT; exit 0\n", NULL },
		{ "exit 0\n", "before a guest got through its start" },
		{ "printf PMCT; exit 1\n", "before a guest got through its power-off" },
		{ "printf PLCT; exit 85\n", "the switch to its page tables" },
		{ "printf PMW; exit 0\n", "computed wrongly in 120 million instructions" },
		{ "printf PMCW; exit 0\n", "computed wrongly in three timer interrupts" },
	};

	forget();
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *script = g_strconcat(VERSION_CASE, cases[i].script, NULL);
		g_autoptr(GPtrArray) results = NULL;

		install("qemu-system-aarch64", script);
		results = probe_arch("arm64", true);
		g_assert_cmpint(result_of(results, "tcg")->works, ==, !cases[i].why);
		if (cases[i].why)
			assert_contains(result_of(results, "tcg")->why, cases[i].why);
		if (!host_is("aarch64"))
			assert_contains(result_of(results, "kvm")->why, "arm64 ones are emulated");
	}
}

static void test_arm64_choice(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *chosen = NULL;
	gint64 start = g_get_monotonic_time();

	if (host_is("aarch64")) {
		g_test_skip("this machine may run them natively");
		return;
	}
	install("qemu-system-aarch64", VERSION_CASE "printf PMCT\n");
	chosen = accel_choose("arm64", "auto", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(chosen, ==, "tcg");
	g_assert_cmpint(g_get_monotonic_time() - start, <, 3 * G_TIME_SPAN_SECOND);
	g_assert_null(accel_choose("arm64", "kvm", &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_INFRA);
	assert_contains(error->message, "kvm runs guests of its own kind alone");
}

static void set_up(void)
{
	g_autofree char *bin = NULL;
	g_autofree char *path = NULL;
	g_autofree char *cache = NULL;

	scratch = g_dir_make_tmp("test-accel-XXXXXX", NULL);
	bin = g_build_filename(scratch, "bin", NULL);
	path = g_strconcat(bin, ":", g_getenv("PATH"), NULL);
	g_assert_true(path_make_dirs(bin, NULL));
	g_setenv("PATH", path, TRUE);
	g_setenv("XDG_CACHE_HOME", scratch, TRUE);
	cache = path_cache(".");
	g_assert_true(path_make_dirs(cache, NULL));
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	set_up();
	g_test_add_func("/accel/works", test_works);
	g_test_add_func("/accel/new-qemu", test_new_qemu);
	g_test_add_func("/accel/lies", test_lies);
	g_test_add_func("/accel/hang", test_hang);
	g_test_add_func("/accel/version-hangs", test_version_hangs);
	g_test_add_func("/accel/missing", test_missing);
	g_test_add_func("/accel/spoilt-memory", test_spoilt_memory);
	g_test_add_func("/accel/spoilt-entry", test_spoilt_entry);
	g_test_add_func("/accel/choose", test_choose);
	g_test_add_func("/accel/arm64", test_arm64);
	g_test_add_func("/accel/arm64-choice", test_arm64_choice);
	g_test_add_func("/accel/kvm-opens", test_kvm_opens);
	g_test_add_func("/trial/floods", test_trial_floods);
	g_test_add_func("/trial/orphan", test_trial_orphan);
	status = g_test_run();
	path_remove_tree(scratch, NULL);
	g_free(scratch);
	return status;
}
