/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A gnuplot script, its data, and the variables that it is told on its command line. */
typedef struct drawing {
	char *script;
	char *stem;			/* of its files: path without extension */
	GString *data;			/* what stem.dat gets */
	GPtrArray *variables;		/* char *: name=value as gnuplot reads it */
} drawing;

/* @script: a file of plots/. What a file's name cannot hold is replaced in @name. */
struct drawing *drawing_new(const char *script, const char *dir, const char *name);
void drawing_free(struct drawing *d);

void drawing_set_text(struct drawing *d, const char *name, const char *text);
void drawing_set_number(struct drawing *d, const char *name, double number);

/* Appends a number and a blank to the data; NaN when it is not finite. */
void drawing_add_number(struct drawing *d, double number);

/* Writes stem.dat and draws stem.svg and stem.png. */
bool drawing_draw(const struct drawing *d, GError **error);

/* Whether anything can be drawn into @dir, which is made when missing; BENCH_ERROR_INFRA otherwise. */
bool drawing_prepare(const char *dir, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(drawing, drawing_free)
