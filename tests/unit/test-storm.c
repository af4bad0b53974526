// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/storm.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <string.h>

#include "bpf/storm-memory.h"

static const struct {
	const char *kind;
	struct storm_options given;
	const char *error;		/* NULL: accepted as */
	uint32_t pages, live, memory_mib;
} checks[] = {
	{ "maps", { .threads = 1 }, NULL, 1, 64, STORM_MEMORY_MIB },
	{ "maps", { .threads = 1, .pages = 4096, .memory_mib = 512 }, NULL, 4096, 15, 512 },
	{ "maps", { .threads = 256, .memory_mib = 8 }, NULL, 1, 1, 8 },
	{ "filters", { .threads = 4, .live = 512 }, NULL, 0, 512, STORM_MEMORY_MIB },
	{ "rings", { .threads = 2, .pages = 8, .live = 7 }, NULL, 8, 7, STORM_MEMORY_MIB },
	{ "maps", { .threads = 0 }, "1 to 256 threads, not 0" },
	{ "maps", { .threads = 257 }, "1 to 256 threads, not 257" },
	{ "maps", { .threads = 1, .pages = 4097 }, "1 to 4096 pages, not 4097" },
	{ "maps", { .threads = 1, .pages = 4096, .memory_mib = 1 }, "1 to 0 areas each" },
	{ "rings", { .threads = 1, .pages = 3 }, "a power of two, not 3" },
	{ "urings", { .threads = 1, .pages = 1 }, "2 to 512 pages" },
	{ "forks", { .threads = 1, .pages = 1 }, "takes no number of pages" },
	{ "filters", { .threads = 4, .live = 513 }, "1 to 512 areas each with a memory limit of 64 MiB, not 513" },
	{ "maps", { .threads = 1, .live = 65537, .memory_mib = 65536 }, "1 to 65536 areas" },
	{ "maps", { .threads = 1, .memory_mib = 65537 }, "65536 MiB at most, not 65537" },
	{ "maps", { .threads = 256, .pages = 4096, .live = G_MAXUINT32 }, "areas each" },
};

static void test_check(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
		struct storm_options o = checks[i].given;
		char why[400] = "";
		bool ok;

		o.kind = storm_find(checks[i].kind);
		g_assert_nonnull(o.kind);
		ok = storm_check(&o, why, sizeof(why));
		if (checks[i].error) {
			g_assert_false(ok);
			g_assert_nonnull(strstr(why, checks[i].error));
			continue;
		}
		g_assert_true(ok);
		g_assert_cmpuint(o.pages, ==, checks[i].pages);
		g_assert_cmpuint(o.live, ==, checks[i].live);
		g_assert_cmpuint(o.memory_mib, ==, checks[i].memory_mib);
	}
}

/* What the harness sends for it is accepted by the agent: the same options come out. */
static void test_parse(void)
{
	struct storm_options o = { .threads = 3 };
	char why[400];

	g_assert_true(storm_parse("ops=9223372036854775807 pages=16  live=2 memory_mib=64 rate=0 ", &o, why,
				  sizeof(why)));
	g_assert_cmpuint(o.ops, ==, G_MAXINT64);
	g_assert_cmpuint(o.pages, ==, 16);
	g_assert_cmpuint(o.live, ==, 2);
	g_assert_cmpuint(o.memory_mib, ==, 64);
	g_assert_cmpuint(o.threads, ==, 3);
	g_assert_true(storm_parse("", &o, why, sizeof(why)));
	g_assert_cmpuint(o.pages, ==, 16);
}

static void test_parse_wrong(void)
{
	static const char *const wrong[] = {
		"ops",
		"ops=",
		"ops=-1",
		"ops=+1",
		"ops=0x1",
		"ops=1x",
		"ops=9223372036854775808",
		"pages=4294967296",
		"pages=99999999999999999999999",
		"op=1",
		"ops=1 bogus",
		"=1",
		"opsx=1",
		"ops =1",
		"pages=1,live=2",
		"run_test_mask=1 nr_threads=1",
		"\xff=1",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		struct storm_options o = { 0 };
		char why[400];

		g_assert_false(storm_parse(wrong[i], &o, why, sizeof(why)));
		g_assert_nonnull(strstr(why, "is no parameter of a storm; expected ops="));
	}
}

/* Names are names, and defaults are within their own limits. */
static void test_kinds(void)
{
	const struct storm_kind *kind = NULL;
	unsigned int n = 0;

	for (; (kind = storm_next(kind)); n++) {
		g_assert_true(storm_find(kind->name) == kind);
		g_assert_true(storm_find_test(kind->test) == kind);
		g_assert_true(g_str_has_suffix(kind->test, "_storm"));
		g_assert_cmpuint(kind->areas, >=, 1);
		g_assert_cmpuint(kind->pages_default, >=, kind->pages_min);
		g_assert_cmpuint(kind->pages_default, <=, kind->pages_max);
	}
	g_assert_cmpuint(n, >=, 5);
	g_assert_null(storm_find("map"));
	g_assert_null(storm_find(""));
	g_assert_null(storm_find_test("maps"));
	g_assert_null(storm_find_test("fix_size_alloc_test"));
}

static const char meminfo[] = "MemTotal:       1000 kB\nMemFree:         400 kB\nMemAvailable:    700 kB\n"
			      "Buffers:          10 kB\nCached:          100 kB\nSwapCached:        3 kB\n"
			      "AnonPages:       200 kB\nSlab:             60 kB\nSReclaimable:     40 kB\n";

