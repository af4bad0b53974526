// SPDX-License-Identifier: GPL-2.0-only
#include "tests/guest/guest.h"

#include "bpf/storm.h"
#include "bpf/trace.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Attaches and detaches cycles= times while a load runs, all backends that work here in turn, and takes stock
 * before and after. Says twice
 *   {"t":"stock","when","fds","programs","maps","links","types","slab_kib","percpu_kib","vmalloc_kib"}
 * then {"t":"cycle","backend","why"} for a backend that is refused, and
 *   {"t":"cycles","count","backends","operations","empty","ms"}
 * with the operations of the load, the cycles that saw none of them, and what a cycle took.
 */
#define LOAD		"maps"
#define LOAD_THREADS	2
/* Operations a second: leaves the CPUs some time for the grace periods that each detachment waits for. */
#define LOAD_RATE	2000
/* How long a cycle watches. */
#define WATCH_US	10000
/* What was freed comes back after grace periods and by work items. */
#define SETTLE_MS	3000

static const char *backends[16];
static unsigned int n_backends;

static int count_fds(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = -1;		/* its own */

	while (folder && readdir(folder))
		count++;
	if (folder)
		closedir(folder);
	return count - 2;	/* . and .. */
}

static int count_ids(int (*next)(__u32 id, __u32 *ret_next))
{
	__u32 id = 0;
	int count = 0;

	while (next(id, &id) == 0)
		count++;
	return count;
}

static long meminfo_kib(const char *key)
{
	FILE *file = fopen("/proc/meminfo", "re");
	size_t length = strlen(key);
	char line[128];
	long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, key, length) == 0 && line[length] == ':')
			sscanf(line + length + 1, "%ld", &kib);
	if (file)
		fclose(file);
	return kib;
}

static json_t *stock(const char *when)
{
	return json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:I, s:I, s:I}", "t", "stock", "when", when,
			 "fds", count_fds(), "programs", count_ids(bpf_prog_get_next_id),
			 "maps", count_ids(bpf_map_get_next_id), "links", count_ids(bpf_link_get_next_id),
			 "types", count_ids(bpf_btf_get_next_id), "slab_kib", (json_int_t)meminfo_kib("Slab"),
			 "percpu_kib", (json_int_t)meminfo_kib("Percpu"),
			 "vmalloc_kib", (json_int_t)meminfo_kib("VmallocUsed"));
}

static struct storm *start_load(void)
{
	struct storm_options options = { .kind = storm_find(LOAD), .threads = LOAD_THREADS, .rate = LOAD_RATE };
	struct storm *storm;
	char why[400];

	if (!storm_check(&options, why, sizeof(why)) || !(storm = storm_start(&options, why, sizeof(why))))
		guest_fail("%s", why);
	return storm;
}

static uint64_t end_load(struct storm *storm)
{
	struct storm_result result;

	storm_stop(storm);
	storm_finish(storm, &result, NULL);
	if (!result.ok)
		guest_fail("%s", result.why);
	usleep(SETTLE_MS * 1000);
	return result.ops;
}

static bool is_empty(const json_t *records)
{
	json_t *record;
	size_t i;

	json_array_foreach(records, i, record)
		if (json_integer_value(json_object_get(record, "count")) > 0 ||
		    json_integer_value(json_object_get(record, "allocs")) > 0)
			return false;
	return true;
}

/* False when the backend does not work; *ret_empty when it saw nothing of the load. */
static bool cycle(const char *backend, bool *ret_empty, char *why, size_t size)
{
	const struct trace_options options = { .latency = true, .backend = backend };
	struct trace *t = trace_open(&options, NULL, why, size);
	json_t *records;

	if (!t)
		return false;
	usleep(WATCH_US);
	records = trace_read(t, why, size);
	if (!records)
		guest_fail("%s", why);
	*ret_empty = is_empty(records);
	json_decref(records);
	trace_close(t);
	return true;
}

/* The first round finds out what works, and warms up what is allocated once. */
static void first_round(void)
{
	const char *const *backend;
	char why[400];
	bool empty;

	for (backend = trace_backends(); *backend; backend++) {
		if (cycle(*backend, &empty, why, sizeof(why)))
			backends[n_backends++] = *backend;
		else
			guest_say(json_pack("{s:s, s:s, s:s}", "t", "cycle", "backend", *backend, "why", why));
	}
	if (n_backends == 0)
		guest_fail("no backend works");
}

static void rounds(unsigned int cycles)
{
	unsigned int i, empties = 0;
	struct storm *storm = start_load();
	double begin_ms = guest_now_ms(), ms;
	char why[400];
	bool empty;

	for (i = 0; i < cycles; i++) {
		if (!cycle(backends[i % n_backends], &empty, why, sizeof(why)))
			guest_fail("cycle %u: %s: %s", i, backends[i % n_backends], why);
		empties += empty;
	}
	ms = (guest_now_ms() - begin_ms) / cycles;
	guest_say(json_pack("{s:s, s:i, s:i, s:I, s:i, s:f}", "t", "cycles", "count", (int)cycles, "backends",
			    (int)n_backends, "operations", (json_int_t)end_load(storm), "empty", (int)empties,
			    "ms", ms));
}

int main(void)
{
	unsigned int cycles;
	struct storm *storm;

	guest_begin();
	cycles = guest_argument("cycles");
	storm = start_load();
	first_round();
	end_load(storm);
	guest_say(stock("before"));
	rounds(cycles);
	guest_say(stock("after"));
	guest_say(json_pack("{s:s, s:i}", "t", "splats", "count", (int)guest_splats()));
	guest_end();
}
