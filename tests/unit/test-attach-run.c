// SPDX-License-Identifier: GPL-2.0-only
/* What attach writes into its folder, read again; and records that no collector would write. */
#include "journal/attach-run.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"
#include "journal/run.h"

#define HIST(buckets, count, sum, max)                                                                               \
	"{\"t\":\"hist\",\"function\":\"f\",\"backend\":\"fentry\",\"count\":" count ",\"sum_ns\":" sum              \
	",\"max_ns\":" max ",\"lost\":1,\"unpaired\":2,\"buckets\":" buckets "}"
#define LOCK(waits, wait_ns, caller_waits)                                                                           \
	"{\"t\":\"lock\",\"lock\":\"vn.busy\",\"source\":\"slowpath\",\"naming\":\"symbols\",\"waits\":" waits       \
	",\"wait_ns\":" wait_ns ",\"max_ns\":90,\"lost\":0,\"callers\":[{\"site\":\"g\",\"samples\":1,\"waits\":"    \
	caller_waits ",\"wait_ns\":5}]}"
#define EVENTS(allocs)                                                                                               \
	"{\"t\":\"events\",\"backend\":\"tp_btf\",\"allocs\":" allocs                                                \
	",\"failed\":0,\"frees\":1,\"purges\":1,\"purged\":1,\"lost\":3}"
#define STATE "{\"t\":\"state\",\"vmalloc_used_kib\":100,\"areas\":null,\"lazy_pages\":7}"

static const char first[] = "[" HIST("[[100,2]]", "2", "200", "100") "," LOCK("3", "50", "2") "," EVENTS("10") "," STATE "]";
static const char second[] =
	"[" HIST("[[100,3],[1000,1]]", "4", "1310", "1010") "," LOCK("5", "80", "3") "," EVENTS("15") "," STATE "]";

struct place {
	char *dir;
	char *journal;
};

static void place_set_up(struct place *at, gconstpointer unused)
{
	(void)unused;
	at->dir = g_dir_make_tmp("test-attach-XXXXXX", NULL);
	at->journal = g_build_filename(at->dir, "journal.jsonl", NULL);
}

static void place_tear_down(struct place *at, gconstpointer unused)
{
	(void)unused;
	g_assert_true(path_remove_tree(at->dir, NULL));
	g_free(at->dir);
	g_free(at->journal);
}

static json_t *parse(const char *text)
{
	json_error_t reason;
	json_t *json = json_loads(text, 0, &reason);

	g_assert_nonnull(json);
	return json;
}

static struct attach_log *create(const struct place *at)
{
	g_autojson manifest = parse("{\"host\":{\"kernel\":\"6.1\"}}");
	g_autojson trace = parse("{\"t\":\"trace\",\"state\":\"attached\",\"collectors\":[]}");
	g_autoptr(GError) error = NULL;
	struct attach_log *l = attach_log_create(at->dir, manifest, trace, &error);

	g_assert_no_error(error);
	return l;
}

static void append(struct attach_log *l, const char *records, double at_s, bool end)
{
	g_autojson array = parse(records);
	g_autojson lines = attach_log_sample(array, at_s, end);
	g_autoptr(GError) error = NULL;

	attach_log_append(l, lines, &error);
	g_assert_no_error(error);
}

static void write_both(const struct place *at)
{
	g_autoptr(attach_log) l = create(at);

	append(l, first, 1.5, false);
	append(l, second, 2.75, true);
}

