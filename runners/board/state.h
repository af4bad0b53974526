/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * What a board goes through for one boot of a kernel under test. A table says which event leads where and whose
 * fault it then is; what is done in a state, and what came of it, is the caller's (runner.c, or a test's
 * script).
 */
enum board_state {
	BOARD_IDLE,		/* on its good kernel, nothing of ours on it */
	BOARD_LOCKED,		/* ours */
	BOARD_DEPLOYED,		/* the kernel under test lies in boot.dir */
	BOARD_ARMED,		/* and the boot loader will take it once */
	BOARD_REBOOTING,
	BOARD_UP_TEST,		/* it answers, with our token on its command line */
	BOARD_RUNNING,		/* it is what we deployed, and the agent runs */
	BOARD_COLLECTED,	/* the agent has ended */
	BOARD_REBOOTING_BACK,
	BOARD_DIAGNOSE,		/* something went wrong: what did it say? */
	BOARD_RECOVER,		/* back to the good kernel, whatever it takes */
	BOARD_LOST,		/* only a human can bring it back */
	BOARD_STATES
};

/* What came of it. */
enum board_event {
	EVENT_DONE,		/* what the state is there for */
	EVENT_REFUSED,		/* it cannot be done, and no other try helps */
	EVENT_FAILED,		/* the machinery failed; another try may work */
	EVENT_GOOD,		/* the good kernel answers where the one under test was expected */
	EVENT_STALLED,		/* the boot from before answers: nothing was rebooted */
	EVENT_SILENT,		/* nothing answers within the limit */
	EVENT_BROKEN,		/* the channel to the agent ended without its bye */
	EVENT_WRONG,		/* it is not what it must be */
	EVENT_ABROAD,		/* a kernel under test of an earlier attempt runs */
	EVENT_AGAIN,		/* the board is at home, and this attempt can begin anew */
	EVENTS
};

/* Whose fault it is. The first one of an attempt stands. */
enum board_blame {
	BLAME_NONE,
	BLAME_INFRA,		/* another try may work */
	BLAME_REFUSED,		/* none does */
	BLAME_KERNEL,
	BLAME_EVIDENCE,		/* to be judged by what is found, when the board is at home again */
};

struct board_transition {
	enum board_state from;
	enum board_event event;
	enum board_state to;
	enum board_blame blame;
};

struct state_machine {
	enum board_state state;
	enum board_blame blame;
	char *why;		/* of the blame: a sentence; NULL: BLAME_NONE */
	/* Does what @state is there for; *ret_reason is a clause, which the caller frees, or NULL. */
	enum board_event (*act)(enum board_state state, void *data, char **ret_reason);
	/* The verdict on what was left to evidence, BLAME_INFRA or BLAME_KERNEL; *ret_why as above. */
	enum board_blame (*judge)(void *data, char **ret_why);
	/* Each transition, when it happens; @reason may be NULL. */
	void (*log)(const struct board_transition *t, const char *reason, void *data);
	void *data;
};

/* From BOARD_IDLE until the agent runs, or the board is at home again, or lost. */
void state_start(struct state_machine *m);

/* @event (EVENT_DONE or EVENT_BROKEN) has ended BOARD_RUNNING: goes on until the board is at home, or lost. */
void state_leave(struct state_machine *m, enum board_event event, const char *reason);

void state_clear(struct state_machine *m);

/* What of @event in @from leads to; NULL: it cannot happen there. */
const struct board_transition *state_find(enum board_state from, enum board_event event);

/* "REBOOTING_BACK", "broken" */
const char *state_name(enum board_state state);
const char *state_event_name(enum board_event event);
