/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * A chart in the making: a script of plots/, the variables that it reads, and its data. Of these come NAME.dat
 * and NAME.gp, by which gnuplot draws NAME.svg and NAME.png and needs nothing else.
 */
typedef struct drawing {
	char *script;			/* a file of plots/ */
	char *name;			/* of its files, without extension */
	char *title, *caption;		/* as in struct chart; NULL: not yet */
	GString *data;			/* what NAME.dat gets */
	GString *variables;		/* lines of gnuplot */
} drawing;

/* What a file's name or an id cannot hold is replaced in @name. */
struct drawing *drawing_new(const char *script, const char *name);
void drawing_free(struct drawing *d);

/* Takes @title (the caller's, which it no longer owns); @caption is copied. */
void drawing_describe(struct drawing *d, char *title, const char *caption);

void drawing_set_text(struct drawing *d, const char *name, const char *text);
void drawing_set_number(struct drawing *d, const char *name, double number);

/* A gnuplot array of the texts (char *) of @list, at least one. */
void drawing_set_list(struct drawing *d, const char *name, const GPtrArray *list);

/* Appends a number and a blank to the data; NaN when it is not finite. */
void drawing_add_number(struct drawing *d, double number);

/*
 * Appends @text in quotes, for those who read the data; what gnuplot would not read as it stands is replaced. A
 * script that writes names gets them by drawing_set_list().
 */
void drawing_add_text(struct drawing *d, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(drawing, drawing_free)
