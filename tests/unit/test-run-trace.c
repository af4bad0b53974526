// SPDX-License-Identifier: GPL-2.0-only
#include "journal/run-trace.h"

#include <string.h>

#include "base/error.h"
#include "base/path.h"

/* A run of two arms, two blocks and two cells, whose tracing pass runs each cell twice in each state. */
static const char manifest[] =
	"{\"v\":1,\"accel\":\"tcg\",\"plan\":{\"path\":\"plan.yaml\",\"text\":\""
	"title: t\\narms:\\n  - {name: a, source: linux-7.3}\\n  - {name: b, source: linux-7.3}\\n"
	"design: {blocks: 2, loads: 1}\\ntrace: {loads: 2}\\ncells:\\n  - {test: x, threads: [1]}\\n"
	"  - {test: y, threads: [1]}\\n\"}}\n";

#define AT(boot) "\"block\":0,\"arm\":\"a\",\"boot\":\"" boot "\""
#define PROBED(block, arm, boot, load, probe) \
	"{\"v\":1,\"t\":\"load\",\"block\":" #block ",\"arm\":\"" arm "\",\"boot\":\"" boot \
	"\",\"cell\":\"x/1\",\"load\":" #load ",\"workers_us\":[9],\"wall_us\":20,\"probe\":\"" probe "\"}\n"
#define STATE(block, arm, boot, probe) PROBED(block, arm, boot, 0, probe) PROBED(block, arm, boot, 1, probe)
#define WHOLE(block, arm, boot) \
	STATE(block, arm, boot, "off") STATE(block, arm, boot, "attached") STATE(block, arm, boot, "loaded")
#define TIMED "{\"v\":1,\"t\":\"load\"," AT("g0") ",\"cell\":\"x/1\",\"load\":0,\"workers_us\":[9],\"wall_us\":20}\n"
#define HIST(boot, load, function, count, buckets) \
	"{\"v\":1,\"t\":\"hist\"," AT(boot) ",\"cell\":\"x/1\",\"load\":" #load ",\"function\":\"" function \
	"\",\"backend\":\"fentry\",\"count\":" count ",\"sum_ns\":30,\"max_ns\":20,\"lost\":1,\"unpaired\":2,\"buckets\":" \
	buckets "}\n"
#define CALLS(boot, load, probe, buckets) \
	"{\"v\":1,\"t\":\"calls\"," AT(boot) ",\"cell\":\"x/1\",\"load\":" #load probe \
	",\"call\":\"vfree\",\"count\":3,\"sum_ns\":30,\"max_ns\":20,\"buckets\":" buckets "}\n"
#define PROBE(state) ",\"probe\":\"" state "\""
#define LOCK(boot, lock, callers) \
	"{\"v\":1,\"t\":\"lock\"," AT(boot) ",\"cell\":\"x/1\",\"load\":0,\"lock\":\"" lock \
	"\",\"source\":\"slowpath\",\"naming\":\"symbols\",\"waits\":3,\"wait_ns\":30,\"max_ns\":20,\"lost\":0,\"callers\":" \
	callers "}\n"
#define EVENTS(boot) \
	"{\"v\":1,\"t\":\"events\"," AT(boot) ",\"cell\":\"x/1\",\"load\":0,\"backend\":\"tp_btf\",\"allocs\":7,\"failed\":1," \
	"\"frees\":6,\"purges\":2,\"purged\":5,\"lost\":0}\n"
#define TRACE(arm, boot, state, backend) \
	"{\"v\":1,\"t\":\"trace\",\"block\":0,\"arm\":\"" arm "\",\"boot\":\"" boot "\",\"state\":\"" state \
	"\",\"collectors\":[{\"collector\":\"latency\",\"backend\":\"" backend "\",\"measures\":\"m\",\"attached\":16," \
	"\"absent\":[]}],\"refused\":[]}\n"
#define END(arm, boot, class, traced) \
	"{\"v\":1,\"t\":\"boot\",\"block\":0,\"arm\":\"" arm "\",\"boot\":\"" boot "\",\"event\":\"end\"" traced \
	",\"class\":\"" class "\",\"why\":\"w\"}\n"
#define SPLAT(boot) \
	"{\"v\":1,\"t\":\"splat\"," AT(boot) ",\"cell\":null,\"load\":null,\"kind\":\"warn\",\"text\":\"WARNING\"}\n"

