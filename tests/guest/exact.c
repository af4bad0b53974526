// SPDX-License-Identifier: GPL-2.0-only
#include "tests/guest/guest.h"

#include "bpf/trace.h"

/*
 * A known number of allocations under each backend, as fast as all CPUs can make them: workers= with loops=
 * each. Says
 *   {"t":"exact","backend","function","operations","count","lost","unpaired","us"}
 * "function" is what one operation is one event of. At the end two backends watch the same load:
 *   {"t":"referee","count","events"}
 */
#define FUNCTION	"alloc_vmap_area"
#define LIFETIME	"vmap_area lifetime"

static struct trace *open_trace(const char *backend, json_t **ret_refused)
{
	const struct trace_options options = { .latency = true, .backend = backend };
	char why[400];

	return trace_open(&options, ret_refused, why, sizeof(why));
}

static json_t *read_trace(struct trace *t)
{
	char why[400];
	json_t *records = trace_read(t, why, sizeof(why));

	if (!records)
		guest_fail("%s", why);
	return records;
}

static void count_under(const char *backend, unsigned int workers, unsigned int loops)
{
	json_t *refused = NULL;
	struct trace *t = open_trace(backend, &refused);
	json_t *before, *after;
	const char *function;
	uint64_t us;

	if (!t) {
		guest_say(json_pack("{s:s, s:s, s:o}", "t", "refused", "backend", backend, "refused", refused));
		return;
	}
	json_decref(refused);
	before = read_trace(t);
	us = guest_vmalloc_test(workers, loops);
	after = read_trace(t);
	function = guest_hist(after, FUNCTION, "count") >= 0 ? FUNCTION : LIFETIME;
#define DELTA(key) (guest_hist(after, function, key) - guest_hist(before, function, key))
	guest_say(json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "t", "exact", "backend", backend,
			    "function", function, "operations", (json_int_t)workers * loops,
			    "count", DELTA("count"), "lost", DELTA("lost"),
			    "unpaired", DELTA("unpaired"), "us", (json_int_t)us));
#undef DELTA
	json_decref(before);
	json_decref(after);
	trace_close(t);
}

/* Calls of the function, and the kernel's own events from inside of it, of the same load. */
static void referee(unsigned int workers, unsigned int loops)
{
	struct trace *calls = open_trace(NULL, NULL);
	struct trace *events = open_trace("tp_btf", NULL);
	json_int_t count, handed_out;

	if (!calls || !events)
		guest_fail("two backends at the same time do not work");
	count = -guest_hist(read_trace(calls), FUNCTION, "count");
	handed_out = -guest_number(read_trace(events), "events", "allocs");
	guest_vmalloc_test(workers, loops);
	count += guest_hist(read_trace(calls), FUNCTION, "count");
	handed_out += guest_number(read_trace(events), "events", "allocs");
	guest_say(json_pack("{s:s, s:I, s:I}", "t", "referee", "count", count, "events", handed_out));
}

int main(void)
{
	unsigned int workers, loops;
	const char *const *backend;

	guest_begin();
	workers = guest_argument("workers");
	loops = guest_argument("loops");
	guest_vmalloc_test(workers, 1);
	for (backend = trace_backends(); *backend; backend++)
		count_under(*backend, workers, loops);
	referee(workers, loops);
	guest_say(json_pack("{s:s, s:i}", "t", "splats", "count", (int)guest_splats()));
	guest_end();
}
