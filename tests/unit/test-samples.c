// SPDX-License-Identifier: GPL-2.0-only
/* Samples as figures, as folded stacks, and as a flame graph. */
#include "render/samples.h"

#include <math.h>
#include <string.h>

#include "base/path.h"
#include "plots/flame.h"
#include "plots/flame-tree.h"
#include "render/findings.h"
#include "render/folded.h"
#include "render/samples-rows.h"
#include "stats/share.h"

#define MANIFEST(title) \
	"{\"v\":1,\"accel\":\"tcg\",\"samples\":{\"hz\":99,\"event\":null},\"plan\":{\"path\":\"plan.yaml\",\"text\":\"" \
	"title: " title "\\narms:\\n  - {name: a, source: linux-7.3}\\n  - {name: b, source: linux-7.3, layout: 1}\\n" \
	"design: {blocks: 2, loads: 1}\\ncells:\\n  - {test: x, threads: [2], loops: 100}\\n\"}}\n"

#define AT(block, arm) "\"block\":" block ",\"arm\":\"" arm "\",\"boot\":\"" arm block "\",\"cell\":\"x/2\",\"load\":0"
#define LOAD(block, arm, wall) "{\"v\":1,\"t\":\"load\"," AT(block, arm) ",\"workers_us\":[9,9],\"wall_us\":" wall "}\n"
#define SAMPLES_BY(event, block, arm, samples, stacks) \
	"{\"v\":1,\"t\":\"samples\"," AT(block, arm) ",\"event\":\"" event "\",\"samples\":" samples ",\"lost\":1,\"throttled\":0," \
	"\"names\":[\"root\",\"f\",\"g.part.0\",\"[user]\",\"[idle]\",\"<&\\\"'>\"],\"stacks\":" stacks "}\n"
#define SAMPLES(block, arm, samples, stacks) SAMPLES_BY("cpu-clock", block, arm, samples, stacks)

/* Of 10 busy ones each: f is 6 and 5 of the baseline's, 2 and 4 of the candidate's. */
#define A0 SAMPLES("0", "a", "15", "[[6,0,1],[3,0,2],[1,3],[5,4,1]]") LOAD("0", "a", "100")
#define B0 SAMPLES("0", "b", "10", "[[2,0,1],[8,0,2]]") LOAD("0", "b", "400")
#define A1 SAMPLES("1", "a", "10", "[[5,0,1],[5,0,2]]") LOAD("1", "a", "300")
#define B1 SAMPLES("1", "b", "10", "[[4,0,1],[4,0,1,2,1,2],[2,0]]") LOAD("1", "b", "600")

static char *dir;

static struct findings *find(const char *manifest, const char *lines)
{
	g_autofree char *path = g_build_filename(dir, "manifest.json", NULL);
	g_autofree char *journal = g_build_filename(dir, "journal.jsonl", NULL);
	g_autoptr(GError) error = NULL;
	struct run *r;

	g_assert_true(g_file_set_contents(path, manifest, -1, NULL));
	g_assert_true(g_file_set_contents(journal, lines, -1, NULL));
	r = run_read(dir, &error);
	g_assert_no_error(error);
	return findings_new(r, COMPARISON_MEDIAN, false, NULL);
}

static void release(struct findings *f)
{
	struct run *r = (struct run *)f->comparison->run;

	findings_free(f);
	run_free(r);
}

static const struct samples_row *find_row(const GArray *rows, const char *name)
{
	for (guint i = 0; i < rows->len; i++) {
		const struct samples_row *row = &g_array_index(rows, struct samples_row, i);

		if (!strcmp(row->function->name, name))
			return row;
	}
	g_error("no row %s", name);
}

/* R: Agresti and Caffo's of 56 of 70 against 48 of 80; t.test(c(1, 2, 4)). */
static void test_share(void)
{
	const struct share a = { 56, 70 }, b = { 48, 80 }, none = { 0, 0 };
	const double values[] = { 1, 2, 4 };

	g_assert_cmpfloat_with_epsilon(share_counting_error(&a, &b, 0.95), 0.141653, 1e-6);
	g_assert_cmpfloat(share_counting_error(&none, &none, 0.95), >, 0.9);
	g_assert_cmpfloat_with_epsilon(share_mean_error(values, 3, 0.95), 3.794582, 1e-5);
	g_assert_true(isnan(share_mean_error(values, 1, 0.95)));
}

