// SPDX-License-Identifier: GPL-2.0-only
#include "ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/text.h"
#include "base/trial.h"

static void add(GPtrArray *words, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(GPtrArray *words, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(words, g_strdup_vprintf(format, args));
	va_end(args);
}

static void add_option(GPtrArray *words, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add_option(GPtrArray *words, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(words, g_strdup("-o"));
	g_ptr_array_add(words, g_strdup_vprintf(format, args));
	va_end(args);
}

/* The first value of an option counts, and what stands on the command line comes before any file. */
static const char *const fixed_options[] = {
	"BatchMode=yes",
	"StrictHostKeyChecking=yes",
	"UpdateHostKeys=no",
	"ControlMaster=no",
	"ControlPath=none",
	"ClearAllForwardings=yes",
	"ForwardAgent=no",
	"EscapeChar=none",
	"PermitLocalCommand=no",
	"ConnectionAttempts=1",
	"LogLevel=ERROR",
	"RequestTTY=no",
	"GlobalKnownHostsFile=/dev/null",
};

static void add_connection(GPtrArray *words, const struct board_ssh *ssh)
{
	add(words, "ssh");
	add(words, "-F");
	add(words, "%s", ssh->config ? ssh->config : "none");
	for (size_t i = 0; i < G_N_ELEMENTS(fixed_options); i++)
		add_option(words, "%s", fixed_options[i]);
	add_option(words, "UserKnownHostsFile=\"%s\"", ssh->known_hosts);
	if (ssh->host_key_alias)
		add_option(words, "HostKeyAlias=%s", ssh->host_key_alias);
	if (ssh->identity) {
		add_option(words, "IdentitiesOnly=yes");
		add_option(words, "IdentityFile=\"%s\"", ssh->identity);
	}
	add_option(words, "ConnectTimeout=%u", ssh->connect_timeout_s);
	add_option(words, "ServerAliveInterval=%u", ssh->alive_interval_s);
	add_option(words, "ServerAliveCountMax=%u", ssh->alive_count);
	if (ssh->port)
		add_option(words, "Port=%u", ssh->port);
	add(words, "--");
	add(words, "%s", ssh->target);
}

/* Where the tools of a boot loader are is not in the PATH of everybody. */
#define SCRIPT_PATH "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH\n"

/* The remote shell takes one text apart: every word of it is quoted, whatever stands in it. */
static char *remote_command(const struct board *b, const char *const *argv)
{
	GString *command = g_string_new(b->ssh.sudo ? "sudo -n --" : "");

	for (; *argv; argv++) {
		g_autofree char *quoted = g_shell_quote(*argv);

		g_string_append_printf(command, "%s%s", command->len ? " " : "", quoted);
	}
	return g_string_free(command, FALSE);
}

static GPtrArray *command_words(const struct board *b, const char *const *argv)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	add_connection(words, &b->ssh);
	g_ptr_array_add(words, remote_command(b, argv));
	g_ptr_array_add(words, NULL);
	return words;
}

/* What ssh says of itself when it failed. A sentence of the other side has no more power than not to be tried
 * again. */
static const char *const refusals[] = {
	"Permission denied (",
	"Host key verification failed",
	"REMOTE HOST IDENTIFICATION HAS CHANGED",
	"No matching host key",
	"Too many authentication failures",
	"Load key ",
	"Bad owner or permissions on",
	"Bad configuration option",
	"no such identity",
};

/* What sudo says when it does not let us; it has other things to say, as of a host without an address. */
static const char *const sudo_refusals[] = {
	"sudo: a password is required",
	"sudo: a terminal is required",
	"is not in the sudoers file",
	"is not allowed to execute",
	"may not run sudo",
	"sudo: command not found",
	"sudo: not found",
};

static bool says_one_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strstr(text, words[i]))
			return true;
	}
	return false;
}

static bool is_refusal(const struct board *b, const struct trial *t)
{
	if (t->status == SSH_FAILED)
		return says_one_of(t->err, refusals, G_N_ELEMENTS(refusals));
	return b->ssh.sudo && t->status && says_one_of(t->err, sudo_refusals, G_N_ELEMENTS(sudo_refusals));
}

static enum ssh_end end_of(const struct board *b, const struct trial *t)
{
	if (t->expired)
		return SSH_EXPIRED;
	if (is_refusal(b, t))
		return SSH_REFUSED;
	return t->signal || t->status == SSH_FAILED ? SSH_UNREACHABLE : SSH_DONE;
}

static char *why_of(const struct trial *t, unsigned int limit_s)
{
	g_autofree char *last = trial_last_words(t);

	if (t->expired)
		return g_strdup_printf("no end within %u s", limit_s);
	if (t->status == 0 && !t->signal)
		return NULL;
	return *last ? text_make_plain(last) : NULL;
}

static bool run_from(const struct board *b, const char *const *argv, int in_fd, unsigned int limit_s,
			struct ssh_result *ret, GError **error)
{
	g_autoptr(GPtrArray) words = command_words(b, argv);
	g_autoptr(GError) reason = NULL;
	g_auto(trial) t = { 0 };

