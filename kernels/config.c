// SPDX-License-Identifier: GPL-2.0-only
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "kernels/kconfig.h"

static void free_line(gpointer data)
{
	struct config_line *line = data;

	g_free(line->name);
	g_free(line->value);
	g_free(line);
}

struct config_request *config_request_new(void)
{
	struct config_request *r = g_new0(struct config_request, 1);

	r->lines = g_ptr_array_new_with_free_func(free_line);
	r->files = g_ptr_array_new_with_free_func(g_free);
	return r;
}

void config_request_free(struct config_request *r)
{
	if (!r)
		return;
	g_ptr_array_unref(r->lines);
	g_ptr_array_unref(r->files);
	g_free(r->digest);
	g_free(r);
}

static void remove_line(struct config_request *r, const char *name)
{
	for (guint i = 0; i < r->lines->len; i++) {
		const struct config_line *line = r->lines->pdata[i];

		if (!strcmp(line->name, name)) {
			g_ptr_array_remove_index(r->lines, i);
			return;
		}
	}
}

static void add_line(struct config_request *r, const char *name, const char *value, bool optional,
		     unsigned int number)
{
	struct config_line *line = g_new0(struct config_line, 1);

	line->name = g_strdup(name);
	line->value = g_strdup(value);
	line->file = r->files->pdata[r->files->len - 1];
	line->line = number;
	line->optional = optional;
	remove_line(r, name);
	g_ptr_array_add(r->lines, line);
}

/* "CONFIG_NAME=value" or "# CONFIG_NAME is not set": adds it; false for anything else. */
static bool parse_assignment(struct config_request *r, const char *text, bool optional, unsigned int number)
{
	static const char pattern[] = "^(?:CONFIG_(\\w+)=(y|m|n|-?[0-9]+|0x[0-9a-fA-F]+|\"[^\"]*\")|"
				      "# CONFIG_(\\w+) is not set)$";
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_DOLLAR_ENDONLY, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree char *name = NULL, *value = NULL, *unset = NULL;

	if (!g_utf8_validate(text, -1, NULL) || !g_regex_match(regex, text, 0, &match))
		return false;
	name = g_match_info_fetch(match, 1);
	value = g_match_info_fetch(match, 2);
	unset = g_match_info_fetch(match, 3);
	if (unset && *unset)
		add_line(r, unset, "n", optional, number);
	else
		add_line(r, name, value, optional, number);
	return true;
}

bool config_parse(struct config_request *r, const char *text, const char *file, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	bool optional = false;

	g_ptr_array_add(r->files, g_strdup(file));
	for (guint i = 0; lines[i]; i++) {
		char *line = g_strstrip(lines[i]);

		if (parse_assignment(r, line, optional, i + 1)) {
			optional = false;
		} else if (!*line || *line == '#') {
			optional = !strcmp(line, "# optional");
		} else {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
				    "%s:%u: \"%s\" is not a line of a configuration; expected CONFIG_NAME=y, "
				    "=m, =n, =NUMBER, =\"TEXT\", or \"# CONFIG_NAME is not set\"",
				    file, i + 1, line);
			return false;
		}
	}
	return true;
}

static bool parse_file(struct config_request *r, const char *file, GChecksum *sum, GError **error)
{
	g_autoptr(GError) reason = NULL;
	g_autofree char *text = NULL;

	if (!g_file_get_contents(file, &text, NULL, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: cannot read this fragment of a configuration: %s", file, reason->message);
		return false;
	}
	g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
	return config_parse(r, text, file, error);
}

struct config_request *config_load(const struct target *target, const char *extra, GError **error)
{
	g_autofree char *name = g_strdup_printf("kernels/config/%s.config", target->arch);
	g_autofree char *file = path_data(name);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(config_request) r = config_request_new();

	if (!parse_file(r, file, sum, error) || (extra && !parse_file(r, extra, sum, error)))
		return NULL;
	r->digest = g_strdup(g_checksum_get_string(sum));
	return g_steal_pointer(&r);
}

char *config_to_text(const struct config_request *r)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < r->lines->len; i++) {
		const struct config_line *line = r->lines->pdata[i];

		if (strcmp(line->value, "n"))
			g_string_append_printf(text, "CONFIG_%s=%s\n", line->name, line->value);
		else
			g_string_append_printf(text, "# CONFIG_%s is not set\n", line->name);
	}
	return g_string_free(text, FALSE);
}

/* Lines of @r that are not so in @config. Free with g_ptr_array_unref(). */
static GPtrArray *find_unmet(const struct config_request *r, GHashTable *config)
{
	GPtrArray *unmet = g_ptr_array_new();

	for (guint i = 0; i < r->lines->len; i++) {
		const struct config_line *line = r->lines->pdata[i];
		const char *value = g_hash_table_lookup(config, line->name);

		if (strcmp(value ? value : "n", line->value))
			g_ptr_array_add(unmet, (gpointer)line);
	}
	return unmet;
}

static void explain_line(const struct config_line *line, const struct kconfig *k, GHashTable *config,
			 GString *text)
{
	g_autofree char *why = kconfig_explain(k, line->name, line->value, config);
	const char *value = g_hash_table_lookup(config, line->name);

	g_string_append_printf(text, "\n%s:%u: CONFIG_%s=%s did not stick, it is %s\n%s", line->file,
			       line->line, line->name, line->value, value ? value : "not set", why);
	g_string_truncate(text, text->len - g_str_has_suffix(text->str, "\n"));
}

bool config_check(const struct config_request *r, const char *dot_config, const char *tree,
		  const struct target *target, GError **error)
{
	g_autoptr(GHashTable) config = kconfig_parse_dot_config(dot_config);
	g_autoptr(GPtrArray) unmet = find_unmet(r, config);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(kconfig) k = NULL;

	if (!unmet->len)
		return true;
	k = kconfig_load(tree, target->make_arch, error);
	if (!k)
		return false;
	for (guint i = 0; i < unmet->len; i++) {
		const struct config_line *line = unmet->pdata[i];

		if (!line->optional || kconfig_find(k, line->name))
			explain_line(line, k, config, text);
	}
	if (!text->len)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "this source cannot be configured as asked (\"# optional\" above a line lets a source that "
		    "does not define the symbol do without it):%s",
		    text->str);
	return false;
}
