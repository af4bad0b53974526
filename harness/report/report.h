/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Writes the page about the run in the folder @dir, of a sweep, a soak, or of several machines, to the file
 * @path: all of it, or nothing. @allowed: see confound_new(). *ret_lacks: why there are no charts, where there
 * could be; else NULL; the caller frees. BENCH_ERROR_USAGE when it is a run of attach, which has no page.
 */
bool report_write(const char *dir, const char *path, const char *const *allowed, char **ret_lacks,
		  GError **error);
