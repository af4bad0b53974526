// SPDX-License-Identifier: GPL-2.0-only
#include "titles.h"

#include <string.h>

#include "base/json.h"
#include "render/notes.h"

/* What of a title fits a chart whose letters nobody can measure. */
#define TITLE_CHARS 96

char *titles_heading(const char *heading)
{
	glong chars = g_utf8_strlen(heading, -1);
	g_autofree char *cut = g_utf8_substring(heading, 0, MIN(TITLE_CHARS, chars));

	return g_strconcat(cut, chars > TITLE_CHARS ? "..." : "", NULL);
}

char *titles_id(const char *name)
{
	return g_strcanon(g_strdup(name), G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS, '_');
}

static void set_lines(struct drawing *d, const char *heading, const char *subject, const char *figures,
		      const char *machine)
{
	g_autofree char *id = titles_id(d->name);

	drawing_set_text(d, "id", id);
	drawing_set_text(d, "heading", heading);
	drawing_set_text(d, "subject", subject);
	drawing_set_text(d, "figures", figures);
	drawing_set_text(d, "machine", machine);
}

static const char *synthetic(const json_t *manifest)
{
	return json_object_get(manifest, "synthetic") ? "; SYNTHETIC, not measured" : "";
}

char *titles_machine(const struct run *r, const char *boots)
{
	g_autofree char *accelerator = notes_accelerator(r);
	g_autofree char *name = notes_machine(r);

	return g_strdup_printf("%s; %s%s%s%s", accelerator, name, boots ? "; " : "", boots ? boots : "",
			       synthetic(r->manifest));
}

void titles_set_run(struct drawing *d, const struct run *r, const char *subject, const char *figures,
		    const char *boots)
{
	g_autofree char *machine = titles_machine(r, boots);

	set_lines(d, r->plan->title, subject, figures, machine);
}

char *titles_boots(guint fewest, guint most)
{
	if (fewest == most)
		return g_strdup_printf("n = %u boot%s of each arm", most, most == 1 ? "" : "s");
	return g_strdup_printf("n = %u to %u boots of an arm", fewest, most);
}

char *titles_timed_boots(const struct comparison *c)
{
	guint fewest = G_MAXUINT, most = 0;

	for (unsigned int a = 0; a < c->arms_count; a++) {
		for (guint cell = 0; titles_is_beside(&c->arms[a]) && cell < c->cells->len; cell++) {
			guint boots = c->arms[a].series[cell].figures->len;

			fewest = MIN(fewest, boots);
			most = MAX(most, boots);
		}
	}
	return titles_boots(MIN(fewest, most), most);
}

void titles_set_timed(struct drawing *d, const struct comparison *c, const char *subject, const char *figures)
{
	const struct plan *p = c->run->plan;
	g_autofree char *boots = titles_timed_boots(c);
	g_autofree char *line = g_strdup_printf("%s, %s; planned: %u block%s x %u load%s",
						comparison_metric_title(c->metric), figures, p->design.blocks,
						p->design.blocks == 1 ? "" : "s", p->design.loads,
						p->design.loads == 1 ? "" : "s");

	titles_set_run(d, c->run, subject, line, boots);
}

static const char *kernel_of(const json_t *manifest)
{
	const char *kernel = json_text(json_object_get(manifest, "host"), "kernel");

	return kernel ? kernel : "not recorded";
}

void titles_set_attached(struct drawing *d, const char *heading, const json_t *before, const json_t *after,
			 const char *subject, const char *figures)
{
	const char *kernel = kernel_of(before), *later = after ? kernel_of(after) : kernel;
	bool same = !strcmp(kernel, later);
	g_autofree char *machine = g_strdup_printf(
		"a live system, kernel %s%s%s%s%s", kernel, same ? "" : " before, ", same ? "" : later,
		same ? "" : " after", synthetic(json_object_get(before, "synthetic") ? before : after));

	set_lines(d, heading, subject, figures, machine);
}

bool titles_is_beside(const struct comparison_arm *arm)
{
	return !arm->failed && !confound_refuses(arm->confound);
}
