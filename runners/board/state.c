// SPDX-License-Identifier: GPL-2.0-only
#include "state.h"

static const char *const state_names[] = {
	[BOARD_IDLE] = "IDLE",
	[BOARD_LOCKED] = "LOCKED",
	[BOARD_DEPLOYED] = "DEPLOYED",
	[BOARD_ARMED] = "ARMED",
	[BOARD_REBOOTING] = "REBOOTING",
	[BOARD_UP_TEST] = "UP_TEST",
	[BOARD_RUNNING] = "RUNNING",
	[BOARD_COLLECTED] = "COLLECTED",
	[BOARD_REBOOTING_BACK] = "REBOOTING_BACK",
	[BOARD_DIAGNOSE] = "DIAGNOSE",
	[BOARD_RECOVER] = "RECOVER",
	[BOARD_LOST] = "LOST",
};

static const char *const event_names[] = {
	[EVENT_DONE] = "done",	     [EVENT_REFUSED] = "refused", [EVENT_FAILED] = "failed",
	[EVENT_GOOD] = "good",	     [EVENT_STALLED] = "stalled", [EVENT_SILENT] = "silent",
	[EVENT_BROKEN] = "broken",   [EVENT_WRONG] = "wrong",	  [EVENT_ABROAD] = "abroad",
	[EVENT_AGAIN] = "again",
};

/* clang-format off */
static const struct board_transition transitions[] = {
	{ BOARD_IDLE,		EVENT_DONE,	BOARD_LOCKED,		BLAME_NONE },
	{ BOARD_IDLE,		EVENT_REFUSED,	BOARD_IDLE,		BLAME_REFUSED },	/* no console */

	{ BOARD_LOCKED,		EVENT_DONE,	BOARD_DEPLOYED,		BLAME_NONE },
	{ BOARD_LOCKED,		EVENT_REFUSED,	BOARD_IDLE,		BLAME_REFUSED },
	{ BOARD_LOCKED,		EVENT_FAILED,	BOARD_RECOVER,		BLAME_INFRA },
	{ BOARD_LOCKED,		EVENT_SILENT,	BOARD_RECOVER,		BLAME_NONE },
	{ BOARD_LOCKED,		EVENT_ABROAD,	BOARD_RECOVER,		BLAME_NONE },

	{ BOARD_DEPLOYED,	EVENT_DONE,	BOARD_ARMED,		BLAME_NONE },
	{ BOARD_DEPLOYED,	EVENT_REFUSED,	BOARD_RECOVER,		BLAME_REFUSED },
	{ BOARD_DEPLOYED,	EVENT_FAILED,	BOARD_RECOVER,		BLAME_INFRA },

	{ BOARD_ARMED,		EVENT_DONE,	BOARD_REBOOTING,	BLAME_NONE },
	{ BOARD_ARMED,		EVENT_REFUSED,	BOARD_RECOVER,		BLAME_REFUSED },
	{ BOARD_ARMED,		EVENT_FAILED,	BOARD_RECOVER,		BLAME_INFRA },

	{ BOARD_REBOOTING,	EVENT_DONE,	BOARD_UP_TEST,		BLAME_NONE },
	{ BOARD_REBOOTING,	EVENT_GOOD,	BOARD_DIAGNOSE,		BLAME_EVIDENCE },
	{ BOARD_REBOOTING,	EVENT_SILENT,	BOARD_DIAGNOSE,		BLAME_EVIDENCE },
	{ BOARD_REBOOTING,	EVENT_STALLED,	BOARD_RECOVER,		BLAME_INFRA },
	{ BOARD_REBOOTING,	EVENT_FAILED,	BOARD_RECOVER,		BLAME_INFRA },
	{ BOARD_REBOOTING,	EVENT_WRONG,	BOARD_RECOVER,		BLAME_INFRA },
	{ BOARD_REBOOTING,	EVENT_REFUSED,	BOARD_RECOVER,		BLAME_REFUSED },

	{ BOARD_UP_TEST,	EVENT_DONE,	BOARD_RUNNING,		BLAME_NONE },
	{ BOARD_UP_TEST,	EVENT_WRONG,	BOARD_RECOVER,		BLAME_INFRA },
	{ BOARD_UP_TEST,	EVENT_FAILED,	BOARD_DIAGNOSE,		BLAME_EVIDENCE },
	{ BOARD_UP_TEST,	EVENT_REFUSED,	BOARD_RECOVER,		BLAME_REFUSED },

	{ BOARD_RUNNING,	EVENT_DONE,	BOARD_COLLECTED,	BLAME_NONE },
	{ BOARD_RUNNING,	EVENT_BROKEN,	BOARD_DIAGNOSE,		BLAME_EVIDENCE },

	{ BOARD_COLLECTED,	EVENT_DONE,	BOARD_REBOOTING_BACK,	BLAME_NONE },
	{ BOARD_COLLECTED,	EVENT_FAILED,	BOARD_DIAGNOSE,		BLAME_EVIDENCE },

	{ BOARD_REBOOTING_BACK,	EVENT_DONE,	BOARD_IDLE,		BLAME_NONE },
	{ BOARD_REBOOTING_BACK,	EVENT_STALLED,	BOARD_DIAGNOSE,		BLAME_EVIDENCE },
	{ BOARD_REBOOTING_BACK,	EVENT_SILENT,	BOARD_DIAGNOSE,		BLAME_EVIDENCE },
	{ BOARD_REBOOTING_BACK,	EVENT_FAILED,	BOARD_RECOVER,		BLAME_INFRA },
	{ BOARD_REBOOTING_BACK,	EVENT_REFUSED,	BOARD_LOST,		BLAME_REFUSED },
	/* its good kernel changed */
	{ BOARD_REBOOTING_BACK,	EVENT_WRONG,	BOARD_LOST,		BLAME_REFUSED },

	{ BOARD_DIAGNOSE,	EVENT_DONE,	BOARD_RECOVER,		BLAME_NONE },

	{ BOARD_RECOVER,	EVENT_DONE,	BOARD_IDLE,		BLAME_NONE },
	{ BOARD_RECOVER,	EVENT_AGAIN,	BOARD_LOCKED,		BLAME_NONE },
	{ BOARD_RECOVER,	EVENT_FAILED,	BOARD_LOST,		BLAME_REFUSED },
	{ BOARD_RECOVER,	EVENT_SILENT,	BOARD_LOST,		BLAME_REFUSED },
	{ BOARD_RECOVER,	EVENT_REFUSED,	BOARD_LOST,		BLAME_REFUSED },
	{ BOARD_RECOVER,	EVENT_WRONG,	BOARD_LOST,		BLAME_REFUSED },
};
/* clang-format on */

