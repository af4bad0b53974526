/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/*
 * One record of a journal on its way into a struct. The first key that is not as it must be sets the error
 * ("file:line: key: what was expected") and makes ok false; what is read after that is harmless and means
 * nothing.
 */
struct fields {
	const json_t *record;	/* the object whose keys are read */
	const char *path;
	guint line;
	GHashTable *seen;	/* what fields_refuse_second() has met so far */
	GError **error;
	bool ok;
};

void fields_refuse(struct fields *f, const char *key, const char *expected);

/* Caller frees; NULL when it was refused. */
char *fields_text(struct fields *f, const char *key);
char *fields_text_or_null(struct fields *f, const char *key);
unsigned int fields_count(struct fields *f, const char *key);	/* 0 to 2^31 - 1 */
guint64 fields_total(struct fields *f, const char *key);	/* 0 to 2^63 - 1 */
double fields_time(struct fields *f, const json_t *value, const char *key);	/* 0 or more, finite */
/* The list under @key, of @longest entries at most; NULL when it was refused. Borrowed. */
const json_t *fields_list(struct fields *f, const char *key, size_t longest);

/*
 * Refuses a record that was there before. What is formatted names it in the error ("lock x of x/1 in the boot
 * b0"), and is the same for two records only when they are the same.
 */
void fields_refuse_second(struct fields *f, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same of a record of which the caller knows that it was there before. */
void fields_refuse_repeated(struct fields *f, const char *identity);