	if (!trial_run_between((const char *const *)words->pdata, in_fd, -1, limit_s * 1000, &t, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "board %s: cannot start ssh: %s (Debian package openssh-client)", b->name,
			    reason->message);
		return false;
	}
	ret->end = end_of(b, &t);
	ret->status = t.status;
	ret->why = why_of(&t, limit_s);
	ret->out = g_steal_pointer(&t.out);
	g_strchomp(ret->out);
	return true;
}

bool ssh_run(const struct board *b, const char *const *argv, unsigned int limit_s, struct ssh_result *ret,
	     GError **error)
{
	return run_from(b, argv, -1, limit_s, ret, error);
}

bool ssh_script(const struct board *b, const char *script, const char *const *argv, unsigned int limit_s,
		struct ssh_result *ret, GError **error)
{
	g_autofree char *whole = g_strconcat(SCRIPT_PATH, script, NULL);
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	const char *const begin[] = { "sh", "-c", whole, "sh" };

	for (size_t i = 0; i < G_N_ELEMENTS(begin); i++)
		g_ptr_array_add(words, (gpointer)begin[i]);
	for (; argv && *argv; argv++)
		g_ptr_array_add(words, (gpointer)*argv);
	g_ptr_array_add(words, NULL);
	return ssh_run(b, (const char *const *)words->pdata, limit_s, ret, error);
}

void ssh_set_error(const struct board *b, const char *what, const struct ssh_result *result, GError **error)
{
	static const char *const ends[] = {
		[SSH_DONE] = "it ended with an error",
		[SSH_UNREACHABLE] = "the board does not answer, or the connection broke",
		[SSH_REFUSED] = "the board, or its key, was not accepted; see docs/boards.md on keys and sudo",
		[SSH_EXPIRED] = "the board is too slow, or hangs",
	};

	g_set_error(error, BENCH_ERROR, result->end == SSH_REFUSED ? BENCH_ERROR_REFUSED : BENCH_ERROR_INFRA,
		    "board %s: %s failed: %s%s%s", b->name, what, ends[result->end], result->why ? ": " : "",
		    result->why ? result->why : "");
}

char *ssh_must(const struct board *b, const char *what, const char *script, const char *const *argv,
	       unsigned int limit_s, GError **error)
{
	g_auto(ssh_result) result = { 0 };

	if (!ssh_script(b, script, argv, limit_s, &result, error))
		return NULL;
	if (result.end == SSH_DONE && result.status == 0)
		return g_steal_pointer(&result.out);
	ssh_set_error(b, what, &result, error);
	return NULL;
}

/* One file by one command that writes it. */
static bool copy(const struct board *b, const char *what, const char *const *argv, int in_fd,
		 unsigned int limit_s, GError **error)
{
	g_auto(ssh_result) result = { 0 };

	if (!run_from(b, argv, in_fd, limit_s, &result, error))
		return false;
	if (result.end == SSH_DONE && result.status == 0)
		return true;
	ssh_set_error(b, what, &result, error);
	return false;
}

static int open_here(const char *path, int flags, GError **error)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot open it: %s", path,
			    g_strerror(errno));
	return fd;
}

bool ssh_send(const struct board *b, const char *from, const char *to, unsigned int limit_s, GError **error)
{
	const char *const argv[] = { "sh", "-c", "cat >\"$1\"", "sh", to, NULL };
	g_autofree char *what = g_strdup_printf("writing %s", to);
	int fd = open_here(from, O_RDONLY, error);
	bool ok;

	if (fd < 0)
		return false;
	ok = copy(b, what, argv, fd, limit_s, error);
	close(fd);
	return ok;
}

/* Its own process group: Ctrl-C at the terminal is for us, who end it in order. */
static void set_up_child(gpointer parent)
{
	setpgid(0, 0);
	exec_set_up_child(parent);
}

GPid ssh_spawn(const struct board *b, const char *const *argv, const char *error_path, int *ret_fd,
	       GError **error)
{
	g_autoptr(GPtrArray) words = command_words(b, argv);
	g_autoptr(GError) reason = NULL;
	int ends[2], error_fd = open_here(error_path, O_WRONLY | O_CREAT | O_TRUNC, error);
	GPid pid = -1;

	if (error_fd < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot make a channel to ssh: %s",
			    g_strerror(errno));
		close(error_fd);
		return -1;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	if (!g_spawn_async_with_pipes_and_fds(NULL, (const char *const *)words->pdata, NULL,
					      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, set_up_child,
					      GINT_TO_POINTER(getpid()), ends[1], ends[1], error_fd, NULL, NULL,
					      0, &pid, NULL, NULL, NULL, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "board %s: cannot start ssh: %s (Debian package openssh-client)", b->name,
			    reason->message);
		close(ends[0]);
		pid = -1;
	}
	close(ends[1]);
	close(error_fd);
	if (pid > 0)
		*ret_fd = ends[0];
	return pid;
}

char *ssh_command(const struct board *b, const char *const *argv)
{
	g_autoptr(GPtrArray) words = command_words(b, argv);

	return exec_quote((const char *const *)words->pdata);
}

void ssh_result_clear(struct ssh_result *r)
{
	g_clear_pointer(&r->out, g_free);
	g_clear_pointer(&r->why, g_free);
}