const char *state_name(enum board_state state)
{
	return state_names[state];
}

const char *state_event_name(enum board_event event)
{
	return event_names[event];
}

const struct board_transition *state_find(enum board_state from, enum board_event event)
{
	for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
		if (transitions[i].from == from && transitions[i].event == event)
			return &transitions[i];
	}
	return NULL;
}

/* The board is lost whatever was the matter before: that is what has to be said, and why. */
static void blame_lost(struct state_machine *m, const char *reason)
{
	g_autofree char *before = m->why;

	m->blame = BLAME_REFUSED;
	m->why = before ? g_strdup_printf("%s; it was lost after this: %s", reason, before) : g_strdup(reason);
}

static void blame(struct state_machine *m, const struct board_transition *t, const char *reason)
{
	if (t->to == BOARD_LOST) {
		blame_lost(m, reason ? reason : "no reason recorded");
		return;
	}
	if (m->blame != BLAME_NONE || t->blame == BLAME_NONE)
		return;
	m->blame = t->blame;
	m->why = g_strdup(reason ? reason : "no reason recorded");
}

/*
 * What was left to evidence is judged when there is no more to come. The machinery's trouble is told from its
 * begin.
 */
static void settle(struct state_machine *m)
{
	g_autofree char *before = NULL;
	g_autofree char *why = NULL;

	if (m->blame != BLAME_EVIDENCE || m->state != BOARD_IDLE)
		return;
	before = m->why;
	m->blame = m->judge(m->data, &why);
	m->why = m->blame == BLAME_INFRA ? g_strdup_printf("%s; it began with this: %s", why, before)
					 : g_steal_pointer(&why);
}

static void take(struct state_machine *m, enum board_event event, const char *reason)
{
	static const struct board_transition bug = { .to = BOARD_LOST, .blame = BLAME_REFUSED };
	const struct board_transition *t = state_find(m->state, event);

	if (!t) {
		g_warning("board: the event \"%s\" cannot happen in the state %s", event_names[event],
			  state_names[m->state]);
		t = &bug;
	}
	m->log(t, reason, m->data);
	blame(m, t, reason);
	m->state = t->to;
	settle(m);
}

static bool rests(enum board_state state)
{
	return state == BOARD_IDLE || state == BOARD_RUNNING || state == BOARD_LOST;
}

static void go_on(struct state_machine *m)
{
	while (!rests(m->state)) {
		g_autofree char *reason = NULL;
		enum board_event event = m->act(m->state, m->data, &reason);

		take(m, event, reason);
	}
}

void state_start(struct state_machine *m)
{
	g_autofree char *reason = NULL;
	enum board_event event = m->act(BOARD_IDLE, m->data, &reason);

	take(m, event, reason);
	go_on(m);
}

void state_leave(struct state_machine *m, enum board_event event, const char *reason)
{
	take(m, event, reason);
	go_on(m);
}

void state_clear(struct state_machine *m)
{
	g_clear_pointer(&m->why, g_free);
}