struct place {
	char *dir;
	char *journal;
};

static void place_set_up(struct place *at, gconstpointer unused)
{
	g_autofree char *path = NULL;

	(void)unused;
	at->dir = g_dir_make_tmp("test-run-trace-XXXXXX", NULL);
	at->journal = g_build_filename(at->dir, "journal.jsonl", NULL);
	path = g_build_filename(at->dir, "manifest.json", NULL);
	g_assert_true(g_file_set_contents(path, manifest, -1, NULL));
}

static void place_tear_down(struct place *at, gconstpointer unused)
{
	(void)unused;
	g_assert_true(path_remove_tree(at->dir, NULL));
	g_free(at->dir);
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

/* Strings, joined by a space; takes @list. */
static char *joined(GPtrArray *list)
{
	char *text;

	g_ptr_array_add(list, NULL);
	text = g_strjoinv(" ", (char **)list->pdata);
	g_ptr_array_unref(list);
	return text;
}

/* What is timed never has a traced load in it, and the other way round. */
static void test_apart(struct place *at, gconstpointer unused)
{
	g_autoptr(run) r = read_lines(at, TIMED WHOLE(0, "a", "t0") END("a", "t0", "test", ",\"traced\":true"));
	g_autoptr(GPtrArray) timed = run_complete_cells(r, "a", "x/1");
	const struct run_boot_end *end;

	(void)unused;
	g_assert_cmpuint(r->loads->len, ==, 1);
	g_assert_cmpuint(r->traced_loads->len, ==, 6);
	g_assert_cmpuint(timed->len, ==, 1);
	g_assert_cmpuint(((GPtrArray *)timed->pdata[0])->len, ==, 1);
	g_assert_false(run_boot_has_cell(r, "t0", "x/1"));
	g_assert_false(run_traced_boot_has_cell(r, "g0", "x/1"));
	g_assert_false(run_arm_failed(r, "a", NULL));
	g_assert_true(run_trace_failed(r, "a", &end));
	g_assert_cmpstr(end->boot, ==, "t0");
	g_assert_false(run_trace_failed(r, "b", NULL));
}

static const struct {
	const char *lines;
	const char *boots;	/* of arm a and cell x/1 */
} completeness[] = {
	{ "", "" },
	{ STATE(0, "a", "t0", "off") STATE(0, "a", "t0", "attached"), "" },
	{ STATE(0, "a", "t0", "off") STATE(0, "a", "t0", "attached") PROBED(0, "a", "t0", 0, "loaded"), "" },
	{ WHOLE(0, "a", "t0"), "t0" },
	{ WHOLE(0, "b", "t0"), "" },
	{ WHOLE(0, "a", "t0") SPLAT("t0"), "" },
	/* The last of a block, ordered by block. */
	{ WHOLE(1, "a", "t1") WHOLE(0, "a", "t0") WHOLE(1, "a", "t1+1"), "t0 t1+1" },
	{ WHOLE(0, "a", "t0") STATE(0, "a", "t0+1", "off"), "t0" },
};

static void test_complete(struct place *at, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(completeness); i++) {
		g_autoptr(run) r = read_lines(at, completeness[i].lines);
		g_autofree char *boots = joined(run_traced_boots(r, "a", "x/1"));

		g_assert_cmpstr(boots, ==, completeness[i].boots);
	}
}

static void test_hists(struct place *at, gconstpointer unused)
{
	g_autoptr(run) r = read_lines(at, HIST("t0", 0, "f", "3", "[[8,1],[128,2]]") HIST("t0", 0, "g", "0", "[]")
					      HIST("t0", 1, "f", "1", "[[8,1]]") HIST("t1", 0, "f", "0", "[]"));
	g_autofree char *functions = joined(run_traced_functions(r));
	g_autoptr(GPtrArray) all = run_find_hists(r, "t0", "x/1", NULL);
	g_autoptr(GPtrArray) some = run_find_hists(r, "t0", "x/1", "f");
	g_autoptr(GPtrArray) none = run_find_hists(r, "t0", "y/1", NULL);
	const struct run_hist *h = some->pdata[0];

	(void)unused;
	g_assert_cmpstr(functions, ==, "f g");
	g_assert_cmpuint(all->len, ==, 3);
	g_assert_cmpuint(some->len, ==, 2);
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_cmpstr(h->backend, ==, "fentry");
	g_assert_cmpuint(h->count, ==, 3);
	g_assert_cmpuint(h->sum_ns, ==, 30);
	g_assert_cmpuint(h->max_ns, ==, 20);
	g_assert_cmpuint(h->lost, ==, 1);
	g_assert_cmpuint(h->unpaired, ==, 2);
	g_assert_cmpuint(h->buckets->len, ==, 2);
	g_assert_cmpuint(g_array_index(h->buckets, struct run_bucket, 1).lo_ns, ==, 128);
	g_assert_cmpuint(g_array_index(h->buckets, struct run_bucket, 1).count, ==, 2);
}

