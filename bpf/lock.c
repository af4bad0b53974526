// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/lock.h"

#include "bpf/collector.h"
#include "bpf/locate.h"
#include "bpf/lock-read.h"
#include "bpf/lock-site.h"
#include "bpf/lock-tracefs.h"
#include "bpf/object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

OBJECT_IMAGE(lock_slowpath);
OBJECT_IMAGE(lock_tp_btf);
OBJECT_IMAGE(lock_raw_tp);

#define SLOWPATH	"slowpath"
#define TRACEPOINT	"tracepoint"
#define TRACEFS		"tracefs"

struct source {
	const char *name;		/* what is measured: only the same is compared */
	struct object_image image;	/* and by which kind of program; without one by trace events */
};

static const struct source sources[] = {
	{ SLOWPATH, { "fentry", OBJECT_PLAIN, lock_slowpath_begin, lock_slowpath_end } },
	{ TRACEPOINT, { "tp_btf", OBJECT_PLAIN, lock_tp_btf_begin, lock_tp_btf_end } },
	{ TRACEPOINT, { "raw_tp", OBJECT_PLAIN, lock_raw_tp_begin, lock_raw_tp_end } },
	{ TRACEFS, { "trace events" } },
};

static const char *const source_names[] = { SLOWPATH, TRACEPOINT, TRACEFS, NULL };

/* Of lock-slowpath.bpf.h. */
static const char *const slowpaths[] = {
	"queued_spin_lock_slowpath", "native_queued_spin_lock_slowpath", "__pv_queued_spin_lock_slowpath",
};
#define SLOWPATHS (sizeof(slowpaths) / sizeof(slowpaths[0]))

struct locks {
	const struct source *source;
	const struct symbols *symbols;
	struct object object;
	struct lock_tracefs *events;	/* of the source without programs */
	struct locate where;
	struct lock_sites sites;
	bool by_site;			/* some are to be named by who waits for them */
	const char *measures;
	unsigned int attached;
};

/* Spinlocks that are mutexes underneath, whose waiters sleep. */
static bool is_realtime(const struct symbols *symbols)
{
	return symbols_has(symbols, "rt_spin_lock");
}

static const char *measured_by_tracepoint(const struct symbols *symbols, struct peek *peek)
{
	if (is_realtime(symbols))
		return "time from contention_begin to contention_end: every wait, as spinlocks sleep in this "
		       "kernel";
	if (locate_calls(symbols, peek, "_raw_spin_lock", "__pv_queued_spin_lock_slowpath"))
		return "time from contention_begin to contention_end: every wait, as this kernel uses "
		       "paravirtual spinlocks";
	if (!symbols_has(symbols, "__pv_queued_spin_lock_slowpath") ||
	    locate_calls(symbols, peek, "_raw_spin_lock", "native_queued_spin_lock_slowpath"))
		return "time from contention_begin to contention_end: of the waits for spinlocks only those "
		       "that began behind another waiter, as this kernel does not tell of a waiter that is "
		       "alone";
	return "time from contention_begin to contention_end: perhaps not every wait for spinlocks, as it "
	       "could not be seen whether this kernel tells of a waiter that is alone";
}

static const char *measured(const struct source *source, const struct symbols *symbols, struct peek *peek)
{
	if (strcmp(source->name, SLOWPATH) == 0)
		return "time in the slow path of a spinlock, which every waiter goes through; for the mutex, "
		       "from contention_begin to contention_end";
	return measured_by_tracepoint(symbols, peek);
}

static void tell_statics(const struct locate *where, struct lock_places *places)
{
	uint64_t begin = UINT64_MAX, end = 0;
	unsigned int i;

	for (i = 0; i < LOCK_STATICS; i++) {
		uint64_t lock = where->locks[i];

		places->statics[i] = lock;
		if (!lock)
			continue;
		begin = lock < begin ? lock : begin;
		end = lock + 1 > end ? lock + 1 : end;
	}
	places->statics_begin = end ? begin : 0;
	places->statics_bytes = end ? end - begin : 0;
}

