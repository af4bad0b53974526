// SPDX-License-Identifier: GPL-2.0-only
#include "summary.h"

#include "extent.h"

struct summary summary_of(const struct comparison *c, const struct comparison_arm *arm)
{
	struct summary s = { .rows = c->cells->len };

	for (guint cell = 0; cell < c->cells->len; cell++) {
		const struct contrast *row = &arm->rows[cell];

		if (row->missing)
			s.missing++;
		else
			s.verdicts[row->verdict]++;
	}
	return s;
}

static void add_rest(GString *text, guint count, const char *words)
{
	if (count > 0)
		g_string_append_printf(text, ", %u %s", count, words);
}

static char *count_verdicts(const struct summary *s)
{
	GString *text = g_string_new(NULL);
	guint better = s->verdicts[VERDICT_IMPROVED], worse = s->verdicts[VERDICT_REGRESSED];
	const char *rows = s->rows == 1 ? "row" : "rows";

	/* What is bad news comes first. */
	if (worse && better)
		g_string_append_printf(text, "%u of %u %s regressed, %u improved", worse, s->rows, rows,
				       better);
	else if (worse)
		g_string_append_printf(text, "%u of %u %s regressed, none improved", worse, s->rows, rows);
	else if (better)
		g_string_append_printf(text, "%u of %u %s improved, none regressed", better, s->rows, rows);
	else
		g_string_append_printf(text, "none of %u %s improved or regressed", s->rows, rows);
	add_rest(text, s->verdicts[VERDICT_EQUIVALENT], "equivalent");
	add_rest(text, s->verdicts[VERDICT_CANNOT_TELL], "cannot tell");
	add_rest(text, s->missing, "n/a");
	return g_string_free(text, FALSE);
}

char *summary_sentence(const struct comparison *c, const struct comparison_arm *arm)
{
	struct summary s = summary_of(c, arm);
	g_autofree char *counts = count_verdicts(&s);
	const char *why = NULL;

	if (c->baseline->failed)
		why = "nothing is compared, the kernel of the baseline FAILED";
	else if (arm->failed)
		why = arm->failed->boot ? "its kernel FAILED" : "it has no kernel";
	else if (confound_refuses(arm->confound))
		why = "not compared, the two differ in what the plan does not declare";
	return g_strdup_printf("%s against %s: %s.", arm->name, c->baseline->name, why ? why : counts);
}

/* Where rows have gates, and none is tested: by Boole's inequality. */
static char *gated_error(const struct comparison *c)
{
	unsigned int usable;
	double marked = CONTRAST_ALPHA * c->family;
	g_autofree char *any =
		marked < 1 ? g_strdup_printf(", any in at most %g %% of sweeps", 100 * marked) : g_strdup("");

	comparison_rebuilds(c, c->baseline, &usable);
	if (!usable)
		return g_strdup(
			"The gate is not known, so that no row but one without any difference can be judged.");
	return g_strdup_printf(
		"If the kernels did the same, each row would be marked with a probability of at most %g %%: "
		"of %zu row%s %.2g on average%s (as far as images of one source are normal).",
		100 * CONTRAST_ALPHA, c->family, c->family == 1 ? "" : "s", marked, any);
}

static char *tested_error(const struct comparison *c)
{
	struct extent_test t = extent_test_of(c);
	g_autofree char *with = extent_test_words(c, &t);

	if (!t.can_mark)
		return g_strdup_printf(
			"%s no row can be improved or regressed, whatever the kernels do: %zu are needed "
			"for %zu row%s.",
			with, t.needed, c->family, c->family == 1 ? "" : "s");
	return g_strdup_printf(
		"If the kernels were equal, a table such as this would mark any of its rows in at most "
		"%g %% of sweeps (exact tests, Holm over %zu row%s).",
		100 * CONTRAST_ALPHA, c->family, c->family == 1 ? "" : "s");
}

char *summary_error(const struct comparison *c)
{
	return c->counted && !c->baseline->images ? gated_error(c) : tested_error(c);
}
