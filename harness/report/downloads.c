// SPDX-License-Identifier: GPL-2.0-only
#include "downloads.h"

#include <gio/gio.h>
#include <string.h>

#include "base/units.h"
#include "render/html.h"
#include "render/notes.h"
#include "render/soak-table.h"
#include "render/table-data.h"

/* Larger files are compressed; what is still larger then stays where it is, as do those beyond all hope. */
#define PLAIN_MAX (256 * 1024)
#define PACKED_MAX (2 * 1024 * 1024)
#define PACKABLE_MAX (64 * 1024 * 1024)

/* NULL when it cannot be done. Caller unrefs. */
static GBytes *compress(GBytes *bytes)
{
	g_autoptr(GConverter) gzip = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
	g_autoptr(GInputStream) from = g_memory_input_stream_new_from_bytes(bytes);
	g_autoptr(GInputStream) packed = g_converter_input_stream_new(from, gzip);
	g_autoptr(GOutputStream) to = g_memory_output_stream_new_resizable();

	if (g_output_stream_splice(to, packed, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL) < 0)
		return NULL;
	return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(to));
}

static void add_link(GString *out, const char *name, const char *type, GBytes *bytes, const char *remark)
{
	g_autofree char *data = g_base64_encode(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	g_autofree char *size = units_format_bytes(g_bytes_get_size(bytes));

	html_add(out, "<li><a download=\"%s\" href=\"data:%s;base64,", name, type);
	g_string_append(out, data);
	html_add(out, "\">%s</a>, %s%s</li>\n", name, size, remark);
}

/* Takes the text of the file @name, which is at @path when it is none of the page's own making. */
static void add_file(GString *out, const char *base, const char *name, const char *type, const char *path,
		     char *text, gsize length)
{
	g_autoptr(GBytes) bytes = g_bytes_new_take(text, length);
	g_autofree char *saved = g_strdup_printf("%s-%s", base, name);
	g_autofree char *packed_name = g_strconcat(saved, ".gz", NULL);
	g_autofree char *size = units_format_bytes(length);
	g_autofree char *remark = g_strdup_printf(" (gzip of %s)", size);
	g_autoptr(GBytes) packed = NULL;

	if (length <= PLAIN_MAX) {
		add_link(out, saved, type, bytes, "");
		return;
	}
	if (length <= PACKABLE_MAX)
		packed = compress(bytes);
	if (packed && g_bytes_get_size(packed) <= PACKED_MAX)
		add_link(out, packed_name, "application/gzip", packed, remark);
	else
		html_add(out, "<li>%s, %s: LEFT OUT, too large for a page; %s</li>\n", name, size,
			 path ? path : "`vmapbench compare` writes it");
}

static void add_run_file(const struct view *v, GString *out, const char *base, const char *name,
			 const char *type)
{
	g_autofree char *path = g_build_filename(v->run->dir, name, NULL);
	g_autofree char *shown = g_filename_display_name(path);
	char *text;
	gsize length;

	if (g_file_get_contents(path, &text, &length, NULL))
		add_file(out, base, name, type, shown, text, length);
	else
		html_add(out, "<li>%s cannot be read</li>\n", shown);
}

static void add_table(const struct view *v, GString *out, const char *base, enum table_format format,
		      const char *name, const char *type)
{
	GString *text = g_string_new(NULL);
	g_autoptr(soak) s = v->run->soak_s ? soak_new(v->run) : NULL;
	gsize length;

	if (s)
		soak_table_render(s, format, text);
	else
		table_render(v->findings, format, TABLE_ALL, NULL, text);
	length = text->len;
	add_file(out, base, name, type, NULL, g_string_free(text, FALSE), length);
}

void downloads_add(const struct view *v, GString *out)
{
	const char *text = json_text(json_object_get(v->run->manifest, "plan"), "text");
	g_autofree char *base = notes_run_name(v->run);

	g_string_append(out, "<ul class=\"downloads\">\n");
	add_run_file(v, out, base, "journal.jsonl", "application/jsonl");
	add_run_file(v, out, base, "manifest.json", "application/json");
	add_table(v, out, base, TABLE_CSV, "table.csv", "text/csv");
	add_table(v, out, base, TABLE_JSON, "table.json", "application/json");
	if (text)
		add_file(out, base, "plan.yaml", "application/yaml", NULL, g_strdup(text), strlen(text));
	g_string_append(out, "</ul>\n");
}
