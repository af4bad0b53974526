// SPDX-License-Identifier: GPL-2.0-only
#include <glib/gstdio.h>
#include <string.h>

#include "base/path.h"
#include "doctor/doctor.h"
#include "runners/accel.h"

static char *root;

static void put(const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(root, name, NULL);
	g_autofree char *dir = g_path_get_dirname(path);

	g_assert_true(path_make_dirs(dir, NULL));
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static GPtrArray *accels(bool kvm, bool tcg)
{
	static struct accel_result results[2] = {
		{ .arch = "x86_64", .name = "kvm" }, { .arch = "x86_64", .name = "tcg" },
	};
	GPtrArray *array = g_ptr_array_new();

	results[0].works = kvm;
	results[1].works = tcg;
	results[0].why = results[1].why = (char *)"a reason";
	results[0].remembered = true;
	g_ptr_array_add(array, &results[0]);
	g_ptr_array_add(array, &results[1]);
	return array;
}

static void finding_clear(struct doctor_finding *finding)
{
	g_free(finding->found);
	g_free(finding->remedy);
}

/* Runs one look on the fake root and checks its mark and a part of its words. */
static void assert_look(const struct doctor_check *check, enum doctor_mark mark, const char *part)
{
	g_autoptr(GPtrArray) results = accels(false, true);
	struct doctor_host host = { .root = root, .accels = results };
	struct doctor_finding finding = { .check = check };

	check->look(check, &host, &finding);
	g_assert_cmpstr(doctor_mark_name(finding.mark), ==, doctor_mark_name(mark));
	if (!strstr(finding.found, part))
		g_error("\"%s\" does not contain \"%s\"", finding.found, part);
	finding_clear(&finding);
}

static void test_version(void)
{
	static const struct {
		const char *text, *version;
	} cases[] = {
		{ "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)", "7.2.22" },
		{ "v1.24\n", "1.24" },
		{ "gcc (Debian 12.2.0-14) 12.2.0", "12.2.0" },
		{ "none here, not 7 either", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *version = doctor_find_version(cases[i].text);

		g_assert_cmpstr(version, ==, cases[i].version);
	}
	g_assert_true(doctor_version_reaches("1.22", "1.22"));
	g_assert_true(doctor_version_reaches("1.22.1", "1.22"));
	g_assert_true(doctor_version_reaches("2.0", "1.22"));
	g_assert_false(doctor_version_reaches("1.9", "1.22"));
	g_assert_false(doctor_version_reaches("1", "1.22"));
}

static void test_memory(void)
{
	const struct doctor_check check = {
		.name = "memory", .look = doctor_look_memory, .subject = "/proc/meminfo", .least = "2",
	};

	assert_look(&check, DOCTOR_LIMITED, "does not tell");
	put("proc/meminfo", "MemTotal: 9 kB\n");
	assert_look(&check, DOCTOR_LIMITED, "does not tell");
	put("proc/meminfo", "MemTotal: 9000000 kB\nMemAvailable:    1048576 kB\n");
	assert_look(&check, DOCTOR_LIMITED, "2 GiB are needed");
	put("proc/meminfo", "MemTotal: 9000000 kB\nMemAvailable:    4194304 kB\n");
	assert_look(&check, DOCTOR_OK, "available");
}

static void test_btf(void)
{
	const struct doctor_check check = {
		.name = "BTF", .look = doctor_look_btf, .subject = "/sys/kernel/btf/vmlinux",
	};

	assert_look(&check, DOCTOR_MISSING, "cannot be read");
	put("sys/kernel/btf/vmlinux", "12345");
	assert_look(&check, DOCTOR_OK, "5 B");
}

/* The rights depend on who runs this; every answer has to be one of the sentences. */
static void test_rights(void)
{
	static const struct doctor_check checks[] = {
		{ .name = "bpf", .look = doctor_look_bpf },
		{ .name = "counters", .look = doctor_look_counters },
	};
	g_autoptr(GPtrArray) results = accels(true, true);
	struct doctor_host host = { .root = root, .accels = results };

	for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
		struct doctor_finding finding = { .check = &checks[i] };

		checks[i].look(&checks[i], &host, &finding);
		g_assert_nonnull(finding.found);
		g_test_message("%s: %s", checks[i].name, finding.found);
		finding_clear(&finding);
	}
}

static void test_disk(void)
{
	g_autofree char *absent = g_build_filename(root, "not", "yet", NULL);
	const struct doctor_check enough = { .look = doctor_look_runs, .subject = absent, .least = "0" };
	const struct doctor_check much = {
		.look = doctor_look_runs, .subject = absent, .least = "1048576", .required = true,
	};

	assert_look(&enough, DOCTOR_OK, "free in");
	assert_look(&much, DOCTOR_MISSING, "1048576 GiB are needed");
}

static void test_tool(void)
{
	static const struct {
		const char *script, *least, *found;
		enum doctor_mark mark;
	} cases[] = {
		{ "echo v1.30", "1.22", "1.30", DOCTOR_OK },
		{ "echo v1.9", "1.22", "1.9; 1.22 or later is needed", DOCTOR_MISSING },
		{ "echo tool 3.1 >&2", NULL, "3.1", DOCTOR_OK },
		{ "echo hello", NULL, "names no version", DOCTOR_OK },
		{ "echo hello", "1.22", "1.22 or later is needed", DOCTOR_MISSING },
		{ "echo cannot load libfoo >&2; exit 127", NULL, "cannot load libfoo", DOCTOR_MISSING },
		{ "sleep 600", NULL, "did not answer", DOCTOR_MISSING },
	};
	g_autofree char *tool = g_build_filename(root, "tool", NULL);
	struct doctor_check check = { .look = doctor_look_tool, .subject = tool, .package = "a-package" };

	assert_look(&check, DOCTOR_MISSING, "is not there");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *script = g_strdup_printf("#!/bin/sh\n%s\n", cases[i].script);

		put("tool", script);
		g_chmod(tool, 0755);
		check.least = cases[i].least;
		assert_look(&check, cases[i].mark, cases[i].found);
	}
}

