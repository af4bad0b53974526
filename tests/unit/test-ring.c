// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace events of the kernel that runs this, of areas that this very task makes. It needs root, a kernel
 * with the events of mm/vmalloc and BPF maps; elsewhere it is skipped.
 */
#include "bpf/ring.h"

#include <errno.h>
#include <glib.h>
#include <jansson.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bpf/storm.h"
#include "bpf/trace.h"

#define OPS 20000
#define TRACEFS "/sys/kernel/tracing"

/* A place of its own to mount tracefs in, which nobody else sees. */
static const char *make_place(void)
{
	if (geteuid() != 0)
		return "it needs root";
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return "this root may not make a mount namespace";
	if (mount("nodev", TRACEFS, "tracefs", 0, NULL) != 0 && errno != EBUSY)
		return "tracefs cannot be mounted";
	if (!ring_has("vmalloc", "alloc_vmap_area"))
		return "the kernel has no events of mm/vmalloc";
	return NULL;
}

/* One area each, made by this task. */
static void make_areas(unsigned int ops)
{
	const struct storm_kind *kind = storm_find("maps");
	struct storm_slot slot = { .fd = -1 };
	unsigned int i;

	g_assert_nonnull(kind);
	g_assert_cmpuint(kind->areas, ==, 1);
	for (i = 0; i < ops; i++) {
		g_assert_true(kind->make(&slot, 1));
		g_assert_true(kind->drop(&slot));
	}
}

static gchar *filter_of_this_task(void)
{
	return g_strdup_printf("common_pid == %d", (int)getpid());
}

struct seen {
	guint64 allocs;
	guint64 frees;
	guint64 backwards;	/* not in the order of time */
	guint64 orphans;	/* freed, and not yet made */
	uint64_t last_ns;
	GHashTable *areas;
};

enum { ALLOC, FREE, EVENTS };

static void see(void *context, const struct ring_record *record)
{
	struct seen *seen = context;
	gpointer area = GSIZE_TO_POINTER(record->fields[0]);

	seen->backwards += record->ns < seen->last_ns;
	seen->last_ns = record->ns;
	if (record->event == ALLOC) {
		g_assert_cmpint(record->task, ==, getpid());
		seen->allocs++;
		g_hash_table_add(seen->areas, area);
	} else {
		seen->frees++;
		/*
		 * Freed by a worker, on whatever CPU: those of others are among them, whose making is filtered
		 * out.
		 */
		seen->orphans += !g_hash_table_remove(seen->areas, area);
	}
}

static struct ring *open_ring(struct seen *seen, gsize bytes, const char *filter)
{
	const struct ring_event events[EVENTS] = {
		[ALLOC] = { RING_EVENT, "vmalloc", "alloc_vmap_area", filter, { "addr", "failed" } },
		[FREE] = { RING_EVENT, "vmalloc", "free_vmap_area_noflush", NULL, { "va_start" } },
	};
	const struct ring_options options = {
		.events = events, .n_events = bytes ? FREE : EVENTS, .handle = see, .context = seen,
		.bytes = bytes, .no_thread = bytes != 0,
	};
	char why[400] = "";
	struct ring *ring = ring_open(&options, why, sizeof(why));

	g_assert_cmpstr(why, ==, "");
	g_assert_nonnull(ring);
	return ring;
}

static void hold(struct ring *ring)
{
	char why[400] = "";

	if (!ring_hold(ring, why, sizeof(why)))
		g_error("%s", why);
	ring_release(ring);
}

/* OPS areas of this task; with buffers of @bytes that are read at the end, or, when 0, as they usually are. */
static void count(struct seen *seen, gsize bytes, guint64 *ret_lost)
{
	g_autofree gchar *filter = filter_of_this_task();
	struct ring *ring = open_ring(seen, bytes, filter);
	char why[400] = "";

	if (!ring_start(ring, why, sizeof(why)))
		g_error("%s", why);
	make_areas(OPS);
	hold(ring);
	/* Maps are freed by a worker, after a grace period. */
	for (guint waited = 0; !bytes && waited < 100 && g_hash_table_size(seen->areas) > 0; waited++) {
		g_usleep(50000);
		hold(ring);
	}
	*ret_lost = ring_lost(ring);
	ring_close(ring);
}

