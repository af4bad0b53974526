// SPDX-License-Identifier: GPL-2.0-only
#include "progress.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "msg.h"
#include "screen.h"
#include "tty.h"
#include "units.h"

struct progress {
	struct progress *outer;		/* what is shown again behind this one, or NULL */
	struct status status;		/* its texts are ours; left_s is that of step_us */
	char *texts[STATUS_WORDS];
	gint64 start_us, step_us, shown_us;
	bool changed;			/* since it was shown */
};

/* How it is shown, and how often at most. */
struct form {
	gint64 gap_us, changed_gap_us;	/* between two: when nothing has changed, and when something has */
	int tick_ms;			/* how often the ticker looks */
	bool is_redrawn;	/* ... and at once when the window changes */
	void (*begin)(struct progress *p);
	void (*show)(struct progress *p);
	void (*end)(struct progress *p, const char *event);
};

/* Guards all progress there is, and these. */
static GMutex mutex;
static struct progress *current;
static const struct form *form;
static GThread *ticker;
static int stop_fd = -1;

static double seconds_since(gint64 then_us)
{
	return (double)(g_get_monotonic_time() - then_us) / G_USEC_PER_SEC;
}

/* The step under way counts down to its end, and then waits there. */
static struct status status_now(const struct progress *p)
{
	struct status s = p->status;
	double step_s = seconds_since(p->step_us);
	double behind_s = isnan(s.expected_s) ? 0 : MAX(0, s.left_s - s.expected_s);

	s.elapsed_s = seconds_since(p->start_us);
	s.step_s = step_s;
	if (!isnan(s.left_s))
		s.left_s = MAX(behind_s, s.left_s - step_s);
	return s;
}

static void draw(struct progress *p)
{
	const struct status s = status_now(p);
	g_autoptr(GPtrArray) lines = NULL;
	guint columns, rows;

	/* A letter in the last column would let the cursor hang behind it, and a status that fills the screen
	 * would push its own first line out of it. */
	tty_size(STDERR_FILENO, &columns, &rows);
	lines = status_lines(&s, columns - 1, MAX(1, rows - 1));
	screen_draw(lines);
}

static void print_started(struct progress *p)
{
	g_autofree char *line = g_strdup_printf("%s: started\n", p->status.what);

	screen_print(line);
}

static void print_plain(struct progress *p)
{
	const struct status s = status_now(p);
	g_autofree char *text = status_plain(&s);
	g_autofree char *line = g_strconcat(text, "\n", NULL);

	screen_print(line);
}

static void print_json(struct progress *p, const char *event)
{
	const struct status s = status_now(p);
	g_autofree char *text = status_json(&s, event);
	g_autofree char *line = g_strconcat(text, "\n", NULL);

	screen_print(line);
}

static void print_json_start(struct progress *p)
{
	print_json(p, "start");
}

static void print_json_step(struct progress *p)
{
	print_json(p, "step");
}

static void end_terminal(struct progress *p, const char *event)
{
	(void)p;
	(void)event;
	screen_wipe();
}

static const struct form terminal_form = {
	.gap_us = G_USEC_PER_SEC / 2, .changed_gap_us = G_USEC_PER_SEC / 5, .tick_ms = 1000,
	.is_redrawn = true, .show = draw, .end = end_terminal,
};

static const struct form plain_form = {
	.gap_us = 15 * G_USEC_PER_SEC, .changed_gap_us = 15 * G_USEC_PER_SEC, .tick_ms = 15000,
	.begin = print_started, .show = print_plain,
};

static const struct form json_form = {
	.gap_us = 15 * G_USEC_PER_SEC, .changed_gap_us = G_USEC_PER_SEC, .tick_ms = 1000,
	.begin = print_json_start, .show = print_json_step, .end = print_json,
};

static const struct form quiet_form = { .gap_us = G_MAXINT64, .changed_gap_us = G_MAXINT64 };

static const struct form *choose_form(void)
{
	if (msg_is_quiet())
		return &quiet_form;
	if (msg_is_json())
		return &json_form;
	return tty_can_redraw(STDERR_FILENO) && tty_controls_us(STDERR_FILENO) ? &terminal_form : &plain_form;
}

static void show(struct progress *p)
{
	gint64 now_us = g_get_monotonic_time();

	if (now_us - p->shown_us < (p->changed ? form->changed_gap_us : form->gap_us))
		return;
	p->shown_us = now_us;
	p->changed = false;
	form->show(p);
}

static int tick_ms(void)
{
	int ms;

	g_mutex_lock(&mutex);
	ms = form->tick_ms;
	g_mutex_unlock(&mutex);
	return ms;
}

