// SPDX-License-Identifier: GPL-2.0-only
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "render/html.h"
#include "render/notes.h"
#include "render/page-html.h"

/* Whole manifests are some 20 KiB each. */
#define MANIFESTS_MAX 24

static const struct {
	const char *key, *title;
} facts[] = {
	{ "release", "release" },
	{ "build_id", "build id" },
	{ "arch", "architecture" },
	{ "source.name", "source" },
	{ "source.kind", "kind" },
	{ "source.version", "version" },
	{ "source.digest", "digest of the source" },
	{ "series", "patches" },
	{ "config.sha256", "digest of the configuration" },
	{ "config.fragments", "its fragments" },
	{ "layout", "layout" },
	{ "tools.compiler", "compiler" },
	{ "tools.linker", "linker" },
	{ "tools.pahole", "pahole" },
	{ "image.sha256", "digest of the image" },
	{ "image.bytes", "image, bytes" },
	{ "load_module.sha256", "digest of our module" },
};

static const json_t *value_at(const json_t *object, const char *path)
{
	g_auto(GStrv) keys = g_strsplit(path, ".", -1);

	for (char **key = keys; *key; key++)
		object = json_object_get(object, *key);
	return object;
}

/* A list of files has a line for each: its name and its digest. */
static char *files_text(const json_t *files)
{
	GString *text = g_string_new(NULL);
	const json_t *file;
	size_t i;

	json_array_foreach((json_t *)files, i, file)
	{
		const char *name = json_text(file, "file"), *digest = json_text(file, "sha256");

		g_string_append_printf(text, "%s%s %.12s", i ? "\n" : "", name ? name : "?",
				       digest ? digest : "not recorded");
	}
	return g_string_free(text, FALSE);
}

/* "" when there is none. Caller frees. */
static char *fact_text(const json_t *kernel, const char *key)
{
	const json_t *value = value_at(kernel, key);

	if (!value || json_is_null(value))
		return g_strdup("");
	if (json_is_array(value))
		return files_text(value);
	return json_is_string(value) ? g_strdup(json_string_value(value)) : json_line(value);
}

/* The arms that have a kernel of their own, struct comparison_arm *; A/A has the baseline's. */
static GPtrArray *arms_of(const struct comparison *c)
{
	GPtrArray *arms = g_ptr_array_new();

	g_ptr_array_add(arms, (gpointer)c->baseline);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (&c->arms[i] != c->baseline && c->arms[i].role != COMPARISON_AA &&
		    notes_kernel(c->run, c->arms[i].name))
			g_ptr_array_add(arms, &c->arms[i]);
	}
	return arms;
}

static void add_fact(const struct comparison *c, const GPtrArray *arms, size_t fact, GString *out)
{
	g_autofree char *base = fact_text(notes_kernel(c->run, c->baseline->name), facts[fact].key);

	html_add(out, "<tr><th scope=\"row\">%s</th>", facts[fact].title);
	for (guint i = 0; i < arms->len; i++) {
		const struct comparison_arm *arm = arms->pdata[i];
		g_autofree char *text = fact_text(notes_kernel(c->run, arm->name), facts[fact].key);

		html_open(out, "td", strcmp(text, base) ? "differs" : NULL);
		html_add(out, "%s</td>", text);
	}
	g_string_append(out, "</tr>\n");
}

