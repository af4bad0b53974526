// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/path.h"
#include "base/progress.h"
#include "base/text.h"
#include "base/units.h"
#include "kernels/target.h"
#include "runners/board/deploy.h"
#include "runners/board/method.h"
#include "runners/board/power.h"
#include "runners/board/ssh.h"
#include "runners/wire.h"
#include "state.h"

#define ASK_S 60
#define ROOM_BYTES (64ULL << 20) /* an Image with the agent and the modules, and some */
#define CONSOLE_S 10
#define CLOCK_OFF_S 60 /* a clock that nobody sets is off by more */
#define CLOCK_STEP_S 0.5

static char *remedy_for_refusal(const struct board *b, const char *why)
{
	if (strstr(why, "ost key")) /* "Host key verification failed", "No ... host key is known" */
		return g_strdup_printf("from a network that you trust: ssh-keyscan -p %u HOST >>%s; with "
				       "ssh.host_key_alias the first word of the line has to be that name",
				       b->ssh.port ? b->ssh.port : 22, b->ssh.known_hosts);
	if (strstr(why, "sudo"))
		return g_strdup("on the board: echo 'USER ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/vmapbench");
	return g_strdup_printf("ssh-copy-id%s%s %s, and no pass phrase on the key, or an agent that has it",
			       b->ssh.identity ? " -i " : "", b->ssh.identity ? b->ssh.identity : "",
			       b->ssh.target);
}

/* Until the board has had the time that it needs to start. */
static bool knock(struct check *c, struct ssh_result *ret, GError **error)
{
	static const char *const argv[] = { "true", NULL };
	struct progress *line = progress_new("waiting for the board's answer", 0);
	gint64 end = g_get_monotonic_time() + (gint64)c->board.timeouts.connect_s * G_USEC_PER_SEC;
	bool ran, again;

	do {
		progress_update(line, 0, NULL);
		ssh_result_clear(ret);
		ran = ssh_run(&c->board, argv, c->board.timeouts.connect_s, ret, error);
		again = ran && ret->end == SSH_UNREACHABLE && g_get_monotonic_time() < end &&
			!interrupt_pending();
		if (again)
			g_usleep(G_USEC_PER_SEC);
	} while (again);
	progress_free(line);
	return ran;
}

void check_ssh(struct check *c, struct check_finding *f)
{
	g_auto(ssh_result) result = { 0 };
	const char *why;
	GError *error = NULL;

	if (!knock(c, &result, &error)) {
		check_set_error(f, error);
		return;
	}
	why = result.why ? result.why : "it says nothing";
	if (result.end == SSH_DONE && result.status == 0) {
		check_set(f, CHECK_OK, "%s answers; its host key and our key are accepted",
			  c->board.ssh.target);
	} else if (result.end == SSH_REFUSED) {
		check_set(f, CHECK_MISSING, "refused: %s", why);
		f->remedy = remedy_for_refusal(&c->board, why);
	} else {
		check_set(f, CHECK_MISSING, "no answer from %s within %u s: %s", c->board.ssh.target,
			  c->board.timeouts.connect_s, why);
		f->remedy =
			g_strdup("switch it on; look whether `ssh` with the same target and port works; raise "
				 "timeouts.connect_s");
	}
}

void check_root(struct check *c, struct check_finding *f)
{
	g_auto(GStrv) lines = check_ask(c, f, "id -u\n", NULL, 1);

	if (lines)
		check_set(f, strcmp(lines[0], "0") ? CHECK_MISSING : CHECK_OK, "commands run as user %s%s",
			  lines[0], c->board.ssh.sudo ? ", by sudo" : "");
}

void check_kernel(struct check *c, struct check_finding *f)
{
	enum ssh_end end;
	GError *error = NULL;

	if (!facts_read(&c->board, ASK_S, &c->good, &end, &error)) {
		check_set_error(f, error);
	} else if (c->good.token) {
		check_set(f, CHECK_MISSING, "%s is a kernel under test that somebody left running",
			  c->good.release);
		f->remedy = g_strdup("reboot the board: its default has to be the good kernel");
	} else {
		check_set(f, CHECK_OK, "%s, %u CPUs", c->good.release, c->good.cpus);
	}
}

void check_arch(struct check *c, struct check_finding *f)
{
	g_auto(GStrv) lines = check_ask(c, f, "uname -m\n", NULL, 1);
	const struct target *target = target_find(c->board.arch, NULL);

	if (lines)
		check_set(f, target && !strcmp(lines[0], target->machine) ? CHECK_OK : CHECK_MISSING,
			  "the board says %s, its file %s", lines[0], c->board.arch);
}

