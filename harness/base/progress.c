// SPDX-License-Identifier: GPL-2.0-only
#include "progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "units.h"

#define REDRAW_US (G_USEC_PER_SEC / 5)
#define PLAIN_LINE_US (15 * G_USEC_PER_SEC)
#define LINE_WIDTH 78

struct progress {
	char *what;
	guint64 total;
	guint64 done;
	gint64 start_us;
	gint64 last_print_us;
	bool terminal;
};

static bool line_is_drawn;

struct progress *progress_new(const char *what, guint64 total)
{
	struct progress *p = g_new0(struct progress, 1);

	p->what = g_strdup(what);
	p->total = total;
	p->start_us = g_get_monotonic_time();
	p->terminal = isatty(STDERR_FILENO);
	if (!p->terminal)
		fprintf(stderr, "%s: started\n", what);
	p->last_print_us = p->terminal ? 0 : p->start_us;
	return p;
}

/* Time left, assuming that the steps to come take as long as those behind us. */
static void append_time_left(GString *line, const struct progress *p, gint64 elapsed_us)
{
	g_autofree char *left = NULL;

	if (p->total == 0 || p->done == 0 || p->done > p->total)
		return;
	left = units_format_duration((double)elapsed_us / p->done * (p->total - p->done) / G_USEC_PER_SEC);
	g_string_append_printf(line, "  %" G_GUINT64_FORMAT " %%  left %s", p->done * 100 / p->total, left);
}

static GString *describe(const struct progress *p, gint64 now_us, const char *detail)
{
	GString *line = g_string_new(p->what);

	if (p->total > 0)
		g_string_append_printf(line, "  %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, p->done, p->total);
	else
		g_string_append_printf(line, "  %" G_GUINT64_FORMAT, p->done);
	append_time_left(line, p, now_us - p->start_us);
	if (detail)
		g_string_append_printf(line, "  %s", detail);
	return line;
}

void progress_update(struct progress *p, guint64 done, const char *detail)
{
	gint64 now_us = g_get_monotonic_time();
	g_autoptr(GString) line = NULL;

	p->done = done;
	if (now_us - p->last_print_us < (p->terminal ? REDRAW_US : PLAIN_LINE_US))
		return;
	p->last_print_us = now_us;
	line = describe(p, now_us, detail);
	if (p->terminal) {
		fprintf(stderr, "\r%-*.*s", LINE_WIDTH, LINE_WIDTH, line->str);
		line_is_drawn = true;
	} else {
		fprintf(stderr, "%s\n", line->str);
	}
}

void progress_finish(struct progress *p, const char *summary)
{
	g_autofree char *elapsed =
		units_format_duration((double)(g_get_monotonic_time() - p->start_us) / G_USEC_PER_SEC);

	progress_clear_line();
	fprintf(stderr, "%s: done in %s%s%s\n", p->what, elapsed, summary ? ", " : "", summary ? summary : "");
	progress_free(p);
}

void progress_free(struct progress *p)
{
	if (!p)
		return;
	progress_clear_line();
	g_free(p->what);
	g_free(p);
}

void progress_clear_line(void)
{
	if (line_is_drawn)
		fprintf(stderr, "\r%*s\r", LINE_WIDTH, "");
	line_is_drawn = false;
}