static bool tell_places(struct locks *l, char *why, size_t size)
{
	const struct locate *where = &l->where;
	size_t length;
	struct lock_places *places = object_data(&l->object, ".rodata", &length);

	if (!places || length < sizeof(*places)) {
		snprintf(why, size, "The BPF object %s in this program has no place for addresses.",
			 l->object.image->name);
		return false;
	}
	tell_statics(where, places);
	places->nodes = where->nodes;
	places->nodes_bytes = (uint64_t)where->n_nodes * where->node_size;
	/* A division by it is compiled in any case. */
	places->node_size = where->node_size ? where->node_size : 1;
	memcpy(places->classes, where->node_locks, sizeof(places->classes));
	l->by_site = lock_site_tell(l->symbols, where, places);
	if (l->by_site || where->nodes_naming || where->locks_naming)
		return true;
	snprintf(why, size,
		 "Where the locks of mm/vmalloc are is not known, as the kernel hides its addresses: give the "
		 "program CAP_SYSLOG, or set kernel.kptr_restrict to 0 or 1.");
	return false;
}

static bool suits(const struct source *source, const struct symbols *symbols, char *why, size_t size)
{
	size_t i;

	if (strcmp(source->name, SLOWPATH) != 0)
		return true;
	if (is_realtime(symbols)) {
		snprintf(why, size,
			 "Spinlocks sleep in this kernel (PREEMPT_RT): they do not go through that path.");
		return false;
	}
	for (i = 0; i < SLOWPATHS; i++)
		if (symbols_has(symbols, slowpaths[i]))
			return true;
	snprintf(why, size, "This kernel has no slow path of queued spinlocks.");
	return false;
}

static bool try_events(struct locks *l, const struct source *source, char *why, size_t size)
{
	if (!l->where.nodes_naming && !l->where.locks_naming) {
		snprintf(why, size, "Trace events tell a lock by its place, and none is known.");
		return false;
	}
	l->events = lock_tracefs_open(&l->where, why, size);
	if (!l->events)
		return false;
	l->source = source;
	l->by_site = false;
	l->attached = LOCK_TRACEFS_EVENTS;
	return true;
}

static bool try_source(struct locks *l, const struct source *source, char *why, size_t size)
{
	if (!suits(source, l->symbols, why, size))
		return false;
	if (!source->image.begin)
		return try_events(l, source, why, size);
	if (object_open(&l->object, &source->image, l->symbols, why, size) &&
	    tell_places(l, why, size) && object_load(&l->object, why, size) &&
	    object_attach(&l->object, why, size)) {
		l->source = source;
		l->attached = l->object.attached;
		return true;
	}
	object_close(&l->object);
	return false;
}

static bool try_sources(struct locks *l, const char *only, json_t *refused, char *why, size_t size)
{
	char reason[COLLECTOR_WHY] = "";
	char label[64];
	size_t i;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		if (only && strcmp(only, sources[i].name) != 0)
			continue;
		if (try_source(l, &sources[i], reason, sizeof(reason)))
			return true;
		snprintf(label, sizeof(label), "%s (%s)", sources[i].name, sources[i].image.name);
		collector_refuse(refused, "locks", label, reason);
	}
	snprintf(why, size, "Waits for locks cannot be measured here%s%s: %s", only ? " with the source " : "",
		 only ? only : "", *reason ? reason : "there is no such source.");
	return false;
}

/* @peek is NULL when the kernel's memory cannot be read. */
static bool open_with(struct locks *l, struct peek *peek, const struct collector_options *options,
		      json_t *refused, char *why, size_t size)
{
	locate(l->symbols, peek, &l->where);
	if (options->naming && strcmp(options->naming, NAMED_BY_SITE) == 0)
		locate_forget(&l->where);
	if (!try_sources(l, options->backend, refused, why, size))
		return false;
	l->measures = measured(l->source, l->symbols, peek);
	if (options->load_only && l->events)
		lock_tracefs_detach(l->events);
	else if (options->load_only)
		object_detach(&l->object);
	return true;
}

