// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/trial.h"
#include "doctor.h"
#include "runners/accel.h"

#define VERSION_LIMIT_MS 2000

char *doctor_find_version(const char *text)
{
	g_autoptr(GRegex) number = g_regex_new("\\d+(\\.\\d+)+", G_REGEX_OPTIMIZE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	return g_regex_match(number, text, 0, &match) ? g_match_info_fetch(match, 0) : NULL;
}

bool doctor_version_reaches(const char *version, const char *least)
{
	g_auto(GStrv) have = g_strsplit(version, ".", -1);
	g_auto(GStrv) want = g_strsplit(least, ".", -1);
	guint i;

	for (i = 0; have[i] && want[i]; i++) {
		guint64 a = g_ascii_strtoull(have[i], NULL, 10);
		guint64 b = g_ascii_strtoull(want[i], NULL, 10);

		if (a != b)
			return a > b;
	}
	return !want[i];
}

static char *why_no_answer(const char *program, const struct trial *t)
{
	g_autofree char *words = trial_last_words(t);

	if (t->expired)
		return g_strdup_printf("`%s --version` did not answer within %d s", program,
				       VERSION_LIMIT_MS / 1000);
	return g_strdup_printf("`%s --version` failed: %s", program, words);
}

void doctor_look_tool(const struct doctor_check *check, const struct doctor_host *host,
		      struct doctor_finding *finding)
{
	const char *const argv[] = { check->subject, "--version", NULL };
	g_auto(trial) t = { 0 };
	g_autofree char *version = NULL;

	(void)host;
	finding->mark = DOCTOR_MISSING;
	finding->remedy = g_strdup_printf("apt-get install %s", check->package);
	if (!trial_run(argv, VERSION_LIMIT_MS, &t, NULL)) {
		finding->found = g_strdup_printf("%s is not there or does not start", check->subject);
		return;
	}
	if (!trial_succeeded(&t)) {
		finding->found = why_no_answer(check->subject, &t);
		return;
	}
	version = doctor_find_version(*t.out ? t.out : t.err);
	finding->found = g_strdup(version ? version : "there, but it names no version");
	if (check->least && (!version || !doctor_version_reaches(version, check->least))) {
		g_autofree char *found = g_steal_pointer(&finding->found);

		finding->found = g_strdup_printf("%s; %s or later is needed", found, check->least);
		return;
	}
	finding->mark = DOCTOR_OK;
	g_clear_pointer(&finding->remedy, g_free);
}

static bool boots_guests(const struct doctor_check *check, const struct doctor_host *host)
{
	for (guint i = 0; i < host->accels->len; i++) {
		const struct accel_result *result = host->accels->pdata[i];

		if (!strcmp(result->name, "tcg") && !strcmp(result->arch, check->arch))
			return result->works;
	}
	return false;
}

void doctor_look_agent(const struct doctor_check *check, const struct doctor_host *host,
		       struct doctor_finding *finding)
{
	g_autofree char *agent = path_agent(check->subject);

	(void)host;
	if (g_file_test(agent, G_FILE_TEST_IS_EXECUTABLE)) {
		finding->mark = DOCTOR_OK;
		finding->found = g_strdup("built");
		return;
	}
	finding->mark = DOCTOR_MISSING;
	finding->found = g_strdup_printf("%s is not there", agent);
	finding->remedy = g_strdup_printf("apt-get install %s, then `make`", check->package);
}

/* What the profiler says when it is loaded to be tried; then it makes QEMU end. */
#define PROFILER_LOADED "profiler: "

void doctor_look_profiler(const struct doctor_check *check, const struct doctor_host *host,
			  struct doctor_finding *finding)
{
	g_autofree char *plugin = path_libexec("profiler.so");
	g_autofree char *option = g_strconcat(plugin, ",try=on", NULL);
	const char *const argv[] = {
		check->subject, "-machine", "none", "-display", "none", "-plugin", option, NULL,
	};
	g_auto(trial) t = { 0 };
	const char *said;

	finding->mark = DOCTOR_MISSING;
	/* One that hangs has been waited for. */
	if (!boots_guests(check, host)) {
		finding->found = g_strdup("not tried, as tcg does not work");
		return;
	}
	if (!trial_run(argv, VERSION_LIMIT_MS, &t, NULL)) {
		finding->found = g_strdup_printf("%s is not there or does not start", check->subject);
		return;
	}
	said = strstr(t.err, PROFILER_LOADED);
	if (said) {
		finding->mark = DOCTOR_OK;
		said += strlen(PROFILER_LOADED);
		finding->found = g_strndup(said, strcspn(said, "\n"));
		return;
	}
	finding->found = trial_last_words(&t);
	finding->remedy = g_strdup("use a QEMU that was built with --enable-plugins, as Debian's is");
}
