/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "findings.h"
#include "page.h"

enum table_format {
	TABLE_TEXT,
	TABLE_MARKDOWN,
	TABLE_CSV,
	TABLE_JSON,
	TABLE_COVER,		/* below the "---" of a patch, or in a cover letter */
};

/* False with BENCH_ERROR_USAGE that lists the names: text, markdown, csv, json, cover. */
bool table_format_parse(const char *name, enum table_format *ret_format, GError **error);

/* The tables of a run. What the run has nothing of is not printed. */
enum table_part {
	TABLE_STAIRCASE, /* of a series run: stands for times and memory, unless these, or an arm, are asked for
			  */
	TABLE_TIMED,
	TABLE_MEMORY, /* what the kernels take; asked for alone, with the next two */
	TABLE_LAYOUT, /* members of structs that differ; not on the page of all */
	TABLE_SECTIONS, /* of vmlinux; likewise */
	TABLE_LATENCY,
	TABLE_LOCKS,
	TABLE_OVERHEAD,
	TABLE_PROFILE,
	TABLE_LINES,
	TABLE_CALLS,
	TABLE_LIVE_MEMORY, /* what areas cost, in loads that hold them */
	TABLE_ALL, /* csv, which has one table: TABLE_TIMED */
};

/* False with BENCH_ERROR_USAGE that lists the names, which are those above in small letters. */
bool table_part_parse(const char *name, enum table_part *ret_part, GError **error);

/*
 * Appends @part of @f to @out; @arm: only this arm's tables, or NULL for all shown arms (csv and json: all
 * arms).
 */
void table_render(const struct findings *f, enum table_format format, enum table_part part,
		  const struct comparison_arm *arm, GString *out);

/* Appends the one table @part of all shown arms for readers; nothing where the run has nothing of it. */
void table_print(const struct page *p, const struct findings *f, enum table_part part);
