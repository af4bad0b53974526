// SPDX-License-Identifier: GPL-2.0-only
#include "attempt.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/path.h"
#include "crash.h"
#include "deploy.h"
#include "good.h"
#include "history.h"
#include "hold.h"
#include "home.h"
#include "method.h"
#include "power.h"
#include "runners/wire.h"
#include "ssh.h"

/* The agent's own, the kernel and the modules. */
#define FILES_MAX 8

/* A kernel under test never stays dead or undecided, and says what the agent waits for in its log. */
#define TEST_CMDLINE \
	"panic=10 oops=panic softlockup_panic=1 printk.devkmsg=on log_buf_len=4M nokaslr"

/* A system that has come up is still busy with its start: its units get this long to come to rest. */
#define SETTLE_S 120

/* The event of an error of BENCH_ERROR. */
static enum board_event failed(const GError *reason, char **ret_reason)
{
	*ret_reason = g_strdup(reason->message);
	return g_error_matches(reason, BENCH_ERROR, BENCH_ERROR_REFUSED) ? EVENT_REFUSED : EVENT_FAILED;
}

/* IDLE: the run holds the board. */
static enum board_event open_console(struct attempt *a, char **ret_reason)
{
	g_autoptr(GError) reason = NULL;

	a->tape = tape_open(a->board, a->boot->console_path, &reason);
	if (!reason)
		return EVENT_DONE;
	*ret_reason = g_strdup(reason->message);
	return EVENT_REFUSED;
}

static bool check_method(const struct board *b, GError **error)
{
	g_autoptr(GError) reason = NULL;
	g_autofree char *lack = method_of(b)->lacks(b, &reason);

	if (reason) {
		g_propagate_error(error, g_steal_pointer(&reason));
		return false;
	}
	if (!lack)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_REFUSED, "board %s: boot.method %s: %s", b->name,
		    b->boot.method, lack);
	return false;
}

/* What a run that was killed may have left there; the board says how it is without. */
static bool learn_good(struct attempt *a, GError **error)
{
	const struct method *method = method_of(a->board);
	struct hold *h = a->boot->hold;
	bool first = !h->good;

	if (!check_method(a->board, error) || !method->disarm(a->board, error) ||
	    !deploy_remove(a->board, error))
		return false;
	g_clear_pointer(&a->records, g_ptr_array_unref);
	a->records = home_check_good(a, error) ? crash_list(a->board, error) : NULL;
	return a->records && (!first || crash_watchdog(a->board, &h->watchdog, error));
}

/* The files for boot.dir: what else a payload has is for guests without a disk. */
static size_t collect_files(const struct runner_boot *boot, struct deploy_file *files)
{
	size_t n = 0;

	files[n++] = (struct deploy_file){ METHOD_IMAGE, boot->image, false };
	for (size_t i = 0; i < boot->payload_count && n < FILES_MAX; i++) {
		const struct runner_file *file = &boot->payload[i];

		if (file->source && deploy_knows(file->name))
			files[n++] = (struct deploy_file){ file->name, file->source, file->program };
	}
	return n;
}

static bool deploy(struct attempt *a, GError **error)
{
	struct deploy_file files[FILES_MAX];
	size_t n = collect_files(a->boot, files);
	g_auto(facts) f = { 0 };
	enum ssh_end end;

	g_free(a->image_sha256);
	a->image_sha256 = path_sha256(a->boot->image, error);
	return a->image_sha256 && facts_read(a->board, a->board->timeouts.connect_s, &f, &end, error) &&
	       deploy_put(a->board, files, n, f.free_bytes, error);
}

/* LOCKED: what does it run now, and what is it like? Nothing is believed that it does not say itself. */
static enum board_event prepare(struct attempt *a, char **ret_reason)
{
	g_autoptr(GError) reason = NULL;
	g_auto(facts) f = { 0 };
	enum home_answer answer =
		home_wait(a, NULL, a->beginnings++ ? 1 : a->board->timeouts.connect_s, &f, ret_reason);

	if (answer == HOME_ABROAD || answer == HOME_TEST) {
		a->touched = true;
		*ret_reason =
			g_strdup_printf("it runs the kernel under test %s of an earlier attempt", f.release);
		return EVENT_ABROAD;
	}
	/* Nothing was touched yet: an interruption ends it here. */
	if (answer == HOME_REFUSED || answer == HOME_INTERRUPTED)
		return EVENT_REFUSED;
	if (answer == HOME_UNKNOWN) {
		*ret_reason = g_strdup_printf(
			"board %s: it runs %s, which is neither a kernel under test nor the good kernel that "
			"the run began with; boot that, or begin a new run",
			a->board->name, f.release);
		return EVENT_REFUSED;
	}
	if (answer != HOME_GOOD)
		return EVENT_SILENT;
	g_free(a->good_boot_id);
	a->good_boot_id = g_steal_pointer(&f.boot_id);
	a->touched = true;
	if (learn_good(a, &reason) && deploy(a, &reason))
		return EVENT_DONE;
	return failed(reason, ret_reason);
}