static void test_figures(void)
{
	struct findings *f = find(MANIFEST("t"), A0 B0 A1 B1);
	const struct samples *s = f->samples;
	const struct samples_cell *cell = s->cells->pdata[0];
	g_autoptr(GArray) rows = samples_rows(s, cell, 1);
	const struct samples_row *row = find_row(rows, "f");
	struct samples_boot sum = samples_sum(&cell->sides[0]);

	g_assert_null(s->refused[1]);
	g_assert_cmpuint(sum.busy, ==, 20);
	g_assert_cmpuint(sum.idle, ==, 5);
	g_assert_cmpuint(sum.lost, ==, 2);
	g_assert_cmpuint(samples_rows_blocks(s, cell, 1), ==, 2);
	g_assert_cmpfloat(cell->sides[0].wall_us, ==, 200);
	g_assert_cmpfloat(cell->sides[1].wall_us, ==, 500);
	g_assert_cmpfloat_with_epsilon(row->self.baseline, 55, 1e-9);
	g_assert_cmpfloat_with_epsilon(row->self.candidate, 30, 1e-9);
	g_assert_cmpfloat_with_epsilon(row->self.difference, -25, 1e-9);
	/* Student's t of one degree of freedom. */
	g_assert_cmpfloat_with_epsilon(row->self.within, 190.593, 1e-3);
	/* It calls itself: once. */
	g_assert_cmpfloat_with_epsilon(row->candidate_total, 50, 1e-9);
	row = find_row(rows, "root");
	g_assert_cmpfloat_with_epsilon(row->self.candidate, 10, 1e-9);
	g_assert_cmpfloat_with_epsilon(row->baseline_total, 95, 1e-9);
	g_assert_cmpstr(g_array_index(rows, struct samples_row, 0).function->name, ==, "g");
	g_assert_cmpstr(g_array_index(rows, struct samples_row, 1).function->name, ==, "f");
	release(f);
}

/* Boots that agree by chance are no better known than their samples. */
static void test_counting(void)
{
	struct findings *f =
		find(MANIFEST("t"), A0 B0 SAMPLES("1", "a", "10", "[[6,0,1],[3,0,2],[1,3]]") LOAD("1", "a", "1")
					    SAMPLES("1", "b", "10", "[[2,0,1],[8,0,2]]") LOAD("1", "b", "1"));
	g_autoptr(GArray) rows = samples_rows(f->samples, f->samples->cells->pdata[0], 1);

	/* 12 of 20 against 4 of 20. */
	g_assert_cmpfloat_with_epsilon(find_row(rows, "f")->self.within, 26.9954, 1e-3);
	release(f);
}

static void test_one_block(void)
{
	struct findings *f = find(MANIFEST("t"), A0 B0);
	g_autoptr(GArray) rows = samples_rows(f->samples, f->samples->cells->pdata[0], 1);
	const struct samples_row *row = find_row(rows, "f");

	g_assert_cmpfloat_with_epsilon(row->self.difference, -40, 1e-9);
	g_assert_true(isnan(row->self.within));
	release(f);
}

/* The boots that there are have no block in common. */
static void test_no_pair(void)
{
	struct findings *f = find(MANIFEST("t"), A0 B1);
	const struct samples_cell *cell = f->samples->cells->pdata[0];
	g_autoptr(GArray) rows = samples_rows(f->samples, cell, 1);
	const struct samples_row *row = find_row(rows, "f");

	g_assert_cmpuint(samples_rows_blocks(f->samples, cell, 1), ==, 0);
	g_assert_cmpfloat_with_epsilon(row->self.baseline, 60, 1e-9);
	g_assert_cmpfloat_with_epsilon(row->self.candidate, 40, 1e-9);
	g_assert_true(isnan(row->self.within));
	release(f);
}

static void test_missing(void)
{
	struct findings *none = find(MANIFEST("t"), "");
	struct findings *half = find(MANIFEST("t"), A0 A1);
	struct findings *idle = find(MANIFEST("t"), A0 SAMPLES("0", "b", "4", "[[4,4]]") LOAD("0", "b", "9"));
	struct findings *lost = find(MANIFEST("t"), A0 LOAD("0", "b", "9"));

	g_assert_cmpuint(none->samples->cells->len, ==, 0);
	g_assert_true(((struct samples_cell *)half->samples->cells->pdata[0])->sides[0].known);
	g_assert_false(((struct samples_cell *)half->samples->cells->pdata[0])->sides[1].known);
	g_assert_false(((struct samples_cell *)idle->samples->cells->pdata[0])->sides[1].known);
	g_assert_false(((struct samples_cell *)lost->samples->cells->pdata[0])->sides[1].known);
	release(none);
	release(half);
	release(idle);
	release(lost);
}

