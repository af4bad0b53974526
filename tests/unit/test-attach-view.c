// SPDX-License-Identifier: GPL-2.0-only
/* What attach shows, of records made up: every figure in its place, nothing beyond the edge. */
#include <math.h>
#include <string.h>

#include "attach/figures.h"
#include "attach/tables.h"
#include "attach/view.h"
#include "base/json.h"

static const char trace[] =
	"{\"t\":\"trace\",\"collectors\":[{\"collector\":\"latency\",\"backend\":\"tp_btf\",\"measures\":\"time between\"},"
	"{\"collector\":\"state\",\"backend\":\"peek\",\"measures\":\"x\"}]}";

static const char early[] =
	"[{\"t\":\"hist\",\"function\":\"busy\",\"backend\":\"fentry\",\"count\":100,\"sum_ns\":100,\"max_ns\":900000,"
	"\"lost\":0,\"unpaired\":0,\"buckets\":[[1,99],[892928,1]]},"
	"{\"t\":\"hist\",\"function\":\"idle\",\"backend\":\"fentry\",\"count\":0,\"sum_ns\":0,\"max_ns\":0,\"lost\":0,"
	"\"unpaired\":0,\"buckets\":[]},"
	"{\"t\":\"lock\",\"lock\":\"short\",\"source\":\"s\",\"naming\":\"n\",\"waits\":9,\"wait_ns\":90,\"max_ns\":10,"
	"\"lost\":0,\"callers\":[]},"
	"{\"t\":\"events\",\"backend\":\"tp_btf\",\"allocs\":10,\"failed\":0,\"frees\":10,\"purges\":1,\"purged\":5,\"lost\":0},"
	"{\"t\":\"state\",\"vmalloc_used_kib\":1,\"areas\":2,\"lazy_pages\":3}]";

static const char late[] =
	"[{\"t\":\"hist\",\"function\":\"busy\",\"backend\":\"fentry\",\"count\":1100,\"sum_ns\":100,\"max_ns\":900000,"
	"\"lost\":7,\"unpaired\":0,\"buckets\":[[1,99],[100,900],[1008,100],[892928,1]]},"
	"{\"t\":\"hist\",\"function\":\"idle\",\"backend\":\"fentry\",\"count\":0,\"sum_ns\":0,\"max_ns\":0,\"lost\":0,"
	"\"unpaired\":0,\"buckets\":[]},"
	"{\"t\":\"lock\",\"lock\":\"short\",\"source\":\"s\",\"naming\":\"n\",\"waits\":9,\"wait_ns\":90,\"max_ns\":10,"
	"\"lost\":0,\"callers\":[]},"
	"{\"t\":\"lock\",\"lock\":\"long\",\"source\":\"s\",\"naming\":\"n\",\"waits\":4,\"wait_ns\":4000000,\"max_ns\":2000000,"
	"\"lost\":0,\"callers\":[{\"site\":\"rare\",\"samples\":1,\"waits\":1,\"wait_ns\":1},"
	"{\"site\":\"often\",\"samples\":3,\"waits\":3,\"wait_ns\":3}]},"
	"{\"t\":\"lock\",\"lock\":\"never\",\"source\":\"s\",\"naming\":\"n\",\"waits\":0,\"wait_ns\":0,\"max_ns\":0,"
	"\"lost\":0,\"callers\":[]},"
	"{\"t\":\"events\",\"backend\":\"tp_btf\",\"allocs\":30,\"failed\":0,\"frees\":10,\"purges\":1,\"purged\":5,\"lost\":0},"
	"{\"t\":\"state\",\"vmalloc_used_kib\":1024,\"areas\":null,\"lazy_pages\":3}]";

struct scene {
	json_t *trace;
	struct sample *total;
	struct sample *interval;
	struct moment moment;
};

static struct sample *sample_from(const char *text, double at_s)
{
	g_autojson records = json_loads(text, 0, NULL);
	g_autoptr(GError) error = NULL;
	struct sample *s = sample_of(records, at_s, &error);

	g_assert_no_error(error);
	return s;
}

static void scene_set_up(struct scene *scene, gconstpointer unused)
{
	g_autoptr(sample) before = sample_from(early, 1);

	(void)unused;
	scene->trace = json_loads(trace, 0, NULL);
	scene->total = sample_from(late, 3);
	scene->interval = sample_from(late, 3);
	g_assert_true(sample_subtract(scene->interval, before, NULL));
	scene->moment = (struct moment){ .kernel = "6.1",
					 .trace = scene->trace,
					 .total = scene->total,
					 .shown = scene->interval,
					 .shown_s = 2 };
}

static void scene_tear_down(struct scene *scene, gconstpointer unused)
{
	(void)unused;
	json_decref(scene->trace);
	sample_free(scene->total);
	sample_free(scene->interval);
}

static void assert_number(double number, void (*add)(GString *text, double number), const char *expected)
{
	g_autoptr(GString) text = g_string_new(NULL);

	add(text, number);
	g_assert_cmpstr(text->str, ==, expected);
}

