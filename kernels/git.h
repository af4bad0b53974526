/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Runs git with the given words (NULL-ended) in @dir, as exec_run() does. The repository is the one that @dir
 * is in: whatever the environment names instead, as it does below git's hooks, is not heard.
 * @env: NULL-ended "NAME=value" pairs for git, or NULL.
 */
bool git_run(const char *dir, const char *const *env, char **ret_out, GError **error, ...)
	G_GNUC_NULL_TERMINATED;