static void test_events(void)
{
	struct findings *f =
		find(MANIFEST("t"), A0 SAMPLES_BY("cycles", "0", "b", "1", "[[1,1]]") LOAD("0", "b", "9"));

	g_assert_nonnull(strstr(f->samples->refused[1], "b was sampled by cycles, a by cpu-clock"));
	release(f);
}

static char *out_dir(void)
{
	char *out = g_build_filename(dir, "out", NULL);

	g_assert_true(path_make_dirs(out, NULL));
	return out;
}

static char *contents(const char *name)
{
	g_autofree char *path = g_build_filename(dir, "out", name, NULL);
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void test_folded(void)
{
	struct findings *f = find(MANIFEST("t"), A0 B0 A1 B1);
	g_autofree char *out = out_dir();
	g_autofree char *a = NULL;
	g_autofree char *b = NULL;

	g_assert_true(folded_write(f->samples, out, NULL));
	a = contents("a-x-2.folded");
	b = contents("b-x-2.folded");
	g_assert_cmpstr(a, ==, "[idle];f 5\n[user] 1\nroot;f 11\nroot;g.part.0 8\n");
	g_assert_cmpstr(b, ==, "root 2\nroot;f 6\nroot;f;g.part.0;f;g.part.0 4\nroot;g.part.0 8\n");
	release(f);
}

static void count_element(GMarkupParseContext *context, const char *name, const char **names, const char **values,
			  gpointer data, GError **error)
{
	int *boxes = data;

	(void)context, (void)names, (void)values, (void)error;
	*boxes += !strcmp(name, "g");
}

/* How many boxes it has; not well-formed: fails. */
static int count_boxes(const char *svg)
{
	const GMarkupParser parser = { .start_element = count_element };
	int boxes = 0;
	GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, &boxes, NULL);
	g_autoptr(GError) error = NULL;

	g_markup_parse_context_parse(context, svg, -1, &error);
	g_assert_no_error(error);
	g_markup_parse_context_end_parse(context, &error);
	g_assert_no_error(error);
	g_markup_parse_context_free(context);
	return boxes;
}

static void test_flame(void)
{
	struct findings *f = find(MANIFEST("t"), A0 B0 A1 B1);
	g_autofree char *out = out_dir();
	g_autofree char *svg = NULL;
	g_autofree char *again = NULL;
	g_autofree char *folded = NULL;

	g_assert_true(flame_draw(f, out, NULL, NULL));
	svg = contents("flame-b-x-2.svg");
	folded = contents("flame-b-x-2.folded");
	g_assert_cmpstr(folded, ==, "[user] 1 0\nroot 0 2\nroot;f 11 6\nroot;f;g;f;g 0 4\nroot;g 8 8\n");
	/* all, [user], root, f, g of the baseline; all, root, f, g, f, g, g of the candidate. */
	g_assert_cmpint(count_boxes(svg), ==, 12);
	/* 20 busy samples on 1180 pixels; and -40 and 30 points by t of one degree of freedom. */
	g_assert_nonnull(strstr(svg, "width=\"1121.00\""));
	g_assert_nonnull(strstr(svg, "width=\"649.00\""));
	g_assert_nonnull(strstr(svg, "width=\"472.00\""));
	g_assert_nonnull(strstr(svg, "width=\"59.00\""));
	g_assert_nonnull(strstr(svg, "<title>f: baseline 55.00 % (11 samples), candidate 50.00 % (10 samples), "
				     "difference -5.00 +-444.72 points</title>"));
	g_assert_true(flame_draw(f, out, NULL, NULL));
	again = contents("flame-b-x-2.svg");
	g_assert_cmpstr(svg, ==, again);
	release(f);
}

#define MUCH_A(block) SAMPLES(block, "a", "10000", "[[9000,0,1],[500,0,2],[500,0]]") LOAD(block, "a", "9")
#define MUCH_B(block) SAMPLES(block, "b", "10000", "[[1000,0,1],[800,0,2],[8200,0]]") LOAD(block, "b", "9")

