// SPDX-License-Identifier: GPL-2.0-only
#include "agreement.h"

#include <string.h>

/* Of a kind; the tables have them all. */
#define ROWS_NAMED 6

static const struct {
	const char *name, *one, *many;	/* row, rows */
} kinds[AGREEMENT_KINDS] = {
	[AGREEMENT_IMPROVED] = { "improved", "improves on every one", "improve on every one" },
	[AGREEMENT_REGRESSED] = { "regressed", "regresses on every one", "regress on every one" },
	[AGREEMENT_EQUIVALENT] = { "equivalent", "is equivalent on every one", "are equivalent on every one" },
	[AGREEMENT_OPPOSED] = { "opposed", "improves on some and regresses on others",
				"improve on some and regress on others" },
	[AGREEMENT_OPEN] = { "open", "is not judged alike", "are not judged alike" },
};

const char *agreement_kind_name(enum agreement_kind kind)
{
	return kinds[kind].name;
}

static guint find_cell(const struct comparison *c, const char *name)
{
	guint cell = 0;

	while (cell < c->cells->len && strcmp(comparison_cell(c, cell), name))
		cell++;
	return cell;
}

/* What the table of @c says of a row; NULL when that is nothing. */
static const struct contrast *find_row(const struct comparison *c, const char *arm_name, const char *cell_name)
{
	const struct comparison_arm *arm = comparison_find_arm(c, arm_name);
	guint cell = find_cell(c, cell_name);

	if (!arm || cell == c->cells->len || confound_refuses(arm->confound) || arm->rows[cell].missing)
		return NULL;
	return &arm->rows[cell];
}

static enum agreement_kind kind_of(const guint *counts, guint sides)
{
	if (counts[VERDICT_IMPROVED] == sides)
		return AGREEMENT_IMPROVED;
	if (counts[VERDICT_REGRESSED] == sides)
		return AGREEMENT_REGRESSED;
	if (counts[VERDICT_EQUIVALENT] == sides)
		return AGREEMENT_EQUIVALENT;
	return counts[VERDICT_IMPROVED] && counts[VERDICT_REGRESSED] ? AGREEMENT_OPPOSED : AGREEMENT_OPEN;
}

static struct agreement_row *row_new(const struct agreement_side *sides, guint count, const char *arm,
				     const char *cell)
{
	struct agreement_row *row = g_new0(struct agreement_row, 1);
	guint counts[VERDICT_CANNOT_TELL + 1] = { 0 };

	row->arm = arm;
	row->cell = cell;
	row->verdicts = g_ptr_array_new();
	for (guint i = 0; i < count; i++) {
		const struct contrast *of_side = find_row(sides[i].comparison, arm, cell);

		if (of_side)
			counts[of_side->verdict]++;
		g_ptr_array_add(row->verdicts, of_side ? (char *)verdict_name(of_side->verdict) : NULL);
	}
	row->kind = kind_of(counts, count);
	return row;
}

static void row_free(gpointer data)
{
	struct agreement_row *row = data;

	g_ptr_array_unref(row->verdicts);
	g_free(row);
}

GPtrArray *agreement_new(const struct agreement_side *sides, guint count, const char *only)
{
	const struct comparison *first = sides[0].comparison;
	GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);

	for (unsigned int i = 0; i < first->arms_count; i++) {
		const struct comparison_arm *arm = &first->arms[i];

		if (arm->role != COMPARISON_CANDIDATE || (only && strcmp(arm->name, only)))
			continue;
		for (guint cell = 0; cell < first->cells->len; cell++)
			g_ptr_array_add(rows,
					row_new(sides, count, arm->name,
						comparison_cell(first, cell)));
	}
	return rows;
}

/* "2 are improved on every one (a/1, b/1)" of @arm; nothing when there are none. */
static void append_kind(GString *text, const GPtrArray *rows, const char *arm, enum agreement_kind kind,
			const char *separator)
{
	g_autoptr(GString) names = g_string_new(NULL);
	guint found = 0;

	for (guint i = 0; i < rows->len; i++) {
		const struct agreement_row *row = rows->pdata[i];

		if (row->kind == kind && !strcmp(row->arm, arm) && ++found <= ROWS_NAMED)
			g_string_append_printf(names, "%s%s", found > 1 ? ", " : "", row->cell);
	}
	if (!found)
		return;
	g_string_append_printf(text, "%s%u %s (%s", separator, found,
			       found == 1 ? kinds[kind].one : kinds[kind].many, names->str);
	if (found > ROWS_NAMED)
		g_string_append_printf(text, " and %u more", found - ROWS_NAMED);
	g_string_append_c(text, ')');
}

static void append_arm(GString *text, const GPtrArray *rows, const char *arm, const char *baseline)
{
	gsize begin;
	guint count = 0;

	for (guint i = 0; i < rows->len; i++)
		count += !strcmp(((const struct agreement_row *)rows->pdata[i])->arm, arm);
	g_string_append_printf(text, " %s against %s, of %u row%s: ", arm, baseline, count,
			       count == 1 ? "" : "s");
	begin = text->len;
	for (int kind = 0; kind < AGREEMENT_KINDS; kind++)
		append_kind(text, rows, arm, kind, text->len > begin ? ", " : "");
	g_string_append_c(text, '.');
}

char *agreement_paragraph(const GPtrArray *rows, const struct agreement_side *sides, guint count)
{
	GString *text = g_string_new(NULL);
	const char *before = NULL;

	g_string_append_printf(text, "%u machines, by the verdicts of their own tables (", count);
	for (guint i = 0; i < count; i++)
		g_string_append_printf(text, "%s%s", i ? ", " : "", sides[i].machine);
	g_string_append(text, ").");
	for (guint i = 0; i < rows->len; i++) {
		const struct agreement_row *row = rows->pdata[i];

		if (!before || strcmp(before, row->arm))
			append_arm(text, rows, row->arm, sides[0].comparison->baseline->name);
		before = row->arm;
	}
	g_string_append(text, " Each verdict is of one machine alone: no figure is pooled with one of another, "
			      "and that they agree was not put to a test.");
	return g_string_free(text, FALSE);
}
