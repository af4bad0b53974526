// SPDX-License-Identifier: GPL-2.0-only
#include "journal/run.h"

#include <string.h>

#include "base/error.h"
#include "base/path.h"

/* What a run folder needs besides its journal: two arms, three blocks of two loads, two cells. */
static const char manifest[] =
	"{\"v\":1,\"accel\":\"tcg\",\"plan\":{\"path\":\"plan.yaml\",\"text\":\""
	"title: t\\narms:\\n  - {name: a, source: linux-7.3}\\n  - {name: b, source: linux-7.3}\\n"
	"design: {blocks: 3, loads: 2}\\ncells:\\n  - {test: x, threads: [1]}\\n"
	"  - {test: y, threads: [1]}\\n\"}}\n";

#define LOAD(block, arm, boot, cell, load) \
	"{\"v\":1,\"t\":\"load\",\"block\":" #block ",\"arm\":\"" arm "\",\"boot\":\"" boot \
	"\",\"cell\":\"" cell "\",\"load\":" #load ",\"workers_us\":[1" #load "],\"wall_us\":20}\n"
#define BOOT(event, more) \
	"{\"v\":1,\"t\":\"boot\",\"block\":0,\"arm\":\"a\",\"boot\":\"b0\",\"event\":\"" event "\"," more "}\n"
#define END(arm, boot, class, why) \
	"{\"v\":1,\"t\":\"boot\",\"block\":0,\"arm\":\"" arm "\",\"boot\":\"" boot \
	"\",\"event\":\"end\",\"class\":\"" class "\",\"why\":" why "}\n"
#define SPLAT(boot, cell) \
	"{\"v\":1,\"t\":\"splat\",\"block\":0,\"arm\":\"a\",\"boot\":\"" boot "\",\"cell\":" cell \
	",\"load\":null,\"kind\":\"warn\",\"text\":\"WARNING\"}\n"

struct place {
	char *dir;
	char *manifest;
	char *journal;
};

static void place_set_up(struct place *at, gconstpointer unused)
{
	(void)unused;
	at->dir = g_dir_make_tmp("test-run-XXXXXX", NULL);
	at->manifest = g_build_filename(at->dir, "manifest.json", NULL);
	at->journal = g_build_filename(at->dir, "journal.jsonl", NULL);
	g_assert_true(g_file_set_contents(at->manifest, manifest, -1, NULL));
}

static void place_tear_down(struct place *at, gconstpointer unused)
{
	(void)unused;
	g_assert_true(path_remove_tree(at->dir, NULL));
	g_free(at->dir);
	g_free(at->manifest);
	g_free(at->journal);
}

static struct run *read_lines(const struct place *at, const char *lines)
{
	GError *error = NULL;
	struct run *r;

	g_assert_true(g_file_set_contents(at->journal, lines, -1, NULL));
	r = run_read(at->dir, &error);
	g_assert_no_error(error);
	return r;
}

