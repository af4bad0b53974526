// SPDX-License-Identifier: GPL-2.0-only
#include "arms.h"

#include "journal/run-trace.h"
#include "titles.h"

GArray *arms_traced(const struct comparison *c, char *const *refused)
{
	GArray *arms = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < c->arms_count; i++) {
		if (&c->arms[i] == c->baseline || (c->arms[i].shown && !refused[i]))
			g_array_append_val(arms, i);
	}
	return arms;
}

GPtrArray *arms_names(const struct comparison *c, const GArray *arms)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < arms->len; i++)
		g_ptr_array_add(names, c->arms[g_array_index(arms, guint, i)].name);
	return names;
}

char *arms_traced_boots(const struct comparison *c, const GArray *arms)
{
	guint fewest = G_MAXUINT, most = 0;

	for (guint a = 0; a < arms->len; a++) {
		const char *arm = c->arms[g_array_index(arms, guint, a)].name;

		for (guint cell = 0; cell < c->cells->len; cell++) {
			g_autoptr(GPtrArray) boots = run_traced_boots(c->run, arm, comparison_cell(c, cell));

			fewest = MIN(fewest, boots->len);
			most = MAX(most, boots->len);
		}
	}
	return titles_boots(MIN(fewest, most), most);
}
