/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <cyaml/cyaml.h>
#include <glib.h>
#include <stdbool.h>

#include "yaml-where.h"

/*
 * A YAML file read into structs by libcyaml, whose errors become sentences with a position. A kind of file is a
 * struct schema: its tables say which keys there are, what they want, the ranges and defaults of the numbers.
 * Errors are BENCH_ERROR_USAGE, "file:line:column: place: what is wrong, what was expected".
 */

/* What a key wants, for libcyaml's errors. One that has two meanings stands here with its place. */
struct schema_hint {
	const char *key, *wants;
};

/* The keys below a place that begins with this: "design", or "arms[" for the entries of a list. */
struct schema_section {
	const char *prefix;
	const cyaml_schema_field_t *fields;
};

struct schema {
	const char *wants;			/* "a plan: a mapping with title, arms and cells" */
	const cyaml_schema_value_t *value;	/* of the whole file: a pointer to a mapping of @fields */
	const cyaml_schema_field_t *fields;
	const struct schema_section *sections;	/* ended by NULL */
	const struct schema_hint *hints;	/* ended by NULL */
};

/* The range and the default of an unsigned int. */
struct schema_number {
	const char *key;	/* relative to the place it is applied at */
	size_t offset;
	guint64 lowest, highest, fallback;
};

#define SCHEMA_TEXT_MAX 4000	/* bytes of one text */
#define SCHEMA_TEXT(key, flags, type, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | (flags), type, member, 1, SCHEMA_TEXT_MAX)

/* libcyaml takes any word for true; as a strict enumeration a boolean has to be one. */
#define SCHEMA_BOOLEANS 6
extern const cyaml_strval_t schema_booleans[SCHEMA_BOOLEANS];
#define SCHEMA_BOOLEAN(key, type, member) \
	CYAML_FIELD_ENUM(key, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, type, member, schema_booleans, \
			 SCHEMA_BOOLEANS)

/* The content of a file of the kind @what ("plan"), which has to be text. Caller frees. */
char *schema_read_file(const char *path, const char *what, GError **error);

/* @text, of which @where was made, as the structs of @s; schema_free() frees them. */
void *schema_load(const struct schema *s, const char *text, const struct yaml_where *where, GError **error);
void schema_free(const struct schema *s, void *data);

/*
 * Sets the numbers of @rules (ended by NULL) in the struct @base, which stands at @place: as they are written,
 * which has to be a decimal number in the range, or to their defaults.
 */
bool schema_set_numbers(const struct schema_number *rules, void *base, const char *place,
			const struct yaml_where *where, GError **error);

/* "expected WHAT THE KEY WANTS, found ..." for the value at @place. Always returns false. */
bool schema_refuse(const struct schema *s, const struct yaml_where *where, const char *place, GError **error);