static void test_read(struct place *at, gconstpointer unused)
{
	g_autoptr(run) r = read_lines(
		at,
		BOOT("start", "\"command\":\"q\"") BOOT("up", "\"taint\":null")
		"{\"v\":1,\"t\":\"load\",\"block\":2,\"arm\":\"a\",\"boot\":\"b0\",\"cell\":\"x/1\",\"load\":1,"
		"\"workers_us\":[1,2.5],\"wall_us\":3,\"taint\":null,\"new\":{}}\n"
		"{\"v\":1,\"t\":\"flame\",\"of a later version\":true}\n"
		END("a", "b0", "kernel", "\"it died\"") SPLAT("b0", "null") "{\"v\":1,\"t\":\"lo");
	const struct run_boot_start *start;
	const struct run_load *load;
	const struct run_boot_end *end;

	(void)unused;
	g_assert_true(r->torn);
	g_assert_cmpuint(r->loads->len, ==, 1);
	load = r->loads->pdata[0];
	g_assert_cmpuint(load->block, ==, 2);
	g_assert_cmpstr(load->arm, ==, "a");
	g_assert_cmpstr(load->boot, ==, "b0");
	g_assert_cmpstr(load->cell, ==, "x/1");
	g_assert_cmpuint(load->load, ==, 1);
	g_assert_cmpuint(load->workers_us->len, ==, 2);
	g_assert_cmpfloat(g_array_index(load->workers_us, double, 1), ==, 2.5);
	g_assert_cmpfloat(load->wall_us, ==, 3);
	g_assert_cmpuint(r->starts->len, ==, 1);
	start = r->starts->pdata[0];
	g_assert_cmpstr(start->boot, ==, "b0");
	g_assert_cmpstr(start->arm, ==, "a");
	g_assert_cmpuint(r->ends->len, ==, 1);
	end = r->ends->pdata[0];
	g_assert_cmpint(end->class, ==, RUN_KERNEL);
	g_assert_cmpstr(end->why, ==, "it died");
	g_assert_cmpuint(r->splats->len, ==, 1);
	g_assert_null(((struct run_splat *)r->splats->pdata[0])->cell);
	g_assert_cmpstr(((struct run_splat *)r->splats->pdata[0])->kind, ==, "warn");
	g_assert_false(run_is_counted(r));
	g_assert_cmpstr(run_unit(r), ==, "us");
}

static const struct {
	const char *lines;
	const char *complete_x;		/* "BLOCK:BOOT" of the complete boots of arm a and cell x/1 */
	const char *complete_y;
} completeness[] = {
	{ "", "", "" },
	{ LOAD(0, "a", "b0", "x/1", 0), "", "" },
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0", "x/1", 1), "0:b0", "" },
	/* A boot of another arm or another cell does not help. */
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "b", "c0", "x/1", 1), "", "" },
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0", "y/1", 1), "", "" },
	/* Loads of two boots are never pooled. */
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0+1", "x/1", 1), "", "" },
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0+1", "x/1", 0) LOAD(0, "a", "b0+1", "x/1", 1), "0:b0+1",
	  "" },
	/* One boot a block, the last complete one: what makes a boot repeat lies in the earlier one. */
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0", "x/1", 1) LOAD(0, "a", "b0+1", "x/1", 0)
	  LOAD(0, "a", "b0+1", "x/1", 1), "0:b0+1", "" },
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0", "x/1", 1) LOAD(0, "a", "b0+1", "x/1", 0), "0:b0",
	  "" },
	/* Ordered by block, in whatever order they ran. */
	{ LOAD(2, "a", "b2", "x/1", 0) LOAD(2, "a", "b2", "x/1", 1) LOAD(0, "a", "b0", "x/1", 0)
	  LOAD(0, "a", "b0", "x/1", 1), "0:b0 2:b2", "" },
	/* A splat voids its cell; one that belongs to none voids the boot. Later boots may make up for it. */
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0", "x/1", 1) LOAD(0, "a", "b0", "y/1", 0)
	  LOAD(0, "a", "b0", "y/1", 1) SPLAT("b0", "\"x/1\""), "", "0:b0" },
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0", "x/1", 1) LOAD(0, "a", "b0", "y/1", 0)
	  LOAD(0, "a", "b0", "y/1", 1) SPLAT("b0", "null"), "", "" },
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0", "x/1", 1) SPLAT("b9", "null"), "0:b0", "" },
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0", "x/1", 1) SPLAT("b0", "null")
	  LOAD(0, "a", "b0+1", "x/1", 0) LOAD(0, "a", "b0+1", "x/1", 1), "0:b0+1", "" },
	/* How the boot ended later says nothing of what was complete before. */
	{ LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0", "x/1", 1) END("a", "b0", "infra", "\"killed\""),
	  "0:b0", "" },
};

