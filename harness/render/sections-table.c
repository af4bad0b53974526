// SPDX-License-Identifier: GPL-2.0-only
#include "sections-table.h"

#include <string.h>

#include "data.h"
#include "notes.h"

/* Kinds of sections: one counts for each that its name fits, which the total always is. */
static const struct kind {
	const char *key, *title;
	int width;
	const char *name;	/* or what it begins with, when that ends in '*' */
} kinds[] = {
	{ "text_bytes", ".text", 8, ".text" },
	{ "rodata_bytes", ".rodata", 8, ".rodata" },
	{ "data_bytes", ".data", 8, ".data" },
	{ "bss_bytes", ".bss", 8, ".bss" },
	{ "init_bytes", ".init", 8, ".init.*" },
	{ "percpu_bytes", "percpu", 7, ".data..percpu" },
	{ "total_bytes", "total", 9, "*" },
};
#define KINDS G_N_ELEMENTS(kinds)

struct sections {
	bool known;
	gint64 bytes[KINDS];
};

static bool fits(const struct kind *kind, const char *name)
{
	size_t length = strlen(kind->name) - 1;

	return kind->name[length] == '*' ? !strncmp(kind->name, name, length) : !strcmp(kind->name, name);
}

static struct sections sections_of(const struct comparison *c, const struct comparison_arm *arm)
{
	json_t *object = json_object_get(notes_kernel(c->run, arm->name), "sections");
	struct sections s = { .known = json_object_size(object) > 0 };
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value) {
		for (size_t i = 0; i < KINDS; i++) {
			if (fits(&kinds[i], name))
				s.bytes[i] += json_integer_value(value);
		}
	}
	return s;
}

static void add_row(GPtrArray *rows, const char *head, const struct sections *base, const struct sections *s)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

	g_strv_builder_add(builder, head);
	for (size_t i = 0; i < KINDS; i++) {
		gint64 bytes = s->bytes[i] - (base ? base->bytes[i] : 0);
		g_autofree char *text =
			g_strdup_printf(base && bytes ? "%+" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, bytes);

		g_strv_builder_add(builder, text);
	}
	g_ptr_array_add(rows, g_strv_builder_end(builder));
}

static GPtrArray *make_rows(const struct comparison *c, const struct comparison_arm *only)
{
	struct sections base = sections_of(c, c->baseline);
	GPtrArray *rows = page_rows_new();

	add_row(rows, c->baseline->name, NULL, &base);
	for (unsigned int i = 0; i < c->arms_count; i++) {
		struct sections s = sections_of(c, &c->arms[i]);

		if (!comparison_is_beside(&c->arms[i], only) || !s.known)
			continue;
		add_row(rows, c->arms[i].name, NULL, &s);
		add_row(rows, "  difference", &base, &s);
	}
	return rows;
}

void sections_table_print(const struct page *p, const struct comparison *c, const struct comparison_arm *only)
{
	struct page_column columns[KINDS + 1] = { { "kernel", 12, true } };
	g_autoptr(GPtrArray) rows = make_rows(c, only);
	g_autoptr(GPtrArray) notes = notes_new();

	if (!sections_of(c, c->baseline).known)
		return;
	for (size_t i = 0; i < KINDS; i++)
		columns[i + 1] = (struct page_column){ kinds[i].title, kinds[i].width, false };
	page_heading(p, "sections of vmlinux, in bytes");
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
	notes_add(notes, "percpu: for each CPU. .init: all that begins so; freed after the boot. total: all "
			 "sections that take memory, those without a column too.");
	page_notes(p, notes);
}

void sections_table_data(const struct findings *f, unsigned int arm, json_t *rows)
{
	const struct comparison *c = f->comparison;
	struct sections s = sections_of(c, &c->arms[arm]);
	json_t *row;

	if (!s.known)
		return;
	row = json_object();
	data_text(row, "arm", c->arms[arm].name);
	for (size_t i = 0; i < KINDS; i++)
		json_object_set_new(row, kinds[i].key, json_integer(s.bytes[i]));
	json_array_append_new(rows, row);
}