static void each_interval(const struct sample *interval, const struct sample *total, void *data)
{
	guint *calls = data;
	const struct sample_hist *hist = interval->hists->pdata[0];
	const struct sample_lock *lock = interval->locks->pdata[0];

	g_assert_cmpfloat(interval->at_s, ==, *calls == 0 ? 1.5 : 2.75);
	g_assert_cmpuint(hist->ns.count, ==, 2);
	g_assert_cmpuint(hist->ns.sum, ==, *calls == 0 ? 200 : 1110);
	g_assert_cmpuint(hist->ns.max, ==, *calls == 0 ? 100 : 1010);
	g_assert_cmpuint(hist->lost, ==, *calls == 0 ? 1 : 0);
	g_assert_cmpuint(lock->waits, ==, *calls == 0 ? 3 : 2);
	g_assert_cmpuint(lock->wait_ns, ==, *calls == 0 ? 50 : 30);
	g_assert_cmpuint(lock->max_ns, ==, 90);
	g_assert_cmpuint(((const struct sample_caller *)lock->callers->pdata[0])->waits, ==, *calls == 0 ? 2 : 3);
	g_assert_cmpuint(interval->events->allocs, ==, *calls == 0 ? 10 : 5);
	g_assert_cmpint(interval->state->lazy_pages, ==, 7);
	g_assert_cmpuint(total->events->allocs, ==, *calls == 0 ? 10 : 15);
	(*calls)++;
}

