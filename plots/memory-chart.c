// SPDX-License-Identifier: GPL-2.0-only
#include "memory-chart.h"

#include <math.h>

#include "render/memory.h"
#include "render/notes.h"
#include "titles.h"

/* Bars as long as the whole would hide what differs by less than this share of it. */
#define HIDDEN_SHARE 0.1

static struct memory sizes_of(const struct comparison *c, const struct comparison_arm *arm)
{
	return memory_of(notes_kernel(c->run, arm->name));
}

/* The baseline, then the arms that are shown: const struct comparison_arm *. */
static GPtrArray *drawn_arms(const struct comparison *c)
{
	GPtrArray *arms = g_ptr_array_new();

	g_ptr_array_add(arms, (gpointer)c->baseline);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (c->arms[i].shown && c->arms[i].role == COMPARISON_CANDIDATE)
			g_ptr_array_add(arms, &c->arms[i]);
	}
	return arms;
}

static bool is_number(gint64 bytes)
{
	return bytes >= 0;
}

/* Whether bars of @figure are as long as it differs from the baseline's. */
static bool draws_difference(const struct comparison *c, const GPtrArray *arms, enum memory_figure figure)
{
	gint64 base = sizes_of(c, c->baseline).bytes[figure], most = 0;

	if (!is_number(base))
		return false;
	for (guint i = 0; i < arms->len; i++) {
		gint64 bytes = sizes_of(c, arms->pdata[i]).bytes[figure];

		most = is_number(bytes) ? MAX(most, ABS(bytes - base)) : most;
	}
	return most < HIDDEN_SHARE * base && most > 0;
}

static bool any_is_known(const struct comparison *c, const GPtrArray *arms, enum memory_figure figure)
{
	for (guint i = 0; i < arms->len; i++) {
		if (is_number(sizes_of(c, arms->pdata[i]).bytes[figure]))
			return true;
	}
	return false;
}

static void add_panel(struct drawing *d, const struct comparison *c, const GPtrArray *arms,
		      enum memory_figure figure)
{
	const struct memory base = sizes_of(c, c->baseline);
	bool difference = draws_difference(c, arms, figure);

	g_string_append_printf(d->data, "# %s: arm length bytes label\n", memory_title(figure));
	for (guint i = 0; i < arms->len; i++) {
		const struct memory m = sizes_of(c, arms->pdata[i]);
		gint64 bytes = m.bytes[figure];
		g_autofree char *text = memory_text(&m, figure);
		g_autofree char *change = memory_change(&base, &m, figure);
		g_autofree char *label =
			i && *change ? g_strdup_printf("%s (%s)", text, change) : g_strdup(text);

		drawing_add_number(d, i + 1);
		drawing_add_number(d, !is_number(bytes) ? 0 : bytes - (difference ? base.bytes[figure] : 0));
		drawing_add_number(d, is_number(bytes) ? bytes : NAN);
		drawing_add_text(d, label);
		g_string_append_c(d->data, '\n');
	}
	g_string_append(d->data, "\n\n");
}

static char *panel_title(const struct comparison *c, const GPtrArray *arms, enum memory_figure figure)
{
	static const char *const whole[MEMORY_FIGURES] = {
		"struct vmap_area", "struct vmap_node", "mm/vmalloc.o: text",
		"mm/vmalloc.o: data", "mm/vmalloc.o: bss", "image, compressed",
	};

	return draws_difference(c, arms, figure) ?
		       g_strdup_printf("%s: bytes more than %s", whole[figure], c->baseline->name) :
		       g_strdup_printf("%s: bytes", whole[figure]);
}

void memory_chart_add(struct drawings *all, const struct comparison *c)
{
	g_autoptr(drawing) d = drawing_new("memory.gp", "memory");
	g_autoptr(GPtrArray) arms = drawn_arms(c);
	g_autoptr(GPtrArray) panels = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (int figure = 0; figure < MEMORY_FIGURES; figure++) {
		if (!any_is_known(c, arms, figure))
			continue;
		g_ptr_array_add(panels, panel_title(c, arms, figure));
		add_panel(d, c, arms, figure);
	}
	if (!panels->len)
		return;
	for (guint i = 0; i < arms->len; i++)
		g_ptr_array_add(names, ((const struct comparison_arm *)arms->pdata[i])->name);
	titles_set_run(
		d, c->run, "what the kernels take: less is better",
		"as built; each panel has an axis of its own, from 0; where it is \"more than\" the baseline, "
		"bars are differences",
		NULL);
	drawing_set_list(d, "panels", panels);
	drawing_set_list(d, "arms", names);
	drawing_describe(
		d, g_strdup("Memory"),
		"Sizes of the two structs, of mm/vmalloc.o and of the compressed image, as built. Where arms "
		"differ by less than a tenth, a bar is the difference to the baseline; the whole number stands "
		"beside it.");
	drawings_add(all, g_steal_pointer(&d));
}