static void test_every_area(void)
{
	g_autoptr(GHashTable) areas = g_hash_table_new(NULL, NULL);
	struct seen seen = { .areas = areas };
	guint64 lost;

	count(&seen, 0, &lost);
	g_assert_cmpuint(seen.allocs, ==, OPS);
	g_assert_cmpuint(lost, ==, 0);
	g_assert_cmpuint(g_hash_table_size(areas), ==, 0);
	g_assert_cmpuint(seen.frees - seen.orphans, ==, OPS);
	g_assert_cmpuint(seen.backwards, ==, 0);
}

/* Too small for the load, and read at the end only: what is not there was counted by the kernel. */
static void test_loss(void)
{
	g_autoptr(GHashTable) areas = g_hash_table_new(NULL, NULL);
	struct seen seen = { .areas = areas };
	guint64 lost;

	count(&seen, 16384, &lost);
	g_assert_cmpuint(lost, >, 0);
	g_assert_cmpuint(seen.allocs, >, 0);
	g_assert_cmpuint(seen.allocs + lost, ==, OPS);
}

/* Instances of process @pid. */
static guint instances(pid_t pid)
{
	g_autofree gchar *prefix = g_strdup_printf("vmapbench_%d_", (int)pid);
	g_autoptr(GDir) folder = g_dir_open(TRACEFS "/instances", 0, NULL);
	const gchar *name;
	guint n = 0;

	g_assert_nonnull(folder);
	while ((name = g_dir_read_name(folder)))
		n += g_str_has_prefix(name, prefix);
	return n;
}

/* A process that is killed while it traces; its instance stays. */
static pid_t die_tracing(void)
{
	g_autoptr(GHashTable) areas = g_hash_table_new(NULL, NULL);
	struct seen seen = { .areas = areas };
	char why[400];
	pid_t child = fork();

	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		struct ring *ring = open_ring(&seen, 0, NULL);

		ring_start(ring, why, sizeof(why));
		kill(getpid(), SIGKILL);
	}
	g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
	return child;
}

static void test_nothing_stays(void)
{
	g_autoptr(GHashTable) areas = g_hash_table_new(NULL, NULL);
	struct seen seen = { .areas = areas };
	pid_t dead = die_tracing();
	struct ring *ring;

	g_assert_cmpuint(instances(dead), ==, 1);
	ring = open_ring(&seen, 0, NULL);
	g_assert_cmpuint(instances(dead), ==, 0);
	g_assert_cmpuint(instances(getpid()), ==, 1);
	ring_close(ring);
	g_assert_cmpuint(instances(getpid()), ==, 0);
}

static const struct {
	struct ring_event event;
	const char *why;
} refusals[] = {
	{ { RING_EVENT, "vmalloc", "no_such_event", NULL, { NULL } }, "no event no_such_event" },
	{ { RING_EVENT, "vmalloc", "alloc_vmap_area", NULL, { "addr", "color" } },
	  "event alloc_vmap_area has no field color" },
	{ { RING_EVENT, "vmalloc", "alloc_vmap_area", "addr ==", { "addr" } },
	  "\"addr ==\" cannot be written to" },
	{ { RING_ENTRY, NULL, "no_such_function", NULL, { NULL } }, "on the entry of no_such_function" },
};

static void test_refusals(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
		const struct ring_options options = {
			.events = &refusals[i].event, .n_events = 1, .handle = see
		};
		char why[400] = "";

		g_assert_null(ring_open(&options, why, sizeof(why)));
		if (!strstr(why, refusals[i].why))
			g_error("\"%s\" does not say \"%s\"", why, refusals[i].why);
		g_assert_cmpuint(instances(getpid()), ==, 0);
	}
}

static gint64 number(const json_t *record, const char *key)
{
	return json_integer_value(json_object_get(record, key));
}

