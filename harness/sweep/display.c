// SPDX-License-Identifier: GPL-2.0-only
#include "display.h"

#include <math.h>

#include "base/progress.h"
#include "outlook.h"

#define CELL_WORD 1

struct display {
	const struct run *run;
	struct outlook *outlook;
	struct progress *progress;
	guint64 done;			/* boots that have ended, but for those to be repeated */
	gint64 start_us;
	double soaked_s;		/* of a soak, before this call */
	const struct schedule_boot *boot;	/* under way */
	guint loads;			/* that it has run */
	/* what display_boot() was last called with */
	const GPtrArray *boots;
	guint at;
	bool (*is_left_out)(const struct schedule_boot *boot, const void *data);
	const void *data;
};

struct display *display_open(const struct run *r, const GPtrArray *boots, guint done, double soaked_s)
{
	struct display *d = g_new0(struct display, 1);

	d->run = r;
	d->outlook = outlook_new();
	d->start_us = g_get_monotonic_time();
	d->done = done;
	d->soaked_s = soaked_s;
	if (boots)
		outlook_add_run(d->outlook, r, boots);
	d->progress = progress_new(r->soak_s ? "soak" : "sweep", 0);
	return d;
}

/* Of the rows that a boot runs one after the other. */
static const char *row_name(const struct schedule_boot *boot, guint index)
{
	return ((const struct plan_row *)boot->rows->pdata[index])->name;
}

static void set_failed(const struct display *d, struct status *s)
{
	static const enum run_class classes[STATUS_COUNTS] = { RUN_INFRA, RUN_KERNEL, RUN_TEST };

	for (guint i = 0; i < G_N_ELEMENTS(classes); i++)
		s->failed[i] = (struct status_count){ run_class_name(classes[i]),
						      outlook_ended(d->outlook, classes[i]) };
}

static void set_part(const struct display *d, guint64 block, struct status *s)
{
	s->part = d->run->soak_s ? "cycle" : "block";
	s->part_index = block;
	s->parts = d->run->soak_s ? 0 : d->run->plan->design.blocks;
}

/* What boots are left, and how long they take. */
static void set_left(const struct display *d, struct status *s)
{
	s->total = d->done;
	s->left_s = 0;
	for (guint i = d->at; i < d->boots->len; i++) {
		if (d->is_left_out(d->boots->pdata[i], d->data))
			continue;
		s->left_s += outlook_expect(d->outlook, d->boots->pdata[i], &s->rough);
		s->total++;
	}
	s->left_s *= outlook_repeats(d->outlook);
}

static void set_soak_left(const struct display *d, struct status *s)
{
	double here_s = (double)(g_get_monotonic_time() - d->start_us) / G_USEC_PER_SEC;

	s->left_s = MAX(0, d->run->soak_s - d->soaked_s - here_s);
}

/* The boot under way, from its begin. */
static void show_boot(struct display *d)
{
	const struct schedule_boot *boot = d->boots->pdata[d->at];
	struct status s = { .done = d->done, .unit = "boot" };
	bool ignored = false;

	set_failed(d, &s);
	set_part(d, boot->block, &s);
	s.words[0] = (struct status_word){ "arm", boot->arm };
	s.words[CELL_WORD] = (struct status_word){ "cell", row_name(boot, 0) };
	s.words[2] = (struct status_word){ "boot", boot->name };
	if (boot->traced)
		s.words[3] = (struct status_word){ "pass", "traced" };
	s.expected_s = outlook_expect(d->outlook, boot, &ignored);
	if (d->run->soak_s)
		set_soak_left(d, &s);
	else
		set_left(d, &s);
	d->boot = boot;
	d->loads = 0;
	progress_step(d->progress, &s);
}

void display_boot(struct display *d, const GPtrArray *boots, guint at,
		  bool (*is_left_out)(const struct schedule_boot *boot, const void *data), const void *data)
{
	d->boots = boots;
	d->at = at;
	d->is_left_out = is_left_out;
	d->data = data;
	show_boot(d);
}

/* The states of a traced boot are gone through in turn: there it is the row of the load that has ended. */
static guint row_under_way(const struct display *d, const char *cell)
{
	const struct plan *p = d->run->plan;
	guint of_row = p->design.loads * (p->subtract_setup ? 2 : 1);

	if (!d->boot->traced)
		return MIN(d->loads / of_row, d->boot->rows->len - 1);
	for (guint i = 0; i < d->boot->rows->len; i++) {
		if (!g_strcmp0(row_name(d->boot, i), cell))
			return i;
	}
	return 0;
}

void display_load(struct display *d, const char *cell)
{
	d->loads++;
	progress_word(d->progress, CELL_WORD, row_name(d->boot, row_under_way(d, cell)));
}

void display_ended(struct display *d, const struct schedule_boot *boot, double seconds, enum run_class class)
{
	outlook_add(d->outlook, boot, seconds, class);
	d->done += class != RUN_INFRA;
}

void display_failure(struct display *d, const char *boot, enum run_class class, const char *why,
		     const char *then)
{
	progress_warn(d->progress, "%s: %s: %s; %s", boot, run_class_name(class), why, then);
	if (class == RUN_INFRA)
		show_boot(d);
}

static char *summary_of(const struct status *s)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "%" G_GUINT64_FORMAT " boot%s", s->done, s->done == 1 ? "" : "s");
	for (guint i = 0; i < STATUS_COUNTS; i++) {
		if (s->failed[i].count > 0)
			g_string_append_printf(text, ", failed by %s: %" G_GUINT64_FORMAT, s->failed[i].key,
					       s->failed[i].count);
	}
	return g_string_free(text, FALSE);
}

void display_finish(struct display *d)
{
	g_autofree char *summary = NULL;
	struct status s = { .done = d->done, .total = d->run->soak_s ? 0 : d->done, .unit = "boot",
			    .expected_s = NAN };

	set_failed(d, &s);
	progress_step(d->progress, &s);
	summary = summary_of(&s);
	progress_finish(g_steal_pointer(&d->progress), summary);
}

void display_close(struct display *d)
{
	if (!d)
		return;
	progress_free(d->progress);
	outlook_free(d->outlook);
	g_free(d);
}
