// SPDX-License-Identifier: GPL-2.0-only
#include "qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/path.h"
#include "lines.h"
#include "payload.h"
#include "qemu-machine.h"
#include "qemu-pin.h"
#include "qmp.h"
#include "wire.h"

/* The descriptors by which QEMU finds its ends of the channels. */
#define CHANNEL_FD 3
#define QMP_FD 4

/* Fixed for counted mode, so that a boot repeats to the instruction (measuring rule 9). */
#define COUNTED_SEED "1"
#define COUNTED_RTC "base=2026-01-01T00:00:00,clock=vm"
#define COUNTED_POSSIBLE_CPUS 4

#define QMP_LINE_MAX 65536
#define QMP_TEXT_MAX 65536

struct qemu_target {
	struct target base;
	GPid pid;
	unsigned int smp;
	bool counted;
	int qmp_fd;
	struct lines qmp_lines;
	GString *qmp_text;	/* the lines that speak of the end */
	char *error_path;	/* QEMU's own standard error */
	bool reaped;
	int status;		/* of waitpid(), when reaped */
};

static void add(GPtrArray *argv, const char *option, const char *value)
{
	g_ptr_array_add(argv, g_strdup(option));
	if (value)
		g_ptr_array_add(argv, g_strdup(value));
}

static void add_format(GPtrArray *argv, const char *option, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void add_format(GPtrArray *argv, const char *option, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(argv, g_strdup(option));
	g_ptr_array_add(argv, g_strdup_vprintf(format, args));
	va_end(args);
}

static bool is_counted(const struct runner_boot *boot)
{
	return !strcmp(boot->accel, "counted");
}

static void add_counted(GPtrArray *argv, const struct runner_boot *boot)
{
	add(argv, "-accel", "tcg");
	add(argv, "-icount", "shift=0,sleep=off");
	add(argv, "-seed", COUNTED_SEED);
	add(argv, "-rtc", COUNTED_RTC);
	add_format(argv, "-smp", "%d", boot->nodes ? COUNTED_POSSIBLE_CPUS : 1);
}

static void add_timed(GPtrArray *argv, const struct runner_boot *boot)
{
	bool tcg = !strcmp(boot->accel, "tcg");

	add(argv, "-accel", tcg ? "tcg,thread=multi" : boot->accel);
	add_format(argv, "-smp", "%u", boot->smp);
	/* So that vCPU threads can be told apart and pinned. */
	add(argv, "-name", "vmapbench,debug-threads=on");
}

static void add_machine(GPtrArray *argv, const struct qemu_machine *machine, const struct runner_boot *boot)
{
	const struct qemu_way *way = qemu_machine_way(machine, boot->accel);
	g_autofree char *cpu = qemu_way_cpu(way, boot->cpu);

	add(argv, "-machine", way->machine);
	add(argv, "-cpu", cpu);
	add_format(argv, "-m", "%uM", boot->memory_mib);
	(is_counted(boot) ? add_counted : add_timed)(argv, boot);
}

static void append_words(GString *text, const char *words)
{
	if (words)
		g_string_append_printf(text, " %s", words);
}

/* What each parameter is for stands in docs/protocol.md. */
static char *kernel_parameters(const struct qemu_machine *machine, const struct runner_boot *boot)
{
	GString *text = g_string_new(NULL);

	g_string_printf(text, "console=%s loglevel=5 log_buf_len=4M printk.devkmsg=on oops=panic panic=-1 "
			      "nokaslr", machine->console);
	append_words(text, machine->parameters);
	append_words(text, is_counted(boot) ? machine->counted_parameters : NULL);
	append_words(text, boot->append);
	return g_string_free(text, FALSE);
}

/* In QEMU's option values a comma is written twice. */
static char *escape_commas(const char *value)
{
	g_auto(GStrv) parts = g_strsplit(value, ",", -1);

	return g_strjoinv(",,", parts);
}

static void add_profiler(GPtrArray *argv, const struct runner_profile *profile)
{
	g_autofree char *plugin = path_libexec("profiler.so");
	g_autofree char *file = escape_commas(plugin);
	g_autofree char *map = escape_commas(profile->map);
	g_autofree char *out = escape_commas(profile->out);

	add_format(argv, "-plugin", "%s,map=%s,out=%s,watch=%s", file, map, out, profile->functions);
}

static GPtrArray *command_words(const struct qemu_machine *machine, const struct runner_boot *boot)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *parameters = kernel_parameters(machine, boot);
	g_autofree char *console_path = escape_commas(boot->console_path);

	add(argv, machine->emulator, NULL);
	add(argv, "-nodefaults", NULL);
	add(argv, "-no-user-config", NULL);
	add(argv, "-display", "none");
	add(argv, "-no-reboot", NULL);
	add_machine(argv, machine, boot);
	add(argv, "-kernel", boot->image);
	add(argv, "-initrd", boot->initramfs);
	add(argv, "-append", parameters);
	add_format(argv, "-chardev", "file,id=console,path=%s", console_path);
	add(argv, "-serial", "chardev:console");
	add_format(argv, "-chardev", "socket,id=agent,fd=%d", CHANNEL_FD);
	/*
	 * Without ioeventfd a write of the guest is handled where it happens, not whenever the main loop runs.
	 */
	add(argv, "-device", "virtio-serial-pci,ioeventfd=off,max_ports=2");
	add(argv, "-device", "virtserialport,chardev=agent,name=" WIRE_PORT_NAME);
	add(argv, "-device", "pvpanic-pci");
	add_format(argv, "-chardev", "socket,id=qmp,fd=%d", QMP_FD);
	add(argv, "-mon", "chardev=qmp,mode=control");
	if (boot->profile)
		add_profiler(argv, boot->profile);
	g_ptr_array_add(argv, NULL);
	return argv;
}