/* The same load of three states and of a timed boot are four. */
static void test_calls(struct place *at, gconstpointer unused)
{
	g_autoptr(run) r = read_lines(at, CALLS("g0", 0, "", "[[8,1],[128,2]]") CALLS("t0", 0, PROBE("off"), "[[8,3]]")
					      CALLS("t0", 0, PROBE("loaded"), "[[8,3]]")
					      CALLS("t0", 0, PROBE("attached"), "[[8,3]]"));
	const struct run_calls *first = r->calls->pdata[0], *last = r->calls->pdata[3];
	g_autoptr(GPtrArray) functions = run_traced_functions(r);

	(void)unused;
	g_assert_cmpuint(r->calls->len, ==, 4);
	g_assert_cmpint(first->probe, ==, RUN_PROBE_NONE);
	g_assert_cmpint(last->probe, ==, RUN_PROBE_ATTACHED);
	g_assert_cmpstr(first->call, ==, "vfree");
	g_assert_cmpuint(first->count, ==, 3);
	g_assert_cmpuint(first->sum_ns, ==, 30);
	g_assert_cmpuint(first->max_ns, ==, 20);
	g_assert_cmpuint(first->buckets->len, ==, 2);
	g_assert_cmpuint(functions->len, ==, 0);
}

static void test_locks_and_events(struct place *at, gconstpointer unused)
{
	g_autoptr(run) r = read_lines(at, LOCK("t0", "vn.busy", "[{\"site\":\"s\",\"samples\":1,\"waits\":2,\"wait_ns\":3}]")
					      LOCK("t0", "vn.lazy", "[]") EVENTS("t0"));
	g_autofree char *names = joined(run_traced_locks(r));
	g_autoptr(GPtrArray) busy = run_find_locks(r, "t0", "x/1", "vn.busy");
	g_autoptr(GPtrArray) locks = run_find_locks(r, "t0", "x/1", NULL);
	g_autoptr(GPtrArray) events = run_find_events(r, "t0", "x/1");
	const struct sample_lock *l = ((const struct run_lock *)busy->pdata[0])->of;
	const struct sample_caller *c = l->callers->pdata[0];
	const struct sample_events *e = ((const struct run_events *)events->pdata[0])->of;

	(void)unused;
	g_assert_cmpstr(names, ==, "vn.busy vn.lazy");
	g_assert_cmpuint(locks->len, ==, 2);
	g_assert_cmpstr(l->source, ==, "slowpath");
	g_assert_cmpstr(l->naming, ==, "symbols");
	g_assert_cmpuint(l->waits, ==, 3);
	g_assert_cmpstr(c->site, ==, "s");
	g_assert_cmpuint(c->waits, ==, 2);
	g_assert_cmpuint(e->allocs, ==, 7);
	g_assert_cmpuint(e->purged, ==, 5);
}

static void test_backends(struct place *at, gconstpointer unused)
{
	g_autoptr(run) r = read_lines(at, TRACE("a", "t0", "attached", "fentry") TRACE("a", "t1", "loaded", "kprobe")
					      TRACE("a", "t2", "attached", "fentry") TRACE("b", "t3", "attached", "raw_tp"));
	g_autofree char *all = joined(run_trace_backends(r, "latency", NULL));
	g_autofree char *of_a = joined(run_trace_backends(r, "latency", "a"));
	g_autofree char *locks = joined(run_trace_backends(r, "locks", NULL));

	(void)unused;
	g_assert_cmpstr(all, ==, "fentry raw_tp");
	g_assert_cmpstr(of_a, ==, "fentry");
	g_assert_cmpstr(locks, ==, "");
}