static char *describe_complete(const struct run *r, const char *cell)
{
	g_autoptr(GPtrArray) cells = run_complete_cells(r, "a", cell);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < cells->len; i++) {
		const GPtrArray *loads = cells->pdata[i];
		const struct run_load *first = loads->pdata[0];

		g_assert_cmpuint(loads->len, ==, 2);
		g_string_append_printf(text, "%s%u:%s", i ? " " : "", first->block, first->boot);
	}
	return g_string_free(text, FALSE);
}

static void test_complete(struct place *at, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(completeness); i++) {
		g_autoptr(run) r = read_lines(at, completeness[i].lines);
		g_autofree char *x = describe_complete(r, "x/1");
		g_autofree char *y = describe_complete(r, "y/1");

		g_assert_cmpstr(x, ==, completeness[i].complete_x);
		g_assert_cmpstr(y, ==, completeness[i].complete_y);
	}
}

#define LOADS(boot) LOAD(0, "a", boot, "x/1", 0) LOAD(0, "a", boot, "x/1", 1)
#define SETUP(boot, load)                                                                                      \
	"{\"v\":1,\"t\":\"setup\",\"block\":0,\"arm\":\"a\",\"boot\":\"" boot "\",\"cell\":\"x/1\",\"load\":" #load   \
	",\"workers_us\":[1],\"wall_us\":2}\n"

/* With `subtract_setup` a boot needs as many loads of one loop; without, nobody looks for them. */
static void test_setups(struct place *at, gconstpointer unused)
{
	g_autoptr(run) r = read_lines(at, LOADS("b0") SETUP("b0", 2) LOADS("b1") SETUP("b1", 2) SETUP("b1", 3));
	g_autofree char *plain = describe_complete(r, "x/1");
	g_autofree char *subtracted = NULL;
	const GPtrArray *loads = run_setup_loads(r, "b1", "x/1");

	(void)unused;
	g_assert_cmpuint(r->loads->len, ==, 4);
	g_assert_cmpuint(loads->len, ==, 2);
	g_assert_cmpuint(((const struct run_load *)loads->pdata[1])->load, ==, 3);
	g_assert_null(run_setup_loads(r, "b1", "y/1"));
	g_assert_cmpstr(plain, ==, "0:b1");
	g_assert_true(run_boot_has_cell(r, "b0", "x/1"));
	r->plan->subtract_setup = true;
	subtracted = describe_complete(r, "x/1");
	g_assert_cmpstr(subtracted, ==, "0:b1");
	g_assert_false(run_boot_has_cell(r, "b0", "x/1"));
	g_assert_true(run_boot_has_cell(r, "b1", "x/1"));
}

static void test_boots(struct place *at, gconstpointer unused)
{
	static const char lines[] =
		LOAD(0, "a", "b0", "x/1", 0) LOAD(0, "a", "b0", "x/1", 1) LOAD(0, "a", "b0", "y/1", 0)
		END("a", "b0", "ok", "null")
		LOAD(1, "a", "b1", "x/1", 0) LOAD(1, "a", "b1", "x/1", 1) SPLAT("b1", "\"x/1\"");
	g_autoptr(run) r = read_lines(at, lines);

	(void)unused;
	g_assert_true(run_boot_has_cell(r, "b0", "x/1"));
	g_assert_false(run_boot_has_cell(r, "b0", "y/1"));
	g_assert_false(run_boot_has_cell(r, "b1", "x/1"));
	g_assert_false(run_boot_has_cell(r, "b2", "x/1"));
	g_assert_cmpint(run_find_end(r, "b0")->class, ==, RUN_OK);
	g_assert_null(run_find_end(r, "b1"));
	g_assert_null(run_find_splat(r, "b0"));
	g_assert_cmpstr(run_find_splat(r, "b1")->cell, ==, "x/1");
}

static const struct {
	const char *lines;
	const char *why;	/* NULL: it has not failed */
} failures[] = {
	{ "", NULL },
	{ END("a", "b0", "ok", "null"), NULL },
	{ END("a", "b0", "infra", "\"QEMU died\""), NULL },
	{ END("b", "b0", "kernel", "\"panic\""), NULL },
	{ END("a", "b0", "kernel", "\"panic\""), "panic" },
	{ END("a", "b0", "ok", "null") END("a", "b1", "test", "\"no such test\"")
	  END("a", "b2", "kernel", "\"panic\""),
	  "no such test" },
};