void check_room(struct check *c, struct check_finding *f)
{
	g_autofree char *free_size = units_format_bytes(c->good.free_bytes);
	g_autofree char *least = units_format_bytes(ROOM_BYTES);

	check_set(f, c->good.free_bytes >= ROOM_BYTES ? CHECK_OK : CHECK_MISSING,
		  "%s free for %s; %s are needed", free_size, c->board.boot.dir, least);
}

/* It says what it is, and ends with a status of its own, unless the board cannot run it at all. */
static void start_agent(struct check *c, struct check_finding *f)
{
	g_autofree char *path = g_build_filename(c->board.boot.dir, WIRE_AGENT, NULL);
	const char *const argv[] = { path, NULL };
	g_auto(ssh_result) result = { 0 };
	GError *error = NULL;

	if (!ssh_run(&c->board, argv, ASK_S, &result, &error)) {
		check_set_error(f, error);
	} else if (result.end == SSH_DONE && result.status < 126) {
		check_set(f, CHECK_OK, "copied to %s, starts there, and is removed again", c->board.boot.dir);
	} else {
		check_set(f, CHECK_MISSING, "it does not start in %s: %s", c->board.boot.dir,
			  result.why ? result.why : "it says nothing");
		f->remedy = g_strdup(
			"boot.dir has to be on a file system without the mount option noexec, on a machine "
			"of the board file's arch:");
	}
}

void check_agent(struct check *c, struct check_finding *f)
{
	g_autofree char *agent = path_agent(c->board.arch);
	const struct deploy_file file = { .name = WIRE_AGENT, .source = agent, .program = true };
	GError *error = NULL;

	c->dirty = true;
	if (deploy_put(&c->board, &file, 1, c->good.free_bytes, &error))
		start_agent(c, f);
	else
		check_set_error(f, error);
	error = NULL;
	if (!deploy_remove(&c->board, &error))
		check_set_error(f, error);
	else
		c->dirty = false;
}

void check_default(struct check *c, struct check_finding *f)
{
	GError *error = NULL;

	c->fingerprint = method_of(&c->board)->fingerprint(&c->board, &error);
	if (!c->fingerprint)
		check_set_error(f, error);
	else if (!*c->fingerprint)
		check_set(f, CHECK_MISSING, "nothing was found that decides it");
	else
		check_set(f, CHECK_OK, "noted, to be compared after each boot");
	if (f->mark == CHECK_MISSING)
		f->remedy = g_strdup(
			c->board.boot.script
				? "let boot.script print for \"fingerprint\" what decides it"
				: "let boot.grub_custom stand beside grub.cfg, and boot.esp be the EFI partition's "
				  "folder");
}

void check_method(struct check *c, struct check_finding *f)
{
	const struct method *method = method_of(&c->board);
	GError *error = NULL;
	g_autofree char *lacks = method->lacks(&c->board, &error);
	g_autofree char *plain = lacks ? text_make_plain(lacks) : NULL;

	if (error)
		check_set_error(f, error);
	else if (plain)
		check_set(f, CHECK_MISSING, "%s: %s", method->name, plain);
	else
		check_set(f, CHECK_OK, "%s has all that it needs", method->name);
}

void check_secure_boot(struct check *c, struct check_finding *f)
{
	static const char script[] =
		"v=/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c\n"
		"if [ -f \"$v\" ]; then cat -- \"$v\" | od -An -tu1 -j4 -N1 | tr -d ' '; else echo none; fi\n";
	g_auto(GStrv) lines = check_ask(c, f, script, NULL, 1);

	if (lines)
		check_set(f, strcmp(lines[0], "1") ? CHECK_OK : CHECK_MISSING, "Secure Boot is %s",
			  !strcmp(lines[0], "1")   ? "on"
			  : !strcmp(lines[0], "0") ? "off"
						   : "not there");
}

/* Waits for @mark on the console. */
static bool console_says(struct check *c, const char *mark)
{
	for (int i = 0; i < CONSOLE_S * 10; i++) {
		g_autofree char *text = NULL;
		gsize length = 0;

		serial_poll(c->serial);
		if (g_file_get_contents(c->console_path, &text, &length, NULL) &&
		    memmem(text, length, mark, strlen(mark)))
			return true;
		g_usleep(100000);
	}
	return false;
}

void check_console(struct check *c, struct check_finding *f)
{
	/* Of a level that reaches the console also with `quiet`. */
	static const char script[] = "printf '<2>%s\\n' \"$1\" >/dev/kmsg\n";
	g_autofree char *uuid = g_uuid_string_random();
	g_autofree char *mark = g_strconcat("vmapbench looks for its console: ", uuid, NULL);
	g_auto(GStrv) lines = NULL;

	if (!c->serial) {
		check_set(f, CHECK_MISSING,
			  c->board.console.command ? "its command cannot be started"
						   : "there is no console.command");
		return;
	}
	lines = check_ask(c, f, script, mark, 0);
	if (!lines)
		return;
	if (console_says(c, mark)) {
		check_set(f, CHECK_OK, "what the kernel prints arrives");
		return;
	}
	check_set(f, CHECK_MISSING, "what the kernel printed did not arrive within %d s", CONSOLE_S);
	f->remedy = g_strdup_printf(
		"try `%s` by hand; the good kernel has to have a console= for that port, and so has "
		"boot.base_cmdline",
		c->board.console.command);
}