/* Figures that say another name than the tracer were not made by it. */
static void test_backends_of_figures(struct place *at, gconstpointer unused)
{
	g_autoptr(run) r = read_lines(at, TRACE("a", "t0", "attached", "raw_tp") HIST("t0", 0, "f", "1", "[[16,1]]")
					      LOCK("t0", "vn.busy", "[]"));
	g_autofree char *latency = joined(run_trace_backends(r, "latency", "a"));
	g_autofree char *locks = joined(run_trace_backends(r, "locks", NULL));
	g_autofree char *of_b = joined(run_trace_backends(r, "locks", "b"));

	(void)unused;
	g_assert_cmpstr(latency, ==, "raw_tp fentry");
	g_assert_cmpstr(locks, ==, "slowpath");
	g_assert_cmpstr(of_b, ==, "");
}

static const struct {
	const char *line;
	const char *says;
} wrong[] = {
	{ PROBED(0, "a", "t0", 0, "on"), "\"probe\": expected off, loaded or attached" },
	{ PROBED(0, "a", "t0", 0, "off") PROBED(0, "a", "t0", 0, "off"),
	  "load 0 of x/1 in the boot t0 (probe off) stands here for the second time" },
	{ HIST("t0", 0, "f", "-1", "[]"), "\"count\": expected a whole number" },
	{ HIST("t0", 0, "f", "0", "7"), "\"buckets\": expected a list" },
	{ HIST("t0", 0, "f", "1", "[[129,1]]"), "\"buckets\": expected ascending pairs" },
	{ HIST("t0", 0, "f", "1", "[[8.0,1]]"), "\"buckets\": expected ascending pairs" },
	{ HIST("t0", 0, "f", "2", "[[8,1],[8,1]]"), "\"buckets\": expected ascending pairs" },
	{ HIST("t0", 0, "f", "2", "[[8,3]]"), "\"buckets\": expected ascending pairs" },
	{ HIST("t0", 0, "f", "2", "[[8,1]]"), "\"buckets\": expected counts that add up" },
	{ HIST("t0", 0, "f", "0", "[]") HIST("t0", 0, "f", "0", "[]"),
	  "hist f of load 0 of x/1 in the boot t0 stands here for the second time" },
	{ CALLS("t0", 0, PROBE("on"), "[[8,3]]"), "\"probe\": expected off, loaded or attached" },
	{ CALLS("t0", 0, "", "[[8,2]]"), "\"buckets\": expected counts that add up" },
	{ CALLS("t0", 0, "", "[[9,1],[8,2]]"), "\"buckets\": expected ascending pairs" },
	{ CALLS("t0", 0, "", "[[8,3]]") CALLS("t0", 0, "", "[[8,3]]"), "calls vfree of load 0" },
	{ CALLS("t0", 0, PROBE("off"), "[[8,3]]") CALLS("t0", 0, PROBE("off"), "[[8,3]]"),
	  "calls vfree with the probe off of load 0" },
	{ LOCK("t0", "l", "null"), "\"callers\": expected a list" },
	{ LOCK("t0", "l", "[{}]"), "\"site\": expected a string" },
	{ LOCK("t0", "l", "[]") LOCK("t0", "l", "[]"), "lock l of load 0" },
	{ EVENTS("t0") EVENTS("t0"), "events tp_btf of load 0" },
	{ TRACE("a", "t0", "on", "fentry"), "\"state\": expected off" },
	{ "{\"v\":1,\"t\":\"trace\"," AT("t0") ",\"state\":\"loaded\"}\n", "\"collectors\": expected a list" },
	{ "{\"v\":1,\"t\":\"trace\"," AT("t0") ",\"state\":\"loaded\",\"collectors\":[1]}\n", "\"collector\": expected a string" },
};

static void test_wrong(struct place *at, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_true(g_file_set_contents(at->journal, wrong[i].line, -1, NULL));
		g_assert_null(run_read(at->dir, &error));
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
		if (!strstr(error->message, wrong[i].says))
			g_error("\"%s\" does not say \"%s\"", error->message, wrong[i].says);
	}
}

static void add(const char *name, void (*test)(struct place *, gconstpointer))
{
	g_autofree char *path = g_strconcat("/run-trace/", name, NULL);

	g_test_add(path, struct place, NULL, place_set_up, test, place_tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("apart", test_apart);
	add("complete", test_complete);
	add("hists", test_hists);
	add("calls", test_calls);
	add("locks-and-events", test_locks_and_events);
	add("backends", test_backends);
	add("backends of figures", test_backends_of_figures);
	add("wrong", test_wrong);
	return g_test_run();
}
