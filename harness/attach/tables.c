// SPDX-License-Identifier: GPL-2.0-only
#include "tables.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/units.h"
#include "figures.h"

#define NAME_LEAST 12
#define NAME_MOST 30
/* Powers of two that a number of HIST_BITS bits can have, and 0. */
#define POWERS (HIST_BITS + 1)

/* @text cut to @width columns; what was cut off is a '~'. */
static char *cut(const char *text, guint width)
{
	g_autofree char *head = NULL;

	if ((guint)g_utf8_strlen(text, -1) <= width)
		return g_strdup(text);
	head = g_utf8_substring(text, 0, width > 0 ? width - 1 : 0);
	return g_strconcat(head, width > 0 ? "~" : "", NULL);
}

static void line_free(gpointer data)
{
	struct line *line = data;

	g_free(line->text);
	g_free(line);
}

GPtrArray *tables_new(void)
{
	return g_ptr_array_new_with_free_func(line_free);
}

static void add_line(GPtrArray *lines, const GString *text, guint width, bool head)
{
	struct line *line = g_new(struct line, 1);

	*line = (struct line){ cut(text->str, width), head };
	g_ptr_array_add(lines, line);
}

void tables_add_blank(GPtrArray *lines)
{
	g_autoptr(GString) nothing = g_string_new(NULL);

	add_line(lines, nothing, 0, false);
}

/* A row of a table: what its columns are made from. */
struct row {
	const struct sample_hist *hist;		/* shown; and its total */
	const struct sample_hist *hist_total;
	const struct sample_lock *lock;
	const struct sample_lock *lock_total;
	double seconds;
};

struct column {
	const char *title;
	guint width;				/* with a blank before it */
	void (*add)(GString *cell, const struct row *row);
};

static void add_calls(GString *cell, const struct row *row)
{
	figures_add_number(cell, row->hist->ns.count / row->seconds);
}

static void add_total_calls(GString *cell, const struct row *row)
{
	figures_add_number(cell, row->hist_total->ns.count);
}

static void add_p50(GString *cell, const struct row *row)
{
	figures_add_ns(cell, histogram_quantile(&row->hist->ns, 0.5));
}

static void add_p90(GString *cell, const struct row *row)
{
	figures_add_ns(cell, histogram_quantile(&row->hist->ns, 0.9));
}

static void add_p99(GString *cell, const struct row *row)
{
	figures_add_ns(cell, histogram_quantile(&row->hist->ns, 0.99));
}

static void add_p99_9(GString *cell, const struct row *row)
{
	figures_add_ns(cell, histogram_quantile(&row->hist->ns, 0.999));
}

static void add_max(GString *cell, const struct row *row)
{
	figures_add_ns(cell, row->hist->ns.count ? (double)row->hist->ns.max : NAN);
}

static void add_lost(GString *cell, const struct row *row)
{
	figures_add_number(cell, row->hist_total->lost);
}

static const struct column latency_columns[] = {
	{ "calls/s", 8, add_calls },
	{ "total", 7, add_total_calls },
	{ "p50", 7, add_p50 },
	{ "p90", 7, add_p90 },
	{ "p99", 7, add_p99 },
	{ "p99.9", 7, add_p99_9 },
	{ "max", 7, add_max },
	{ "lost", 6, add_lost },
};

static void add_waits(GString *cell, const struct row *row)
{
	figures_add_number(cell, row->lock->waits / row->seconds);
}

static void add_total_waits(GString *cell, const struct row *row)
{
	figures_add_number(cell, row->lock_total->waits);
}

static void add_wait(GString *cell, const struct row *row)
{
	figures_add_ns(cell, row->lock_total->wait_ns);
}

static void add_lock_max(GString *cell, const struct row *row)
{
	figures_add_ns(cell, row->lock_total->max_ns);
}

static void add_lock_lost(GString *cell, const struct row *row)
{
	figures_add_number(cell, row->lock_total->lost);
}

static const struct column lock_columns[] = {
	{ "waits/s", 8, add_waits },	   { "total", 7, add_total_waits }, { "waited", 8, add_wait },
	{ "max", 7, add_lock_max }, { "lost", 6, add_lock_lost },
};

static guint width_of(const struct column *columns, size_t count)
{
	guint width = 0;

	for (size_t i = 0; i < count; i++)
		width += columns[i].width;
	return width;
}

static void add_name(GString *line, const char *name, guint width)
{
	g_autofree char *fit = cut(name, width);

	g_string_append(line, fit);
	for (guint at = g_utf8_strlen(fit, -1); at < width; at++)
		g_string_append_c(line, ' ');
}

/* The cells of @row, or the titles when it is NULL. */
static void add_cells(GString *line, const struct column *columns, size_t count, const struct row *row)
{
	g_autoptr(GString) cell = g_string_new(NULL);

	for (size_t i = 0; i < count; i++) {
		if (row)
			columns[i].add(g_string_truncate(cell, 0), row);
		g_string_append_printf(line, "%*s", (int)columns[i].width, row ? cell->str : columns[i].title);
	}
}

