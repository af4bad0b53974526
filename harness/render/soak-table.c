// SPDX-License-Identifier: GPL-2.0-only
#include "soak-table.h"

#include "base/units.h"
#include "data.h"
#include "notes.h"
#include "page.h"

static const char *verdict_of(const struct soak_arm *arm)
{
	if (arm->failed)
		return arm->failed->class == RUN_KERNEL ? "KERNEL" : "TEST";
	return arm->boots > 0 ? "clean" : "";
}

static void add_arm(GPtrArray *rows, const struct soak_arm *arm)
{
	g_autofree char *boots = g_strdup_printf("%u", arm->boots);
	g_autofree char *cycles = g_strdup_printf("%u", arm->cycles);
	g_autofree char *loads = g_strdup_printf("%u", arm->loads);
	g_autofree char *module_loads = g_strdup_printf("%" G_GUINT64_FORMAT, arm->module_loads);
	g_autofree char *time = units_format_duration(arm->guest_s);
	g_autofree char *splats = g_strdup_printf("%u", arm->splats);

	page_add_row(rows, arm->name, boots, cycles, loads, module_loads, time, splats, verdict_of(arm), NULL);
}

static void print_arms(const struct page *p, const struct soak *s)
{
	static const struct page_column columns[] = {
		{ "arm", 20, true },	 { "boots", 5, false }, { "cycles", 6, false }, { "loads", 6, false },
		{ "insmods", 8, false }, { "time", 8, false },	{ "splats", 6, false }, { "", 6, true },
	};
	g_autoptr(GPtrArray) rows = page_rows_new();

	for (guint i = 0; i < s->arms_count; i++)
		add_arm(rows, &s->arms[i]);
	page_table(p, columns, G_N_ELEMENTS(columns), rows);
}

/* The boot that ended an arm has its reason; reports beside it have none other. */
static void add_failures(GPtrArray *notes, const struct soak *s)
{
	for (guint i = 0; i < s->arms_count; i++) {
		const struct run_boot_end *end = s->arms[i].failed;

		if (end)
			notes_add(notes, "%s ended with boot %s: %s", s->arms[i].name,
				  end->boot ? end->boot : "none", end->why ? end->why : "no reason recorded");
	}
}

static void add_splats(GPtrArray *notes, const struct soak *s)
{
	for (guint i = 0; i < s->splats->len; i++) {
		const struct soak_splat *splat = s->splats->pdata[i];
		const struct run_splat *first = splat->first;

		notes_add(notes, "%s, %s, %u time%s, first in %s%s%s: %s", first->arm, first->kind,
			  splat->count, splat->count == 1 ? "" : "s", first->boot, first->cell ? ", " : "",
			  first->cell ? first->cell : "", splat->fingerprint);
	}
}

static void print_notes(const struct page *p, const struct soak *s)
{
	g_autoptr(GPtrArray) notes = notes_new();
	g_autofree char *accelerator = notes_accelerator(s->run);
	const char **command = notes_command(s->run);

	notes_add(
		notes,
		"A soak looks for deaths and leaks and compares nothing. cycles: how often all cells were run "
		"through; loads: of cells; insmods: of module_load and module_soak; time: of the guests (%s).",
		accelerator);
	add_failures(notes, s);
	add_splats(notes, s);
	page_notes(p, notes);
	page_command(p, command);
	g_free(command);
}

/* @name: of the run, for rows that stand without what is around them; or NULL. */
static json_t *arm_data(const struct soak_arm *arm, const char *name)
{
	json_t *row = json_object();

	if (name) {
		data_count(row, "v", 1);
		data_text(row, "run", name);
	}
	data_text(row, "arm", arm->name);
	data_count(row, "boots", arm->boots);
	data_count(row, "spoilt_boots", arm->spoilt);
	data_count(row, "cycles", arm->cycles);
	data_count(row, "loads", arm->loads);
	data_count(row, "module_loads", arm->module_loads);
	data_number(row, "guest_s", arm->guest_s);
	data_count(row, "splats", arm->splats);
	data_count(row, "leaks", arm->leaks);
	data_text(row, "failed", arm->failed ? run_class_name(arm->failed->class) : NULL);
	data_text(row, "boot", arm->failed ? arm->failed->boot : NULL);
	data_text(row, "why", arm->failed ? arm->failed->why : NULL);
	return row;
}

static json_t *arms_data(const struct soak *s, const char *name)
{
	json_t *rows = json_array();

	for (guint i = 0; i < s->arms_count; i++)
		json_array_append_new(rows, arm_data(&s->arms[i], name));
	return rows;
}

static json_t *splats_data(const struct soak *s)
{
	json_t *rows = json_array();

	for (guint i = 0; i < s->splats->len; i++) {
		const struct soak_splat *splat = s->splats->pdata[i];
		json_t *row = json_object();

		data_text(row, "arm", splat->first->arm);
		data_text(row, "kind", splat->first->kind);
		data_text(row, "fingerprint", splat->fingerprint);
		data_count(row, "count", splat->count);
		data_text(row, "boot", splat->first->boot);
		data_text(row, "cell", splat->first->cell);
		data_text(row, "text", splat->first->text);
		json_array_append_new(rows, row);
	}
	return rows;
}

static void render_data(const struct soak *s, enum table_format format, GString *out)
{
	g_autofree char *name = notes_run_name(s->run);
	g_autojson arms = arms_data(s, format == TABLE_CSV ? name : NULL);
	g_autojson whole = NULL;

	if (format == TABLE_CSV) {
		data_csv(arms, out);
		return;
	}
	whole = json_pack("{s:i, s:s, s:s, s:i, s:O, s:o}", "v", 1, "run", name, "title", s->run->plan->title,
			  "soak_s", (int)s->run->soak_s, "arms", arms, "splats", splats_data(s));
	data_json(whole, out);
}

static char *title_of(const struct soak *s)
{
	const char *created = json_text(s->run->manifest, "created");
	g_autofree char *wanted = units_format_duration(s->run->soak_s);
	g_autofree char *name = notes_run_name(s->run);

	return g_strdup_printf("%s: a soak of %s (run %s%s%.10s)", s->run->plan->title, wanted, name,
			       created ? ", " : "", created ? created : "");
}

void soak_table_print(const struct page *p, const struct soak *s)
{
	print_arms(p, s);
	print_notes(p, s);
}

void soak_table_render(const struct soak *s, enum table_format format, GString *out)
{
	static const enum page_format pages[] = {
		[TABLE_TEXT] = PAGE_TEXT,
		[TABLE_MARKDOWN] = PAGE_MARKDOWN,
		[TABLE_COVER] = PAGE_COVER,
	};
	const struct page p = { pages[format], out };
	g_autofree char *heading = NULL;

	if (format == TABLE_CSV || format == TABLE_JSON) {
		render_data(s, format, out);
		return;
	}
	heading = title_of(s);
	page_heading(&p, heading);
	soak_table_print(&p, s);
}