static void test_failed(struct place *at, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
		g_autoptr(run) r = read_lines(at, failures[i].lines);
		const struct run_boot_end *end = NULL;

		g_assert_cmpint(run_arm_failed(r, "a", &end), ==, failures[i].why != NULL);
		g_assert_cmpint(run_arm_failed(r, "a", NULL), ==, failures[i].why != NULL);
		if (end)
			g_assert_cmpstr(end->why, ==, failures[i].why);
	}
}

#define GOOD LOAD(0, "a", "b0", "x/1", 0)
#define WORKERS(list) \
	GOOD "{\"v\":1,\"t\":\"load\",\"block\":0,\"arm\":\"a\",\"boot\":\"b0\",\"cell\":\"x/1\"," \
	"\"load\":1,\"workers_us\":" list ",\"wall_us\":20}\n"

/* All of them in line 2. */
static const struct {
	const char *lines;
	const char *error;
} wrong_records[] = {
	{ GOOD "{\"v\":1,\"t\":\"load\",\"arm\":\"a\"}\n", "\"block\": expected a whole number of 0 or more" },
	{ GOOD "{\"v\":1,\"t\":\"load\",\"block\":-1,\"arm\":\"a\"}\n", "\"block\": expected a whole number" },
	{ GOOD "{\"v\":1,\"t\":\"load\",\"block\":1.5,\"arm\":\"a\"}\n", "\"block\": expected a whole number" },
	{ GOOD "{\"v\":1,\"t\":\"load\",\"block\":4294967296,\"arm\":\"a\"}\n",
	  "\"block\": expected a whole number" },
	{ GOOD "{\"v\":1,\"t\":\"load\",\"block\":0,\"arm\":7}\n", "\"arm\": expected a string" },
	{ GOOD "{\"v\":1,\"t\":\"load\",\"block\":0,\"arm\":\"a\",\"boot\":null}\n",
	  "\"boot\": expected a string" },
	{ GOOD "{\"v\":1,\"t\":\"load\",\"block\":0,\"arm\":\"a\",\"boot\":\"b\"}\n",
	  "\"cell\": expected a string" },
	{ WORKERS("3"), "\"workers_us\": expected a list of 1 to 65535 times" },
	{ WORKERS("[]"), "\"workers_us\": expected a list of 1 to 65535 times" },
	{ WORKERS("[1,\"2\"]"), "\"workers_us\": expected a time of 0 or more" },
	{ WORKERS("[-1]"), "\"workers_us\": expected a time of 0 or more" },
	{ WORKERS("{\"a\":1}"), "\"workers_us\": expected a list" },
	{ WORKERS("[1],\"wall\":1"), NULL },
	{ GOOD "{\"v\":1,\"t\":\"load\",\"block\":0,\"arm\":\"a\",\"boot\":\"b0\",\"cell\":\"x/1\",\"load\":1,"
	  "\"workers_us\":[1],\"wall_us\":\"20\"}\n", "\"wall_us\": expected a time of 0 or more" },
	{ GOOD GOOD, "load 0 of x/1 in the boot b0 stands here for the second time" },
	{ GOOD END("a", "b0", "fine", "null"), "\"class\": expected ok, infra, kernel or test" },
	{ GOOD "{\"v\":1,\"t\":\"boot\",\"event\":\"end\"}\n", "\"block\": expected a whole number" },
	{ GOOD "{\"v\":1,\"t\":\"boot\",\"event\":\"start\"}\n", "\"block\": expected a whole number" },
	{ GOOD "{\"v\":1,\"t\":\"boot\",\"event\":\"start\",\"block\":0,\"arm\":\"a\"}\n",
	  "\"boot\": expected a string" },
	{ GOOD "{\"v\":1,\"t\":\"splat\",\"arm\":\"a\",\"boot\":\"b0\",\"cell\":null,\"text\":\"w\"}\n",
	  "\"kind\": expected a string" },
	{ GOOD "{\"v\":1,\"t\":\"splat\",\"boot\":\"b0\",\"kind\":\"warn\",\"text\":\"w\"}\n",
	  "\"arm\": expected a string" },
};