static void ask_power_status(struct check *c, struct check_finding *f)
{
	GError *error = NULL;
	enum power_state state = power_status(&c->board, &error);

	if (error)
		check_set_error(f, error);
	else if (state == POWER_ON)
		check_set(f, CHECK_OK, "there are commands for it, and power.status says that it is on");
	else
		check_set(f, CHECK_MISSING,
			  state == POWER_OFF ? "power.status says off, while the board answers"
					     : "power.status says neither on nor off");
	if (state != POWER_ON)
		f->remedy = g_strdup("power.status has to speak of this board, by the word on or off");
}

void check_power(struct check *c, struct check_finding *f)
{
	if (!power_can_cycle(&c->board))
		check_set(f, CHECK_MISSING, "there are no commands for it");
	else if (c->board.power.manual)
		check_set(f, CHECK_OK, "by a human, who is asked at the terminal");
	else if (c->board.power.status)
		ask_power_status(c, f);
	else
		check_set(f, CHECK_OK, "there are commands for it, and none for its status");
}

void check_watchdog(struct check *c, struct check_finding *f)
{
	static const char script[] = "w=/sys/class/watchdog/watchdog0\n"
				     "[ -e /dev/watchdog ] && echo yes || echo no\n"
				     "cat \"$w/identity\" 2>/dev/null || echo '?'\n"
				     "systemctl show -p RuntimeWatchdogUSec --value 2>/dev/null || echo 0\n";
	g_auto(GStrv) lines = check_ask(c, f, script, NULL, 3);
	bool armed = lines && strcmp(lines[2], "0") && strcmp(lines[2], "infinity") && *lines[2];

	if (!lines)
		return;
	if (strcmp(lines[0], "yes"))
		check_set(f, CHECK_MISSING, "the good kernel has none");
	else if (!armed)
		check_set(f, CHECK_MISSING, "%s is there, and systemd does not arm it", lines[1]);
	else
		check_set(f, CHECK_OK, "%s, armed by systemd with %s", lines[1], lines[2]);
	if (armed && c->board.boot.watchdog_s == 0 && f->mark == CHECK_OK)
		f->remedy = g_strdup("say so in the board file: boot.watchdog_s");
}

void check_pstore(struct check *c, struct check_finding *f)
{
	static const char script[] =
		"cat /sys/module/pstore/parameters/backend 2>/dev/null || echo '(null)'\n"
		"grep -q ' /sys/fs/pstore ' /proc/mounts && echo mounted || echo not mounted\n";
	g_auto(GStrv) lines = check_ask(c, f, script, NULL, 2);

	if (!lines)
		return;
	if (!*lines[0] || !strcmp(lines[0], "(null)"))
		check_set(f, CHECK_MISSING, "no backend is active");
	else
		check_set(f, strcmp(lines[1], "mounted") ? CHECK_MISSING : CHECK_OK, "backend %s, %s", lines[0],
			  lines[1]);
}

void check_clock(struct check *c, struct check_finding *f)
{
	static const char script[] = "date +%s.%N; cut -d' ' -f1 /proc/uptime; sleep 2\n"
				     "date +%s.%N; cut -d' ' -f1 /proc/uptime\n";
	g_auto(GStrv) lines = check_ask(c, f, script, NULL, 4);
	double at[4], off_s, step_s;

	if (!lines)
		return;
	for (int i = 0; i < 4; i++)
		at[i] = g_ascii_strtod(lines[i], NULL);
	off_s = at[2] - g_get_real_time() / (double)G_USEC_PER_SEC;
	step_s = (at[2] - at[0]) - (at[3] - at[1]);
	if (!isfinite(off_s) || !isfinite(step_s))
		check_set(f, CHECK_MISSING, "the board's answer makes no sense");
	else if (fabs(off_s) > CLOCK_OFF_S)
		check_set(f, CHECK_MISSING, "%.0f s %s ours", fabs(off_s), off_s < 0 ? "behind" : "before");
	else if (fabs(step_s) > CLOCK_STEP_S)
		check_set(f, CHECK_MISSING, "it stepped by %.1f s within two seconds", step_s);
	else
		check_set(f, CHECK_OK, "%.1f s from ours, and it does not step", off_s);
}
