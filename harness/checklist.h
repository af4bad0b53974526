/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * One line of a table of things that were looked at, and what to do about them: doctor's and board check's.
 * Goes to standard output.
 */
struct checklist_line {
	const char *mark; /* "ok", "missing", ... */
	const char *name;
	const char *found;  /* one clause */
	const char *costs;  /* what its lack costs, or NULL */
	const char *remedy; /* what to do, or NULL */
};

void checklist_print(const struct checklist_line *line);

/* "LABEL TEXT", wrapped. */
void checklist_print_text(const char *label, const char *text);
