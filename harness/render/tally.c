// SPDX-License-Identifier: GPL-2.0-only
#include "tally.h"

#include "contrast-cells.h"
#include "notes.h"

/* Behind the verdicts. */
#define MISSING (VERDICT_CANNOT_TELL + 1)

struct tally {
	guint counts[MISSING + 1];
	guint rows;
	GString *regressed;
};

struct tally *tally_new(void)
{
	struct tally *t = g_new0(struct tally, 1);

	t->regressed = g_string_new(NULL);
	return t;
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	g_string_free(t->regressed, TRUE);
	g_free(t);
}

void tally_add(struct tally *t, const struct contrast *row, bool gated, const char *name)
{
	g_autofree char *gain = contrast_cells_gain(row, gated);
	g_autofree char *range = contrast_cells_range(row, gated);

	t->rows++;
	t->counts[row->missing ? MISSING : row->verdict]++;
	if (!row->missing && row->verdict == VERDICT_REGRESSED)
		g_string_append_printf(t->regressed, "%s %s %s %% (%s %s)", t->regressed->len ? ";" : "", name,
				       gain, gated ? "gate" : "95 % interval", range);
}

static void note_regressed(const struct tally *t, GPtrArray *notes)
{
	guint judged = t->rows - t->counts[VERDICT_CANNOT_TELL] - t->counts[MISSING];

	if (t->regressed->len)
		notes_add(notes, "REGRESSED:%s.", t->regressed->str);
	else if (judged == t->rows)
		notes_add(notes, "Regressed: none.");
	else if (!judged)
		notes_add(notes, "Regressed: not known, no row could be judged.");
	else
		notes_add(notes, "Regressed: none of the %u that could be judged.", judged);
}

void tally_note(const struct tally *t, const char *heading, GPtrArray *notes)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "%s, %u row%s:", heading, t->rows, t->rows == 1 ? "" : "s");
	for (int i = 0; i <= MISSING; i++) {
		if (t->counts[i])
			g_string_append_printf(text, " %u %s,", t->counts[i],
					       i < MISSING ? verdict_name(i) : "n/a");
	}
	g_string_truncate(text, text->len - 1);
	notes_add(notes, "%s.", text->str);
	note_regressed(t, notes);
}
