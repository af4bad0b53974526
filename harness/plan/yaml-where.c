// SPDX-License-Identifier: GPL-2.0-only
#include "yaml-where.h"

#include <string.h>
#include <yaml.h>

#include "base/error.h"

struct yaml_where {
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

static bool refuse(const char *name, yaml_mark_t mark, const char *what, GError **error)
{
	struct yaml_mark at = from_libyaml(mark);

	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s:%u:%u: %s", name, at.line, at.column, what);
	return false;
}

/* libcyaml cannot say where a key is that is a list or a mapping itself. */
static bool check_mapping(yaml_document_t *document, const yaml_node_t *mapping, const char *name,
			  GError **error)
{
	const yaml_node_pair_t *pair;

	for (pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yaml_document_get_node(document, pair->key);

		if (key->type != YAML_SCALAR_NODE)
			return refuse(name, key->start_mark,
				      "this key is no plain text; a key is a word such as `arms`", error);
	}
	return true;
}

static bool check_keys(yaml_document_t *document, const char *name, GError **error)
{
	for (yaml_node_t *node = document->nodes.start; node < document->nodes.top; node++) {
		if (node->type == YAML_MAPPING_NODE && !check_mapping(document, node, name, error))
			return false;
	}
	return true;
}

/* What follows the plan would be overlooked without a word. */
static bool check_end(yaml_parser_t *parser, const char *name, GError **error)
{
	yaml_document_t next;
	bool ok = true;

	if (!yaml_parser_load(parser, &next)) {
		set_syntax_error(parser, name, error);
		return false;
	}
	if (yaml_document_get_root_node(&next))
		ok = refuse(name, next.start_mark, "a second document begins here; a plan is one", error);
	yaml_document_delete(&next);
	return ok;
}

static bool load(yaml_parser_t *parser, yaml_document_t *document, const char *name, GError **error)
{
	if (!yaml_parser_load(parser, document)) {
		set_syntax_error(parser, name, error);
		return false;
	}
	if (yaml_document_get_root_node(document) && check_keys(document, name, error) &&
	    check_end(parser, name, error))
		return true;
	if (!yaml_document_get_root_node(document))
		refuse(name, (yaml_mark_t){ 0 }, "the file is empty; a plan was expected", error);
	yaml_document_delete(document);
	return false;
}

struct yaml_where *yaml_where_new(const char *text, const char *name, GError **error)
{
	struct yaml_where *w = g_new0(struct yaml_where, 1);
	yaml_parser_t parser;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
	if (!load(&parser, &w->document, name, error))
		g_clear_pointer(&w, g_free);
	yaml_parser_delete(&parser);
	return w;
}

void yaml_where_free(struct yaml_where *w)
{
	if (!w)
		return;
	yaml_document_delete(&w->document);
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
	return g_strdup_printf("\"%s\"", node->data.scalar.value);
}
