// SPDX-License-Identifier: GPL-2.0-only
#include "confound-print.h"

#include <string.h>

#include "data.h"
#include "notes.h"
#include "refusal.h"

#define LINES_SHOWN 6		/* of a configuration: more would not be read */

void confound_print_refusal(const struct page *p, const struct confound *c, const char *baseline,
			    const char *candidate)
{
	g_autofree char *sentence = g_strdup_printf(
		"%s and %s are not compared: they differ in what no plan declares, below. Make them alike and "
		"measure again, or name each key (tools.compiler, or tools for all below it) with "
		"--allow-diff.",
		candidate, baseline);
	g_autoptr(GPtrArray) lines = confound_diff(c, baseline, candidate);

	refusal_print(p, sentence);
	page_diff(p, lines);
}

static const char *or_none(const char *value)
{
	return value ? value : "none";
}

static void add_allowed(GPtrArray *notes, const struct confound *c, const char *baseline, const char *candidate)
{
	for (guint i = 0; i < c->differences->len; i++) {
		const struct confound_difference *d = c->differences->pdata[i];

		if (d->why == CONFOUND_ALLOWED)
			notes_add(notes, "ALLOWED TO DIFFER (--allow-diff): %s: %s of %s, %s of %s.", d->key,
				  or_none(d->baseline), baseline, or_none(d->candidate), candidate);
	}
}

static bool is_config_line(const struct confound_difference *d)
{
	return d->why == CONFOUND_DERIVED && g_str_has_prefix(d->key, "config.");
}

static void add_config(GPtrArray *notes, const struct confound *c, const char *baseline, const char *candidate)
{
	g_autoptr(GString) lines = g_string_new(NULL);
	guint count = 0;

	for (guint i = 0; i < c->differences->len; i++) {
		const struct confound_difference *d = c->differences->pdata[i];

		if (!is_config_line(d))
			continue;
		count++;
		g_string_append_printf(lines, "%s %s (%s)", lines->len ? "," : "", strchr(d->key, '.') + 1,
				       or_none(d->candidate));
	}
	if (count > 0)
		notes_add(notes,
			  "config: %s differs from %s in %u line%s, which follow from what was declared%s%s.",
			  candidate, baseline, count, count == 1 ? "" : "s",
			  count > LINES_SHOWN ? "; json has them" : ":", count > LINES_SHOWN ? "" : lines->str);
}

void confound_add_notes(GPtrArray *notes, const struct confound *c, const char *baseline, const char *candidate)
{
	if (confound_refuses(c))
		return;
	add_allowed(notes, c, baseline, candidate);
	add_config(notes, c, baseline, candidate);
}

json_t *confound_json(const struct confound *c)
{
	json_t *list = json_array();

	for (guint i = 0; i < c->differences->len; i++) {
		const struct confound_difference *d = c->differences->pdata[i];
		json_t *object = json_object();

		data_text(object, "key", d->key);
		data_text(object, "baseline", d->baseline);
		data_text(object, "candidate", d->candidate);
		data_text(object, "why", confound_why_name(d->why));
		json_array_append_new(list, object);
	}
	return list;
}
