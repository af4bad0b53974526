// SPDX-License-Identifier: GPL-2.0-only
#include "home.h"

#include <string.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "crash.h"
#include "deploy.h"
#include "good.h"
#include "hold.h"
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
	const char *good = a->boot->hold->build_id;

	if (!f->token)
		return !good || !g_strcmp0(f->build_id, good) ? HOME_GOOD : HOME_UNKNOWN;
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
	guint records = 0;

	/* Some watchdogs say for ever, or of the last power-on, that they bit. */
	if (a->machine.blame == BLAME_NONE && a->evidence.left)
		return crash_watchdog(a->board, &a->boot->hold->watchdog, error);
	if (a->machine.blame != BLAME_EVIDENCE)
		return true;
	if (!a->evidence.panic)
		a->evidence.panic = tape_panic(a->tape);
	if (!crash_collect(a->board, a->records, path, &records, error))
		return false;
	if (records > 0 && !a->evidence.record)
		a->evidence.record = console_first_splat(path, NULL);
	if (!crash_watchdog(a->board, &a->evidence.watchdog, error))
		return false;
	a->evidence.watchdog &= !a->boot->hold->watchdog;
	return method_of(a->board)->pending(a->board, &a->evidence.pending, error);
}

static bool clean(struct attempt *a, GError **error)
{
	return method_of(a->board)->disarm(a->board, error) && deploy_remove(a->board, error);
}

bool home_check_good(struct attempt *a, GError **error)
{
	struct hold *h = a->boot->hold;
	g_autofree char *now = good_describe(a->board, error);
	g_autofree char *changed = now && h->good ? good_difference(h->good, now) : NULL;

	if (!now)
		return false;
	if (!h->good)
		h->good = g_steal_pointer(&now);
	if (changed)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_REFUSED,
			    "board %s: its good system is not what it was before the run: %s; look at it "
			    "before anything else is run there",
			    a->board->name, changed);
	return !changed;
}

enum board_event home_settle(struct attempt *a, char **ret_reason)
{
	g_autoptr(GError) reason = NULL;

	if (!take_evidence(a, &reason) || !clean(a, &reason)) {
		*ret_reason = g_strdup(reason->message);
		return EVENT_FAILED;
	}
	if (home_check_good(a, &reason))
		return EVENT_DONE;
	*ret_reason = g_strdup(reason->message);
	return g_error_matches(reason, BENCH_ERROR, BENCH_ERROR_REFUSED) ? EVENT_WRONG : EVENT_FAILED;
}

/* At home, with nothing to be blamed on anybody: what was to be done can begin anew, once. */
static enum board_event settle_again(struct attempt *a, char **ret_reason)
{
	enum board_event event = home_settle(a, ret_reason);

	if (event != EVENT_DONE || a->machine.blame != BLAME_NONE)
		return event;
	if (a->beginnings < 2) {
		a->touched = a->patient = false;
		return EVENT_AGAIN;
	}
	*ret_reason = g_strdup_printf("board %s: it vanishes again and again before anything is run on it",
				      a->board->name);
	return EVENT_SILENT;
}

static char *say_lost(const struct attempt *a, enum home_answer answer, unsigned int cycles, const char *why)
{
	static const char *const does[] = {
		[HOME_TEST] = "the kernel under test comes again and again",
		[HOME_ABROAD] = "a kernel under test of another attempt comes again and again",
		[HOME_GOOD] = "nothing can be done on it",
		[HOME_UNKNOWN] = "a kernel comes that is not its good one",
		[HOME_SAME] = "it does not leave the kernel under test",
		[HOME_SILENT] = "it does not answer",
		[HOME_REFUSED] = "it refuses our connection",
		[HOME_INTERRUPTED] = "it does not answer",
	};
	static const char *const tries[] = { "its power was not taken", "its power was taken once",
					     "its power was taken twice" };

	g_autofree char *panic = tape_panic(a->tape);

	return g_strdup_printf(
		"board %s is lost: %s, and %s%s%s%s%s; somebody has to look at it and boot its good kernel",
		a->board->name, does[answer],
		cycles || power_can_cycle(a->board) ? tries[cycles] : "its power cannot be switched from here",
		why ? ": " : "", why ? why : "", panic ? "; its console said: " : "", panic ? panic : "");
}

static enum board_event take_power(struct attempt *a, char **ret_reason)
{
	g_autoptr(GError) reason = NULL;

	if (power_cycle(a->board, &reason))
		return EVENT_DONE;
	*ret_reason =
		g_strdup_printf("board %s is lost: it does not come back, and its power cannot be switched: %s",
				a->board->name, reason->message);
	return EVENT_FAILED;
}

/* One way home: rounds, and within a round all that answers until its time is over. */
struct way {
	struct attempt *a;
	unsigned int cycles;		/* how often power was taken */
	gint64 deadline_us;
	bool was_home;			/* the good kernel has answered */
	enum home_answer answer;	/* the last one */
	char *why;			/* the last reason of ssh or of a command on the board, or NULL */
};

static void note_why(struct way *w, char *why)
{
	g_free(w->why);
	w->why = why;
}

