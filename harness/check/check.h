/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "runners/board/board.h"

/*
 * What a board can do, found out by trying each thing once. To add one: a line in the table of check.c and a
 * function of type check_look in look.c (which leaves the board as it is) or try.c (which does not).
 */
enum check_mark {
	CHECK_OK,
	CHECK_MISSING,
	CHECK_SKIPPED, /* not tried: nobody allowed it, or something before it is missing */
};

/* What is allowed to be done to the board beyond looking at it. */
struct check_options {
	bool boot;	   /* reboot it, into a kernel and back */
	bool panic;	   /* crash that kernel on purpose */
	bool power_cut;	   /* take its power away */
	const char *image; /* the kernel to boot; NULL: the board's good one, as if it were under test */
};

struct check_finding {
	const struct check_item *item;
	enum check_mark mark;
	char *found;  /* one clause, no full stop */
	char *remedy; /* what to do about it; NULL: nothing, or what the item says */
};

struct check;

/* Fills mark and found and, when it knows better than the item, remedy. */
typedef void check_look(struct check *c, struct check_finding *f);

struct check_item {
	const char *name;
	const char *can; /* "a board of which this is ok can ..." */
	check_look *look;
	const char *needs; /* the items that have to be ok before, each followed by a blank; NULL: none */
	const char *allow; /* the option that allows it; NULL: it changes nothing */
	bool required;	   /* no sweep runs on it without */
	const char *costs; /* what its lack costs */
	const char *remedy;
};

/*
 * Walks through all of them on the board @b, which is locked meanwhile; calls @told with each finding as it is
 * made. Returns them all (array of struct check_finding; caller unrefs), NULL with @error when the board is in
 * use or the user interrupted. Whatever happens, nothing of ours stays on the board when it can be reached.
 */
GPtrArray *check_board(const struct board *b, const struct check_options *options,
		       void (*told)(const struct check_finding *f, void *data), void *data, GError **error);

/* "ok", "missing" or "skipped" */
const char *check_mark_name(enum check_mark mark);

/* What those with @mark can do ("answer over ssh; ... ."), NULL when there are none. Caller frees. */
char *check_summary(const GPtrArray *findings, enum check_mark mark);

/* The names of the required ones that are missing, with commas; NULL when a sweep can run. Caller frees. */
char *check_obstacles(const GPtrArray *findings);

/* What to do about @f, NULL when it is ok. Borrowed. */
const char *check_remedy(const struct check_finding *f);
