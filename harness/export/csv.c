// SPDX-License-Identifier: GPL-2.0-only
#include "csv.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/path.h"
#include "relation.h"
#include "render/data.h"

/* As few digits as give the same number again. */
static void append_number(GString *out, double number)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	g_ascii_formatd(text, sizeof(text), "%.15g", number);
	g_string_append(out, g_ascii_strtod(text, NULL) == number ? text :
								    g_ascii_dtostr(text, sizeof(text), number));
}

static void append_value(GString *out, enum relation_type type, const struct relation_value *value)
{
	if (!value->known)
		return;
	if (type == RELATION_TEXT)
		data_csv_text(out, value->text);
	else if (type == RELATION_REAL)
		append_number(out, value->real);
	else
		g_string_append_printf(out, "%" G_GINT64_FORMAT, value->integer);
}

static bool add_line(struct relation_rows *rows, GError **error)
{
	const struct relation *relation = rows->relation;
	GString *out = rows->writer;

	(void)error;
	for (unsigned int i = 0; i < relation->columns_count; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		append_value(out, relation->columns[i].type, &rows->values[i]);
	}
	g_string_append_c(out, '\n');
	return true;
}

/* Nothing when there is no row. */
static void print_relation(const struct relation *relation, const struct source_list *sources, GString *out)
{
	struct relation_rows rows = { .relation = relation, .add = add_line, .writer = out };
	size_t begin = out->len;

	for (unsigned int i = 0; i < relation->columns_count; i++)
		g_string_append_printf(out, "%s%s", i ? "," : "", relation->columns[i].name);
	g_string_append_c(out, '\n');
	begin = out->len - begin;
	for (guint i = 0; i < sources->list->len; i++)
		relation->fill(sources->list->pdata[i], &rows);
	if (out->len == begin)
		g_string_truncate(out, 0);
}

static bool write_relation(const struct relation *relation, const struct source_list *sources, const char *dir,
			   GError **error)
{
	g_autofree char *name = g_strconcat(relation->name, ".csv", NULL);
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	print_relation(relation, sources, text);
	if (!text->len) {
		g_unlink(path);
		return true;
	}
	if (g_file_set_contents(path, text->str, (gssize)text->len, error))
		return true;
	if (error)
		(*error)->domain = BENCH_ERROR, (*error)->code = BENCH_ERROR_INFRA;
	return false;
}

bool csv_write(const struct source_list *sources, const char *dir, GError **error)
{
	if (!path_make_dirs(dir, error))
		return false;
	for (size_t i = 0; relations[i]; i++) {
		if (!relations[i]->joined && !write_relation(relations[i], sources, dir, error))
			return false;
	}
	return true;
}

void csv_print_loads(const struct source_list *sources, GString *out)
{
	print_relation(&relation_loads, sources, out);
}