static void add_facts(const struct comparison *c, const GPtrArray *arms, GString *out)
{
	page_html_open_table(out, "the kernels; what is not as in the baseline is marked", "facts");
	g_string_append(out, "<thead><tr><th scope=\"col\">manifest</th>");
	for (guint i = 0; i < arms->len; i++)
		html_add(out, "<th scope=\"col\">%s</th>",
			 ((const struct comparison_arm *)arms->pdata[i])->name);
	g_string_append(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
		add_fact(c, arms, i, out);
	page_html_close_table(out);
}

static bool is_config(const struct confound_difference *d)
{
	return g_str_has_prefix(d->key, "config.") && !g_str_has_prefix(d->key, "config.fragments");
}

static guint count_config(const struct confound *c)
{
	guint count = 0;

	for (guint i = 0; i < c->differences->len; i++)
		count += is_config(c->differences->pdata[i]);
	return count;
}

static void add_differences(const struct comparison *c, const struct comparison_arm *arm, bool config,
			    GString *out)
{
	g_autofree char *label = g_strdup_printf(config ? "lines of the configuration: %s against %s"
							: "what differs: %s against %s",
						 arm->name, c->baseline->name);
	const struct page_column columns[] = {
		{ "key", 0, true },
		{ c->baseline->name, 0, true },
		{ arm->name, 0, true },
		{ "why", 0, true },
	};

	page_html_open_table(out, label, "facts");
	page_html_head(out, columns, G_N_ELEMENTS(columns));
	for (guint i = 0; i < arm->confound->differences->len; i++) {
		const struct confound_difference *d = arm->confound->differences->pdata[i];

		if (is_config(d) != config)
			continue;
		html_add(out, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td></tr>\n", d->key,
			 d->baseline ? d->baseline : "not set", d->candidate ? d->candidate : "not set",
			 confound_why_name(d->why));
	}
	page_html_close_table(out);
}

/* Whether the manifest has the lines of its configuration, and not the digest alone. */
static bool has_lines(const struct run *r, const char *arm)
{
	const char *digest = json_string_value(value_at(notes_kernel(r, arm), "config.sha256"));

	return digest && json_object_get(json_object_get(r->manifest, "configs"), digest);
}

static void add_config(const struct comparison *c, const struct comparison_arm *arm, GString *out)
{
	guint count = count_config(arm->confound);

	if (!count && has_lines(c->run, c->baseline->name)) {
		html_add(out, "<p class=\"note\">%s and %s have the same configuration, line by line.</p>\n",
			 arm->name, c->baseline->name);
	} else if (!count || !has_lines(c->run, arm->name)) {
		html_add(out,
			 "<p class=\"note\">%s and %s: this run's manifest has digests of the configurations, "
			 "and not their lines.</p>\n",
			 arm->name, c->baseline->name);
	} else {
		html_add(out, "<details><summary>configuration: %s differs from %s in %u line%s</summary>\n",
			 arm->name, c->baseline->name, count, count == 1 ? "" : "s");
		add_differences(c, arm, true, out);
		g_string_append(out, "</details>\n");
	}
}

static void add_arm(const struct comparison *c, const struct comparison_arm *arm, GString *out)
{
	const struct confound *d = arm->confound;

	html_open(out, "p", confound_refuses(d) ? "note alarm" : "note");
	html_add(out,
		 "%s against %s: %u difference%s: %u declared in the plan, %u derived from it, "
		 "%u allowed by --allow-diff, %u that nobody declared%s.</p>\n",
		 arm->name, c->baseline->name, d->differences->len, d->differences->len == 1 ? "" : "s",
		 d->counts[CONFOUND_DECLARED], d->counts[CONFOUND_DERIVED], d->counts[CONFOUND_ALLOWED],
		 d->counts[CONFOUND_UNDECLARED], confound_refuses(d) ? ": REFUSED" : "");
	if (d->differences->len > count_config(d)) {
		g_string_append(out, "<details><summary>what differs</summary>\n");
		add_differences(c, arm, false, out);
		g_string_append(out, "</details>\n");
	}
	add_config(c, arm, out);
}

static void add_manifest(const struct comparison *c, const char *name, GString *out)
{
	char *text = json_dumps(notes_kernel(c->run, name), JSON_INDENT(2));

	html_add(out,
		 "<details><summary>the whole manifest of %s</summary>\n<pre "
		 "tabindex=\"0\">%s</pre></details>\n",
		 name, text ? text : "");
	free(text);
}

void kernels_add(const struct view *v, GString *out)
{
	const struct comparison *c = v->findings->comparison;
	g_autoptr(GPtrArray) arms = arms_of(c);

	add_facts(c, arms, out);
	for (guint i = 1; i < arms->len; i++) {
		const struct comparison_arm *arm = arms->pdata[i];

		if (arm->role == COMPARISON_CANDIDATE || confound_refuses(arm->confound))
			add_arm(c, arm, out);
	}
	for (guint i = 0; arms->len <= MANIFESTS_MAX && i < arms->len; i++)
		add_manifest(c, ((const struct comparison_arm *)arms->pdata[i])->name, out);
	if (arms->len > MANIFESTS_MAX)
		g_string_append(out, "<p class=\"note\">The whole manifests are in manifest.json.</p>\n");
}