static void lock_close(void *collector)
{
	struct locks *l = collector;

	lock_tracefs_close(l->events);
	object_close(&l->object);
	free(l);
}

static void *lock_open(const struct collector_options *options, json_t *refused, char *why, size_t size)
{
	struct locks *l = calloc(1, sizeof(*l));
	char unreadable[COLLECTOR_WHY] = "";
	struct peek *peek;
	bool ok;

	if (!l) {
		snprintf(why, size, "There is no memory for the waits of locks.");
		return NULL;
	}
	l->symbols = options->symbols;
	peek = peek_open(options->symbols, unreadable, sizeof(unreadable));
	if (!peek)
		collector_refuse(refused, "locks", "reading memory", unreadable);
	ok = open_with(l, peek, options, refused, why, size);
	peek_close(peek);
	if (ok)
		return l;
	lock_close(l);
	return NULL;
}

/* What this kernel has and is not watched, as its place is not known. */
static json_t *unwatched(const struct locks *l)
{
	lock_set missing = l->by_site ? 0 : lock_site_missing(&l->where);
	json_t *list = json_array();
	char name[LOCK_NAME];
	unsigned int i;

	for (i = 0; i < LOCK_STATICS; i++) {
		if (!(missing & 1U << i))
			continue;
		lock_name(i, name);
		json_array_append_new(list, json_string(name));
	}
	if (missing & LOCK_OF_NODES(LOCK_BUSY))
		json_array_append_new(list, json_string("vn[].busy, .lazy and .pool"));
	return list;
}

/* All that a reader of a table needs to be told, as one sentence. */
static json_t *measures(const struct locks *l, const json_t *missing)
{
	char names[400] = "";
	size_t i, used = 0;

	for (i = 0; i < json_array_size(missing) && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
					 json_string_value(json_array_get(missing, i)));
	if (!*names)
		return json_string(l->measures);
	return json_sprintf("%s; not watched, as it is not known where they are: %s", l->measures, names);
}

static json_t *lock_describe(const void *collector)
{
	const struct locks *l = collector;
	const struct locate *where = &l->where;
	json_t *missing = unwatched(l);
	const char *by_site = l->by_site ? NAMED_BY_SITE : NULL;
	const char *nodes_by_site = where->has_nodes ? by_site : NULL;
	json_t *absent = json_array();
	size_t i;

	for (i = 0; strcmp(l->source->name, SLOWPATH) == 0 && i < SLOWPATHS; i++)
		if (!symbols_has(l->symbols, slowpaths[i]))
			json_array_append_new(absent, json_string(slowpaths[i]));
	return json_pack("{s:s, s:s, s:s, s:o, s:i, s:o, s:s?, s:s?, s:i, s:o}", "collector", "locks",
			 "backend", l->source->name, "program", l->source->image.name, "measures",
			 measures(l, missing), "attached", (int)l->attached, "absent", absent, "naming",
			 where->locks_naming ? where->locks_naming : by_site, "naming_nodes",
			 where->nodes_naming ? where->nodes_naming : nodes_by_site, "nodes",
			 (int)where->n_nodes, "unwatched", missing);
}

static bool lock_records(void *collector, json_t *records, char *why, size_t size)
{
	struct locks *l = collector;
	const struct lock_read r = { &l->object, l->symbols, &l->where, l->source->name, &l->sites };

	if (l->events)
		return lock_tracefs_read(l->events, l->source->name, records, why, size);
	return lock_read(&r, records, why, size);
}

const struct collector lock_collector = {
	.name = "locks",
	.backends = source_names,
	.open = lock_open,
	.describe = lock_describe,
	.read = lock_records,
	.close = lock_close,
};
