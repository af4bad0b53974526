/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "journal/run-trace.h"
#include "source.h"

/*
 * A run as relations, which are the tables of a database and the files of a folder (docs/export.md). One more
 * is a struct relation and its line in relations[].
 */
enum relation_type { RELATION_TEXT, RELATION_INTEGER, RELATION_REAL };

struct relation_column {
	const char *name;
	enum relation_type type;
	bool optional; /* may be unknown: NULL, an empty cell */
};

struct relation_rows;

struct relation {
	const char *name;
	const struct relation_column *columns;
	unsigned int columns_count;
	const char *keys; /* as SQL has them; NULL: only for files, where tables are joined */
	const char *joined; /* only in databases; the relation that files have instead; or NULL */
	/* Every row of @s: its values in the order of the columns, and relation_end(). */
	void (*fill)(const struct source *s, struct relation_rows *rows);
};

extern const struct relation *const relations[]; /* ended by NULL; a key's own before what refers to it */

#define RELATION_COLUMNS_MAX 24

/* A value; not @known: neither. */
struct relation_value {
	bool known;
	const char *text; /* borrowed for the row */
	gint64 integer;
	double real;
};

/* Where rows go. The first @add that fails ends it: what comes behind it is dropped. */
struct relation_rows {
	const struct relation *relation;
	struct relation_value values[RELATION_COLUMNS_MAX];
	unsigned int count;
	bool (*add)(struct relation_rows *rows, GError **error);
	void *writer;
	GError *error;
};

#define RELATION_COLUMNS(list) .columns = (list), .columns_count = G_N_ELEMENTS(list)

/* The columns of what belongs to a load, whose values relation_place() gives, and what they refer to. */
#define RELATION_PLACE                                                                  \
	{ "run", RELATION_TEXT }, { "boot", RELATION_TEXT }, { "cell", RELATION_TEXT }, \
	{                                                                               \
		"load", RELATION_INTEGER                                                \
	}
#define RELATION_OF_PLACE                                       \
	"FOREIGN KEY (run, boot) REFERENCES boot (run, boot), " \
	"FOREIGN KEY (run, cell) REFERENCES cell (run, cell)"

void relation_place(struct relation_rows *rows, const struct source *s, const struct run_at *at);

/* NULL, NAN and 0 of relation_size() are values that are not known. */
void relation_none(struct relation_rows *rows);
void relation_text(struct relation_rows *rows, const char *text);
void relation_count(struct relation_rows *rows, guint64 count);
void relation_size(struct relation_rows *rows, guint64 size);
void relation_number(struct relation_rows *rows, double number);
void relation_end(struct relation_rows *rows);

/* The relations of each file, for relations[]. */
extern const struct relation relation_run, relation_arm, relation_patch, relation_cell, relation_boot,
	relation_splat;
extern const struct relation relation_load, relation_worker, relation_loads;
extern const struct relation relation_hist, relation_bucket, relation_lock, relation_caller, relation_events;
extern const struct relation relation_meminfo, relation_slabinfo;
extern const struct relation relation_profile, relation_followed, relation_lines;