static void test_meminfo(void)
{
	struct storm_meminfo info;

	g_assert_true(storm_meminfo_parse(meminfo, &info));
	g_assert_cmpint(info.kernel_kib, ==, 1000 - 400 - 10 - 100 - 200 - 40);
	g_assert_cmpint(info.available_kib, ==, 700);
	for (size_t cut = 0; cut < strlen(meminfo) - strlen("SReclaimable:     40 kB\n"); cut++) {
		g_autofree char *part = g_strndup(meminfo, cut);

		g_assert_false(storm_meminfo_parse(part, &info));
	}
}

/* A kind that needs nothing of the kernel: the numbers are those that were asked for, and each thing is undone.
 */
static int made, dropped, prepared, released;
static int fail_at;

static bool fake_prepare(struct storm_slot *slot, uint32_t pages)
{
	(void)slot;
	g_assert_cmpuint(pages, ==, 5);
	g_atomic_int_inc(&prepared);
	return true;
}

static bool fake_make(struct storm_slot *slot, uint32_t pages)
{
	(void)slot;
	(void)pages;
	errno = EPERM;
	return g_atomic_int_add(&made, 1) + 1 != fail_at;
}

static bool fake_drop(struct storm_slot *slot)
{
	(void)slot;
	g_atomic_int_inc(&dropped);
	return true;
}

static void fake_release(struct storm_slot *slot)
{
	g_assert_false(slot->full);
	g_atomic_int_inc(&released);
}

static const struct storm_reason fake_reasons[] = { { EPERM, "ask for it" }, { 0, NULL } };
static const struct storm_kind fake = {
	.name = "fake", .areas = 1, .pages_min = 1, .pages_max = 8, .pages_default = 5, .live_default = 3,
	.prepare = fake_prepare, .make = fake_make, .drop = fake_drop, .release = fake_release, .reasons = fake_reasons,
};

static struct storm *fake_start(uint32_t threads, uint64_t ops, uint64_t rate)
{
	struct storm_options o = {
		.kind = &fake, .threads = threads, .ops = ops, .rate = rate, .memory_mib = 4
	};
	char why[400];
	struct storm *storm;

	made = dropped = prepared = released = 0;
	g_assert_true(storm_check(&o, why, sizeof(why)));
	storm = storm_start(&o, why, sizeof(why));
	g_assert_nonnull(storm);
	return storm;
}

static void test_exact(void)
{
	fail_at = 0;
	for (uint32_t threads = 1; threads <= 8; threads++) {
		for (uint64_t ops = 1; ops <= 20; ops++) {
			struct storm_worker_result workers[8];
			struct storm_result r;
			uint64_t sum = 0;

			storm_finish(fake_start(threads, ops, 0), &r, workers);
			for (uint32_t i = 0; i < threads; i++) {
				g_assert_cmpuint(workers[i].ops, ==, ops / threads + (i < ops % threads));
				sum += workers[i].ops;
			}
			g_assert_true(r.ok);
			g_assert_cmpuint(r.ops, ==, ops);
			g_assert_cmpuint(sum, ==, ops);
			g_assert_cmpint(made, ==, (int)ops);
			g_assert_cmpint(dropped, ==, made);
			g_assert_cmpint(prepared, ==, (int)threads * 3);
			g_assert_cmpint(released, ==, prepared);
		}
	}
}

/* The first that fails ends all, and what was made before it is undone. */
static void test_failure(void)
{
	struct storm_result r;

	fail_at = 7;
	storm_finish(fake_start(1, 100, 0), &r, NULL);
	g_assert_false(r.ok);
	g_assert_cmpstr(r.why, ==,
			"Operation 7 of a thread of fake failed: Operation not permitted; ask for it.");
	g_assert_cmpuint(r.ops, ==, 6);
	g_assert_cmpint(dropped, ==, 6);
	storm_finish(fake_start(4, 0, 0), &r, NULL);
	g_assert_false(r.ok);
	g_assert_cmpint(dropped, ==, (int)r.ops);
	fail_at = 0;
}

static void test_stop(void)
{
	struct storm_worker_result workers[2];
	struct storm_result r;
	struct storm *storm = fake_start(2, 0, 1000);
	struct pollfd done = { .fd = storm_fd(storm), .events = POLLIN };

	g_assert_cmpint(poll(&done, 1, 200), ==, 0);
	g_assert_cmpuint(storm_done(storm), >, 0);
	storm_stop(storm);
	g_assert_cmpint(poll(&done, 1, 5000), ==, 1);
	storm_finish(storm, &r, workers);
	g_assert_true(r.ok);
	/* It took 200 ms at least; a busy machine may take longer, but the rate stands for the whole time. */
	g_assert_cmpuint(r.ops, <=, r.wall_ns / 1000000 + 1);
	g_assert_cmpuint(workers[0].paced_ns, >, 0);
	g_assert_cmpuint(workers[0].paced_ns, <=, workers[0].wall_ns);
}

/* One operation a second, of all threads together: who waits for its turn makes none when it is stopped. */
static void test_slow(void)
{
	struct storm_result r;
	struct storm *storm = fake_start(4, 0, 1);

	g_usleep(50000);
	storm_stop(storm);
	storm_finish(storm, &r, NULL);
	g_assert_true(r.ok);
	g_assert_cmpuint(r.ops, <=, r.wall_ns / 1000000000 + 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/storm/check", test_check);
	g_test_add_func("/storm/parse", test_parse);
	g_test_add_func("/storm/parse-wrong", test_parse_wrong);
	g_test_add_func("/storm/kinds", test_kinds);
	g_test_add_func("/storm/meminfo", test_meminfo);
	g_test_add_func("/storm/exact", test_exact);
	g_test_add_func("/storm/failure", test_failure);
	g_test_add_func("/storm/stop", test_stop);
	g_test_add_func("/storm/slow", test_slow);
	return g_test_run();
}
