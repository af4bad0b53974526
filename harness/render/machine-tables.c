// SPDX-License-Identifier: GPL-2.0-only
#include "machine-tables.h"

#include "agreement.h"
#include "data.h"
#include "notes.h"
#include "page.h"
#include "table-data.h"

/* What there is of the runs, as one. */
struct several {
	const char *name;
	const struct machine_table *tables;
	guint count;
	struct agreement_side *sides;	/* of those that have a run */
	guint sides_count;
	GPtrArray *agreement;		/* NULL: fewer than two have one */
};

static void several_init(struct several *s)
{
	const char *only = NULL;

	s->sides = g_new0(struct agreement_side, s->count);
	for (guint i = 0; i < s->count; i++) {
		const struct machine_table *t = &s->tables[i];

		if (!t->findings)
			continue;
		s->sides[s->sides_count++] = (struct agreement_side){ t->machine, t->findings->comparison };
		only = t->arm ? t->arm->name : only;
	}
	if (s->sides_count > 1)
		s->agreement = agreement_new(s->sides, s->sides_count, only);
}

static void several_clear(struct several *s)
{
	g_free(s->sides);
	g_clear_pointer(&s->agreement, g_ptr_array_unref);
}

/* The one paragraph about all of them. Caller frees. */
static char *describe_all(const struct several *s)
{
	if (s->agreement)
		return agreement_paragraph(s->agreement, s->sides, s->sides_count);
	return g_strdup_printf("%u of %u machines %s a run, so that there is nothing to set side by side.",
			       s->sides_count, s->count, s->sides_count == 1 ? "has" : "have");
}

/* "machine x1e: board x1e (laptop) arm64, 8 CPUs; board: time by its own clock". Caller frees. */
static char *heading_of(const struct machine_table *t)
{
	g_autofree char *machine = t->findings ? notes_machine(t->findings->comparison->run) : NULL;
	g_autofree char *accelerator = t->findings ? notes_accelerator(t->findings->comparison->run) : NULL;

	if (!t->findings)
		return g_strdup_printf("machine %s", t->machine);
	return g_strdup_printf("machine %s; %s", machine, accelerator);
}

static void render_page(const struct several *s, enum page_format page_format, enum table_format format,
			enum table_part part, GString *out)
{
	const struct page p = { page_format, out };
	g_autofree char *all = describe_all(s);

	page_note(&p, all);
	for (guint i = 0; i < s->count; i++) {
		const struct machine_table *t = &s->tables[i];
		g_autofree char *heading = heading_of(t);

		page_section(&p, heading);
		if (t->findings)
			table_render(t->findings, format, part, t->arm, out);
		else
			page_note(&p, t->missing);
	}
}

static void render_text(const struct several *s, enum table_part part, GString *out)
{
	render_page(s, PAGE_TEXT, TABLE_TEXT, part, out);
}

static void render_markdown(const struct several *s, enum table_part part, GString *out)
{
	render_page(s, PAGE_MARKDOWN, TABLE_MARKDOWN, part, out);
}

static void render_cover(const struct several *s, enum table_part part, GString *out)
{
	render_page(s, PAGE_COVER, TABLE_COVER, part, out);
}

static void render_csv(const struct several *s, enum table_part part, GString *out)
{
	g_autofree char *all = describe_all(s);

	g_string_append_printf(out, "# %s\n", all);
	for (guint i = 0; i < s->count; i++) {
		const struct machine_table *t = &s->tables[i];
		g_autofree char *heading = heading_of(t);

		g_string_append_printf(out, "# %s\n", heading);
		if (t->findings)
			table_render(t->findings, TABLE_CSV, part, t->arm, out);
		else
			g_string_append_printf(out, "# %s\n", t->missing);
	}
}

static json_t *table_json(const struct machine_table *t, enum table_part part)
{
	json_t *object = json_object();
	g_autofree char *heading = heading_of(t);

	data_text(object, "machine", t->machine);
	data_text(object, "heading", heading);
	data_text(object, "missing", t->missing);
	json_object_set_new(object, "comparison",
			    t->findings ? table_data_new(t->findings, part, t->arm) : json_null());
	return object;
}

static json_t *row_json(const struct agreement_row *row, const struct several *s)
{
	json_t *object = json_object(), *verdicts = json_object();

	data_text(object, "arm", row->arm);
	data_text(object, "cell", row->cell);
	data_text(object, "agreement", agreement_kind_name(row->kind));
	for (guint i = 0; i < s->sides_count; i++)
		data_text(verdicts, s->sides[i].machine, row->verdicts->pdata[i]);
	json_object_set_new(object, "verdicts", verdicts);
	return object;
}

static void render_json(const struct several *s, enum table_part part, GString *out)
{
	g_autojson object = json_object();
	g_autofree char *all = describe_all(s);
	json_t *machines = json_array(), *rows = json_array();

	data_count(object, "v", 1);
	data_text(object, "run", s->name);
	data_text(object, "summary", all);
	for (guint i = 0; s->agreement && i < s->agreement->len; i++)
		json_array_append_new(rows, row_json(s->agreement->pdata[i], s));
	for (guint i = 0; i < s->count; i++)
		json_array_append_new(machines, table_json(&s->tables[i], part));
	json_object_set_new(object, "agreement", rows);
	json_object_set_new(object, "machines", machines);
	data_json(object, out);
}

void machine_tables_render(const char *name, const struct machine_table *tables, guint count,
			   enum table_format format, enum table_part part, GString *out)
{
	static void (*const renders[])(const struct several *s, enum table_part part, GString *out) = {
		[TABLE_TEXT] = render_text,
		[TABLE_MARKDOWN] = render_markdown,
		[TABLE_CSV] = render_csv,
		[TABLE_JSON] = render_json,
		[TABLE_COVER] = render_cover,
	};
	struct several s = { .name = name, .tables = tables, .count = count };

	several_init(&s);
	renders[format](&s, part, out);
	several_clear(&s);
}
