// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/lock-tracefs.h"

#include "bpf/begins.h"
#include "bpf/lock-read.h"
#include "bpf/ring.h"

#include <stdio.h>
#include <stdlib.h>

/* Tasks that wait for one of the locks at a time; one that finds no room is counted as lost. */
#define WAITERS	4096

/* include/trace/events/lock.h: a mutex may tell of one wait several times, spinning and sleeping. */
#define LCB_F_MUTEX (1U << 5)

enum { BEGIN, END };

struct lock_tracefs {
	const struct locate *where;
	struct ring *ring;
	struct begins *waiters;
	struct lock_stat stats[LOCK_NR];
};

/* LOCK_NR: none of ours. */
static unsigned int index_of(const struct locate *where, uint64_t address)
{
	uint64_t offset = address - where->nodes;
	unsigned int i;

	for (i = 0; i < LOCK_STATICS; i++)
		if (address == where->locks[i])
			return i;
	if (!where->node_size || offset >= (uint64_t)where->n_nodes * where->node_size)
		return LOCK_NR;
	for (i = 0; i < LOCK_CLASSES; i++)
		if (offset % where->node_size == where->node_locks[i])
			return LOCK_STATICS + (unsigned int)(offset / where->node_size) * LOCK_CLASSES + i;
	return LOCK_NR;
}

static void begin(struct lock_tracefs *t, struct lock_stat *stat, const struct ring_record *r)
{
	uint64_t address = r->fields[0], ns = r->ns, first_ns;

	if (begins_take(t->waiters, address, (uint64_t)r->task, &first_ns)) {
		if (r->fields[1] & LCB_F_MUTEX)
			ns = first_ns;
		else
			stat->lost++;
	}
	if (!begins_put(t->waiters, address, (uint64_t)r->task, ns))
		stat->lost++;
}

static void end(struct lock_tracefs *t, struct lock_stat *stat, const struct ring_record *r)
{
	uint64_t begin_ns, took_ns;

	/* One that waited already when the trace began. */
	if (!begins_take(t->waiters, r->fields[0], (uint64_t)r->task, &begin_ns))
		return;
	took_ns = r->ns > begin_ns ? r->ns - begin_ns : 0;
	stat->waits++;
	stat->wait_ns += took_ns;
	stat->max_ns = took_ns > stat->max_ns ? took_ns : stat->max_ns;
}

static void handle(void *context, const struct ring_record *record)
{
	struct lock_tracefs *t = context;
	unsigned int index = index_of(t->where, record->fields[0]);

	if (index == LOCK_NR)
		return;
	if (record->event == BEGIN)
		begin(t, &t->stats[index], record);
	else
		end(t, &t->stats[index], record);
}

/* For the kernel to drop other locks: the known ones by their addresses, those of the nodes as a range. */
static void make_filter(const struct locate *where, char *filter, size_t size)
{
	int length = snprintf(filter, size, "(lock_addr >= 0x%llx && lock_addr < 0x%llx)",
			      (unsigned long long)where->nodes,
			      (unsigned long long)where->nodes + (uint64_t)where->n_nodes * where->node_size);
	unsigned int i;

	for (i = 0; i < LOCK_STATICS; i++)
		if (where->locks[i])
			length += snprintf(filter + length, size - (size_t)length, " || lock_addr == 0x%llx",
					   (unsigned long long)where->locks[i]);
}

static bool start(struct lock_tracefs *t, char *why, size_t size)
{
	char filter[96 + LOCK_STATICS * 48];
	const struct ring_event events[LOCK_TRACEFS_EVENTS] = {
		[BEGIN] = { RING_EVENT, "lock", "contention_begin", filter, { "lock_addr", "flags" } },
		[END] = { RING_EVENT, "lock", "contention_end", filter, { "lock_addr" } },
	};
	const struct ring_options options = {
		.events = events, .n_events = LOCK_TRACEFS_EVENTS, .handle = handle, .context = t
	};

	make_filter(t->where, filter, sizeof(filter));
	t->ring = ring_open(&options, why, size);
	return t->ring && ring_start(t->ring, why, size);
}

struct lock_tracefs *lock_tracefs_open(const struct locate *where, char *why, size_t size)
{
	struct lock_tracefs *t = calloc(1, sizeof(*t));
	bool ok = false;

	if (t) {
		t->where = where;
		t->waiters = begins_new(WAITERS);
	}
	if (!t || !t->waiters)
		snprintf(why, size, "There is no memory for the waits of locks.");
	else
		ok = start(t, why, size);
	if (ok)
		return t;
	lock_tracefs_close(t);
	return NULL;
}

void lock_tracefs_detach(struct lock_tracefs *t)
{
	ring_stop(t->ring);
}

bool lock_tracefs_read(struct lock_tracefs *t, const char *source, json_t *records, char *why, size_t size)
{
	struct lock_stat lost;
	const char *naming;
	char name[LOCK_NAME];
	unsigned int i;

	if (!ring_hold(t->ring, why, size))
		return false;
	for (i = 0; i < LOCK_NR; i++) {
		if (t->stats[i].waits == 0 && t->stats[i].lost == 0)
			continue;
		lock_name(i, name);
		naming = i < LOCK_STATICS ? t->where->locks_naming : t->where->nodes_naming;
		json_array_append_new(records, lock_record(name, source, naming, &t->stats[i], json_array()));
	}
	ring_release(t->ring);
	lost = (struct lock_stat){ .lost = ring_lost(t->ring) };
	if (lost.lost)
		json_array_append_new(records, lock_record("unknown", source, "symbols", &lost, json_array()));
	return true;
}

void lock_tracefs_close(struct lock_tracefs *t)
{
	if (!t)
		return;
	ring_close(t->ring);
	begins_free(t->waiters);
	free(t);
}