static void test_figures(void)
{
	static const struct {
		double number;
		const char *expected;
	} numbers[] = {
		{ 0, "0" }, { 0.25, "0.25" }, { 7, "7" }, { 9.994, "9.99" }, { 9.996, "10.0" }, { 99.94, "99.9" },
		{ 99.96, "100" }, { 999.4, "999" }, { 999.6, "1.00k" }, { 1000, "1k" }, { 12345, "12.3k" },
		{ 999499, "999k" }, { 999600, "1.00M" }, { 1.8e19, "18E" }, { NAN, "-" }, { INFINITY, "-" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		assert_number(numbers[i].number, figures_add_number, numbers[i].expected);
	assert_number(812, figures_add_ns, "812ns");
	assert_number(1234, figures_add_ns, "1.23us");
	assert_number(45600000, figures_add_ns, "45.6ms");
	assert_number(4.5e12, figures_add_ns, "4500s");
	assert_number(NAN, figures_add_ns, "-");
}

/* The first line that begins with @name, its words one blank apart. Caller frees. */
static char *line_of(const GPtrArray *lines, const char *name)
{
	for (guint i = 0; i < lines->len; i++) {
		g_auto(GStrv) words = g_strsplit_set(((const struct line *)lines->pdata[i])->text, " ", -1);
		g_autoptr(GString) joined = g_string_new(NULL);

		for (char **word = words; *word; word++) {
			if (**word)
				g_string_append_printf(joined, "%s%s", joined->len ? " " : "", *word);
		}
		if (g_str_has_prefix(joined->str, name))
			return g_strdup(joined->str);
	}
	return NULL;
}

static void assert_line(const GPtrArray *lines, const char *name, const char *expected)
{
	g_autofree char *line = line_of(lines, name);

	g_assert_cmpstr(line, ==, expected);
}

static void test_interval(struct scene *scene, gconstpointer unused)
{
	g_autoptr(GPtrArray) lines = view_screen(&scene->moment, false, 100, 40);

	(void)unused;
	assert_line(lines, "vmapbench", "vmapbench attach Linux 6.1 3 s interval, t: total");
	assert_line(lines, "latency", "latency by tp_btf: time between");
	assert_line(lines, "state", NULL);
	assert_line(lines, "vmalloc", "vmalloc used 1024 KiB areas unknown lazy 3 pages");
	assert_line(lines, "events", "events allocs 10/s frees 0/s purges 0/s purged 0/s failed 0/s");
	/* Of 1000 calls in 2 s: the largest before the interval is no bound of those in it, their highest bucket is. */
	assert_line(lines, "busy", "busy 500 1.10k 100ns 100ns 1.01us 1.01us 1.01us 7");
	assert_line(lines, "idle", "idle 0 0 - - - - - 0");
	assert_line(lines, "64ns", "64ns 900 ############################################################");
	assert_line(lines, "512ns", "512ns 100 #######");
	assert_line(lines, "long", "long 2 4 4ms 2ms 0 often");
	assert_line(lines, "short", "short 0 9 90ns 10ns 0");
	assert_line(lines, "never", NULL);
}

static void test_total(struct scene *scene, gconstpointer unused)
{
	g_autoptr(GPtrArray) lines = NULL;

	(void)unused;
	scene->moment.shown = scene->total;
	scene->moment.shown_s = 3;
	scene->moment.for_s = 120;
	lines = view_block(&scene->moment, true, 120);
	assert_line(lines, "vmapbench", "vmapbench attach Linux 6.1 3 s of 2m00s total");
	assert_line(lines, "busy", "busy 367 1.10k 100ns 100ns 1.01us 1.01us 900us 7");
	assert_line(lines, "524us", "524us 1 #");
}

static void test_no_rate(struct scene *scene, gconstpointer unused)
{
	g_autoptr(GPtrArray) lines = NULL;

	(void)unused;
	scene->moment.shown_s = NAN;
	lines = view_screen(&scene->moment, false, 100, 40);
	assert_line(lines, "busy", "busy - 1.10k 100ns 100ns 1.01us 1.01us 1.01us 7");
}

static void test_edges(struct scene *scene, gconstpointer unused)
{
	(void)unused;
	for (guint width = 1; width <= 130; width++) {
		for (guint height = 1; height <= 40; height++) {
			g_autoptr(GPtrArray) lines = view_screen(&scene->moment, height % 2, width, height);

			g_assert_cmpuint(lines->len, <=, height);
			for (guint i = 0; i < lines->len; i++)
				g_assert_cmpuint(g_utf8_strlen(((const struct line *)lines->pdata[i])->text, -1), <=, width);
		}
	}
}

/* Where there are more bars than room, those with the most calls stay. */
static void test_narrow(struct scene *scene, gconstpointer unused)
{
	g_autoptr(GPtrArray) lines = tables_new();

	(void)unused;
	tables_add_busiest(lines, &scene->moment, 80, 1);
	g_assert_cmpuint(lines->len, ==, 2);
	assert_line(lines, "64ns", "64ns 900 ############################################################");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add(name, struct scene, NULL, scene_set_up, function, scene_tear_down)
	g_test_add_func("/attach-view/figures", test_figures);
	ADD("/attach-view/an interval", test_interval);
	ADD("/attach-view/the total", test_total);
	ADD("/attach-view/too little time for a rate", test_no_rate);
	ADD("/attach-view/any size of terminal", test_edges);
	ADD("/attach-view/bars that have no room", test_narrow);
	return g_test_run();
}
