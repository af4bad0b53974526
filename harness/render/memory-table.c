// SPDX-License-Identifier: GPL-2.0-only
#include "memory-table.h"

#include "data.h"
#include "memory.h"
#include "notes.h"

static const int widths[MEMORY_FIGURES] = {
	[MEMORY_VMAP_AREA] = 9, [MEMORY_VMAP_NODE] = 9, [MEMORY_TEXT] = 8,
	[MEMORY_DATA] = 8,	[MEMORY_BSS] = 7,	[MEMORY_IMAGE] = 9,
};

static struct memory of_arm(const struct comparison *c, const struct comparison_arm *arm)
{
	return memory_of(notes_kernel(c->run, arm->name));
}

/* The figures of @m, or by how much they are more than those of @base. */
static void add_row(GPtrArray *rows, const char *head, const struct memory *base, const struct memory *m)
{
	char *cells[MEMORY_FIGURES];

	for (int i = 0; i < MEMORY_FIGURES; i++)
		cells[i] = base ? memory_change(base, m, i) : memory_text(m, i);
	page_add_row(rows, head, cells[MEMORY_VMAP_AREA], cells[MEMORY_VMAP_NODE], cells[MEMORY_TEXT],
		     cells[MEMORY_DATA], cells[MEMORY_BSS], cells[MEMORY_IMAGE], NULL);
	for (int i = 0; i < MEMORY_FIGURES; i++)
		g_free(cells[i]);
}

static GPtrArray *make_rows(const struct comparison *c, const struct comparison_arm *only)
{
	struct memory base = of_arm(c, c->baseline);
	GPtrArray *rows = page_rows_new();

	add_row(rows, c->baseline->name, NULL, &base);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		struct memory m = of_arm(c, &c->arms[i]);

		if (!comparison_is_beside(&c->arms[i], only) || !memory_is_known(&m))
			continue;
		add_row(rows, c->arms[i].name, NULL, &m);
		add_row(rows, "  difference", &base, &m);
	}
	return rows;
}

void memory_table_print(const struct page *p, const struct comparison *c, const struct comparison_arm *only)
{
	struct page_column columns[MEMORY_FIGURES + 1] = { { "kernel", 19, true } };
	struct memory base = of_arm(c, c->baseline);
	g_autoptr(GPtrArray) rows = make_rows(c, only);
	g_autoptr(GPtrArray) notes = notes_new();

	if (!memory_is_known(&base))
		return;
	for (int i = 0; i < MEMORY_FIGURES; i++)
		columns[i + 1] = (struct page_column){ memory_title(i), widths[i], false };
	page_heading(p, "memory, in bytes");
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
	notes_add(notes,
		  "vmap_area, vmap_node: one such struct, by pahole. .o: mm/vmalloc.o, by size(1). image: "
		  "as it is booted.");
	page_notes(p, notes);
}

void memory_table_data(const struct findings *f, unsigned int arm, json_t *rows)
{
	const struct comparison *c = f->comparison;
	struct memory m = of_arm(c, &c->arms[arm]);
	json_t *row;

	if (!memory_is_known(&m))
		return;
	row = json_object();
	data_text(row, "arm", c->arms[arm].name);
	memory_add_data(row, &m);
	json_array_append_new(rows, row);
}
