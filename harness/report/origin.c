// SPDX-License-Identifier: GPL-2.0-only
#include "origin.h"

#include "base/json.h"
#include "render/html.h"
#include "render/notes.h"
#include "render/page-html.h"

static void add_value(GString *out, const char *name, const json_t *value)
{
	g_autofree char *line = json_is_string(value) ? g_strdup(json_string_value(value)) : json_line(value);

	html_add(out, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n", name, line);
}

/* The keys of @object, texts of many lines left out. */
static void add_object(GString *out, const char *label, json_t *object)
{
	static const struct page_column columns[] = { { "key", 0, true }, { "value", 0, true } };
	const char *key;
	json_t *value;

	if (!json_object_size(object))
		return;
	page_html_open_table(out, label, "facts");
	page_html_head(out, columns, G_N_ELEMENTS(columns));
	json_object_foreach(object, key, value)
	{
		if (!g_str_equal(key, "text"))
			add_value(out, key, value);
	}
	page_html_close_table(out);
}

static void add_again(const struct run *r, GString *out)
{
	const char *text = json_text(json_object_get(r->manifest, "plan"), "text");
	const struct page page = { PAGE_HTML, out };
	g_autofree const char **command = notes_command(r);
	g_autofree char *dir = g_filename_display_name(r->dir);
	const char *const compare[] = { "vmapbench", "compare", dir, NULL };
	const char *const resume[] = { "vmapbench", "sweep", "--resume", dir, NULL };

	html_element(out, "h4", "How it is done again");
	if (command)
		page_command(&page, command);
	else
		g_string_append(out, "<p class=\"note\">The manifest has no command.</p>\n");
	g_string_append(
		out,
		"<p class=\"note\">From the folder in which that was typed, with the plan below. The table "
		"as text; and what a run that was stopped still lacks:</p>\n");
	page_command(&page, compare);
	if (!r->soak_s)
		page_command(&page, resume);
	if (text)
		html_add(out, "<details><summary>the plan</summary>\n<pre tabindex=\"0\">%s</pre></details>\n",
			 text);
}

void origin_add(const struct view *v, GString *out)
{
	const struct run *r = v->run;
	const struct page page = { PAGE_HTML, out };

	if (v->findings) {
		g_autoptr(GPtrArray) notes = notes_origin(v->findings->comparison);

		page_notes(&page, notes);
	}
	add_object(out, "the host", json_object_get(r->manifest, "host"));
	add_object(out, "the board", json_object_get(r->manifest, "board"));
	add_again(r, out);
}