/* The token first: a command line that is too long is cut off at its end. */
static char *test_cmdline(const struct attempt *a)
{
	return g_strdup_printf(FACTS_TOKEN "%s %s %s%s" TEST_CMDLINE, a->token, a->board->boot.base_cmdline,
			       a->boot->append ? a->boot->append : "", a->boot->append ? " " : "");
}

/* Before something is begun that takes long, or that only a reboot ends. */
static bool is_interrupted(char **ret_reason)
{
	if (interrupt_pending())
		*ret_reason = g_strdup("interrupted");
	return interrupt_pending();
}

/* DEPLOYED */
static enum board_event arm(struct attempt *a, char **ret_reason)
{
	g_autofree char *cmdline = test_cmdline(a);
	g_autoptr(GError) reason = NULL;

	if (is_interrupted(ret_reason))
		return EVENT_FAILED;
	if (method_of(a->board)->arm(a->board, cmdline, &reason))
		return EVENT_DONE;
	return failed(reason, ret_reason);
}

/* ARMED */
static enum board_event reboot(struct attempt *a, char **ret_reason)
{
	g_autoptr(GError) reason = NULL;

	if (is_interrupted(ret_reason))
		return EVENT_FAILED;
	tape_forget(a->tape);
	a->leaving = true;
	if (!method_of(a->board)->reboot(a->board, &reason))
		return failed(reason, ret_reason);
	a->reboot_us = g_get_monotonic_time();
	return EVENT_DONE;
}

static char *describe_silence(const char *what, unsigned int limit_s, const char *why)
{
	return g_strdup_printf("%s within %u s%s%s", what, limit_s, why ? "; last: " : "", why ? why : "");
}

static double seconds_since(gint64 start_us)
{
	return (double)(g_get_monotonic_time() - start_us) / G_USEC_PER_SEC;
}

/* REBOOTING */
static enum board_event wait_for_test(struct attempt *a, char **ret_reason)
{
	unsigned int limit_s = a->board->timeouts.shutdown_s + history_boot_limit_s(a->board);
	g_autofree char *why = NULL;
	g_auto(facts) f = { 0 };

	switch (home_wait(a, a->good_boot_id, limit_s, &f, &why)) {
	case HOME_TEST:
		a->test_boot_id = g_steal_pointer(&f.boot_id);
		a->evidence.came_up = true;
		/* A kernel that answers has not panicked: the good one may have, in its reboot. */
		tape_forget(a->tape);
		history_add_boot(a->board, seconds_since(a->reboot_us));
		return EVENT_DONE;
	case HOME_GOOD:
		a->evidence.answer = ANSWER_GOOD;
		*ret_reason = g_strdup_printf("it came back with its good kernel, %s", f.release);
		return EVENT_GOOD;
	case HOME_ABROAD:
		*ret_reason = g_strdup_printf(
			"board %s: it booted the kernel under test of another attempt, %s",
			a->board->name, f.release);
		return EVENT_WRONG;
	case HOME_UNKNOWN:
		*ret_reason = g_strdup_printf(
			"board %s: it booted %s, which has not got our parameters and is not its good kernel; "
			"a kernel under test must not have a command line of its own (CONFIG_CMDLINE_FORCE)",
			a->board->name, f.release);
		return EVENT_REFUSED;
	case HOME_SAME:
		*ret_reason =
			g_strdup_printf("board %s: it did not reboot within %u s", a->board->name, limit_s);
		return EVENT_STALLED;
	case HOME_INTERRUPTED:
		*ret_reason = g_strdup("interrupted");
		return EVENT_FAILED;
	case HOME_REFUSED:
		*ret_reason = g_steal_pointer(&why);
		return EVENT_REFUSED;
	default:
		*ret_reason = describe_silence("no answer of the kernel under test", limit_s, why);
		return EVENT_SILENT;
	}
}

