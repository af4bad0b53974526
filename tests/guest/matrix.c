// SPDX-License-Identifier: GPL-2.0-only
#include "tests/guest/guest.h"

#include "bpf/trace.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/*
 * Tries every backend of the latency collector and every source of the lock collector on the kernel that runs
 * it, whatever it is, each with a load of operations= allocations and as many frees. Says
 * {"t":"kernel","release","machine"}, then for each
 * {"t":"tried","collector","backend","works":true,"operations","description","records"}, or with "works":false
 * the reasons as "refused"; and {"t":"splats","count"}.
 */
#define LOAD	"maps"
#define THREADS	4

static void drop_buckets(json_t *records)
{
	json_t *record;
	size_t i;

	json_array_foreach(records, i, record)
		json_object_del(record, "buckets");
}

static void try_one(const char *collector, const char *name, const struct trace_options *options,
		    uint64_t operations)
{
	char why[400] = "";
	json_t *refused = NULL, *records;
	struct trace *t = trace_open(options, &refused, why, sizeof(why));

	if (!t) {
		guest_say(json_pack("{s:s, s:s, s:s, s:b, s:o}", "t", "tried", "collector", collector, "backend",
				    name, "works", false, "refused", refused));
		return;
	}
	json_decref(refused);
	operations = guest_storm(LOAD, THREADS, operations);
	records = trace_read(t, why, sizeof(why));
	if (!records)
		guest_fail("%s", why);
	drop_buckets(records);
	guest_say(json_pack("{s:s, s:s, s:s, s:b, s:I, s:o, s:o}", "t", "tried", "collector", collector,
			    "backend", name, "works", true, "operations", (json_int_t)operations,
			    "description", trace_describe(t), "records", records));
	trace_close(t);
}

static void say_kernel(void)
{
	struct utsname name;

	uname(&name);
	guest_say(json_pack("{s:s, s:s, s:s}", "t", "kernel", "release", name.release,
			    "machine", name.machine));
}

int main(void)
{
	uint64_t operations;
	const char *const *name;

	guest_begin();
	operations = guest_argument("operations");
	say_kernel();
	for (name = trace_backends(); *name; name++)
		try_one("latency", *name, &(struct trace_options){ .latency = true, .backend = *name },
			operations);
	for (name = trace_sources(); *name; name++)
		try_one("locks", *name, &(struct trace_options){ .locks = true, .source = *name }, operations);
	try_one("state", "", &(struct trace_options){ .state = true }, operations);
	guest_say(json_pack("{s:s, s:i}", "t", "splats", "count", (int)guest_splats()));
	guest_end();
}
