/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * A series applied to nothing but the files it touches, in a folder of its own: patches that do not apply are
 * found out before any work copy is changed, and two kernels can be compared file by file.
 */
typedef struct series {
	char *stage;		/* folder with the files as the series leaves them; removed by series_free() */
	GPtrArray *touched;	/* char *: every file changed, added or removed, relative to the tree, sorted */
} series;

/*
 * Applies @count patches in order to copies of files of @tree, as strictly as `git am` does: all context lines
 * must be there. @parent: where the stage is made. The error (BENCH_ERROR_USAGE) names the patch, the file, the
 * hunk, and an earlier patch of the series that touched the file.
 */
struct series *series_apply(const char *tree, const char *const *patches, unsigned int count,
			    const char *parent, GError **error);
void series_free(struct series *s);

/* Brings @path of @tree into the stage, so that more can be changed there. */
bool series_stage_file(struct series *s, const char *tree, const char *path, GError **error);

/* Makes the files of @touched (any superset of s->touched) in @work what the series makes of @tree. */
bool series_copy_out(const struct series *s, const char *tree, GPtrArray *touched, const char *work,
		     GError **error);

/*
 * Where in the patch @text the hunk of @file that begins at old line @old_line is. False when it is not found.
 */
bool series_find_hunk(const char *text, const char *file, unsigned long old_line, unsigned int *ret_hunk,
		      unsigned int *ret_line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(series, series_free)
