// SPDX-License-Identifier: GPL-2.0-only
#include "display.h"

#include <math.h>

#include "base/progress.h"
#include "outlook.h"

struct display {
	const struct run *run;
	struct outlook *outlook;
	struct progress *progress;
	guint64 done;			/* boots that have ended, but for those to be repeated */
	gint64 start_us;
	double soaked_s;		/* of a soak, before this call */
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

/* Several rows are run by a boot one after the other. Caller frees. */
static char *describe_rows(const struct schedule_boot *boot)
{
	const struct plan_row *first = boot->rows->pdata[0];

	if (boot->rows->len == 1)
		return g_strdup(first->name);
	return g_strdup_printf("%s and %u more", first->name, boot->rows->len - 1);
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
static void set_left(const struct display *d, const GPtrArray *boots, guint at,
		     bool (*is_left_out)(const struct schedule_boot *boot, const void *data), const void *data,
		     struct status *s)
{
	s->total = d->done;
	s->left_s = 0;
	for (guint i = at; i < boots->len; i++) {
		if (is_left_out(boots->pdata[i], data))
			continue;
		s->left_s += outlook_expect(d->outlook, boots->pdata[i], &s->rough);
		s->total++;
	}
	s->left_s *= outlook_repeats(d->outlook);
}

static void set_soak_left(const struct display *d, struct status *s)
{
	double here_s = (double)(g_get_monotonic_time() - d->start_us) / G_USEC_PER_SEC;

	s->left_s = MAX(0, d->run->soak_s - d->soaked_s - here_s);
}

void display_boot(struct display *d, const GPtrArray *boots, guint at,
		  bool (*is_left_out)(const struct schedule_boot *boot, const void *data), const void *data)
{
	const struct schedule_boot *boot = boots->pdata[at];
	g_autofree char *rows = describe_rows(boot);
	struct status s = { .done = d->done, .unit = "boot" };
	bool ignored = false;

	set_failed(d, &s);
	set_part(d, boot->block, &s);
	s.words[0] = (struct status_word){ "arm", boot->arm };
	s.words[1] = (struct status_word){ "cell", rows };
	s.words[2] = (struct status_word){ "boot", boot->name };
	if (boot->traced)
		s.words[3] = (struct status_word){ "pass", "traced" };
	s.expected_s = outlook_expect(d->outlook, boot, &ignored);
	if (d->run->soak_s)
		set_soak_left(d, &s);
	else
		set_left(d, boots, at, is_left_out, data, &s);
	progress_step(d->progress, &s);
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