static void test_wrong_records(struct place *at, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(wrong_records); i++) {
		g_autofree char *begin = g_strdup_printf("%s:2: %s", at->journal, wrong_records[i].error);
		g_autoptr(GError) error = NULL;
		g_autoptr(run) r = NULL;

		g_assert_true(g_file_set_contents(at->journal, wrong_records[i].lines, -1, NULL));
		r = run_read(at->dir, &error);
		if (!wrong_records[i].error) {
			g_assert_no_error(error);
			continue;
		}
		g_assert_null(r);
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
		if (!g_str_has_prefix(error->message, begin))
			g_error("\"%s\" does not begin with \"%s\"", error->message, begin);
	}
}

/* Of a plan on @machine, with @more. */
#define MANIFEST_ON(machine, more) \
	"{\"v\":1,\"plan\":{\"path\":\"p.yaml\",\"text\":\"title: t\\narms: [{name: a, source: linux-7.3}]\\n" \
	"aa: true\\nmachine: {" machine "}\\ncells: [{test: x, threads: [1]}]\\n\"}" more "}"
#define MANIFEST_OF_BOARD(more) MANIFEST_ON("runner: board, board: b.yaml", more)

static const struct {
	const char *manifest;	/* NULL: there is none */
	const char *says;
} wrong_manifests[] = {
	{ NULL, "is not the folder of a run" },
	{ "{", "manifest.json:1:1: not valid JSON" },
	{ "[]", "\"plan\" with its \"text\" and \"path\" is missing" },
	{ "{\"v\":1}", "\"plan\" with its \"text\" and \"path\" is missing" },
	{ "{\"v\":1,\"plan\":{\"text\":\"title: t\"}}", "\"plan\" with its \"text\" and \"path\" is missing" },
	{ "{\"v\":1,\"plan\":{\"text\":\"bogus: 1\",\"path\":\"p.yaml\"}}",
	  "p.yaml:1:1: bogus: there is no such key" },
	{ MANIFEST_OF_BOARD(""),
	  "expected \"board\" with its \"arch\", one of x86_64, arm64" },
	{ MANIFEST_OF_BOARD(",\"board\":{\"cpus\":8}"), "with its \"arch\"" },
	{ MANIFEST_OF_BOARD(",\"board\":{\"cpus\":8,\"arch\":\"mips\"}"),
	  "with its \"arch\"" },
	{ MANIFEST_OF_BOARD(",\"board\":{\"cpus\":1025,\"arch\":\"arm64\"}"),
	  "\"cpus\", 1 to 1024" },
	{ MANIFEST_OF_BOARD(",\"board\":\"arm64\""), "with its \"arch\"" },
	{ MANIFEST_ON("smp: 2", ",\"board\":{\"cpus\":8,\"arch\":\"arm64\"}"), "the plan runs on none" },
	{ "{\"v\":2,\"plan\":{}}", "manifest.json: version 2 is newer than this program reads (1)" },
};

