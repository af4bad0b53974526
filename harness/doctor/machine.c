// SPDX-License-Identifier: GPL-2.0-only
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/units.h"
#include "doctor.h"
#include "runners/accel.h"

#define FIELD "MemAvailable:"		/* in KiB */

void doctor_look_accel(const struct doctor_check *check, const struct doctor_host *host,
		       struct doctor_finding *finding)
{
	finding->mark = DOCTOR_MISSING;
	finding->found = g_strdup("not tried");
	for (guint i = 0; i < host->accels->len; i++) {
		const struct accel_result *result = host->accels->pdata[i];

		if (strcmp(result->name, check->subject) || strcmp(result->arch, check->arch))
			continue;
		g_free(finding->found);
		finding->mark = result->works ? DOCTOR_OK : DOCTOR_MISSING;
		finding->found = g_strconcat(result->why, result->remembered ? " (remembered)" : "", NULL);
		if (!result->works && result->remembered)
			finding->remedy = g_strdup("after a change to this machine: vmapbench doctor --fresh");
	}
}

void doctor_look_cpus(const struct doctor_check *check, const struct doctor_host *host,
		      struct doctor_finding *finding)
{
	guint count = g_get_num_processors();

	(void)check;
	(void)host;
	finding->mark = count > 1 ? DOCTOR_OK : DOCTOR_LIMITED;
	finding->found = g_strdup_printf("%u", count);
}

/* @bytes against the GiB that the check asks for. */
static void judge_size(const struct doctor_check *check, guint64 bytes, const char *of,
		       struct doctor_finding *finding)
{
	g_autofree char *size = units_format_bytes(bytes);
	guint64 least = g_ascii_strtoull(check->least, NULL, 10) << 30;

	finding->mark = bytes >= least ? DOCTOR_OK : check->required ? DOCTOR_MISSING : DOCTOR_LIMITED;
	finding->found = bytes >= least ? g_strdup_printf("%s %s", size, of)
			 : g_strdup_printf("%s %s; %s GiB are needed", size, of, check->least);
}

void doctor_look_memory(const struct doctor_check *check, const struct doctor_host *host,
			struct doctor_finding *finding)
{
	g_autofree char *path = g_strconcat(host->root, check->subject, NULL);
	g_autofree char *text = NULL;
	const char *line = NULL;

	if (g_file_get_contents(path, &text, NULL, NULL))
		line = strstr(text, FIELD);
	if (line) {
		judge_size(check, g_ascii_strtoull(line + strlen(FIELD), NULL, 10) << 10, "available", finding);
		return;
	}
	finding->mark = DOCTOR_LIMITED;
	finding->found = g_strdup_printf("%s does not tell how much is available", path);
}

/* The folder may not exist yet: its nearest ancestor that does tells for it. */
static void look_at_disk(const struct doctor_check *check, const char *path, struct doctor_finding *finding)
{
	g_autofree char *folder = g_canonicalize_filename(path, NULL);
	g_autofree char *of = NULL;
	g_autoptr(GFile) file = NULL;
	g_autoptr(GFileInfo) info = NULL;
	guint64 bytes = 0;

	while (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
		char *parent = g_path_get_dirname(folder);

		g_free(folder);
		folder = parent;
	}
	file = g_file_new_for_path(folder);
	info = g_file_query_filesystem_info(file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
	of = g_strdup_printf("free in %s", path);
	if (info)
		bytes = g_file_info_get_attribute_uint64(info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
	judge_size(check, bytes, of, finding);
	if (finding->mark != DOCTOR_OK)
		finding->remedy = g_strdup("make room");
}

void doctor_look_cache(const struct doctor_check *check, const struct doctor_host *host,
		       struct doctor_finding *finding)
{
	g_autofree char *cache = path_cache(".");

	(void)host;
	look_at_disk(check, cache, finding);
	if (finding->mark != DOCTOR_OK) {
		g_free(finding->remedy);
		finding->remedy = g_strdup("make room, or set XDG_CACHE_HOME to a folder with more");
	}
}

void doctor_look_runs(const struct doctor_check *check, const struct doctor_host *host,
		      struct doctor_finding *finding)
{
	(void)host;
	look_at_disk(check, check->subject, finding);
}