/* What of the running kernel is not as deployed; NULL: nothing. Caller frees. */
static char *find_mismatch(const struct attempt *a, const struct facts *f, const char *image_sha256)
{
	const struct {
		const char *what, *is, *wanted;
	} pairs[] = {
		{ "release", f->release, a->boot->release },
		{ "build id", f->build_id, a->boot->build_id },
		{ "SHA-256 of its image", image_sha256, a->image_sha256 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		if (pairs[i].wanted && g_strcmp0(pairs[i].is, pairs[i].wanted))
			return g_strdup_printf(
				"board %s: the kernel that runs is not the one that was deployed: its %s is "
				"%s, not %s",
				a->board->name, pairs[i].what, pairs[i].is ? pairs[i].is : "unknown",
				pairs[i].wanted);
	}
	return NULL;
}

static void let_settle(const struct board *b)
{
	static const char script[] = "[ ! -d /run/systemd/system ] || timeout \"$1\" systemctl "
				     "is-system-running --wait >/dev/null 2>&1\n"
				     "exit 0\n";
	g_autofree char *limit = g_strdup_printf("%d", SETTLE_S);
	const char *const argv[] = { limit, NULL };
	g_auto(ssh_result) result = { 0 };

	ssh_script(b, script, argv, SETTLE_S + b->timeouts.connect_s, &result, NULL);
}

GPtrArray *attempt_agent_words(const struct board *b)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(words, g_build_filename(b->boot.dir, WIRE_AGENT, NULL));
	g_ptr_array_add(words, g_strdup("--stdio"));
	g_ptr_array_add(words, g_strdup(b->boot.dir));
	g_ptr_array_add(words, NULL);
	return words;
}

static bool start_agent(struct attempt *a, GError **error)
{
	g_autoptr(GPtrArray) words = attempt_agent_words(a->board);

	a->pid = MAX(0, ssh_spawn(a->board, (const char *const *)words->pdata, a->error_path, &a->channel_fd,
				  error));
	return a->pid;
}

/* UP_TEST */
static enum board_event start_test(struct attempt *a, char **ret_reason)
{
	g_autoptr(GError) reason = NULL;
	g_autofree char *digest = NULL;
	g_auto(facts) f = { 0 };
	enum ssh_end end;

	let_settle(a->board);
	if (!facts_read(a->board, a->board->timeouts.connect_s, &f, &end, &reason))
		return failed(reason, ret_reason);
	if (g_strcmp0(f.boot_id, a->test_boot_id)) {
		*ret_reason = g_strdup_printf("it has booted once more, into %s", f.release);
		return EVENT_FAILED;
	}
	digest = deploy_digest(a->board, METHOD_IMAGE, &reason);
	if (!digest)
		return failed(reason, ret_reason);
	*ret_reason = find_mismatch(a, &f, digest);
	if (*ret_reason)
		return EVENT_WRONG;
	if (!start_agent(a, &reason))
		return failed(reason, ret_reason);
	return EVENT_DONE;
}

/* COLLECTED: what the agent sent is in the journal; the rest of the way is the good kernel's. */
static enum board_event reboot_back(struct attempt *a, char **ret_reason)
{
	g_autoptr(GError) reason = NULL;

	a->evidence.left = method_reboot(a->board, &reason);
	if (a->evidence.left)
		return EVENT_DONE;
	*ret_reason = g_strdup(reason->message);
	return EVENT_FAILED;
}

/* REBOOTING_BACK */
static enum board_event wait_for_good(struct attempt *a, char **ret_reason)
{
	unsigned int limit_s = a->board->timeouts.recover_s;
	g_autofree char *why = NULL;
	g_auto(facts) f = { 0 };

	a->patient = true;
	switch (home_wait(a, a->test_boot_id, limit_s, &f, &why)) {
	case HOME_GOOD:
		return home_settle(a, ret_reason);
	case HOME_SAME:
		*ret_reason =
			g_strdup_printf("board %s: it did not reboot within %u s", a->board->name, limit_s);
		return EVENT_STALLED;
	case HOME_REFUSED:
		*ret_reason = g_steal_pointer(&why);
		return EVENT_REFUSED;
	case HOME_TEST:
	case HOME_ABROAD:
	case HOME_UNKNOWN:
		*ret_reason = g_strdup_printf("board %s: it booted %s instead of its good kernel",
					      a->board->name, f.release);
		return EVENT_FAILED;
	default:
		*ret_reason = describe_silence("no answer of the good kernel", limit_s, why);
		return EVENT_SILENT;
	}
}

/* How long a board may need to come back by itself: a panic, a watchdog that has to bite first. */
static unsigned int fallback_limit_s(const struct attempt *a)
{
	unsigned int own_s = a->board->boot.watchdog_s + history_boot_limit_s(a->board);

	return a->evidence.no_power ? a->board->timeouts.connect_s : MIN(own_s, a->board->timeouts.recover_s);
}

