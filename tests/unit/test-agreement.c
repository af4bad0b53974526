// SPDX-License-Identifier: GPL-2.0-only
#include "render/agreement.h"

#include <string.h>

/* Verdicts of the rows of one arm, a letter each: Improved, Regressed, =, ?, and - for none. */
struct table {
	struct comparison comparison;
	struct comparison_arm arms[2];
	struct confound confounds[2];
	struct contrast rows[8];
};

static const char *const cells[] = { "a/1", "b/1", "c/1", "d/1", "e/1", "f/1", "g/1", "h/1" };

static void table_init(struct table *t, const char *verdicts)
{
	static const char letters[] = "IR=?";

	memset(t, 0, sizeof(*t));
	t->comparison = (struct comparison){
		.cells = g_ptr_array_new_with_free_func(g_free),
		.arms = t->arms, .arms_count = 2, .baseline = &t->arms[0],
	};
	t->arms[0] = (struct comparison_arm){ .name = (char *)"rb", .role = COMPARISON_BASELINE };
	t->arms[1] = (struct comparison_arm){ .name = (char *)"mt", .role = COMPARISON_CANDIDATE, .rows = t->rows };
	for (int i = 0; i < 2; i++)
		t->arms[i].confound = &t->confounds[i];
	for (size_t i = 0; i < strlen(verdicts); i++) {
		const char *letter = strchr(letters, verdicts[i]);
		struct plan_row *row = g_new0(struct plan_row, 1);

		row->name = (char *)cells[i];
		g_ptr_array_add(t->comparison.cells, row);
		t->rows[i] = letter ? (struct contrast){ .verdict = letter - letters }
				    : (struct contrast){ .missing = "no boots" };
	}
}

static void table_clear(struct table *t)
{
	g_ptr_array_unref(t->comparison.cells);
}

static void assert_kinds(const char *first, const char *second, const char *expected)
{
	struct table a, b;
	g_autoptr(GPtrArray) rows = NULL;
	g_autoptr(GString) found = g_string_new(NULL);

	table_init(&a, first);
	table_init(&b, second);
	rows = agreement_new((struct agreement_side[]){ { "a", &a.comparison }, { "b", &b.comparison } }, 2, NULL);
	for (guint i = 0; i < rows->len; i++) {
		const struct agreement_row *row = rows->pdata[i];

		g_string_append_printf(found, "%s%s", i ? " " : "", agreement_kind_name(row->kind));
		g_assert_cmpstr(row->cell, ==, cells[i]);
	}
	g_assert_cmpstr(found->str, ==, expected);
	table_clear(&a);
	table_clear(&b);
}

static void test_kinds(void)
{
	assert_kinds("IR=", "IR=", "improved regressed equivalent");
	assert_kinds("IR", "RI", "opposed opposed");
	/* Whoever cannot tell agrees with nobody, not with its like either. */
	assert_kinds("I?=?", "??I?", "open open open open");
	assert_kinds("I-", "--", "open open");
	/* A row that the other table has not. */
	assert_kinds("II", "I", "improved open");
}

static void test_refused(void)
{
	struct table a, b;
	g_autoptr(GPtrArray) rows = NULL;
	const struct agreement_row *row;

	table_init(&a, "I");
	table_init(&b, "I");
	b.confounds[1].counts[CONFOUND_UNDECLARED] = 1;
	rows = agreement_new((struct agreement_side[]){ { "a", &a.comparison }, { "b", &b.comparison } }, 2, NULL);
	row = rows->pdata[0];
	g_assert_cmpint(row->kind, ==, AGREEMENT_OPEN);
	g_assert_cmpstr(row->verdicts->pdata[0], ==, "improved");
	g_assert_null(row->verdicts->pdata[1]);
	table_clear(&a);
	table_clear(&b);
}

static void test_only(void)
{
	struct table a;
	g_autoptr(GPtrArray) none = NULL;
	g_autoptr(GPtrArray) all = NULL;

	table_init(&a, "IR");
	none = agreement_new(&(struct agreement_side){ "a", &a.comparison }, 1, "other");
	all = agreement_new(&(struct agreement_side){ "a", &a.comparison }, 1, "mt");
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_cmpuint(all->len, ==, 2);
	table_clear(&a);
}

static void test_paragraph(void)
{
	struct table a, b;
	g_autoptr(GPtrArray) rows = NULL;
	g_autofree char *text = NULL;

	table_init(&a, "IIIIIII=");
	table_init(&b, "IIIIIIIR");
	{
		const struct agreement_side sides[] = { { "x86", &a.comparison }, { "arm", &b.comparison } };

		rows = agreement_new(sides, G_N_ELEMENTS(sides), NULL);
		text = agreement_paragraph(rows, sides, G_N_ELEMENTS(sides));
	}
	g_assert_true(g_str_has_prefix(text,
		"2 machines, by the verdicts of their own tables (x86, arm). mt against rb, of 8 rows: 7 improve on "
		"every one (a/1, b/1, c/1, d/1, e/1, f/1 and 1 more), 1 is not judged alike (h/1). Each verdict"));
	table_clear(&a);
	table_clear(&b);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agreement/kinds", test_kinds);
	g_test_add_func("/agreement/refused", test_refused);
	g_test_add_func("/agreement/only", test_only);
	g_test_add_func("/agreement/paragraph", test_paragraph);
	return g_test_run();
}
