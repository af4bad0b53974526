// SPDX-License-Identifier: GPL-2.0-only
#include "home.h"

#include <string.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "crash.h"
#include "deploy.h"
#include "good.h"
#include "method.h"
#include "power.h"
#include "runners/console.h"

#define PAUSE_US G_USEC_PER_SEC
/* What an answer may take beyond the connection: a board that boots is slow. */
#define ANSWER_S 20
/* A key that is refused while a board boots may be accepted a moment later. */
#define REFUSALS_MAX 3
#define POWER_CYCLES_MAX 2
/* How much longer than its limit a board is waited for whose console speaks. */
#define BUSY_FACTOR 2

/* One wait. */
struct wait {
	struct attempt *a;
	const char *not_boot_id;
	gint64 deadline_us;
	gint64 last_us; /* also of a board whose console speaks */
	bool same; /* the boot that is not waited for answered last */
	unsigned int refusals;
	char *why;
};

static enum home_answer answer_of(const struct attempt *a, const struct facts *f)
{
	if (!f->token)
		return HOME_GOOD;
	return !strcmp(f->token, a->token) ? HOME_TEST : HOME_ABROAD;
}

/* True with an answer that ends the wait. */
static bool ask(struct wait *w, struct facts *ret_facts, enum home_answer *ret_answer)
{
	const struct board *b = w->a->board;
	g_autoptr(GError) reason = NULL;
	enum ssh_end end;

	g_clear_pointer(&w->why, g_free);
	if (facts_read(b, b->ssh.connect_timeout_s + ANSWER_S, ret_facts, &end, &reason)) {
		w->same = !g_strcmp0(ret_facts->boot_id, w->not_boot_id);
		if (w->same)
			facts_clear(ret_facts);
		else
			*ret_answer = answer_of(w->a, ret_facts);
		return !w->same;
	}
	w->same = false;
	w->why = g_strdup(reason->message);
	w->refusals = end == SSH_REFUSED ? w->refusals + 1 : 0;
	*ret_answer = HOME_REFUSED;
	return w->refusals >= REFUSALS_MAX;
}

/* The console still speaks: a slow boot is no hang, whatever the board has shown before. */
static bool is_busy(const struct wait *w)
{
	unsigned int limit_s = w->a->board->timeouts.console_silence_s;

	return w->a->tape && limit_s > 0 && !tape_is_mute(w->a->tape) && tape_silence_s(w->a->tape) < limit_s &&
	       g_get_monotonic_time() < w->last_us;
}

static enum home_answer wait_on(struct wait *w, struct facts *ret_facts)
{
	enum home_answer answer = HOME_SILENT;

	for (;;) {
		if (ask(w, ret_facts, &answer))
			return answer;
		if (!w->a->patient && interrupt_pending())
			return HOME_INTERRUPTED;
		if (g_get_monotonic_time() >= w->deadline_us && !is_busy(w))
			return w->same ? HOME_SAME : w->refusals ? HOME_REFUSED : HOME_SILENT;
		g_usleep(PAUSE_US);
	}
}

enum home_answer home_wait(struct attempt *a, const char *not_boot_id, unsigned int limit_s,
			   struct facts *ret_facts, char **ret_why)
{
	struct wait w = {
		.a = a,
		.not_boot_id = not_boot_id,
		.deadline_us = g_get_monotonic_time() + (gint64)limit_s * G_USEC_PER_SEC,
		.last_us = g_get_monotonic_time() + (gint64)limit_s * BUSY_FACTOR * G_USEC_PER_SEC,
	};
	enum home_answer answer = wait_on(&w, ret_facts);

	*ret_why = w.why;
	return answer;
}

/* What console and pstore have is looked at only when it is needed: an unknown cause. */
static bool take_evidence(struct attempt *a, GError **error)
{
	/* Without a console these are all its words. */
	g_autofree char *path = g_strconcat(a->boot->console_path, a->tape ? ".pstore" : NULL, NULL);
	bool any = false;

	if (a->machine.blame != BLAME_EVIDENCE)
		return true;
	if (!a->evidence.panic)
		a->evidence.panic = tape_panic(a->tape);
	if (!crash_collect(a->board, a->records, path, &any, error) ||
	    !crash_watchdog(a->board, &a->evidence.watchdog, error) ||
	    !method_of(a->board)->pending(a->board, &a->evidence.pending, error))
		return false;
	if (any && !a->evidence.record)
		a->evidence.record = console_first_splat(path, NULL);
	return true;
}

