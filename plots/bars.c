// SPDX-License-Identifier: GPL-2.0-only
#include "bars.h"

#include <string.h>


/* More patterns cannot be told apart; the others are one. */
#define CALLERS_MAX 6
#define OTHERS "others"

static void part_clear(gpointer data)
{
	g_free(((struct bars_part *)data)->caller);
}

static void bar_free(gpointer data)
{
	struct bars_bar *bar = data;

	g_free(bar->label);
	g_array_unref(bar->parts);
	g_free(bar);
}

GPtrArray *bars_list_new(void)
{
	return g_ptr_array_new_with_free_func(bar_free);
}

struct bars_bar *bars_add(GPtrArray *bars, const char *lock, const char *label)
{
	struct bars_bar *bar = g_new0(struct bars_bar, 1);

	bar->label = *label ? g_strdup_printf("%s, %s", lock, label) : g_strdup(lock);
	bar->parts = g_array_new(FALSE, FALSE, sizeof(struct bars_part));
	g_array_set_clear_func(bar->parts, part_clear);
	g_ptr_array_add(bars, bar);
	return bar;
}

static struct bars_part *find_part(const struct bars_bar *bar, const char *caller)
{
	for (guint i = 0; i < bar->parts->len; i++) {
		struct bars_part *part = &g_array_index(bar->parts, struct bars_part, i);

		if (!strcmp(part->caller, caller))
			return part;
	}
	return NULL;
}

static double part_of(const struct bars_bar *bar, const char *caller)
{
	const struct bars_part *part = find_part(bar, caller);

	return part ? part->waits : 0;
}

void bars_add_part(struct bars_bar *bar, const char *caller, double waits)
{
	struct bars_part *part = caller ? find_part(bar, caller) : NULL;

	if (!caller) {
		bar->rest += waits;
	} else if (part) {
		part->waits += waits;
	} else {
		const struct bars_part fresh = { g_strdup(caller), waits };

		g_array_append_val(bar->parts, fresh);
	}
}

static double total_of(const GPtrArray *bars, const char *caller)
{
	double total = 0;

	for (guint i = 0; i < bars->len; i++)
		total += part_of(bars->pdata[i], caller);
	return total;
}

static int by_total(gconstpointer a, gconstpointer b, gpointer bars)
{
	double first = total_of(bars, *(char *const *)a), second = total_of(bars, *(char *const *)b);

	return first == second ? strcmp(*(char *const *)a, *(char *const *)b) : first < second ? 1 : -1;
}

/* The callers that have a pattern of their own, the largest first. Borrowed strings. */
static GPtrArray *top_callers(const GPtrArray *bars)
{
	GPtrArray *callers = g_ptr_array_new();

	for (guint i = 0; i < bars->len; i++) {
		const struct bars_bar *bar = bars->pdata[i];

		for (guint k = 0; k < bar->parts->len; k++) {
			char *caller = g_array_index(bar->parts, struct bars_part, k).caller;

			if (!g_ptr_array_find_with_equal_func(callers, caller, g_str_equal, NULL))
				g_ptr_array_add(callers, caller);
		}
	}
	g_ptr_array_sort_with_data(callers, by_total, (gpointer)bars);
	if (callers->len > CALLERS_MAX)
		g_ptr_array_set_size(callers, CALLERS_MAX);
	return callers;
}

static double whole(const struct bars_bar *bar)
{
	double sum = bar->rest;

	for (guint i = 0; i < bar->parts->len; i++)
		sum += g_array_index(bar->parts, struct bars_part, i).waits;
	return sum;
}

static void add_bar(struct drawing *d, guint row, const struct bars_bar *bar, const GPtrArray *callers)
{
	double reached = 0;

	drawing_add_number(d, row);
	drawing_add_number(d, 0);
	for (guint i = 0; i < callers->len; i++) {
		reached += part_of(bar, callers->pdata[i]);
		drawing_add_number(d, reached);
	}
	drawing_add_number(d, whole(bar));
	drawing_add_text(d, bar->label);
	g_string_append_c(d->data, '\n');
}

void bars_finish(struct drawing *d, const GPtrArray *bars, const char *unit)
{
	g_autoptr(GPtrArray) callers = top_callers(bars);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	g_string_append(d->data, "# row, where each caller's share begins and the last ends, lock\n");
	for (guint i = 0; i < bars->len; i++) {
		add_bar(d, i + 1, bars->pdata[i], callers);
		g_ptr_array_add(names, ((const struct bars_bar *)bars->pdata[i])->label);
	}
	g_ptr_array_add(callers, (gpointer)OTHERS);
	drawing_set_list(d, "callers", callers);
	drawing_set_list(d, "names", names);
	drawing_set_text(d, "unit", unit);
}
