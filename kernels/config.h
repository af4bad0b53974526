/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "kernels/target.h"

/* What fragments ask of a configuration. */
struct config_line {
	char *name;		/* without CONFIG_ */
	char *value;		/* y, m, n, a number, or a text with its quotes */
	const char *file;	/* borrowed from the request */
	unsigned int line;
	bool optional; /* "# optional" stood above it: a source that does not define it may do without */
};

typedef struct config_request {
	GPtrArray *lines;	/* struct config_line *, one per symbol; a later fragment has the last word */
	GPtrArray *files;	/* char *: the fragments, in order */
	char *digest;		/* over their content */
} config_request;

/* The fragment of @target and, unless NULL, that at @extra. The error names file and line. */
struct config_request *config_load(const struct target *target, const char *extra, GError **error);
/* One that asks for nothing yet. */
struct config_request *config_request_new(void);
void config_request_free(struct config_request *r);

/* Adds the lines of @text, which came from @file. */
bool config_parse(struct config_request *r, const char *text, const char *file, GError **error);

/* As `make allnoconfig` reads it through KCONFIG_ALLCONFIG. Caller frees. */
char *config_to_text(const struct config_request *r);

/*
 * Whether every symbol asked for has its value in @dot_config, the text of the .config that came of it. The
 * error (BENCH_ERROR_USAGE) explains each that has not, from the Kconfig files of @tree.
 */
bool config_check(const struct config_request *r, const char *dot_config, const char *tree,
		  const struct target *target, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(config_request, config_request_free)