/* At least one question. */
static unsigned int left_s(const struct way *w)
{
	return MAX(0, w->deadline_us - g_get_monotonic_time()) / G_USEC_PER_SEC;
}

static void wait_again(struct way *w, const char *not_boot_id, unsigned int limit_s, struct facts *f)
{
	char *why = NULL;

	w->answer = home_wait(w->a, not_boot_id, limit_s, f, &why);
	note_why(w, why);
}

/* It was asked to reboot and may answer until it does: what is done there now would be cut short. */
static void let_leave(struct way *w, struct facts *f)
{
	facts_clear(f);
	wait_again(w, w->a->good_boot_id, w->a->board->timeouts.shutdown_s, f);
	if (w->answer == HOME_SAME)
		w->answer = HOME_GOOD;
}

/* Nothing had answered when it was looked at, and now the kernel under test has come up all the same. */
static void note_late(struct way *w)
{
	struct evidence *e = &w->a->evidence;

	if (w->answer == HOME_TEST && !e->came_up && e->answer == ANSWER_NONE)
		e->answer = w->cycles ? ANSWER_POWERED : ANSWER_LATE;
}

/*
 * Not the good kernel answers: it is asked to leave, and one that does not is made to. What is still armed
 * would come next.
 */
static void send_home(struct way *w, struct facts *f)
{
	g_autofree char *boot_id = g_steal_pointer(&f->boot_id);
	const struct board_timeouts *limits = &w->a->board->timeouts;

	note_late(w);
	facts_clear(f);
	method_of(w->a->board)->disarm(w->a->board, NULL);
	method_reboot(w->a->board, NULL);
	wait_again(w, boot_id, limits->recover_s, f);
	if (w->answer != HOME_SAME)
		return;
	method_force_reboot(w->a->board, NULL);
	wait_again(w, boot_id, limits->recover_s, f);
}

static bool is_leaving(const struct attempt *a, const struct facts *f)
{
	return a->leaving && !g_strcmp0(f->boot_id, a->good_boot_id);
}

static void look(struct way *w)
{
	g_auto(facts) f = { 0 };

	wait_again(w, NULL, left_s(w), &f);
	if (w->answer == HOME_GOOD && is_leaving(w->a, &f))
		let_leave(w, &f);
	if (w->answer == HOME_TEST || w->answer == HOME_ABROAD || w->answer == HOME_UNKNOWN)
		send_home(w, &f);
}

static void set_limit(struct way *w, unsigned int limit_s)
{
	w->deadline_us = g_get_monotonic_time() + (gint64)limit_s * G_USEC_PER_SEC;
}

/* A connection that breaks while the good kernel is cleaned is no reason to give up. */
static enum board_event settle_at_last(struct way *w, char **ret_reason)
{
	enum board_event event = settle_again(w->a, ret_reason);

	if (event != EVENT_FAILED)
		return event;
	note_why(w, g_steal_pointer(ret_reason));
	if (!w->was_home)
		set_limit(w, w->a->board->timeouts.recover_s);
	w->was_home = true;
	return event;
}

/* One round. EVENT_FAILED: the good kernel is not there, or what has to be done on it cannot be done. */
static enum board_event come_home(struct way *w, unsigned int limit_s, char **ret_reason)
{
	set_limit(w, limit_s);
	for (;;) {
		enum board_event event = EVENT_FAILED;

		look(w);
		if (w->answer == HOME_GOOD)
			event = settle_at_last(w, ret_reason);
		if (event != EVENT_FAILED || w->answer == HOME_INTERRUPTED || left_s(w) == 0)
			return event;
		g_usleep(PAUSE_US);
	}
}

/* DIAGNOSE has waited for it already. */
static unsigned int first_limit_s(const struct attempt *a)
{
	return a->machine.blame == BLAME_EVIDENCE ? a->board->timeouts.connect_s : a->board->timeouts.recover_s;
}

/* Not of a board that only refuses a key before anything was done to it, nor when its good kernel answers. */
static bool can_take_power(const struct way *w)
{
	if (w->answer == HOME_GOOD || (w->answer == HOME_REFUSED && !w->a->touched))
		return false;
	return w->cycles < POWER_CYCLES_MAX && power_can_cycle(w->a->board);
}

static enum board_event recover(struct way *w, char **ret_reason)
{
	struct attempt *a = w->a;
	unsigned int limit_s = first_limit_s(a);

	for (;; w->cycles++) {
		enum board_event event = come_home(w, limit_s, ret_reason);

		if (event != EVENT_FAILED)
			return event;
		/* Of what was never touched nothing has to be brought home. */
		if (w->answer == HOME_INTERRUPTED)
			return EVENT_DONE;
		if (!can_take_power(w)) {
			*ret_reason = say_lost(a, w->answer, w->cycles, w->why);
			return EVENT_SILENT;
		}
		if (take_power(a, ret_reason) != EVENT_DONE)
			return EVENT_FAILED;
		limit_s = a->board->timeouts.recover_s;
	}
}

enum board_event home_recover(struct attempt *a, char **ret_reason)
{
	struct way w = { .a = a };
	enum board_event event;

	a->patient = a->touched;
	event = recover(&w, ret_reason);
	g_free(w.why);
	return event;
}
