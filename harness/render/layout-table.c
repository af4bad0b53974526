// SPDX-License-Identifier: GPL-2.0-only
#include "layout-table.h"

#include "data.h"
#include "layout.h"
#include "notes.h"

static const char *const names[] = { "vmap_area", "vmap_node" };

/* One struct of two kernels. */
struct pair {
	const char *name;
	const char *baseline, *arm;		/* names of the arms */
	const json_t *described[2];		/* as their manifests have it */
	struct layout *layouts[2];		/* NULL: not recorded, or there is no such struct */
};

static const json_t *describe(const struct comparison *c, const struct comparison_arm *arm, const char *name)
{
	return json_object_get(notes_kernel(c->run, arm->name), name);
}

static void pair_init(struct pair *pair, const struct comparison *c, const struct comparison_arm *arm,
		      const char *name)
{
	*pair = (struct pair){
		.name = name, .baseline = c->baseline->name, .arm = arm->name,
		.described = { describe(c, c->baseline, name), describe(c, arm, name) },
	};
	for (int i = 0; i < 2; i++)
		pair->layouts[i] = layout_parse(json_text(pair->described[i], "pahole"));
}

static void pair_clear(struct pair *pair)
{
	layout_free(pair->layouts[0]);
	layout_free(pair->layouts[1]);
}

static char *number_text(gint64 number)
{
	return g_strdup_printf("%" G_GINT64_FORMAT, number);
}

static void add_member(GPtrArray *rows, const struct layout_change *change)
{
	const struct layout_member *before = change->before, *after = change->after;
	const struct layout_member *shown = after ? after : before;
	g_autofree char *indent = g_strnfill(2 * MIN(shown->depth, 4), ' ');
	g_autofree char *text = g_strconcat(indent, shown->text, NULL);
	g_autofree char *old_at = before ? number_text(before->offset) : g_strdup("");
	g_autofree char *old_bytes = before ? number_text(before->bytes) : g_strdup("");
	g_autofree char *new_at = after ? number_text(after->offset) : g_strdup("");
	g_autofree char *new_bytes = after ? number_text(after->bytes) : g_strdup("");

	page_add_row(rows, text, old_at, old_bytes, new_at, new_bytes, layout_change_name(change), NULL);
}

static void add_sum(GPtrArray *rows, const char *name, gint64 before, gint64 after)
{
	g_autofree char *old = number_text(before);
	g_autofree char *new = number_text(after);
	g_autofree char *change = before == after ? g_strdup("")
						  : g_strdup_printf("%+" G_GINT64_FORMAT, after - before);

	page_add_row(rows, name, "", old, "", new, change, NULL);
}

static GPtrArray *make_rows(const struct layout *before, const struct layout *after)
{
	g_autoptr(GArray) changes = layout_compare(before, after);
	GPtrArray *rows = page_rows_new();

	for (guint i = 0; i < changes->len; i++)
		add_member(rows, &g_array_index(changes, struct layout_change, i));
	add_sum(rows, "the whole struct", before->bytes, after->bytes);
	add_sum(rows, "its holes", before->hole_bytes, after->hole_bytes);
	add_sum(rows, "its padding", before->padding_bytes, after->padding_bytes);
	add_sum(rows, "cache lines of 64 bytes", before->cache_lines, after->cache_lines);
	return rows;
}

static void print_diff(const struct page *p, const struct pair *pair)
{
	static const struct page_column columns[] = {
		{ "member", 39, true },	 { "base at", 7, false }, { "size", 5, false },
		{ "cand at", 7, false }, { "size", 5, false },	  { "", 7, true },
	};
	g_autofree char *heading =
		g_strdup_printf("struct %s: %s against %s, in bytes", pair->name, pair->arm, pair->baseline);
	g_autoptr(GPtrArray) rows = make_rows(pair->layouts[0], pair->layouts[1]);

	page_heading(p, heading);
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

/* Why there is no diff. Sets *@unrecorded when nobody knows. */
static void add_sentence(GPtrArray *notes, const struct pair *pair, bool *unrecorded)
{
	bool none[2] = { json_is_null(pair->described[0]), json_is_null(pair->described[1]) };

	if (none[0] && none[1])
		notes_add(notes, "neither %s nor %s has a struct %s.", pair->baseline, pair->arm, pair->name);
	else if (none[0] || none[1])
		notes_add(notes, "%s has no struct %s, %s has one.", none[0] ? pair->baseline : pair->arm,
			  pair->name, none[0] ? pair->arm : pair->baseline);
	else if (pair->layouts[0] && pair->layouts[1])
		notes_add(notes, "struct %s is the same in %s and %s.", pair->name, pair->baseline, pair->arm);
	else
		*unrecorded = true;
}

static bool has_diff(const struct pair *pair)
{
	return pair->layouts[0] && pair->layouts[1] && layout_differ(pair->layouts[0], pair->layouts[1]);
}

void layout_table_print(const struct page *p, const struct comparison *c, const struct comparison_arm *only)
{
	g_autoptr(GPtrArray) notes = notes_new();
	bool unrecorded = false;

	for (unsigned int i = 0; i < c->arms_count * G_N_ELEMENTS(names); i++) {
		const struct comparison_arm *arm = &c->arms[i / G_N_ELEMENTS(names)];
		struct pair pair;

		if (!comparison_is_beside(arm, only))
			continue;
		pair_init(&pair, c, arm, names[i % G_N_ELEMENTS(names)]);
		if (has_diff(&pair))
			print_diff(p, &pair);
		else
			add_sentence(notes, &pair, &unrecorded);
		pair_clear(&pair);
	}
	if (unrecorded)
		notes_add(notes, "the members of some structs were not recorded when their kernels were built, "
				 "and are not compared.");
	page_notes(p, notes);
}

static void data_place(json_t *row, const char *prefix, const struct layout_member *member)
{
	g_autofree char *offset = g_strconcat(prefix, "_offset", NULL);
	g_autofree char *bytes = g_strconcat(prefix, "_bytes", NULL);

	json_object_set_new(row, offset, member ? json_integer(member->offset) : json_null());
	json_object_set_new(row, bytes, member ? json_integer(member->bytes) : json_null());
}

static json_t *change_row(const struct pair *pair, const struct layout_change *change)
{
	json_t *row = json_object();

	data_text(row, "arm", pair->arm);
	data_text(row, "struct", pair->name);
	data_text(row, "member", (change->after ? change->after : change->before)->text);
	data_text(row, "change", layout_change_name(change));
	data_place(row, "baseline", change->before);
	data_place(row, "candidate", change->after);
	return row;
}

static void add_struct(const struct pair *pair, json_t *rows)
{
	g_autoptr(GArray) changes = layout_compare(pair->layouts[0], pair->layouts[1]);

	for (guint i = 0; i < changes->len; i++)
		json_array_append_new(rows,
				      change_row(pair, &g_array_index(changes, struct layout_change, i)));
}

void layout_table_data(const struct findings *f, unsigned int arm, json_t *rows)
{
	const struct comparison *c = f->comparison;

	for (size_t i = 0; comparison_is_beside(&c->arms[arm], NULL) && i < G_N_ELEMENTS(names); i++) {
		struct pair pair;

		pair_init(&pair, c, &c->arms[arm], names[i]);
		if (has_diff(&pair))
			add_struct(&pair, rows);
		pair_clear(&pair);
	}
}