static bool clean(struct attempt *a, GError **error)
{
	return method_of(a->board)->disarm(a->board, error) && deploy_remove(a->board, error);
}

/* False when the good system is not what it was, or cannot be compared. */
static bool check_good(struct attempt *a, char **ret_changed, GError **error)
{
	g_autofree char *now = a->good ? good_describe(a->board, error) : NULL;

	if (!a->good)
		return true;
	if (now)
		*ret_changed = good_difference(a->good, now);
	return now && !*ret_changed;
}

enum board_event home_settle(struct attempt *a, char **ret_reason)
{
	g_autoptr(GError) reason = NULL;
	g_autofree char *changed = NULL;

	if (take_evidence(a, &reason) && clean(a, &reason) && check_good(a, &changed, &reason))
		return EVENT_DONE;
	if (!changed) {
		*ret_reason = g_strdup(reason->message);
		return EVENT_FAILED;
	}
	*ret_reason =
		g_strdup_printf("board %s: its good system is not what it was before: %s; look at it before "
				"anything else is run there",
				a->board->name, changed);
	return EVENT_WRONG;
}

/* At home, with nothing to be blamed on anybody: what was to be done can begin anew, once. */
static enum board_event settle_again(struct attempt *a, char **ret_reason)
{
	enum board_event event = home_settle(a, ret_reason);

	if (event != EVENT_DONE || a->machine.blame != BLAME_NONE)
		return event;
	if (a->beginnings < 2)
		return EVENT_AGAIN;
	*ret_reason = g_strdup_printf("board %s: it vanishes again and again before anything is run on it",
				      a->board->name);
	return EVENT_SILENT;
}

static char *say_lost(const struct attempt *a, unsigned int cycles, const char *why)
{
	static const char *const tries[] = { "its power cannot be switched from here",
					     "its power was taken once", "its power was taken twice" };

	return g_strdup_printf(
		"board %s is lost: it does not answer, and %s%s%s; somebody has to look at it and boot "
		"its good kernel",
		a->board->name, tries[cycles], why ? ": " : "", why ? why : "");
}

static enum board_event take_power(struct attempt *a, char **ret_reason)
{
	g_autoptr(GError) reason = NULL;

	if (power_cycle(a->board, &reason))
		return EVENT_DONE;
	*ret_reason =
		g_strdup_printf("board %s is lost: it does not answer, and its power cannot be switched: %s",
				a->board->name, reason->message);
	return EVENT_FAILED;
}

/* A kernel under test answers: it is asked to leave. */
static void ask_to_reboot(struct attempt *a, struct facts *f, enum home_answer *answer)
{
	g_autofree char *boot_id = g_steal_pointer(&f->boot_id);
	g_autofree char *why = NULL;

	facts_clear(f);
	method_reboot(a->board, NULL);
	*answer = home_wait(a, boot_id, a->board->timeouts.recover_s, f, &why);
}

/* One round: waits, and sends home what answers. True: the good kernel does. */
static bool come_home(struct attempt *a, unsigned int limit_s, enum home_answer *ret_answer, char **ret_why)
{
	g_auto(facts) f = { 0 };

	*ret_answer = home_wait(a, NULL, limit_s, &f, ret_why);
	if (*ret_answer == HOME_TEST || *ret_answer == HOME_ABROAD)
		ask_to_reboot(a, &f, ret_answer);
	return *ret_answer == HOME_GOOD;
}

/* DIAGNOSE has waited for it already. */
static unsigned int first_limit_s(const struct attempt *a)
{
	return a->machine.blame == BLAME_EVIDENCE ? a->board->timeouts.connect_s : a->board->timeouts.recover_s;
}

enum board_event home_recover(struct attempt *a, char **ret_reason)
{
	unsigned int limit_s = first_limit_s(a);

	a->patient = true;
	for (unsigned int cycles = 0;; cycles++) {
		g_autofree char *why = NULL;
		enum home_answer answer;

		if (come_home(a, limit_s, &answer, &why))
			return settle_again(a, ret_reason);
		if (answer == HOME_REFUSED || cycles == POWER_CYCLES_MAX || !power_can_cycle(a->board)) {
			*ret_reason = say_lost(a, cycles, why);
			return EVENT_SILENT;
		}
		if (take_power(a, ret_reason) != EVENT_DONE)
			return EVENT_FAILED;
		limit_s = a->board->timeouts.recover_s;
	}
}