/* Only the resizing of the window, and the order to stop, wake it between two ticks. */
static gpointer tick(gpointer data)
{
	sigset_t resized;
	struct pollfd fds[] = { { .fd = stop_fd, .events = POLLIN }, { .events = POLLIN } };
	struct signalfd_siginfo info;

	(void)data;
	sigemptyset(&resized);
	sigaddset(&resized, SIGWINCH);
	fds[1].fd = signalfd(-1, &resized, SFD_CLOEXEC | SFD_NONBLOCK);
	for (;;) {
		if (poll(fds, G_N_ELEMENTS(fds), tick_ms()) < 0 || fds[0].revents)
			break;
		g_mutex_lock(&mutex);
		if (fds[1].revents && read(fds[1].fd, &info, sizeof(info)) > 0 && current && form->is_redrawn)
			current->shown_us = 0;
		if (current)
			show(current);
		g_mutex_unlock(&mutex);
	}
	close(fds[1].fd);
	return NULL;
}

/* Signals are for the thread that is at work, which polls for them or is interrupted. */
static void start_ticker(void)
{
	sigset_t all, before;

	if (ticker || tick_ms() == 0)
		return;
	stop_fd = eventfd(0, EFD_CLOEXEC);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ticker = g_thread_new("progress", tick, NULL);
	sigaddset(&before, SIGWINCH);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Without the mutex, which it may wait for. */
static void stop_ticker(void)
{
	const uint64_t one = 1;
	sigset_t resized;

	if (!ticker || current)
		return;
	if (write(stop_fd, &one, sizeof(one)) == sizeof(one))
		g_thread_join(ticker);
	ticker = NULL;
	close(stop_fd);
	stop_fd = -1;
	sigemptyset(&resized);
	sigaddset(&resized, SIGWINCH);
	pthread_sigmask(SIG_UNBLOCK, &resized, NULL);
}

struct progress *progress_new(const char *what, guint64 total)
{
	struct progress *p = g_new0(struct progress, 1);

	p->status = (struct status){ .what = g_strdup(what), .total = total, .left_s = NAN, .expected_s = NAN };
	p->start_us = g_get_monotonic_time();
	p->step_us = p->start_us;
	g_mutex_lock(&mutex);
	p->outer = current;
	current = p;
	form = choose_form();
	p->shown_us = form->begin ? p->start_us : 0;
	if (form->begin)
		form->begin(p);
	g_mutex_unlock(&mutex);
	start_ticker();
	return p;
}

/* Takes all of @s but what is of the whole work. */
static void take(struct progress *p, const struct status *s)
{
	const char *what = p->status.what;

	p->status = *s;
	p->status.what = what;
	for (guint i = 0; i < STATUS_WORDS; i++) {
		g_free(p->texts[i]);
		p->texts[i] = g_strdup(s->words[i].text);
		p->status.words[i].text = p->texts[i];
	}
	p->step_us = g_get_monotonic_time();
	p->changed = true;
}

void progress_step(struct progress *p, const struct status *s)
{
	g_mutex_lock(&mutex);
	take(p, s);
	if (p == current)
		show(p);
	g_mutex_unlock(&mutex);
}

void progress_word(struct progress *p, guint index, const char *text)
{
	g_mutex_lock(&mutex);
	g_free(p->texts[index]);
	p->texts[index] = g_strdup(text);
	p->status.words[index].text = p->texts[index];
	p->changed = true;
	if (p == current)
		show(p);
	g_mutex_unlock(&mutex);
}

void progress_update(struct progress *p, guint64 done, const char *detail)
{
	struct status s = {
		.done = done, .total = p->status.total, .words = { { detail ? "now" : NULL, detail } },
		.left_s = NAN, .expected_s = NAN,
	};

	if (done > 0 && done <= s.total) {
		s.expected_s = seconds_since(p->start_us) / (double)done;
		s.left_s = s.expected_s * (double)(s.total - done);
	}
	progress_step(p, &s);
}

void progress_warn(const struct progress *p, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	msg_warn("%s: %s", p->status.what, text);
}

static void release(struct progress *p, bool done)
{
	if (!p)
		return;
	g_mutex_lock(&mutex);
	if (done)
		p->status.left_s = 0;
	if (form->end)
		form->end(p, done ? "end" : "stop");
	for (struct progress **at = &current; *at; at = &(*at)->outer) {
		if (*at == p) {
			*at = p->outer;
			break;
		}
	}
	g_mutex_unlock(&mutex);
	stop_ticker();
	for (guint i = 0; i < STATUS_WORDS; i++)
		g_free(p->texts[i]);
	g_free((char *)p->status.what);
	g_free(p);
}

void progress_finish(struct progress *p, const char *summary)
{
	g_autofree char *elapsed = units_format_duration(seconds_since(p->start_us));
	g_autofree char *line = g_strdup_printf("%s: done in %s%s%s\n", p->status.what, elapsed,
						summary ? ", " : "", summary ? summary : "");
	bool for_people;

	g_mutex_lock(&mutex);
	for_people = form == &terminal_form || form == &plain_form;
	g_mutex_unlock(&mutex);
	release(p, true);
	if (for_people)
		screen_print(line);
}

void progress_free(struct progress *p)
{
	release(p, false);
}
