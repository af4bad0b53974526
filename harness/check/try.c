// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/progress.h"
#include "base/text.h"
#include "runners/board/crash.h"
#include "runners/board/deploy.h"
#include "runners/board/method.h"
#include "runners/board/power.h"
#include "runners/board/ssh.h"
#include "state.h"

#define ASK_S 60
#define FACTS_S 15
#define POWER_CYCLES 2
/* A kernel that dies has to go back to the good one by itself. */
#define CMDLINE_ALWAYS "panic=10 oops=panic softlockup_panic=1"

/* Which kernel answered. */
enum came { CAME_TEST, CAME_GOOD, CAME_NONE };

static bool is_test(const struct check *c, const struct facts *f)
{
	return c->token && !g_strcmp0(f->token, c->token);
}

/* One try to reach another boot than @boot_id. */
static bool answers_anew(struct check *c, const char *boot_id, struct facts *ret)
{
	enum ssh_end end;
	g_auto(facts) now = { 0 };

	if (!facts_read(&c->board, FACTS_S, &now, &end, NULL) || !strcmp(now.boot_id, boot_id))
		return false;
	*ret = now;
	now = (struct facts){ 0 };
	return true;
}

/* Waits for another boot than @boot_id; *ret_facts are its, *ret_s the seconds that it took. */
static enum came wait_for_boot(struct check *c, const char *boot_id, unsigned int limit_s, const char *what,
			       struct facts *ret_facts, double *ret_s)
{
	struct progress *line = progress_new(what, limit_s);
	gint64 start = g_get_monotonic_time();
	enum came came = CAME_NONE;

	do {
		g_usleep(G_USEC_PER_SEC);
		if (c->serial)
			serial_poll(c->serial);
		if (answers_anew(c, boot_id, ret_facts))
			came = is_test(c, ret_facts) ? CAME_TEST : CAME_GOOD;
		*ret_s = (g_get_monotonic_time() - start) / (double)G_USEC_PER_SEC;
		progress_update(line, (guint64)*ret_s, NULL);
	} while (came == CAME_NONE && *ret_s < limit_s && (c->patient || !interrupt_pending()));
	progress_free(line);
	return came;
}

/* The kernel that runs, as if it were under test, with the initrd that finds its root beside it. */
static bool copy_good_kernel(struct check *c, GError **error)
{
	static const char script[] =
		"dir=$1 initrd=$2 r=$(uname -r)\n"
		"for f in \"/boot/vmlinuz-$r\" \"/boot/Image-$r\" /boot/Image /boot/vmlinuz; do\n"
		"	[ -f \"$f\" ] || continue\n"
		"	mkdir -p -m 700 -- \"$dir\" && cp -- \"$f\" \"$dir/" METHOD_IMAGE "\" || exit 1\n"
		"	for i in \"/boot/initrd.img-$r\" /boot/initrd.img; do\n"
		"		[ -n \"$initrd\" ] && [ -f \"$i\" ] || continue\n"
		"		cp -- \"$i\" \"$initrd\" || exit 1\n"
		"		echo initrd\n"
		"		break\n"
		"	done\n"
		"	sync\n"
		"	exit 0\n"
		"done\n"
		"echo \"there is no /boot/vmlinuz-$r; give a kernel with --kernel PLAN --arm NAME\" >&2\n"
		"exit 1\n";
	g_autofree char *initrd = g_build_filename(c->board.boot.dir, DEPLOY_INITRD, NULL);
	const char *const argv[] = { c->board.boot.dir, c->board.boot.initrd ? "" : initrd, NULL };
	g_autofree char *out = ssh_must(&c->board, "copying its good kernel", script, argv, ASK_S, error);

	if (!out)
		return false;
	if (!strcmp(out, "initrd"))
		c->initrd = c->board.boot.initrd = g_steal_pointer(&initrd);
	return true;
}

static bool deploy(struct check *c, GError **error)
{
	const struct deploy_file file = { .name = METHOD_IMAGE, .source = c->options->image };

	if (c->options->image)
		return deploy_put(&c->board, &file, 1, c->good.free_bytes, error);
	return copy_good_kernel(c, error);
}

static bool set_not_pending(const struct check *c, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "it was armed for one boot, and says at once that it is not: %s does not hold",
		    c->board.boot.method);
	return false;
}

static bool arm(struct check *c, GError **error)
{
	const struct method *method = method_of(&c->board);
	g_autofree char *cmdline = NULL;
	bool is_pending = false;

	g_free(c->token);
	c->token = g_uuid_string_random();
	cmdline = g_strdup_printf("%s " CMDLINE_ALWAYS " " FACTS_TOKEN "%s", c->board.boot.base_cmdline,
				  c->token);
	return method->arm(&c->board, cmdline, error) && method->pending(&c->board, &is_pending, error) &&
	       (is_pending || set_not_pending(c, error));
}

