// SPDX-License-Identifier: GPL-2.0-only
#include "yaml-where.h"

#include <string.h>
#include <yaml.h>

#include "error.h"
#include "text.h"

struct yaml_where {
	char *name, *what;
	yaml_document_t document;
};

static struct yaml_mark from_libyaml(yaml_mark_t mark)
{
	return (struct yaml_mark){ .line = mark.line + 1, .column = mark.column + 1 };
}

static void set_syntax_error(const yaml_parser_t *parser, const char *name, GError **error)
{
	struct yaml_mark at = from_libyaml(parser->problem_mark);

	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s:%u:%u: not valid YAML: %s%s%s", name, at.line,
		    at.column, parser->problem ? parser->problem : "out of memory", parser->context ? ", " : "",
		    parser->context ? parser->context : "");
}

static bool refuse(const struct yaml_where *w, yaml_mark_t mark, GError **error, const char *format, ...)
{
	struct yaml_mark at = from_libyaml(mark);
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s:%u:%u: %s", w->name, at.line, at.column, text);
	return false;
}

/* libcyaml cannot say where a key is that is a list or a mapping itself. */
static bool check_mapping(struct yaml_where *w, const yaml_node_t *mapping, GError **error)
{
	const yaml_node_pair_t *pair;

	for (pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yaml_document_get_node(&w->document, pair->key);

		if (key->type != YAML_SCALAR_NODE)
			return refuse(w, key->start_mark, error,
				      "this key is no plain text; a key is a word such as `name`");
	}
	return true;
}

/* libcyaml would take what stands before it for the whole. */
static bool check_scalar(const struct yaml_where *w, const yaml_node_t *scalar, GError **error)
{
	if (strlen((const char *)scalar->data.scalar.value) == scalar->data.scalar.length)
		return true;
	return refuse(w, scalar->start_mark, error, "there is a byte of value 0 in this text; take it out");
}

static bool check_nodes(struct yaml_where *w, GError **error)
{
	for (yaml_node_t *node = w->document.nodes.start; node < w->document.nodes.top; node++) {
		if (node->type == YAML_MAPPING_NODE && !check_mapping(w, node, error))
			return false;
		if (node->type == YAML_SCALAR_NODE && !check_scalar(w, node, error))
			return false;
	}
	return true;
}

/* What follows the document would be overlooked without a word. */
static bool check_end(const struct yaml_where *w, yaml_parser_t *parser, GError **error)
{
	yaml_document_t next;
	bool ok = true;

	if (!yaml_parser_load(parser, &next)) {
		set_syntax_error(parser, w->name, error);
		return false;
	}
	if (yaml_document_get_root_node(&next))
		ok = refuse(w, next.start_mark, error, "a second document begins here; a %s is one", w->what);
	yaml_document_delete(&next);
	return ok;
}

static bool load(struct yaml_where *w, yaml_parser_t *parser, GError **error)
{
	if (!yaml_parser_load(parser, &w->document)) {
		set_syntax_error(parser, w->name, error);
		return false;
	}
	if (!yaml_document_get_root_node(&w->document))
		return refuse(w, (yaml_mark_t){ 0 }, error, "the file is empty; a %s was expected", w->what);
	return check_nodes(w, error) && check_end(w, parser, error);
}

struct yaml_where *yaml_where_new(const char *text, const char *name, const char *what, GError **error)
{
	struct yaml_where *w = g_new0(struct yaml_where, 1);
	yaml_parser_t parser;

	w->name = g_strdup(name);
	w->what = g_strdup(what);
	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
	if (!load(w, &parser, error))
		g_clear_pointer(&w, yaml_where_free);
	yaml_parser_delete(&parser);
	return w;
}

void yaml_where_free(struct yaml_where *w)
{
	if (!w)
		return;
	yaml_document_delete(&w->document);
	g_free(w->name);
	g_free(w->what);
	g_free(w);
}

static yaml_document_t *document_of(const struct yaml_where *w)
{
	return (yaml_document_t *)&w->document;	/* libyaml's getters take no const */
}

static bool key_is(yaml_document_t *document, int index, const char *name, size_t length)
{
	const yaml_node_t *key = yaml_document_get_node(document, index);

	return key->type == YAML_SCALAR_NODE && key->data.scalar.length == length &&
	       !memcmp(key->data.scalar.value, name, length);
}

