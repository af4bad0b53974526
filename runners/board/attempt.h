/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "evidence.h"
#include "facts.h"
#include "runners/runner.h"
#include "state.h"
#include "tape.h"

/*
 * One boot of a kernel under test on a board: what is done in each state of state.h, and what is learnt on the
 * way. Nothing of it is kept: the next attempt begins by asking the board.
 */
struct attempt {
	const struct runner_boot *boot;
	const struct board *board;
	struct state_machine machine;
	struct evidence evidence;
	gint64 start_us, reboot_us;
	struct tape *tape;		/* NULL: no console */
	char *token;			/* of this attempt, on the kernel's command line */
	GPtrArray *records;		/* crash_list() before, or NULL */
	char *good_boot_id;
	char *test_boot_id;		/* NULL: it has not come up */
	char *image_sha256;
	unsigned int beginnings;	/* how often BOARD_LOCKED was entered */
	bool touched;			/* by a kernel under test: it goes home before anything ends */
	bool leaving;			/* the good kernel's boot was asked to reboot */
	bool patient;			/* a signal does not end what is waited for: it goes home first */

	/* Of the agent; runner.c. */
	int channel_fd;
	GPid pid;			/* of ssh; 0: none */
	char *error_path;
};

void attempt_init(struct attempt *a, const struct runner_boot *boot);
void attempt_release(struct attempt *a);

/* The words by which the agent is started on the board. Array of char *, NULL-ended; caller unrefs. */
GPtrArray *attempt_agent_words(const struct board *b);

/* Looks at what has become of the board that runs the kernel under test: whether that still answers. */
bool attempt_answers(struct attempt *a);