static const json_t *find(const json_t *records, const char *key, const char *value)
{
	const json_t *record;
	size_t i;

	json_array_foreach(records, i, record)
		if (g_strcmp0(json_string_value(json_object_get(record, key)), value) == 0)
			return record;
	g_error("no record says %s \"%s\"", key, value);
	return NULL;
}

/* The collector with it, beside whatever else this system does. */
static void test_collector(void)
{
	const struct trace_options options = { .latency = true, .backend = "tracefs" };
	char why[400] = "";
	struct trace *trace = trace_open(&options, NULL, why, sizeof(why));
	const json_t *events, *lifetime;
	json_t *records;

	g_assert_cmpstr(why, ==, "");
	g_assert_nonnull(trace);
	make_areas(OPS);
	records = trace_read(trace, why, sizeof(why));
	g_assert_nonnull(records);
	events = find(records, "t", "events");
	lifetime = find(records, "function", "vmap_area lifetime");
	g_assert_cmpint(number(events, "allocs"), >=, OPS);
	g_assert_cmpint(number(events, "lost"), ==, 0);
	g_assert_cmpint(number(lifetime, "lost"), ==, 0);
	g_assert_cmpint(number(lifetime, "count"), >, 0);
	g_assert_cmpint(number(lifetime, "count") + number(lifetime, "unpaired"), ==, number(events, "frees"));
	g_assert_cmpint(number(lifetime, "sum_ns") / number(lifetime, "count"), >, 1000);
	g_assert_cmpint(number(lifetime, "max_ns"), <, 60 * G_GINT64_CONSTANT(1000000000));
	json_decref(records);
	trace_close(trace);
	g_assert_cmpuint(instances(getpid()), ==, 0);
}

/* Both collectors at once have an instance each. Where the locks are may not be known here. */
static void test_locks(void)
{
	const struct trace_options options = {
		.latency = true, .locks = true, .backend = "tracefs", .source = "tracefs"
	};
	char why[400] = "";
	struct trace *trace = trace_open(&options, NULL, why, sizeof(why));
	json_t *records;

	if (!trace && strstr(why, "locks of mm/vmalloc are is not known")) {
		g_test_skip(why);
		return;
	}
	g_assert_cmpstr(why, ==, "");
	g_assert_nonnull(trace);
	g_assert_cmpuint(instances(getpid()), ==, 2);
	make_areas(OPS);
	records = trace_read(trace, why, sizeof(why));
	g_assert_nonnull(records);
	json_decref(records);
	trace_close(trace);
	g_assert_cmpuint(instances(getpid()), ==, 0);
}

/* One for each CPU: more than `ulimit -n` says at first, on a large machine. */
static void test_files(void)
{
	const struct ring_options options = { .handle = see, .no_thread = true };
	char why[400] = "";
	struct rlimit before, low;
	struct ring *r;
	int next = dup(STDIN_FILENO);

	g_assert_cmpint(next, >=, 0);
	close(next);
	g_assert_cmpint(getrlimit(RLIMIT_NOFILE, &before), ==, 0);
	low = (struct rlimit){ (rlim_t)next + 2, before.rlim_max };
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &low), ==, 0);
	r = ring_open(&options, why, sizeof(why));
	g_assert_cmpstr(why, ==, "");
	g_assert_nonnull(r);
	ring_close(r);
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &before), ==, 0);
}

static const struct {
	const char *path;
	void (*run)(void);
} tests[] = {
	{ "/ring/every-area", test_every_area },
	{ "/ring/loss", test_loss },
	{ "/ring/nothing-stays", test_nothing_stays },
	{ "/ring/refusals", test_refusals },
	{ "/ring/collector", test_collector },
	{ "/ring/locks", test_locks },
	{ "/ring/files", test_files },
};

static const char *unfit;

static void run_or_skip(gconstpointer data)
{
	void (*const *run)(void) = data;

	if (unfit)
		g_test_skip(unfit);
	else
		(*run)();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	unfit = make_place();
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add_data_func(tests[i].path, &tests[i].run, run_or_skip);
	return g_test_run();
}
