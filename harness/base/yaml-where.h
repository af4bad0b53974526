/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Where in a YAML file something stands, for error messages. libcyaml fills structs but forgets positions; this
 * keeps libyaml's tree of the same text. A place is written as "cells[2].threads[0]"; "" is the whole document.
 */
typedef struct yaml_where yaml_where;

struct yaml_mark {
	guint line;		/* 1 is the first */
	guint column;		/* 1 is the first */
};

/*
 * @name is the file's, @what its kind ("plan"), for the errors; both are copied. NULL with "name:line:column:
 * ..." when @text is not YAML, is empty, holds more than one document, has a key that is no plain text, or a
 * value with a byte of value 0.
 */
struct yaml_where *yaml_where_new(const char *text, const char *name, const char *what, GError **error);
void yaml_where_free(struct yaml_where *w);

/* True when the file has a value at @place. */
bool yaml_where_has(const struct yaml_where *w, const char *place);

/* Where the value at @place begins; when there is none, where the nearest thing around it does. */
struct yaml_mark yaml_where_value(const struct yaml_where *w, const char *place);

/* Where the key at the end of @place begins; of a key that stands there twice, the last. */
struct yaml_mark yaml_where_key(const struct yaml_where *w, const char *place);

/* The scalar at @place as written, or NULL. Borrowed. */
const char *yaml_where_scalar(const struct yaml_where *w, const char *place);

/* What stands at @place, for an error: a scalar in quotes, "an empty list", "a mapping". Caller frees. */
char *yaml_where_describe(const struct yaml_where *w, const char *place);

/*
 * "name:line:column: place: ..." (BENCH_ERROR_USAGE) for the value at @place, or for the key at its end. Always
 * return false.
 */
bool yaml_where_refuse(const struct yaml_where *w, const char *place, GError **error, const char *format, ...)
	G_GNUC_PRINTF(4, 5);
bool yaml_where_refuse_key(const struct yaml_where *w, const char *place, GError **error, const char *format,
			   ...) G_GNUC_PRINTF(4, 5);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(yaml_where, yaml_where_free)