static const yaml_node_pair_t *find_pair(yaml_document_t *document, const yaml_node_t *mapping,
					 const char *name, size_t length)
{
	const yaml_node_pair_t *pair;

	if (mapping->type != YAML_MAPPING_NODE)
		return NULL;
	for (pair = mapping->data.mapping.pairs.top; pair > mapping->data.mapping.pairs.start; pair--) {
		if (key_is(document, pair[-1].key, name, length))
			return pair - 1;
	}
	return NULL;
}

static const yaml_node_t *find_item(yaml_document_t *document, const yaml_node_t *sequence, guint64 index)
{
	if (sequence->type != YAML_SEQUENCE_NODE)
		return NULL;
	if (index >= (guint64)(sequence->data.sequence.items.top - sequence->data.sequence.items.start))
		return NULL;
	return yaml_document_get_node(document, sequence->data.sequence.items.start[index]);
}

/* What following a place found. */
struct found {
	const yaml_node_t *node;	/* the value at the place, NULL when there is none */
	const yaml_node_t *key;		/* the last key on the way, NULL when it was an index */
	const yaml_node_t *around;	/* the innermost value on the way that exists */
};

static struct found follow(const struct yaml_where *w, const char *place)
{
	yaml_document_t *document = document_of(w);
	struct found f = { .node = yaml_document_get_root_node(document) };

	f.around = f.node;
	while (*place && f.node) {
		if (*place == '[') {
			f.node = find_item(document, f.node, g_ascii_strtoull(place + 1, (char **)&place, 10));
			f.key = NULL;
			place += *place == ']';
		} else {
			size_t length = strcspn(place, ".[");
			const yaml_node_pair_t *pair = find_pair(document, f.node, place, length);

			f.node = pair ? yaml_document_get_node(document, pair->value) : NULL;
			f.key = pair ? yaml_document_get_node(document, pair->key) : NULL;
			place += length;
		}
		place += *place == '.';
		if (f.node)
			f.around = f.node;
	}
	return f;
}

bool yaml_where_has(const struct yaml_where *w, const char *place)
{
	return follow(w, place).node != NULL;
}

struct yaml_mark yaml_where_value(const struct yaml_where *w, const char *place)
{
	return from_libyaml(follow(w, place).around->start_mark);
}

struct yaml_mark yaml_where_key(const struct yaml_where *w, const char *place)
{
	struct found f = follow(w, place);

	return from_libyaml((f.key ? f.key : f.around)->start_mark);
}

const char *yaml_where_scalar(const struct yaml_where *w, const char *place)
{
	const yaml_node_t *node = follow(w, place).node;

	return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

/* Longer scalars are not repeated in an error. */
#define SCALAR_SHOWN_MAX 60

char *yaml_where_describe(const struct yaml_where *w, const char *place)
{
	const yaml_node_t *node = follow(w, place).node;
	g_autofree char *plain = NULL;

	if (!node)
		return g_strdup("nothing");
	if (node->type == YAML_MAPPING_NODE)
		return g_strdup("a mapping");
	if (node->type == YAML_SEQUENCE_NODE) {
		size_t length = node->data.sequence.items.top - node->data.sequence.items.start;

		return length ? g_strdup_printf("a list of %zu", length) : g_strdup("an empty list");
	}
	if (node->data.scalar.length > SCALAR_SHOWN_MAX)
		return g_strdup_printf("%zu bytes of text", node->data.scalar.length);
	plain = text_make_plain((const char *)node->data.scalar.value);
	return g_strdup_printf("\"%s\"", plain);
}

static void set_error(const struct yaml_where *w, struct yaml_mark at, const char *place, GError **error,
		      const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);

	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s:%u:%u: %s%s%s", w->name, at.line, at.column,
		    place, *place ? ": " : "", text);
}

bool yaml_where_refuse(const struct yaml_where *w, const char *place, GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_error(w, yaml_where_value(w, place), place, error, format, args);
	va_end(args);
	return false;
}

bool yaml_where_refuse_key(const struct yaml_where *w, const char *place, GError **error, const char *format,
			   ...)
{
	va_list args;

	va_start(args, format);
	set_error(w, yaml_where_key(w, place), place, error, format, args);
	va_end(args);
	return false;
}