/* What the console says of a kernel that died, as the end of a clause. Caller frees. */
static char *last_words(struct check *c)
{
	const char *panic = c->serial ? serial_panic(c->serial) : NULL;

	return panic ? g_strdup_printf("; its console says: %s", panic) : g_strdup("");
}

/* The kernel under test runs; false with @f set. */
static bool start_test_kernel(struct check *c, struct check_finding *f)
{
	g_auto(facts) now = { 0 };
	GError *error = NULL;
	enum came came;
	double took_s;

	c->dirty = true;
	if (c->serial)
		serial_forget(c->serial);
	if (!deploy(c, &error) || !arm(c, &error) || !method_of(&c->board)->reboot(&c->board, &error)) {
		check_set_error(f, error);
		return false;
	}
	came = wait_for_boot(c, c->good.boot_id, c->board.timeouts.shutdown_s + c->board.timeouts.boot_s,
			     "booting a kernel once", &now, &took_s);
	if (came == CAME_TEST)
		return check_set(f, CHECK_OK, "%s was up %.0f s after the reboot", now.release, took_s);
	if (came == CAME_GOOD)
		check_set(f, CHECK_MISSING, "the good kernel came back instead, %.0f s after the reboot",
			  took_s);
	else
		check_set(f, CHECK_MISSING, "nothing answered within %.0f s of the reboot", took_s);
	f->remedy = g_strdup(
		"look at its console meanwhile: does the loader take the entry, does the kernel find its "
		"root (boot.base_cmdline, boot.initrd, boot.dtb)?");
	return false;
}

static bool recover(struct check *c, struct facts *ret, char **ret_why)
{
	GError *error = NULL;
	double took_s;

	for (int tries = 0; tries <= POWER_CYCLES; tries++) {
		if (tries > 0 && !power_cycle(&c->board, &error))
			break;
		if (wait_for_boot(c, "", c->board.timeouts.recover_s, "waiting for the good kernel", ret,
				  &took_s) != CAME_NONE)
			return true;
		if (!power_can_cycle(&c->board))
			break;
	}
	*ret_why =
		g_strdup_printf("it does not come back%s%s: it is lost until somebody switches it off and on",
				error ? ": " : "", error ? error->message : "");
	g_clear_error(&error);
	return false;
}

/* Whatever runs, the good kernel comes next; the armed boot is taken back first, or it would be that. */
static bool leave_test_kernel(struct check *c, struct facts *now, char **ret_why)
{
	g_auto(facts) before = *now;
	double took_s;

	*now = (struct facts){ 0 };
	method_of(&c->board)->disarm(&c->board, NULL);
	if (!method_reboot(&c->board, NULL)) {
		*ret_why = g_strdup("it runs a kernel under test and cannot be rebooted");
		return false;
	}
	if (wait_for_boot(c, before.boot_id, c->board.timeouts.shutdown_s + c->board.timeouts.boot_s,
			  "going back to the good kernel", now, &took_s) == CAME_NONE &&
	    !recover(c, now, ret_why))
		return false;
	if (!is_test(c, now))
		return true;
	*ret_why = g_strdup(
		"after a reboot the kernel under test came again: the boot loader does not boot it only once");
	return false;
}

/* The board file's own word again. */
static void forget_initrd(struct check *c)
{
	if (c->initrd)
		c->board.boot.initrd = NULL;
	g_clear_pointer(&c->initrd, g_free);
}

static bool clean_up(struct check *c, char **ret_why)
{
	g_autofree char *fingerprint = NULL;
	g_autoptr(GError) error = NULL;

	forget_initrd(c);
	if (method_of(&c->board)->disarm(&c->board, &error) && deploy_remove(&c->board, &error))
		fingerprint = method_of(&c->board)->fingerprint(&c->board, &error);
	if (!fingerprint)
		*ret_why = g_strdup_printf("something of ours may remain on it: %s", error->message);
	else if (c->fingerprint && strcmp(fingerprint, c->fingerprint))
		*ret_why = g_strdup("what it boots by default has changed");
	else
		c->dirty = false;
	return !c->dirty;
}

static bool bring_home(struct check *c, char **ret_why)
{
	g_auto(facts) now = { 0 };

	if (!recover(c, &now, ret_why) || (is_test(c, &now) && !leave_test_kernel(c, &now, ret_why)))
		return false;
	g_clear_pointer(&c->token, g_free);
	facts_clear(&c->good);
	c->good = now;
	now = (struct facts){ 0 };
	return clean_up(c, ret_why);
}

bool check_go_home(struct check *c, char **ret_why)
{
	bool home;

	if (!c->dirty)
		return true;
	c->patient = true;
	home = bring_home(c, ret_why);
	c->patient = false;
	return home;
}

/* Takes back what was armed, when the reboot did not come to it. */
static void go_home(struct check *c, struct check_finding *f)
{
	g_autofree char *why = NULL;
	g_autofree char *found = NULL;

	if (check_go_home(c, &why))
		return;
	found = g_steal_pointer(&f->found);
	check_set(f, CHECK_MISSING, "%s; %s", found, why);
}

