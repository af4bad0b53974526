/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/*
 * The whole page: @title above it, @nav (items of a list) and @body, both markup, between what every page has.
 * Its policy lets nothing in but its own style sheet and script, page.css and page.js, and nothing out. NULL
 * with an error (BENCH_ERROR_INFRA) when these are not there. Caller frees.
 */
GString *document_new(const char *title, const char *subtitle, const GString *nav, const GString *body,
		      GError **error);