static void test_round(struct place *at, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(attach_run) r = NULL;
	guint calls = 0;

	(void)unused;
	write_both(at);
	r = attach_run_read(at->dir, each_interval, &calls, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(calls, ==, 2);
	g_assert_true(r->ended);
	g_assert_false(r->torn);
	g_assert_cmpstr(json_text(json_object_get(r->manifest, "host"), "kernel"), ==, "6.1");
	g_assert_cmpstr(json_text(r->trace, "state"), ==, "attached");
	g_assert_cmpfloat(r->last->at_s, ==, 2.75);
	g_assert_cmpuint(((const struct sample_hist *)r->last->hists->pdata[0])->ns.count, ==, 4);
	g_assert_cmpint(r->last->state->areas, ==, SAMPLE_UNKNOWN);
	g_assert_cmpint(r->last->state->vmalloc_used_kib, ==, 100);
	g_assert_cmpuint(sample_lost(r->last), ==, 4);
}

/* Cut anywhere, the journal has as many samples as were closed before, and says that one is missing. */
static void test_torn(struct place *at, gconstpointer unused)
{
	g_autofree char *whole = NULL;
	gsize length, begin, behind_first;

	(void)unused;
	write_both(at);
	g_assert_true(g_file_get_contents(at->journal, &whole, &length, NULL));
	begin = strchr(whole, '\n') + 1 - whole;
	behind_first = strchr(strstr(whole, "\"t\":\"sample\""), '\n') + 1 - whole;
	for (gsize cut = begin; cut < length; cut++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(attach_run) r = NULL;

		g_assert_true(g_file_set_contents(at->journal, whole, cut, NULL));
		r = attach_run_read(at->dir, NULL, NULL, &error);
		g_assert_no_error(error);
		g_assert_false(r->ended);
		g_assert_cmpint(r->last != NULL, ==, cut >= behind_first);
		g_assert_cmpint(r->torn, ==, cut != begin && cut != behind_first);
	}
}

static void test_other_folders(struct place *at, gconstpointer unused)
{
	g_autofree char *manifest = g_build_filename(at->dir, "manifest.json", NULL);
	g_autojson nothing = json_object();
	g_autoptr(GError) of_run = NULL;
	g_autoptr(GError) of_attach = NULL;
	g_autoptr(GError) taken = NULL;

	(void)unused;
	write_both(at);
	g_assert_true(attach_run_is(at->dir));
	g_assert_null(run_read(at->dir, &of_run));
	g_assert_error(of_run, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(of_run->message, "`vmapbench attach`"));
	g_assert_null(attach_log_create(at->dir, nothing, nothing, &taken));
	g_assert_error(taken, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_true(g_file_set_contents(manifest, "{\"v\":1}", -1, NULL));
	g_assert_false(attach_run_is(at->dir));
	g_assert_null(attach_run_read(at->dir, NULL, NULL, &of_attach));
	g_assert_error(of_attach, BENCH_ERROR, BENCH_ERROR_USAGE);
}

static void test_less_than_before(struct place *at, gconstpointer unused)
{
	g_autoptr(attach_log) l = create(at);
	g_autoptr(GError) error = NULL;

	(void)unused;
	append(l, second, 1, false);
	append(l, first, 2, true);
	g_assert_null(attach_run_read(at->dir, NULL, NULL, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "less than it was"));
}

static const struct {
	const char *records;
	const char *said;
} wrong[] = {
	{ "[" HIST("[[129,2]]", "2", "1", "1") "]", "\"buckets\"" },
	{ "[" HIST("[[100,2]]", "3", "1", "1") "]", "\"count\"" },
	{ "[" HIST("[[100,-2]]", "-2", "1", "1") "]", "\"buckets\"" },
	{ "[" HIST("[[100,9223372036854775807],[101,9223372036854775807],[102,9]]", "2", "1", "1") "]", "\"buckets\"" },
	{ "[" HIST("7", "3", "1", "1") "]", "\"buckets\"" },
	{ "[" HIST("[]", "0", "0", "0") "," HIST("[]", "0", "0", "0") "]", "\"function\"" },
	{ "[" LOCK("-1", "1", "1") "]", "\"waits\"" },
	{ "[" LOCK("1", "1", "\"x\"") "]", "\"waits\"" },
	{ "[{\"t\":\"lock\"}]", "\"callers\"" },
	{ "[" STATE "," STATE "]", "one record of state" },
	{ "[{\"t\":\"state\",\"vmalloc_used_kib\":1.5,\"areas\":1,\"lazy_pages\":1}]", "\"vmalloc_used_kib\"" },
	{ "[" EVENTS("1") "," EVENTS("1") "]", "one record of events" },
};

static void test_wrong_records(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autojson records = parse(wrong[i].records);
		g_autoptr(GError) error = NULL;

		g_assert_null(sample_of(records, 1, &error));
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
		if (!strstr(error->message, wrong[i].said))
			g_error("%s says: %s", wrong[i].records, error->message);
	}
}

#define SAMPLE(at_s, event, records)                                                                                 \
	"{\"v\":1,\"t\":\"sample\",\"at_s\":" at_s ",\"event\":\"" event "\",\"records\":" records "}\n"
#define AT(at_s) "{\"v\":1,\"t\":\"new\",\"at_s\":" at_s "}\n"
#define TRACE "{\"v\":1,\"t\":\"trace\"}\n"

static const struct {
	const char *lines;
	const char *said;
} wrong_journals[] = {
	{ "", "trace record is missing" },
	{ TRACE TRACE, ":2: \"t\"" },
	{ TRACE SAMPLE("1", "end", "0"), ":2: \"records\"" },
	{ TRACE AT("1") SAMPLE("1", "end", "2"), ":3: \"records\"" },
	{ TRACE AT("1") SAMPLE("1", "middle", "1"), ":3: \"event\"" },
	{ TRACE AT("1") AT("2"), ":3: \"at_s\"" },
	{ TRACE AT("-1"), ":2: \"at_s\"" },
	{ TRACE AT("1") SAMPLE("1", "end", "1") AT("2") SAMPLE("2", "end", "1"), ":5: \"t\"" },
};

static void test_wrong_journals(struct place *at, gconstpointer unused)
{
	(void)unused;
	write_both(at);
	for (size_t i = 0; i < G_N_ELEMENTS(wrong_journals); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_true(g_file_set_contents(at->journal, wrong_journals[i].lines, -1, NULL));
		g_assert_null(attach_run_read(at->dir, NULL, NULL, &error));
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
		if (!strstr(error->message, wrong_journals[i].said))
			g_error("%zu says: %s", i, error->message);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add(name, struct place, NULL, place_set_up, function, place_tear_down)
	ADD("/attach-run/what is written is read", test_round);
	ADD("/attach-run/cut anywhere", test_torn);
	ADD("/attach-run/other folders", test_other_folders);
	ADD("/attach-run/less than before", test_less_than_before);
	ADD("/attach-run/wrong journals", test_wrong_journals);
	g_test_add_func("/sample/wrong records", test_wrong_records);
	return g_test_run();
}