static char *command(const struct runner_boot *boot)
{
	const struct qemu_machine *machine = qemu_machine_find(boot->arch, NULL);
	g_autoptr(GPtrArray) argv = machine ? command_words(machine, boot) : NULL;

	return argv ? exec_quote((const char *const *)argv->pdata) : g_strdup("");
}

/* Its own process group: Ctrl-C at the terminal is for us, who end it in order. */
static void set_up_child(gpointer parent)
{
	setpgid(0, 0);
	exec_set_up_child(parent);
}

/* Counted: the threads of QEMU share one CPU (docs/protocol.md). */
static void set_up_counted_child(gpointer parent)
{
	qemu_pin_self();
	set_up_child(parent);
}

static bool open_pair(int ends[2], GError **error)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 &&
	    fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot make a channel to QEMU: %s",
		    g_strerror(errno));
	return false;
}

static bool spawn(struct qemu_target *t, const struct qemu_machine *machine, const struct runner_boot *boot,
		  const int child_fds[2], GError **error)
{
	static const int targets[] = { CHANNEL_FD, QMP_FD };
	g_autoptr(GPtrArray) argv = command_words(machine, boot);
	g_autoptr(GError) reason = NULL;
	int error_fd = open(t->error_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool ok;

	if (error_fd < 0) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot write it: %s", t->error_path,
			    g_strerror(errno));
		return false;
	}
	ok = g_spawn_async_with_pipes_and_fds(
		NULL, (const char *const *)argv->pdata, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
		is_counted(boot) ? set_up_counted_child : set_up_child, GINT_TO_POINTER(getpid()), -1, error_fd,
		error_fd, child_fds, targets, G_N_ELEMENTS(targets), &t->pid, NULL, NULL, NULL, &reason);
	close(error_fd);
	if (!ok)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "cannot start %s: %s (Debian package %s)", machine->emulator, reason->message,
			    machine->package);
	return ok;
}

static void free_target(struct qemu_target *t);

static struct target *start(const struct runner_boot *boot, GError **error)
{
	const struct qemu_machine *machine = qemu_machine_find(boot->arch, error);
	struct qemu_target *t;
	int channel[2] = { -1, -1 }, qmp[2] = { -1, -1 };
	bool ok;