static enum evidence_answer classify(const struct attempt *a, enum home_answer answer, const char *boot_id)
{
	switch (answer) {
	case HOME_TEST:
		if (!a->test_boot_id)
			return ANSWER_LATE;
		return g_strcmp0(boot_id, a->test_boot_id) ? ANSWER_TWICE : ANSWER_SAME;
	case HOME_GOOD:
		return g_strcmp0(boot_id, a->good_boot_id) ? ANSWER_GOOD : ANSWER_STAYED;
	case HOME_ABROAD:
		return ANSWER_ABROAD;
	default:
		return ANSWER_NONE;
	}
}

/* DIAGNOSE: the board is only looked at. */
static enum board_event diagnose(struct attempt *a, char **ret_reason)
{
	static const char *const clauses[] = {
		[ANSWER_NONE] = "nothing answers",
		[ANSWER_GOOD] = "the good kernel answers",
		[ANSWER_STAYED] = "the boot from before answers",
		[ANSWER_SAME] = "the kernel under test answers, in the same boot",
		[ANSWER_LATE] = "the kernel under test answers, late",
		[ANSWER_POWERED] = "the kernel under test answers",
		[ANSWER_TWICE] = "the kernel under test answers, in another boot",
		[ANSWER_ABROAD] = "a kernel under test of another attempt answers",
	};
	g_autofree char *why = NULL;
	g_auto(facts) f = { 0 };
	enum home_answer answer;

	a->patient = true;
	a->evidence.panic = tape_panic(a->tape);
	a->evidence.mute = tape_is_mute(a->tape);
	if (a->evidence.answer != ANSWER_NONE)
		return EVENT_DONE;
	a->evidence.no_power = power_status(a->board, NULL) == POWER_OFF;
	answer = home_wait(a, NULL, fallback_limit_s(a), &f, &why);
	a->evidence.answer = classify(a, answer, f.boot_id);
	if (a->evidence.answer == ANSWER_LATE)
		history_add_late_boot(a->board, seconds_since(a->reboot_us));
	*ret_reason = g_strdup(clauses[a->evidence.answer]);
	return EVENT_DONE;
}

static enum board_event act(enum board_state state, void *data, char **ret_reason)
{
	static enum board_event (*const acts[BOARD_STATES])(struct attempt *a, char **ret_reason) = {
		[BOARD_IDLE] = open_console,
		[BOARD_LOCKED] = prepare,
		[BOARD_DEPLOYED] = arm,
		[BOARD_ARMED] = reboot,
		[BOARD_REBOOTING] = wait_for_test,
		[BOARD_UP_TEST] = start_test,
		[BOARD_COLLECTED] = reboot_back,
		[BOARD_REBOOTING_BACK] = wait_for_good,
		[BOARD_DIAGNOSE] = diagnose,
		[BOARD_RECOVER] = home_recover,
	};

	return acts[state](data, ret_reason);
}

static enum board_blame judge(void *data, char **ret_why)
{
	struct attempt *a = data;
	g_autofree char *why = NULL;
	enum board_blame blame = evidence_judge(&a->evidence, &why);

	*ret_why = g_strdup_printf("board %s: %s", a->board->name, why);
	return blame;
}

static void log_transition(const struct board_transition *t, const char *reason, void *data)
{
	const struct attempt *a = data;
	const struct runner_state state = {
		.from = state_name(t->from),
		.to = state_name(t->to),
		.event = state_event_name(t->event),
		.why = reason,
		.at_s = seconds_since(a->start_us),
	};

	if (a->boot->on_state)
		a->boot->on_state(&state, a->boot->data);
}

void attempt_init(struct attempt *a, const struct runner_boot *boot)
{
	*a = (struct attempt){
		.boot = boot,
		.board = boot->hold->board,
		.machine = { .act = act, .judge = judge, .log = log_transition, .data = a },
		.start_us = g_get_monotonic_time(),
		.channel_fd = -1,
		.token = g_uuid_string_random(),
		.error_path = g_strconcat(boot->console_path, ".ssh", NULL),
	};
}

bool attempt_answers(struct attempt *a)
{
	g_auto(facts) f = { 0 };
	enum ssh_end end;

	return facts_read(a->board, a->board->timeouts.connect_s, &f, &end, NULL) &&
	       !g_strcmp0(f.boot_id, a->test_boot_id);
}

void attempt_release(struct attempt *a)
{
	tape_close(a->tape);
	if (a->channel_fd >= 0)
		close(a->channel_fd);
	state_clear(&a->machine);
	evidence_clear(&a->evidence);
	g_clear_pointer(&a->records, g_ptr_array_unref);
	g_free(a->token);
	g_free(a->good_boot_id);
	g_free(a->test_boot_id);
	g_free(a->image_sha256);
	g_free(a->error_path);
}