/* On the way home the console may have said more than while the kernel was waited for. */
static void add_last_words(struct check *c, struct check_finding *f)
{
	g_autofree char *words = last_words(c);
	g_autofree char *found = g_steal_pointer(&f->found);

	check_set(f, f->mark, "%s%s", found, words);
}

void check_one_shot(struct check *c, struct check_finding *f)
{
	bool is_pending = false;
	GError *error = NULL;

	if (start_test_kernel(c, f)) {
		if (!method_of(&c->board)->pending(&c->board, &is_pending, &error))
			check_set_error(f, error);
		else if (is_pending)
			check_set(f, CHECK_MISSING,
				  "the boot loader would boot it again: it did not take the one boot back");
	}
	/* The next item crashes it where it runs. */
	if (f->mark == CHECK_OK && c->options->panic)
		return;
	go_home(c, f);
	if (f->mark == CHECK_MISSING)
		add_last_words(c, f);
}

/* From behind, so that ssh gets its answer. */
static bool crash(struct check *c, struct facts *ret_test, GError **error)
{
	static const char script[] = "echo 1 >/proc/sys/kernel/sysrq\n"
				     "(sleep 2; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 </dev/null &\n";
	g_autofree char *out = NULL;
	enum ssh_end end;

	if (!facts_read(&c->board, ASK_S, ret_test, &end, error))
		return false;
	if (is_test(c, ret_test))
		out = ssh_must(&c->board, "crashing its kernel", script, NULL, ASK_S, error);
	else
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "the kernel under test is gone before it was crashed");
	return out;
}

void check_fallback(struct check *c, struct check_finding *f)
{
	g_auto(facts) test = { 0 };
	g_auto(facts) now = { 0 };
	g_autofree char *words = NULL;
	GError *error = NULL;
	enum came came;
	double took_s;

	g_clear_pointer(&c->records, g_ptr_array_unref);
	c->records = crash_list(&c->board, NULL);
	if (!crash(c, &test, &error)) {
		check_set_error(f, error);
		go_home(c, f);
		return;
	}
	came = wait_for_boot(c, test.boot_id, c->board.timeouts.recover_s, "waiting for it after a panic", &now,
			     &took_s);
	words = last_words(c);
	if (came == CAME_GOOD)
		check_set(f, CHECK_OK, "the good kernel answered %.0f s after a panic, by itself%s", took_s,
			  words);
	else if (came == CAME_TEST)
		check_set(f, CHECK_MISSING, "the kernel that had panicked was booted again");
	else
		check_set(f, CHECK_MISSING, "nothing answered within %.0f s of a panic%s", took_s, words);
	if (came == CAME_NONE)
		f->remedy =
			g_strdup("the firmware may not know a warm reset: try reboot= in boot.base_cmdline, or "
				 "let the watchdog do it");
	go_home(c, f);
}

void check_record(struct check *c, struct check_finding *f)
{
	GError *error = NULL;
	guint count = 0;

	if (!c->records || !crash_collect(&c->board, c->records, NULL, &count, &error))
		check_set(f, CHECK_MISSING, "its records cannot be looked at%s%s", error ? ": " : "",
			  error ? error->message : "");
	else if (count > 0)
		check_set(f, CHECK_OK, "pstore has %u new records", count);
	else
		check_set(f, CHECK_MISSING, "pstore has no new record");
	g_clear_error(&error);
	if (f->mark != CHECK_OK)
		f->remedy = g_strdup("the kernel under test has to have the backend as well, built in (=y)");
}

/* No boot came: is it off, or has it not noticed? */
static void explain_no_boot(struct check *c, struct check_finding *f, double took_s)
{
	g_auto(facts) now = { 0 };
	enum ssh_end end;

	if (facts_read(&c->board, ASK_S, &now, &end, NULL)) {
		check_set(f, CHECK_MISSING, "it went on as if nothing had been");
		f->remedy =
			g_strdup("the command has to speak of this board; one with a battery goes on without "
				 "power, and needs a watchdog instead");
		return;
	}
	check_set(f, CHECK_MISSING, "nothing answered within %.0f s", took_s);
	f->remedy = g_strdup("switch it on; let its firmware start by itself when power comes back, or raise "
			     "timeouts.recover_s");
}

void check_power_cut(struct check *c, struct check_finding *f)
{
	g_auto(facts) now = { 0 };
	g_autofree char *out = NULL;
	GError *error = NULL;
	double took_s;

	out = ssh_must(&c->board, "sync", "sync\n", NULL, ASK_S, &error);
	if (!out || !power_cycle(&c->board, &error))
		check_set_error(f, error);
	else if (wait_for_boot(c, c->good.boot_id, c->board.timeouts.recover_s,
			       "waiting for it after a power cut", &now, &took_s) == CAME_NONE)
		explain_no_boot(c, f, took_s);
	else
		check_set(f, CHECK_OK, "its good kernel answered %.0f s after its power was back", took_s);
}
