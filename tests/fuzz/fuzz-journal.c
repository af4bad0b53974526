// SPDX-License-Identifier: GPL-2.0-only
#include <glib/gstdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "journal/run.h"
#include "plan/plan.h"

/*
 * The input is a journal in the folder of a run whose manifest is good. It is read, or refused with a sentence; what
 * is read can be grouped. Corpus: tests/data/journals/.
 */
static const char manifest[] =
	"{\"accel\":\"tcg\",\"plan\":{\"path\":\"p\",\"text\":\"title: t\\narms: [{name: a, source: linux-7.3}]\\n"
	"aa: true\\ndesign: {loads: 1}\\ncells: [{test: x, threads: [1, 2]}]\\n\"}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *folder(void)
{
	static char path[] = "/tmp/fuzz-journal.XXXXXX";
	static char *made;

	if (!made) {
		g_autofree char *name = NULL;

		made = g_mkdtemp(path);
		name = g_build_filename(made, "manifest.json", NULL);
		if (!g_file_set_contents(name, manifest, -1, NULL))
			abort();
	}
	return made;
}

static void group(const struct run *r)
{
	g_autoptr(GPtrArray) rows = plan_rows(r->plan);
	g_autoptr(GPtrArray) arms = plan_arm_names(r->plan);

	for (guint a = 0; a < arms->len; a++) {
		for (guint i = 0; i < rows->len; i++) {
			const struct plan_row *row = rows->pdata[i];
			g_autoptr(GPtrArray) boots = run_complete_cells(r, arms->pdata[a], row->name);

			if (boots->len > r->loads->len)
				abort();
		}
		run_arm_failed(r, arms->pdata[a], NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *name = g_build_filename(folder(), "journal.jsonl", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(run) r = NULL;

	if (!g_file_set_contents_full(name, (const char *)data, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL))
		abort();
	r = run_read(folder(), &error);
	if (r)
		group(r);
	else if (!error || !*error->message)
		abort();
	return 0;
}
