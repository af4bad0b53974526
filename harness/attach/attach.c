// SPDX-License-Identifier: GPL-2.0-only
#include "attach.h"

#include <errno.h>
#include <glib-unix.h>
#include <math.h>
#include <signal.h>
#include <unistd.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/tty.h"
#include "moment.h"
#include "tables.h"
#include "terminal.h"
#include "view.h"

/* Attaching takes a moment in which some events are counted already. */
#define RATE_LEAST_S 0.05
#define PIPE_WIDTH 120

struct watch {
	const struct attach_options *options;
	const json_t *described;
	struct trace *trace;
	struct attach_log *log;
	struct terminal *terminal;	/* while it is ours */
	GMainLoop *loop;
	gint64 start_us;
	struct sample *total;		/* of the last reading; NULL before the first */
	struct sample *interval;
	double interval_s;
	bool show_total;
	bool unheard;			/* who read our output has gone */
	GError *error;
};

static double elapsed_s(const struct watch *w)
{
	return (double)(g_get_monotonic_time() - w->start_us) / G_USEC_PER_SEC;
}

static void stop(struct watch *w)
{
	g_main_loop_quit(w->loop);
}

/* EIO: our terminal was hung up. */
static void stop_writing(struct watch *w)
{
	if (errno != EPIPE && errno != EIO && errno != EINTR && !w->error)
		g_set_error(&w->error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write to standard output: %s",
			    g_strerror(errno));
	w->unheard = true;
	stop(w);
}

static void print(struct watch *w, const GString *text)
{
	if (!w->unheard && !terminal_write(text->str, text->len))
		stop_writing(w);
}

static void print_lines(struct watch *w, const GPtrArray *lines)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++)
		g_string_append_printf(text, "%s\n", ((const struct line *)lines->pdata[i])->text);
	print(w, text);
}

static void print_json(struct watch *w, const json_t *records)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < json_array_size(records); i++) {
		g_autofree char *line = json_line(json_array_get(records, i));

		g_string_append_printf(text, "%s\n", line);
	}
	print(w, text);
}

static struct moment moment_of(const struct watch *w, bool total)
{
	double passed_s = total ? w->total->at_s : w->interval_s;

	return (struct moment){
		.kernel = w->options->kernel,
		.trace = w->described,
		.total = w->total,
		.shown = total ? w->total : w->interval,
		.shown_s = passed_s < RATE_LEAST_S ? NAN : passed_s,
		.for_s = w->options->for_s,
	};
}

static void draw(struct watch *w)
{
	struct moment m = moment_of(w, w->show_total);
	g_autoptr(GPtrArray) lines = NULL;
	guint width, height;

	tty_size(STDOUT_FILENO, &width, &height);
	lines = view_screen(&m, w->show_total, width, height);
	if (!terminal_draw(lines))
		stop_writing(w);
}

static void print_block(struct watch *w, bool total)
{
	struct moment m = moment_of(w, total);
	g_autoptr(GPtrArray) lines = NULL;
	guint width = PIPE_WIDTH, height;

	if (isatty(STDOUT_FILENO))
		tty_size(STDOUT_FILENO, &width, &height);
	lines = view_block(&m, total, width);
	print_lines(w, lines);
}

/* A reading is made into two samples, as one of them becomes the difference. */
static bool take(struct watch *w, const json_t *records, double at_s)
{
	g_autoptr(sample) total = sample_of(records, at_s, &w->error);
	g_autoptr(sample) interval = total ? sample_of(records, at_s, &w->error) : NULL;

	if (!interval || (w->total && !sample_subtract(interval, w->total, &w->error)))
		return false;
	w->interval_s = at_s - (w->total ? w->total->at_s : 0);
	sample_free(w->total);
	sample_free(w->interval);
	w->total = g_steal_pointer(&total);
	w->interval = g_steal_pointer(&interval);
	return true;
}

