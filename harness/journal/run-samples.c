// SPDX-License-Identifier: GPL-2.0-only
#include "run-samples.h"

#include "base/json.h"
#include "base/text.h"
#include "run-trace-read.h"
#include "runners/record-limits.h"

void run_samples_free(gpointer data)
{
	struct run_samples *s = data;

	run_at_clear(&s->at);
	g_free(s->event);
	g_ptr_array_unref(s->names);
	g_array_unref(s->frames);
	g_array_unref(s->stacks);
	g_free(s);
}

static void read_names(struct fields *f, struct run_samples *s)
{
	const json_t *list = fields_list(f, "names", RECORD_NAMES_MAX);
	const json_t *name;
	size_t i;

	json_array_foreach((json_t *)list, i, name) {
		if (!json_is_string(name) || !text_is_frame(json_string_value(name), RECORD_NAME_MAX)) {
			fields_refuse(f, "names",
				      "names of at most 200 letters, without blanks and semicolons");
			return;
		}
		g_ptr_array_add(s->names, g_strdup(json_string_value(name)));
	}
}

/* A whole number below @end, or -1. */
static gint64 number_below(const json_t *value, guint64 end)
{
	gint64 number = json_is_integer(value) ? json_integer_value(value) : -1;

	return number >= 0 && (guint64)number < end ? number : -1;
}

/* [count, name, name, ...] */
static bool read_stack(struct run_samples *s, const json_t *list, guint64 *left)
{
	gint64 count = number_below(json_array_get(list, 0), *left + 1);
	struct run_stack stack = { .count = count, .first = s->frames->len };

	if (count < 1 || json_array_size(list) < 2 || json_array_size(list) > RECORD_FRAMES_MAX + 1)
		return false;
	for (size_t i = 1; i < json_array_size(list); i++) {
		gint64 name = number_below(json_array_get(list, i), s->names->len);
		guint16 frame = name;

		if (name < 0)
			return false;
		g_array_append_val(s->frames, frame);
	}
	stack.frames = s->frames->len - stack.first;
	g_array_append_val(s->stacks, stack);
	*left -= count;
	return true;
}

static void read_stacks(struct fields *f, struct run_samples *s)
{
	const json_t *list = fields_list(f, "stacks", RECORD_STACKS_MAX);
	guint64 left = s->samples;
	const json_t *stack;
	size_t i;

	json_array_foreach((json_t *)list, i, stack) {
		if (!read_stack(s, stack, &left)) {
			fields_refuse(
				f, "stacks",
				"lists [count, name, ...] of numbers of \"names\", whose counts add up to "
				"\"samples\"");
			return;
		}
	}
	if (left > 0)
		fields_refuse(f, "stacks", "counts that add up to \"samples\"");
}

/* What is added up over loads, boots and cells. */
static guint64 read_figure(struct fields *f, const char *key)
{
	guint64 figure = fields_total(f, key);

	if (figure > RECORD_SAMPLES_MAX)
		fields_refuse(f, key, "a whole number from 0 to 2^40");
	return figure;
}

void run_samples_read(struct fields *f, struct run *r)
{
	struct run_samples *s = g_new0(struct run_samples, 1);

	run_at_read(f, &s->at);
	s->event = fields_text(f, "event");
	s->samples = read_figure(f, "samples");
	s->lost = read_figure(f, "lost");
	s->throttled = read_figure(f, "throttled");
	s->names = g_ptr_array_new_with_free_func(g_free);
	s->frames = g_array_new(FALSE, FALSE, sizeof(guint16));
	s->stacks = g_array_new(FALSE, FALSE, sizeof(struct run_stack));
	read_names(f, s);
	read_stacks(f, s);
	fields_refuse_second(f, "samples of load %u of %s in the boot %s", s->at.load, s->at.cell, s->at.boot);
	if (s->at.boot && s->at.cell)
		g_hash_table_insert(r->samples, run_at_place(s->at.boot, s->at.cell, s->at.load), s);
	else
		run_samples_free(s);
}

bool run_is_sampled(const struct run *r, unsigned int *ret_hz)
{
	const json_t *sampling = json_object_get(r->manifest, "samples");

	if (ret_hz)
		*ret_hz = json_count(sampling, "hz", 0);
	return json_is_object(sampling);
}

const struct run_samples *run_find_samples(const struct run *r, const struct run_load *load)
{
	g_autofree char *place = run_at_place(load->boot, load->cell, load->load);

	return g_hash_table_lookup(r->samples, place);
}

const char *run_samples_name(const struct run_samples *s, const struct run_stack *stack, guint i)
{
	return s->names->pdata[g_array_index(s->frames, guint16, stack->first + i)];
}