	if (!machine || !payload_pack(boot, error))
		return NULL;
	t = g_new0(struct qemu_target, 1);
	t->base.runner = &qemu_runner;
	t->error_path = g_strconcat(boot->console_path, ".qemu", NULL);
	lines_init(&t->qmp_lines, QMP_LINE_MAX);
	t->qmp_text = g_string_new(NULL);
	t->smp = boot->smp;
	t->counted = is_counted(boot);
	ok = open_pair(channel, error) && open_pair(qmp, error) &&
	     spawn(t, machine, boot, (int[]){ channel[1], qmp[1] }, error);
	close(channel[1]);
	close(qmp[1]);
	t->base.channel_fd = channel[0];
	t->qmp_fd = qmp[0];
	if (!ok) {
		free_target(t);
		return NULL;
	}
	/* When QEMU died at once this fails, and end() says why it died. */
	send(t->qmp_fd, qmp_greeting, strlen(qmp_greeting), MSG_NOSIGNAL);
	return &t->base;
}

/* Keeps what qmp_end() looks at: a guest can make the monitor report other things without end. */
static void read_qmp(struct qemu_target *t)
{
	char buffer[4096];
	ssize_t got;
	char *line;

	while ((got = read(t->qmp_fd, buffer, sizeof(buffer))) > 0) {
		lines_feed(&t->qmp_lines, buffer, got);
		while ((line = lines_next(&t->qmp_lines))) {
			if (t->qmp_text->len < QMP_TEXT_MAX && qmp_is_end(line))
				g_string_append_printf(t->qmp_text, "%s\n", line);
			g_free(line);
		}
	}
}

/* "ended with status 1: Could not allocate memory": QEMU's own last line, when it left one. */
static char *describe_exit(const struct qemu_target *t)
{
	g_autofree char *said = NULL;
	g_autofree char *how = WIFSIGNALED(t->status)
				       ? g_strdup_printf("was killed by signal %d (%s)", WTERMSIG(t->status),
							 g_strsignal(WTERMSIG(t->status)))
				       : g_strdup_printf("ended with status %d", WEXITSTATUS(t->status));

	if (!g_file_get_contents(t->error_path, &said, NULL, NULL) || !*g_strstrip(said))
		return g_strdup_printf("QEMU %s", how);
	return g_strdup_printf("QEMU %s: %s", how, strrchr(said, '\n') ? strrchr(said, '\n') + 1 : said);
}

static const char *up(struct target *base)
{
	struct qemu_target *t = (struct qemu_target *)base;

	if (t->counted || qemu_pin_vcpus(t->pid, t->smp) != (int)t->smp)
		return NULL;
	return "vCPUs pinned";
}

static enum runner_end end(struct target *base, int wait_ms, char **ret_why)
{
	struct qemu_target *t = (struct qemu_target *)base;
	enum runner_end how;

	*ret_why = NULL;
	t->reaped = t->reaped || exec_reap(t->pid, wait_ms, &t->status);
	read_qmp(t);
	how = qmp_end(t->qmp_text->str, ret_why);
	if (!t->reaped)
		return how == RUNNER_PANIC ? how : RUNNER_RUNNING;
	if (how != RUNNER_RUNNING)
		return how;
	*ret_why = describe_exit(t);
	return WIFSIGNALED(t->status) ? RUNNER_KILLED : RUNNER_BROKEN;
}

static void remove_when_empty(const char *path)
{
	GStatBuf info;

	if (g_stat(path, &info) == 0 && info.st_size == 0)
		g_unlink(path);
}

static void free_target(struct qemu_target *t)
{
	if (t->pid > 0 && !t->reaped) {
		kill(t->pid, SIGKILL);
		while (waitpid(t->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	close(t->base.channel_fd);
	close(t->qmp_fd);
	remove_when_empty(t->error_path);
	lines_release(&t->qmp_lines);
	g_string_free(t->qmp_text, TRUE);
	g_free(t->error_path);
	g_free(t);
}

static bool stop(struct target *base, char **ret_why)
{
	(void)ret_why;
	free_target((struct qemu_target *)base);
	return true;
}

const struct runner qemu_runner = {
	.name = "qemu",
	.start = start,
	.up = up,
	.end = end,
	.stop = stop,
	.command = command,
};