static bool read_trace(struct watch *w, bool end)
{
	char why[400];
	double at_s = elapsed_s(w);
	g_autojson records = trace_read(w->trace, why, sizeof(why));
	g_autojson closed = NULL;

	if (!records) {
		g_set_error(&w->error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s", why);
		return false;
	}
	if (!take(w, records, at_s))
		return false;
	closed = attach_log_sample(records, at_s, end);
	if (w->log && !attach_log_append(w->log, closed, &w->error))
		return false;
	if (w->options->form == ATTACH_JSON)
		print_json(w, closed);
	return true;
}

static void step(struct watch *w)
{
	if (!read_trace(w, false))
		stop(w);
	else if (w->options->form == ATTACH_SCREEN)
		draw(w);
	else if (w->options->form == ATTACH_TEXT)
		print_block(w, false);
}

static gboolean on_interval(gpointer data)
{
	step(data);
	return G_SOURCE_CONTINUE;
}

static gboolean on_end(gpointer data)
{
	stop(data);
	return G_SOURCE_CONTINUE;
}

static gboolean on_interrupt(gint fd, GIOCondition condition, gpointer data)
{
	(void)fd;
	(void)condition;
	stop(data);
	return G_SOURCE_REMOVE;
}

static gboolean on_resize(gpointer data)
{
	draw(data);
	return G_SOURCE_CONTINUE;
}

static gboolean on_key(gint fd, GIOCondition condition, gpointer data)
{
	struct watch *w = data;
	int key = terminal_key();

	(void)fd;
	(void)condition;
	if (key == 'q')
		stop(w);
	if (key == 't') {
		w->show_total = !w->show_total;
		draw(w);
	}
	return key >= 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Sources are those of a context of our own, which goes with them. */
static void add_source(struct watch *w, GSource *source, GSourceFunc call, int priority)
{
	g_source_set_callback(source, call, w, NULL);
	g_source_set_priority(source, priority);
	g_source_attach(source, g_main_loop_get_context(w->loop));
	g_source_unref(source);
}

/* The end comes before an interval that is due at the same time. */
static void add_sources(struct watch *w)
{
	add_source(w, g_timeout_source_new(ceil(w->options->interval_s * 1000)), on_interval,
		   G_PRIORITY_DEFAULT);
	if (w->options->for_s > 0)
		add_source(w, g_timeout_source_new(ceil(w->options->for_s * 1000)), on_end, G_PRIORITY_HIGH);
	add_source(w, g_unix_fd_source_new(interrupt_fd(), G_IO_IN), G_SOURCE_FUNC(on_interrupt),
		   G_PRIORITY_HIGH);
	if (!w->terminal)
		return;
	add_source(w, g_unix_signal_source_new(SIGWINCH), on_resize, G_PRIORITY_DEFAULT);
	if (isatty(STDIN_FILENO))
		add_source(w, g_unix_fd_source_new(STDIN_FILENO, G_IO_IN), G_SOURCE_FUNC(on_key),
			   G_PRIORITY_DEFAULT);
}

static void begin(struct watch *w)
{
	if (w->options->form == ATTACH_JSON) {
		g_autojson first = json_pack("[O]", w->described);

		print_json(w, first);
	}
	if (w->options->form == ATTACH_SCREEN) {
		w->terminal = terminal_open();
		step(w);
	}
}

/* The last reading also when nobody looks any more: the log is to be whole. */
static void finish(struct watch *w)
{
	g_clear_pointer(&w->terminal, terminal_close);
	if (w->error || !read_trace(w, true))
		return;
	if (w->options->form != ATTACH_JSON)
		print_block(w, true);
	if (interrupt_pending() && w->total->at_s < w->options->for_s && !w->error)
		g_set_error(&w->error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "stopped after %.1f of %.1f s; what was counted until then is all there",
			    w->total->at_s, w->options->for_s);
}

bool attach_watch(struct trace *trace, const json_t *described, struct attach_log *log,
		  const struct attach_options *options, GError **error)
{
	g_autoptr(GMainContext) context = g_main_context_new();
	struct watch w = {
		.options = options,
		.described = described,
		.trace = trace,
		.log = log,
		.loop = g_main_loop_new(context, FALSE),
		.start_us = g_get_monotonic_time(),
	};

	begin(&w);
	add_sources(&w);
	if (!w.error && !w.unheard && !interrupt_pending())
		g_main_loop_run(w.loop);
	finish(&w);
	g_main_loop_unref(w.loop);
	sample_free(w.total);
	sample_free(w.interval);
	if (w.error)
		g_propagate_error(error, w.error);
	return !w.error;
}
