// SPDX-License-Identifier: GPL-2.0-only
#include "schema.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

const cyaml_strval_t schema_booleans[SCHEMA_BOOLEANS] = {
	{ "true", true },   { "yes", true }, { "on", true },
	{ "false", false }, { "no", false }, { "off", false },
};

/* @text ends at a NUL, the file does not. */
static void refuse_nul(const char *text, const char *path, const char *what, GError **error)
{
	const char *newline = strrchr(text, '\n');
	guint line = 1;

	for (const char *c = text; *c; c++)
		line += *c == '\n';
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s:%u:%zu: a byte of value 0 stands here; a %s is text", path, line,
		    strlen(newline ? newline + 1 : text) + 1, what);
}

char *schema_read_file(const char *path, const char *what, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) reason = NULL;
	gsize length;

	if (!g_file_get_contents(path, &text, &length, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "cannot read the %s: %s", what,
			    reason->message);
		return NULL;
	}
	if (strlen(text) == length)
		return g_steal_pointer(&text);
	refuse_nul(text, path, what, error);
	return NULL;
}

/*
 * libcyaml reports through a log: a line "Load: MESSAGE", a line "Load: Backtrace:", then a line for each level
 * from the innermost outwards: "  in mapping field 'KEY' (line: ...", "  in sequence entry 'N' (...", counted
 * from 1.
 */
struct cyaml_report {
	char *message;
	GString *place;		/* built from the inside outwards */
};

static void read_report_line(struct cyaml_report *r, const char *line)
{
	const char *quote = strchr(line, '\'');
	g_autofree char *level = NULL;

	if (!r->message) {
		r->message = g_strdup(line);
		return;
	}
	if (!quote)
		return;
	if (strstr(line, "in sequence entry"))
		level = g_strdup_printf("[%d]", MAX(atoi(quote + 1) - 1, 0));
	else
		level = g_strndup(quote + 1, strcspn(quote + 1, "'"));
	if (r->place->len && r->place->str[0] != '[')
		g_string_prepend_c(r->place, '.');
	g_string_prepend(r->place, level);
}

static void collect_report(cyaml_log_t level, void *data, const char *format, va_list args)
{
	g_autofree char *line = g_strdup_vprintf(format, args);

	if (level < CYAML_LOG_ERROR)
		return;
	g_strchomp(line);
	read_report_line(data, g_str_has_prefix(line, "Load: ") ? line + strlen("Load: ") : line);
}

static const char *hint_of(const struct schema *s, const char *key)
{
	for (const struct schema_hint *hint = s->hints; hint->key; hint++) {
		if (!strcmp(hint->key, key))
			return hint->wants;
	}
	return NULL;
}

/* The fields of the mapping at @place. */
static const cyaml_schema_field_t *fields_at(const struct schema *s, const char *place)
{
	for (const struct schema_section *section = s->sections; section->prefix; section++) {
		const char *rest = place + strlen(section->prefix);

		if (g_str_has_prefix(place, section->prefix) &&
		    (!*rest || *rest == '.' || g_str_has_suffix(section->prefix, "[")))
			return section->fields;
	}
	return s->fields;
}

static char *place_below(const char *mapping, const char *key)
{
	return g_strdup_printf("%s%s%s", mapping, *mapping ? "." : "", key);
}

/* @place without its last key, when the last is one: the mapping that the key stands in. */
static char *mapping_around(const char *place)
{
	const char *end = strrchr(place, '.');

	if (g_str_has_suffix(place, "]"))
		return g_strdup(place);
	return end ? g_strndup(place, end - place) : g_strdup("");
}

/* Without its last key, unless the place itself has @key in it (libcyaml may not have entered a field yet). */
static char *mapping_with_key(const struct yaml_where *where, const char *place, const char *key)
{
	g_autofree char *inside = place_below(place, key);

	return yaml_where_has(where, inside) ? g_strdup(place) : mapping_around(place);
}

static void refuse_key(const struct schema *s, const struct yaml_where *where, const char *place,
		       const char *key, GError **error)
{
	g_autofree char *mapping = mapping_with_key(where, place, key);
	g_autofree char *whole = place_below(mapping, key);
	g_autoptr(GString) known = g_string_new(NULL);

	for (const cyaml_schema_field_t *field = fields_at(s, mapping); field->key; field++)
		g_string_append_printf(known, "%s%s", known->len ? ", " : "", field->key);
	yaml_where_refuse_key(where, whole, error, "there is no such key; expected one of: %s", known->str);
}

