// SPDX-License-Identifier: GPL-2.0-only
#include "check.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "runners/board/lock.h"
#include "runners/board/ssh.h"
#include "state.h"

#define ASK_S 60

static const struct check_item items[] = {
	{ "ssh", "answer over ssh", check_ssh, .required = true, .costs = "nothing can be done with it" },
	{ "root", "be changed by us", check_root, "ssh ", .required = true,
	  .costs = "no kernel can be put on it",
	  .remedy = "let ssh.target be root, or set ssh.sudo: true and let /etc/sudoers.d have USER ALL=(ALL) "
		    "NOPASSWD: ALL" },
	{ "kernel", "say which kernel runs", check_kernel, "ssh ", .required = true,
	  .costs = "a kernel under test cannot be told from the good one" },
	{ "arch", "run our kernels", check_arch, "kernel ", .required = true,
	  .costs = "kernels and agent would be built for another machine",
	  .remedy = "set arch: in the board file" },
	{ "room", "hold a kernel", check_room, "kernel ", .required = true, .costs = "a kernel does not fit",
	  .remedy = "make room there, or set boot.dir to a folder on another disk" },
	{ "agent", "run our agent", check_agent, "root arch room ", .required = true,
	  .costs = "nothing can be measured" },
	{ "default", "say what boots by default", check_default, "root ", .required = true,
	  .costs = "nobody would notice that the good kernel is no longer the default" },
	{ "method", "be armed for one boot", check_method, "root ", .required = true,
	  .costs = "no kernel under test can be booted" },
	{ "secure boot", "boot unsigned kernels", check_secure_boot, "root ", .required = true,
	  .costs = "the firmware refuses a kernel that nobody has signed",
	  .remedy = "switch Secure Boot off in the firmware's set-up" },
	{ "console", "show its console", check_console, "root ",
	  .costs = "a kernel that dies before ssh, or hangs, says nothing of why",
	  .remedy = "connect its serial port and set console.command; give its kernels console=" },
	{ "power", "be switched off and on", check_power, .costs = "after a hang a human has to go there",
	  .remedy = "set power.cycle, or power.on and power.off; or power.manual: true" },
	{ "watchdog", "reset itself out of a hang", check_watchdog, "root ",
	  .costs = "a kernel that hangs stays so until its power is cut",
	  .remedy =
		  "build its driver into both kernels; RuntimeWatchdogSec=60 in /etc/systemd/system.conf, then "
		  "systemctl daemon-reexec" },
	{ "pstore", "keep a log over a crash", check_pstore, "root ",
	  .costs = "without a console nothing remains of a panic",
	  .remedy = "build efi-pstore (CONFIG_EFI_VARS_PSTORE) or ramoops into both kernels" },
	{ "clock", "tell the time", check_clock, "kernel ",
	  .costs = "its logs carry wrong dates; nothing that is measured is taken from it",
	  .remedy = "install systemd-timesyncd, or change the battery of its clock" },
	{ "one-shot", "boot a kernel once and go back", check_one_shot, "agent default method ", "--try-boot",
	  true, .costs = "no sweep can run" },
	{ "fallback", "come back after a panic", check_fallback, "one-shot ", "--try-panic", true,
	  .costs = "each kernel that panics needs a power cycle, or a human" },
	{ "crash log", "show what a panic said, afterwards", check_record, "pstore fallback ", "--try-panic",
	  .costs = "without a console nothing remains of a panic" },
	{ "power cut", "come back after a power cut", check_power_cut, "power kernel ", "--try-power-cut",
	  .costs = "after a hang a human has to go there" },
};

bool check_set(struct check_finding *f, enum check_mark mark, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_free(f->found);
	f->found = g_strdup_vprintf(format, args);
	va_end(args);
	f->mark = mark;
	return mark == CHECK_OK;
}

void check_set_error(struct check_finding *f, GError *error)
{
	g_autofree char *words = text_make_plain(error->message);

	check_set(f, CHECK_MISSING, "%s", words);
	g_error_free(error);
}

char **check_ask(struct check *c, struct check_finding *f, const char *script, const char *argument,
		 guint count)
{
	const char *const argv[] = { argument, NULL };
	g_autofree char *what = g_strdup_printf("looking at its %s", f->item->name);
	GError *error = NULL;
	g_autofree char *out = ssh_must(&c->board, what, script, argv, ASK_S, &error);
	g_autofree char *plain = NULL;
	char **lines;

	if (!out) {
		check_set_error(f, error);
		return NULL;
	}
	lines = g_strsplit(out, "\n", -1);
	for (char **line = lines; *line; line++) {
		plain = text_make_plain(*line);
		g_free(*line);
		*line = g_steal_pointer(&plain);
	}
	if (g_strv_length(lines) >= count)
		return lines;
	check_set(f, CHECK_MISSING, "the board's answer makes no sense");
	g_strfreev(lines);
	return NULL;
}