static guint name_width(const struct column *columns, size_t count, guint width)
{
	guint others = width_of(columns, count);

	return CLAMP(width, others + NAME_LEAST, others + NAME_MOST) - others;
}

void tables_add_title(GPtrArray *lines, const struct moment *m, const char *more, guint width)
{
	g_autofree char *elapsed = units_format_duration(m->total->at_s);
	g_autofree char *limit = m->for_s > 0 ? units_format_duration(m->for_s) : NULL;
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_printf(line, "vmapbench attach  Linux %s  %s%s%s%s%s", m->kernel, elapsed, limit ? " of " : "",
			limit ? limit : "", *more ? "  " : "", more);
	add_line(lines, line, width, true);
}

void tables_add_collectors(GPtrArray *lines, const struct moment *m, guint width)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(m->trace, "collectors"), i, entry) {
		const char *name = json_text(entry, "collector");
		g_autoptr(GString) line = g_string_new(name);

		g_string_append_printf(line, " by %s: %s", json_text(entry, "backend"),
				       json_text(entry, "measures"));
		if (strcmp(name, "state"))
			add_line(lines, line, width, false);
	}
}

static void add_level(GString *line, const char *name, gint64 level, const char *unit)
{
	if (level == SAMPLE_UNKNOWN)
		g_string_append_printf(line, "  %s unknown", name);
	else
		g_string_append_printf(line, "  %s %" G_GINT64_FORMAT "%s", name, level, unit);
}

static void add_rate(GString *line, const char *name, guint64 count, double seconds)
{
	g_string_append_printf(line, "  %s ", name);
	figures_add_number(line, count / seconds);
	g_string_append(line, "/s");
}

static void add_state(GPtrArray *lines, const struct sample_state *state, guint width)
{
	g_autoptr(GString) line = g_string_new("vmalloc");

	add_level(line, "used", state->vmalloc_used_kib, " KiB");
	add_level(line, "areas", state->areas, "");
	add_level(line, "lazy", state->lazy_pages, " pages");
	add_line(lines, line, width, false);
}

static void add_events(GPtrArray *lines, const struct sample_events *events, double seconds, guint width)
{
	g_autoptr(GString) line = g_string_new("events");

	add_rate(line, "allocs", events->allocs, seconds);
	add_rate(line, "frees", events->frees, seconds);
	add_rate(line, "purges", events->purges, seconds);
	add_rate(line, "purged", events->purged, seconds);
	add_rate(line, "failed", events->failed, seconds);
	add_line(lines, line, width, false);
}

void tables_add_state(GPtrArray *lines, const struct moment *m, guint width)
{
	if (m->shown->state)
		add_state(lines, m->shown->state, width);
	if (m->shown->events)
		add_events(lines, m->shown->events, m->shown_s, width);
}

static void add_latency_line(GPtrArray *lines, const char *name, const struct row *row, guint width)
{
	g_autoptr(GString) line = g_string_new(NULL);

	add_name(line, name, name_width(latency_columns, G_N_ELEMENTS(latency_columns), width));
	add_cells(line, latency_columns, G_N_ELEMENTS(latency_columns), row);
	add_line(lines, line, width, !row);
}

void tables_add_latency(GPtrArray *lines, const struct moment *m, guint width)
{
	if (m->shown->hists->len > 0)
		add_latency_line(lines, "FUNCTION", NULL, width);
	for (guint i = 0; i < m->shown->hists->len; i++) {
		const struct sample_hist *hist = m->shown->hists->pdata[i];
		const struct row row = { .hist = hist,
					 .hist_total = sample_find_hist(m->total, hist->function),
					 .seconds = m->shown_s };

		add_latency_line(lines, hist->function, &row, width);
	}
}

static void add_lock_line(GPtrArray *lines, const char *name, const struct row *row, const char *caller,
			  guint width)
{
	g_autoptr(GString) line = g_string_new(NULL);

	add_name(line, name, NAME_LEAST + 10);
	add_cells(line, lock_columns, G_N_ELEMENTS(lock_columns), row);
	g_string_append_printf(line, "  %s", caller);
	add_line(lines, line, width, !row);
}

/* Of whom most waits are known; callers may be a sample of the waits. */
static const char *top_caller(const struct sample_lock *lock)
{
	const struct sample_caller *top = NULL;

	for (guint i = 0; i < lock->callers->len; i++) {
		const struct sample_caller *caller = lock->callers->pdata[i];

		if (!top || caller->samples > top->samples)
			top = caller;
	}
	return top ? top->site : "";
}

static int compare_waited(gconstpointer a, gconstpointer b)
{
	const struct sample_lock *first = *(const struct sample_lock *const *)a;
	const struct sample_lock *second = *(const struct sample_lock *const *)b;

	return (first->wait_ns < second->wait_ns) - (first->wait_ns > second->wait_ns);
}