static void refuse_missing(const struct schema *s, const struct yaml_where *where, const char *place,
			   const char *key, GError **error)
{
	g_autofree char *mapping = mapping_around(place);
	g_autofree char *whole = place_below(mapping, key);
	const char *wants = hint_of(s, hint_of(s, whole) ? whole : key);

	yaml_where_refuse(where, whole, error, "this key is missing; expected %s", wants);
}

/* "threads" of "cells[2].threads[0]". */
static char *last_key(const char *place)
{
	const char *dot = strrchr(place, '.');
	const char *key = dot ? dot + 1 : place;

	return g_strndup(key, strcspn(key, "["));
}

bool schema_refuse(const struct schema *s, const struct yaml_where *where, const char *place, GError **error)
{
	/* libcyaml speaks of the first entry of an empty list. */
	const char *index = yaml_where_has(where, place) ? NULL : strrchr(place, '[');
	size_t length = index ? (size_t)(index - place) : strlen(place);
	g_autofree char *value = g_strndup(place, length);
	g_autofree char *found = yaml_where_describe(where, value);
	g_autofree char *key = last_key(value);
	const char *wants = hint_of(s, hint_of(s, value) ? value : key);

	return yaml_where_refuse(where, value, error, "expected %s%s, found %s",
				 g_str_has_suffix(value, "]") ? "an entry of " : "", wants ? wants : s->wants,
				 found);
}

/* libcyaml's words in ours. */
static void translate_report(const struct schema *s, const struct cyaml_report *r,
			     const struct yaml_where *where, GError **error)
{
	static const char unknown[] = "Unexpected key: ", missing[] = "Missing required mapping field: ",
			  twice[] = "Mapping field already seen: ";
	const char *message = r->message ? r->message : "";

	if (g_str_has_prefix(message, unknown))
		refuse_key(s, where, r->place->str, message + strlen(unknown), error);
	else if (g_str_has_prefix(message, missing))
		refuse_missing(s, where, r->place->str, message + strlen(missing), error);
	else if (g_str_has_prefix(message, twice))
		yaml_where_refuse_key(where, r->place->str, error, "this key stands here twice");
	else
		schema_refuse(s, where, r->place->str, error);
}

static cyaml_config_t cyaml_settings(struct cyaml_report *report)
{
	return (cyaml_config_t){
		.log_fn = collect_report,
		.log_ctx = report,
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
		.flags = CYAML_CFG_DEFAULT,
	};
}

void *schema_load(const struct schema *s, const char *text, const struct yaml_where *where, GError **error)
{
	struct cyaml_report report = { .place = g_string_new(NULL) };
	cyaml_config_t settings = cyaml_settings(&report);
	cyaml_data_t *loaded = NULL;
	cyaml_err_t err =
		cyaml_load_data((const uint8_t *)text, strlen(text), &settings, s->value, &loaded, NULL);

	if (err != CYAML_OK)
		translate_report(s, &report, where, error);
	g_free(report.message);
	g_string_free(report.place, TRUE);
	return loaded;
}

void schema_free(const struct schema *s, void *data)
{
	cyaml_config_t settings = cyaml_settings(NULL);

	cyaml_free(&settings, s->value, data, 0);
}

/* What 010 is depends on whom one asks. */
static bool is_decimal(const char *written)
{
	return written[0] != '0' || !written[1];
}

/* libcyaml reads the number at the start of "2x" and forgets the rest; 010 and 0x10 are numbers for it. */
static bool set_number(const struct schema_number *rule, void *base, const char *place,
		       const struct yaml_where *where, GError **error)
{
	unsigned int *value = G_STRUCT_MEMBER_P(base, rule->offset);
	g_autofree char *whole = place_below(place, rule->key);
	const char *written = yaml_where_scalar(where, whole);
	guint64 number;

	if (!written) {
		*value = rule->fallback;
		return true;
	}
	if (is_decimal(written) &&
	    g_ascii_string_to_unsigned(written, 10, rule->lowest, rule->highest, &number, NULL)) {
		*value = number;
		return true;
	}
	return yaml_where_refuse(where, whole, error,
				 "expected a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
				 ", found \"%s\"",
				 rule->lowest, rule->highest, written);
}

bool schema_set_numbers(const struct schema_number *rules, void *base, const char *place,
			const struct yaml_where *where, GError **error)
{
	for (; rules->key; rules++) {
		if (!set_number(rules, base, place, where, error))
			return false;
	}
	return true;
}