/* Differences that cannot be by chance are marked, down and up; of one block it is not known. */
static void test_flame_looks(void)
{
	struct findings *f = find(MANIFEST("t"),
				  MUCH_A("0") MUCH_B("0") MUCH_A("1") MUCH_B("1"));
	struct findings *one = NULL;
	g_autofree char *out = out_dir();
	g_autofree char *svg = NULL;
	g_autofree char *single = NULL;

	g_assert_true(flame_draw(f, out, NULL, NULL));
	svg = contents("flame-b-x-2.svg");
	g_assert_nonnull(strstr(svg, "fill=\"url(#flame_b_x_2_much-less)\"/><title>f: "));
	g_assert_nonnull(strstr(svg, "fill=\"url(#flame_b_x_2_more)\"/><title>g: "));
	g_assert_nonnull(strstr(svg, "fill=\"url(#flame_b_x_2_same)\"/><title>root: "));
	g_assert_nonnull(strstr(svg, ">f -80.0</text>"));
	release(f);
	one = find(MANIFEST("t"), MUCH_A("0") MUCH_B("0"));
	g_assert_true(flame_draw(one, out, NULL, NULL));
	single = contents("flame-b-x-2.svg");
	g_assert_null(strstr(single, "_much-less)\"/><title>"));
	g_assert_null(strstr(single, "_more)\"/><title>"));
	release(one);
}

/*
 * Half of each boot of the blocks that both have falls on f. The baseline's later boots, of other samples and of more
 * of them, are no difference between the kernels; nor does the table know one.
 */
#define HALF(block, arm, samples, each) \
	SAMPLES(block, arm, samples, "[[" each ",0,1],[" each ",0,2]]") LOAD(block, arm, "9")

static void test_flame_pairs(void)
{
	struct findings *f = find(MANIFEST("t"),
				  HALF("0", "a", "10000", "5000") HALF("0", "b", "1000", "500")
				  HALF("1", "a", "2000", "1000") HALF("1", "b", "6000", "3000")
				  MUCH_A("2") MUCH_A("3"));
	g_autoptr(GArray) rows = samples_rows(f->samples, f->samples->cells->pdata[0], 1);
	g_autofree char *out = out_dir();
	g_autofree char *svg = NULL;

	g_assert_cmpfloat_with_epsilon(find_row(rows, "f")->self.difference, 0, 1e-9);
	g_assert_true(flame_draw(f, out, NULL, NULL));
	svg = contents("flame-b-x-2.svg");
	g_assert_nonnull(strstr(svg, "_same)\"/><title>f: baseline 50.00 % (24000 samples), candidate 50.00 % "
				     "(3500 samples), difference +0.00 +-"));
	g_assert_null(strstr(svg, "less)\"/><title>"));
	g_assert_null(strstr(svg, "more)\"/><title>"));
	/* Widths are of all boots: 24000 of 32000 on 1180 pixels, and half. */
	g_assert_nonnull(strstr(svg, "width=\"885.00\""));
	g_assert_nonnull(strstr(svg, "width=\"590.00\""));
	release(f);
}

static void test_hostile(void)
{
	struct findings *f = find(MANIFEST("<b> & \\\\u00e4"), SAMPLES("0", "a", "9", "[[9,5]]") LOAD("0", "a", "9")
				  SAMPLES("0", "b", "9", "[[9,5,5]]") LOAD("0", "b", "9"));
	g_autofree char *out = out_dir();
	g_autofree char *svg = NULL;

	g_assert_true(flame_draw(f, out, NULL, NULL));
	svg = contents("flame-b-x-2.svg");
	count_boxes(svg);
	g_assert_nonnull(strstr(svg, "&lt;&amp;&quot;&apos;&gt;"));
	release(f);
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	dir = g_dir_make_tmp("test-samples-XXXXXX", NULL);
	g_test_add_func("/samples/share", test_share);
	g_test_add_func("/samples/figures", test_figures);
	g_test_add_func("/samples/counting", test_counting);
	g_test_add_func("/samples/one-block", test_one_block);
	g_test_add_func("/samples/no-pair", test_no_pair);
	g_test_add_func("/samples/missing", test_missing);
	g_test_add_func("/samples/events", test_events);
	g_test_add_func("/samples/folded", test_folded);
	g_test_add_func("/samples/flame", test_flame);
	g_test_add_func("/samples/flame-looks", test_flame_looks);
	g_test_add_func("/samples/flame-pairs", test_flame_pairs);
	g_test_add_func("/samples/hostile", test_hostile);
	status = g_test_run();
	g_assert_true(path_remove_tree(dir, NULL));
	g_free(dir);
	return status;
}
