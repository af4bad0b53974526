// SPDX-License-Identifier: GPL-2.0-only
#include "titles.h"

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
	const struct plan_machine *m = &r->plan->machine;
	g_autofree char *accelerator = notes_accelerator(r);
	g_autofree char *machine = g_strdup_printf("%s; %s, %u CPU%s%s", accelerator, m->arch, m->smp,
						   m->smp == 1 ? "" : "s", synthetic(r->manifest));

	set_heading(d, r->plan->title);
	drawing_set_text(d, "figures", figures);
	drawing_set_text(d, "machine", machine);
}

void titles_set_attached(struct drawing *d, const char *heading, const json_t *manifest, const char *figures)
{
	const json_t *host = json_object_get(manifest, "host");
	const char *kernel = json_text(host, "kernel");
	g_autofree char *machine = g_strdup_printf("a live system, kernel %s%s", kernel ? kernel : "not recorded",
						   synthetic(manifest));

	set_heading(d, heading);
	drawing_set_text(d, "figures", figures);
	drawing_set_text(d, "machine", machine);
}