static void test_wrong_manifests(struct place *at, gconstpointer unused)
{
	(void)unused;
	g_assert_true(g_file_set_contents(at->journal, "", -1, NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(wrong_manifests); i++) {
		g_autoptr(GError) error = NULL;

		if (wrong_manifests[i].manifest)
			g_assert_true(g_file_set_contents(at->manifest, wrong_manifests[i].manifest, -1, NULL));
		else
			g_assert_cmpint(remove(at->manifest), ==, 0);
		g_assert_null(run_read(at->dir, &error));
		g_assert_nonnull(error);
		if (!strstr(error->message, wrong_manifests[i].says))
			g_error("\"%s\" does not say \"%s\"", error->message, wrong_manifests[i].says);
	}
}

static void test_no_journal(struct place *at, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_null(run_read(at->dir, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "journal.jsonl"));
}

static void test_counted(struct place *at, gconstpointer unused)
{
	g_autofree char *text = g_strdup(manifest);
	g_autoptr(run) r = NULL;
	char *accel = strstr(text, "\"accel\":\"tcg\",");
	g_autoptr(GString) counted = g_string_new_len(text, accel - text);

	(void)unused;
	g_string_append_printf(counted, "\"accel\":\"counted\",%s", accel + strlen("\"accel\":\"tcg\","));
	g_assert_true(g_file_set_contents(at->manifest, counted->str, -1, NULL));
	r = read_lines(at, "");
	g_assert_true(run_is_counted(r));
	g_assert_cmpstr(run_unit(r), ==, "instructions/1000");
}

/* Of a series: the arms follow from the patches, and one of them has no kernel. */
static void test_series(struct place *at, gconstpointer unused)
{
	static const char series[] =
		"{\"v\":1,\"accel\":\"tcg\",\"plan\":{\"path\":\"plan.yaml\",\"text\":\""
		"title: t\\narms:\\n  - {name: a, source: linux-7.3}\\n  - {name: b, source: linux-7.3, series: [.]}\\n"
		"cells:\\n  - {test: x, threads: [1]}\\n\"},\"series\":{\"patches\":["
		"{\"file\":\"1.patch\",\"subject\":\"one\"},{\"file\":\"2.patch\",\"subject\":\"two\"}]},"
		"\"arms\":[{\"name\":\"a\",\"kernel\":{}},{\"name\":\"1\",\"kernel\":{}},{\"name\":\"2\",\"unbuilt\":{%s}}]}\n";
	g_autofree char *whole = g_strdup_printf(series, "\"why\":\"it does not compile\"");
	g_autofree char *wrong = g_strdup_printf(series, "");
	const struct run_boot_end *end = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(run) r = NULL;

	(void)unused;
	g_assert_true(g_file_set_contents(at->manifest, whole, -1, NULL));
	r = read_lines(at, "");
	g_assert_cmpuint(r->plan->arms_count, ==, 3);
	g_assert_cmpstr(r->plan->arms[2].name, ==, "2");
	g_assert_false(run_arm_failed(r, "1", NULL));
	g_assert_true(run_arm_failed(r, "2", &end));
	g_assert_null(end->boot);
	g_assert_cmpint(end->class, ==, RUN_KERNEL);
	g_assert_cmpstr(end->why, ==, "it does not compile");
	g_assert_cmpuint(r->ends->len, ==, 0);
	g_assert_true(g_file_set_contents(at->manifest, wrong, -1, NULL));
	g_assert_null(run_read(at->dir, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "an arm without a kernel needs"));
}

static void test_class_names(void)
{
	g_assert_cmpstr(run_class_name(RUN_OK), ==, "ok");
	g_assert_cmpstr(run_class_name(RUN_INFRA), ==, "infra");
	g_assert_cmpstr(run_class_name(RUN_KERNEL), ==, "kernel");
	g_assert_cmpstr(run_class_name(RUN_TEST), ==, "test");
}

static void add(const char *name, void (*test)(struct place *, gconstpointer))
{
	g_autofree char *path = g_strconcat("/run/", name, NULL);

	g_test_add(path, struct place, NULL, place_set_up, test, place_tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("read", test_read);
	add("complete", test_complete);
	add("boots", test_boots);
	add("failed", test_failed);
	add("wrong-records", test_wrong_records);
	add("wrong-manifests", test_wrong_manifests);
	add("no-journal", test_no_journal);
	add("setups", test_setups);
	add("counted", test_counted);
	add("series", test_series);
	g_test_add_func("/run/class-names", test_class_names);
	return g_test_run();
}