static void test_accel(void)
{
	static const struct doctor_check kvm = { .look = doctor_look_accel, .subject = "kvm",
						 .arch = "x86_64" };
	static const struct doctor_check tcg = { .look = doctor_look_accel, .subject = "tcg",
						 .arch = "x86_64" };

	assert_look(&kvm, DOCTOR_MISSING, "a reason (remembered)");
	assert_look(&tcg, DOCTOR_OK, "a reason");
}

static void test_profiler(void)
{
	g_autofree char *qemu = g_build_filename(root, "qemu", NULL);
	const struct doctor_check check = { .look = doctor_look_profiler, .subject = qemu,
					     .arch = "x86_64" };

	assert_look(&check, DOCTOR_MISSING, "is not there");
	put("qemu", "#!/bin/sh\necho 'profiler: QEMU has version 4 of its plugin interface' >&2\nexit 1\n");
	g_chmod(qemu, 0755);
	assert_look(&check, DOCTOR_OK, "QEMU has version 4");
	put("qemu", "#!/bin/sh\necho 'qemu: -plugin: invalid option' >&2\nexit 1\n");
	g_chmod(qemu, 0755);
	assert_look(&check, DOCTOR_MISSING, "-plugin: invalid option");
}

/* Whatever else this machine lacks: a lack of kvm is no obstacle, a lack of tcg is one. */
static void test_obstacles(void)
{
	g_autoptr(GPtrArray) none = accels(false, false);
	g_autoptr(GPtrArray) findings = doctor_examine(&(struct doctor_host){ .root = root, .accels = none });
	g_autofree char *obstacles = doctor_obstacles(findings);

	g_assert_nonnull(obstacles);
	g_assert_true(g_str_has_prefix(obstacles, "tcg"));
	g_assert_null(strstr(obstacles, "kvm"));
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	root = g_dir_make_tmp("test-doctor-XXXXXX", NULL);
	g_test_add_func("/doctor/version", test_version);
	g_test_add_func("/doctor/memory", test_memory);
	g_test_add_func("/doctor/btf", test_btf);
	g_test_add_func("/doctor/rights", test_rights);
	g_test_add_func("/doctor/disk", test_disk);
	g_test_add_func("/doctor/tool", test_tool);
	g_test_add_func("/doctor/profiler", test_profiler);
	g_test_add_func("/doctor/accel", test_accel);
	g_test_add_func("/doctor/obstacles", test_obstacles);
	status = g_test_run();
	path_remove_tree(root, NULL);
	g_free(root);
	return status;
}
