// SPDX-License-Identifier: GPL-2.0-only
#include "titles.h"

#include <string.h>

#include "base/json.h"
#include "render/notes.h"

/* Longer titles do not fit any chart. */
#define TITLE_CHARS 110

static void set_heading(struct drawing *d, const char *heading)
{
	g_autofree char *cut = g_utf8_substring(heading, 0, MIN(TITLE_CHARS, g_utf8_strlen(heading, -1)));

	drawing_set_text(d, "heading", cut);
}

static const char *synthetic(const json_t *manifest)
{
	return json_object_get(manifest, "synthetic") ? "; SYNTHETIC, not measured" : "";
}

void titles_set_run(struct drawing *d, const struct run *r, const char *figures)
{
	g_autofree char *accelerator = notes_accelerator(r);
	g_autofree char *name = notes_machine(r);
	g_autofree char *machine = g_strdup_printf("%s; %s%s", accelerator, name, synthetic(r->manifest));

	set_heading(d, r->plan->title);
	drawing_set_text(d, "figures", figures);
	drawing_set_text(d, "machine", machine);
}

static const char *kernel_of(const json_t *manifest)
{
	const char *kernel = json_text(json_object_get(manifest, "host"), "kernel");

	return kernel ? kernel : "not recorded";
}

void titles_set_attached(struct drawing *d, const char *heading, const json_t *before, const json_t *after,
			 const char *figures)
{
	const char *kernel = kernel_of(before), *later = after ? kernel_of(after) : kernel;
	bool same = !strcmp(kernel, later);
	g_autofree char *machine = g_strdup_printf(
		"a live system, kernel %s%s%s%s%s", kernel, same ? "" : " before, ", same ? "" : later,
		same ? "" : " after", synthetic(json_object_get(before, "synthetic") ? before : after));

	set_heading(d, heading);
	drawing_set_text(d, "figures", figures);
	drawing_set_text(d, "machine", machine);
}