/* Those of the total that were waited for, the longest first. */
static GPtrArray *contended(const struct moment *m)
{
	GPtrArray *locks = g_ptr_array_new();

	for (guint i = 0; i < m->total->locks->len; i++) {
		const struct sample_lock *lock = m->total->locks->pdata[i];

		if (lock->waits > 0 || lock->lost > 0)
			g_ptr_array_add(locks, (gpointer)lock);
	}
	g_ptr_array_sort(locks, compare_waited);
	return locks;
}

void tables_add_locks(GPtrArray *lines, const struct moment *m, guint width, guint rows)
{
	g_autoptr(GPtrArray) locks = contended(m);

	if (locks->len > 0 && rows > 0)
		add_lock_line(lines, "LOCK", NULL, "top caller", width);
	for (guint i = 0; i < MIN(locks->len, rows); i++) {
		const struct sample_lock *total = locks->pdata[i];
		const struct sample_lock *shown = sample_find_lock(m->shown, total->lock);
		const struct row row = { .lock = shown ? shown : total,
					 .lock_total = total,
					 .seconds = m->shown_s };

		add_lock_line(lines, total->lock, &row, top_caller(total), width);
	}
}

guint tables_lock_lines(const struct moment *m)
{
	g_autoptr(GPtrArray) locks = contended(m);

	return locks->len > 0 ? locks->len + 1 : 0;
}

static const struct sample_hist *busiest(const struct moment *m)
{
	const struct sample_hist *most = NULL;

	for (guint i = 0; i < m->shown->hists->len; i++) {
		const struct sample_hist *hist = m->shown->hists->pdata[i];

		if (hist->ns.count > (most ? most->ns.count : 0))
			most = hist;
	}
	return most;
}

/* A histogram of fewer rows: row 0 counts zeros, row k the values from 2^(k - 1) to 2^k - 1. */
struct powers {
	guint64 counts[POWERS];
	guint first, last;		/* rows that are not empty, and all between */
};

static guint power_of(guint64 value)
{
	return value ? g_bit_storage(value) : 0;
}

static struct powers powers_of(const struct histogram *h)
{
	struct powers p = { .first = POWERS };

	for (guint i = 0; i < HIST_BUCKETS; i++) {
		guint power = power_of(hist_low(i));

		if (h->counts[i] == 0)
			continue;
		p.counts[power] += h->counts[i];
		p.first = MIN(p.first, power);
		p.last = power;
	}
	return p;
}

/* Of @p the @rows neighbours that hold the most. */
static void narrow(struct powers *p, guint rows)
{
	guint64 held = 0, most = 0;
	guint best = p->first;

	if (p->last - p->first < rows)
		return;
	for (guint i = p->first; i <= p->last; i++) {
		held += p->counts[i];
		if (i >= p->first + rows)
			held -= p->counts[i - rows];
		if (held > most && i + 1 >= p->first + rows) {
			most = held;
			best = i + 1 - rows;
		}
	}
	p->first = best;
	p->last = best + rows - 1;
}

static void add_bar(GPtrArray *lines, guint power, guint64 count, guint64 largest, guint width)
{
	g_autoptr(GString) from = g_string_new(NULL);
	g_autoptr(GString) number = g_string_new(NULL);
	g_autoptr(GString) line = g_string_new(NULL);
	guint room;

	figures_add_ns(from, power > 0 ? (double)(G_GUINT64_CONSTANT(1) << (power - 1)) : 0);
	figures_add_number(number, count);
	g_string_printf(line, "%10s %7s ", from->str, number->str);
	room = width > line->len ? MIN(width - line->len, 60) : 0;
	for (guint i = 0; i < ceil((double)count / largest * room); i++)
		g_string_append_c(line, '#');
	add_line(lines, line, width, false);
}

void tables_add_busiest(GPtrArray *lines, const struct moment *m, guint width, guint rows)
{
	const struct sample_hist *hist = busiest(m);
	g_autoptr(GString) head = g_string_new(NULL);
	guint64 largest = 0;
	struct powers p;

	if (!hist)
		return;
	p = powers_of(&hist->ns);
	narrow(&p, rows);
	g_string_printf(head, "%10s %7s  %s", "FROM", "calls", hist->function);
	add_line(lines, head, width, true);
	for (guint i = p.first; i <= p.last; i++)
		largest = MAX(largest, p.counts[i]);
	for (guint i = p.first; i <= p.last; i++)
		add_bar(lines, i, p.counts[i], largest, width);
}

guint tables_busiest_lines(const struct moment *m)
{
	const struct sample_hist *hist = busiest(m);
	struct powers p;

	if (!hist)
		return 0;
	p = powers_of(&hist->ns);
	return p.last - p.first + 2;
}