static void finding_free(gpointer data)
{
	struct check_finding *f = data;

	g_free(f->found);
	g_free(f->remedy);
	g_free(f);
}

static bool is_ok(const GPtrArray *findings, const char *name)
{
	for (guint i = 0; i < findings->len; i++) {
		const struct check_finding *f = findings->pdata[i];

		if (!strcmp(f->item->name, name))
			return f->mark == CHECK_OK;
	}
	return false;
}

/* The first of the items that @item needs and that is not ok, or NULL. Caller frees. */
static char *find_lack(const GPtrArray *findings, const struct check_item *item)
{
	g_auto(GStrv) names = g_strsplit(item->needs ? item->needs : "", " ", -1);

	for (char **name = names; *name; name++) {
		if (**name && !is_ok(findings, *name))
			return g_strdup(*name);
	}
	return NULL;
}

static bool allowed(const struct check_options *o, const char *option)
{
	return !option || (!strcmp(option, "--try-boot") && o->boot) ||
	       (!strcmp(option, "--try-panic") && o->panic) ||
	       (!strcmp(option, "--try-power-cut") && o->power_cut);
}

static void look(struct check *c, const GPtrArray *findings, struct check_finding *f)
{
	g_autofree char *lack = find_lack(findings, f->item);

	if (!allowed(c->options, f->item->allow))
		check_set(f, CHECK_SKIPPED, "not tried: %s allows it", f->item->allow);
	else if (lack)
		check_set(f, CHECK_SKIPPED, "not tried, as \"%s\" is not ok", lack);
	else
		f->item->look(c, f);
}

static bool open_console(struct check *c, GError **error)
{
	int fd = g_file_open_tmp("vmapbench-console-XXXXXX", &c->console_path, error);

	if (fd < 0)
		return false;
	close(fd);
	c->serial = serial_open(&c->board, c->console_path, NULL);
	return true;
}

static void check_clear(struct check *c)
{
	serial_close(c->serial);
	if (c->console_path)
		g_unlink(c->console_path);
	facts_clear(&c->good);
	g_free(c->console_path);
	g_clear_pointer(&c->records, g_ptr_array_unref);
	g_free(c->initrd);
	g_free(c->fingerprint);
	g_free(c->token);
}

/* False when the user gave up on the way. */
static bool walk(struct check *c, GPtrArray *findings, void (*told)(const struct check_finding *, void *),
		 void *data)
{
	for (size_t i = 0; i < G_N_ELEMENTS(items) && !interrupt_pending(); i++) {
		struct check_finding *f = g_new0(struct check_finding, 1);

		f->item = &items[i];
		g_ptr_array_add(findings, f);
		look(c, findings, f);
		/* What was cut short says nothing of the board. */
		if (!interrupt_pending())
			told(f, data);
	}
	return !interrupt_pending();
}

GPtrArray *check_board(const struct board *b, const struct check_options *options,
		       void (*told)(const struct check_finding *f, void *data), void *data, GError **error)
{
	g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(finding_free);
	struct check c = { .options = options, .board = *b };
	int lock = lock_board(b, "board check", error);
	g_autofree char *why = NULL;
	bool whole;

	if (lock < 0)
		return NULL;
	whole = open_console(&c, error) && walk(&c, findings, told, data);
	if (!check_go_home(&c, &why))
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "board %s: %s", b->name, why);
	else if (!whole && error && !*error)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "interrupted; nothing of ours is left on the board");
	whole = whole && !why;
	check_clear(&c);
	close(lock);
	return whole ? g_steal_pointer(&findings) : NULL;
}

const char *check_mark_name(enum check_mark mark)
{
	static const char *const names[] = {
		[CHECK_OK] = "ok",
		[CHECK_MISSING] = "missing",
		[CHECK_SKIPPED] = "skipped",
	};

	return names[mark];
}

char *check_summary(const GPtrArray *findings, enum check_mark mark)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < findings->len; i++) {
		const struct check_finding *f = findings->pdata[i];

		if (f->mark == mark)
			g_string_append_printf(text, "%s%s", text->len ? "; " : "", f->item->can);
	}
	return text->len ? g_strdup_printf("%s.", text->str) : NULL;
}

char *check_obstacles(const GPtrArray *findings)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < findings->len; i++) {
		const struct check_finding *f = findings->pdata[i];

		if (f->item->required && f->mark == CHECK_MISSING)
			g_string_append_printf(names, "%s%s", names->len ? ", " : "", f->item->name);
	}
	return names->len ? g_strdup(names->str) : NULL;
}

const char *check_remedy(const struct check_finding *f)
{
	if (f->mark != CHECK_MISSING)
		return f->remedy;
	return f->remedy ? f->remedy : f->item->remedy;
}
